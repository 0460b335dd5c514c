/* SPDX-License-Identifier: BSD-2-Clause */
/* What `policy apply` writes for the views of the inventory that is made by hand: the rows of `report verdicts`. */
#include "verdicts_help.h"

static void what_is_applied_stands_in_the_view_as_of_its_day(void **state)
{
    const struct filters as_of = {.as_of = "2026-11-30"}, later = {.as_of = "2027-01-01"};
    struct error error = {0};
    uint64_t count;

    (void)state;
    assert_true(inventory_apply(path, &policies, &as_of, &count, &error));
    assert_true(count > 0);
    assert_int_equal(number("SELECT count(*) FROM verdicts WHERE client = '10.0.0.6' AND verdict = 'breaks' "
                            "AND policy = 'exchange-online' AND due = 'any day until 2026-12-31' "
                            "AND until = '2026-12-31' AND sessions = 4 AND as_of = '2026-11-30'"),
        1);
    assert_int_equal(number("SELECT count(*) FROM verdicts WHERE client = '10.0.0.13' AND verdict = 'safe'"), 1);
    assert_true(inventory_apply(path, &policies, &later, &count, &error));
    assert_int_equal(number("SELECT count(*) FROM verdicts WHERE client = '10.0.0.6' AND due = 'overdue since 2027-01-01' "
                            "AND as_of = '2027-01-01'"),
        1);
    assert_int_equal(number("SELECT count(*) FROM changes WHERE client = '10.0.0.1' AND old_first = '2026-11-01' "
                            "AND refused_first = '2026-11-26' AND refused_last = '2026-11-30'"),
        1);
    assert_int_equal(number("SELECT count(*) FROM changes WHERE client = '10.0.0.15' AND became = 'fixed' AND trait = 'mac' "
                            "AND changed_day = '2026-10-25' AND as_of = '2027-01-01'"),
        1);
    assert_true(inventory_apply(path, &policies, &as_of, &count, &error));
    assert_int_equal(number("SELECT count(*) FROM changes WHERE client = '10.0.0.17' AND became = 'back again' "
                            "AND changed_day = '2026-11-25'"),
        1);
    assert_int_equal(number("SELECT count(*) FROM changes WHERE client = '10.0.0.10' AND became IS NULL"), 1);
}

/* A policy about a network is judged with each server, in the views as in the report. */
static void what_a_policy_about_a_network_ends_stands_in_the_views(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.30", NULL, ",breaks,\"10.0.0.30 works with imap.example.net by TLS 1.2 today, which network ends: any day from 2026-12-01 to "
                            "2026-12-15\",breaks,network,"},
    };
    const struct filters as_of = {.as_of = "2026-11-30"};
    struct error error = {0};
    uint64_t count;

    (void)state;
    if (!policies_read_file(&policies, NETWORK_POLICY, &error))
        fail_msg("%s", error.text);
    assert_said(rows, COUNT_OF(rows));
    assert_true(inventory_apply(path, &policies, &as_of, &count, &error));
    assert_int_equal(number("SELECT count(*) FROM verdicts WHERE policy = 'network'"), 2);
    assert_int_equal(number("SELECT count(*) FROM verdicts WHERE policy = 'network' AND client IN ('10.0.0.30', '10.0.0.31') "
                            "AND verdict = 'breaks' AND breach = 'version' AND due = 'any day from 2026-12-01 to 2026-12-15' "
                            "AND until = '2026-12-15'"),
        2);
    assert_int_equal(number("SELECT count(*) FROM changes WHERE client = '10.0.0.31'"), 1);
    assert_int_equal(number("SELECT count(*) FROM changes WHERE client = '10.0.0.31' AND became = 'fixed' AND trait = 'mac' "
                            "AND as_of = '2026-11-30'"),
        1);
    assert_true(policies_keep(&policies, (const char *const[]){"rfc8996"}, 1, &error));
    assert_true(inventory_apply(path, &policies, &as_of, &count, &error));
    assert_int_equal(number("SELECT count(*) FROM verdicts WHERE policy = 'network'"), 0);
    assert_int_equal(number("SELECT count(*) FROM changes WHERE client = '10.0.0.31' AND became = 'fixed'"), 1);
}

#define ROWS_THERE "SELECT sum(rowid * rowid) FROM applied_verdict"

/* What stands there already is left alone, so that an hour's judgement costs no disk. */
static void what_is_applied_again_is_written_where_it_differs(void **state)
{
    static const char *const safe_sql = "SELECT t.rowid FROM applied_verdict t JOIN host h ON h.id = t.client "
                                        "WHERE h.address = '10.0.0.13'";
    static const char *const left_sql = "SELECT days_left FROM applied_verdict t JOIN host h ON h.id = t.client "
                                        "WHERE h.address = '10.0.0.6' AND policy = 'exchange-online'";
    const struct filters as_of = {.as_of = "2026-11-30"}, later = {.as_of = "2026-12-01"};
    struct error error = {0};
    uint64_t count, again;
    int64_t there, safe;

    (void)state;
    assert_true(inventory_apply(path, &policies, &as_of, &count, &error));
    there = number(ROWS_THERE);
    safe = number(safe_sql);
    assert_int_equal(number(left_sql), 31);
    assert_true(inventory_apply(path, &policies, &as_of, &again, &error));
    assert_int_equal(again, count);
    assert_int_equal(number(ROWS_THERE), there);
    assert_true(inventory_apply(path, &policies, &later, &again, &error));
    assert_int_equal(number("SELECT count(*) FROM applied_verdict"), again);
    assert_int_equal(number(safe_sql), safe);
    assert_int_equal(number(left_sql), 30);
    assert_int_equal(number("SELECT count(*) FROM verdicts WHERE as_of = '2026-12-01'"), again);
}

#define ASKED(test) cmocka_unit_test_setup_teardown(test, open_policies, close_policies)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASKED(what_is_applied_stands_in_the_view_as_of_its_day),
        ASKED(what_a_policy_about_a_network_ends_stands_in_the_views),
        ASKED(what_is_applied_again_is_written_where_it_differs),
    };

    return cmocka_run_group_tests(tests, fill, empty);
}

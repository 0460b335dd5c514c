/* SPDX-License-Identifier: BSD-2-Clause */
/* A reading's revision is never below that of its observations. */
#include "store_help.h"

/* `sync` looks for changed rows in changed readings alone. */
#define BEYOND_READING \
    "SELECT count(*) FROM observation o JOIN reading r ON r.id = o.source WHERE o.revision > r.revision"

static void a_reading_changes_with_its_observations(void **state)
{
    struct session session = make_session(7, 1, 0), other = make_session(7, 2, 0);
    struct source_record part = make_source(7, 40, false);
    struct desk desk = open_desk();
    struct error error = {0};
    struct amendment amendment = {add(&desk, &session), {NOON_NS + 90 * NANOSECONDS, 77, 8}, true};

    (void)state;
    assert_true(ledger_source(desk.ledger, &part));
    hand_over(&desk);
    assert_true(ledger_amend(desk.ledger, &amendment));
    hand_over(&desk);
    assert_int_equal(number(BEYOND_READING), 0);
    add(&desk, &other);
    hand_over(&desk);
    assert_int_equal(number(BEYOND_READING), 0);
    assert_int_equal(number("SELECT r.revision = i.revision FROM reading r, inventory i"), 1);
    assert_true(close_desk(&desk, &error));
}

static void a_reading_changes_where_its_sessions_went_on_into_one_that_is_replaced(void **state)
{
    struct session session = make_session(8, 1, 0);
    struct source_record before = make_source(8, 40, true), after = make_source(7, 50, true);
    struct desk desk = open_desk();
    struct error error = {0};
    struct amendment amendment = {add(&desk, &session), {NOON_NS + 90 * NANOSECONDS, 7, 7}, false};

    (void)state;
    assert_true(ledger_amend(desk.ledger, &amendment));
    conclude(&desk, &before);
    conclude(&desk, &after);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT count(*) FROM observation WHERE source = 8 AND last_source = 7"), 1);
    read_source(7, 100, 5);
    assert_int_equal(number("SELECT count(*) FROM observation WHERE source = 8 AND last_source = 7"), 0);
    assert_int_equal(number(BEYOND_READING), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_reading_changes_with_its_observations),
        IN_FOLDER(a_reading_changes_where_its_sessions_went_on_into_one_that_is_replaced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

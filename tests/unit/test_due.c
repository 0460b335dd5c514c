/* SPDX-License-Identifier: BSD-2-Clause */
/* Stored sessions, judged by policies when they are asked for: verdict, policy, due, clients that break. */
#include "questions_help.h"

static struct policies policies;

static void nobody_is_refused(const char *reason)
{
    fail_msg("%s", reason);
}

static struct session make_exchange(uint8_t client, enum version version, const char *name)
{
    struct session session = make_session(8, client, client);

    session.cause = version < VERSION_TLS_1_2 ? CAUSE_CLIENT : CAUSE_NONE;
    session.negotiated = session.offer.maximum = version;
    session.service = "imaps";
    snprintf(session.provider, sizeof(session.provider), "Microsoft365");
    snprintf(session.offer.server_name, sizeof(session.offer.server_name), "%s", name);
    return session;
}

/* Clients 11 and 12: Exchange Online with TLS 1.0, 12 on the legacy name, too, and with TLS 1.2 there; 13: the legacy
 * name with TLS 1.3 alone; 14: WorkMail. All on 2025-11-25. */
static int open_judged(void **state)
{
    const struct session rows[] = {make_exchange(11, VERSION_TLS_1_0, "outlook.office365.com"),
        make_exchange(12, VERSION_TLS_1_0, "imap-legacy.office365.com"),
        make_exchange(12, VERSION_TLS_1_2, "imap-legacy.office365.com"),
        make_exchange(13, VERSION_TLS_1_3, "imap-legacy.office365.com"), make_exchange(14, VERSION_TLS_1_2, "")};
    struct error error = {0};
    struct desk desk;
    bool found;

    if (open_inventory(state) != 0)
        return -1;
    desk = open_desk();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct session session = rows[i];

        if (i == 4)
            snprintf(session.provider, sizeof(session.provider), "WorkMail");
        add(&desk, &session);
    }
    close_desk(&desk, &error);
    policies_read_folder(&policies, POLICIES_FOLDER, &found, nobody_is_refused);
    policies_keep_default(&policies);
    inventory_judge_by(inventory, &policies);
    return found ? 0 : -1;
}

static int close_judged(void **state)
{
    policies_close(&policies);
    return close_inventory(state);
}

static const struct filters new_ones = {.network = "10.0.0.8/29", .as_of = "2026-11-30"};

static void clients_have_the_policy_the_day_and_the_days_left(void **state)
{
    (void)state;
    assert_string_equal(column_of(QUESTION_CLIENTS, "client", &new_ones), "10.0.0.12 10.0.0.11 10.0.0.14 10.0.0.13");
    assert_string_equal(column_of(QUESTION_CLIENTS, "verdict", &new_ones), "breaks breaks breaks breaks");
    assert_string_equal(column_of(QUESTION_CLIENTS, "policy", &new_ones), "exchange-online exchange-online workmail exchange-online");
    assert_string_equal(column_of(QUESTION_CLIENTS, "due", &new_ones),
        "any day until 2026-12-31 any day until 2026-12-31 by 2027-03-31 no date published for the name");
    assert_string_equal(column_of(QUESTION_CLIENTS, "days_left", &new_ones), "31 31 121 ?");
}

/* Of client 12's two sessions one has that day. */
static void the_row_is_about_the_sessions_with_the_first_day(void **state)
{
    const struct filters filters = {.network = "10.0.0.12", .as_of = "2026-11-30"};

    (void)state;
    assert_string_equal(column_of(QUESTION_CLIENTS, "got", &filters), "TLS 1.0");
    assert_string_equal(column_of(QUESTION_CLIENTS, "sessions", &filters), "1");
    assert_string_equal(column_of(QUESTION_CLIENTS, "all_sessions", &filters), "2");
}

static void the_day_that_is_asked_for_decides(void **state)
{
    struct filters filters = {.network = "10.0.0.11", .as_of = "2026-12-31"};

    (void)state;
    assert_string_equal(column_of(QUESTION_CLIENTS, "due", &filters), "any day until 2026-12-31");
    assert_string_equal(column_of(QUESTION_CLIENTS, "days_left", &filters), "0");
    filters.as_of = "2027-01-01";
    assert_string_equal(column_of(QUESTION_CLIENTS, "due", &filters), "overdue since 2027-01-01");
    assert_string_equal(column_of(QUESTION_CLIENTS, "days_left", &filters), "-1");
    filters.as_of = "2025-11-25"; /* the day of the sessions, which is included */
    assert_string_equal(column_of(QUESTION_CLIENTS, "client", &filters), "10.0.0.11");
    filters.as_of = "2025-11-24";
    assert_string_equal(column_of(QUESTION_CLIENTS, "client", &filters), "");
}

static size_t place_of(const char *id)
{
    for (size_t i = 0; i < policies.count; i++)
        if (strcmp(policies.rows[i]->id, id) == 0)
            return i;
    fail();
    return 0;
}

static uint64_t breaking_by(const struct summary *summary, const char *id)
{
    return summary->breaking_by_policy[place_of(id)];
}

static void the_summary_counts_clients_by_policy(void **state)
{
    struct error error = {0};
    struct summary summary;

    (void)state;
    assert_true(inventory_summary(inventory, &(struct filters){.as_of = "2026-11-30"}, &summary, &error));
    assert_int_equal(breaking_by(&summary, "exchange-online"), 3);
    assert_int_equal(breaking_by(&summary, "workmail"), 1);
    assert_int_equal(breaking_by(&summary, "mail-de"), 0);
    assert_int_equal(breaking_by(&summary, "rfc8996"), 0); /* it has no day: nothing ends */
    assert_int_equal(summary.breaking_clients, 4);
    assert_int_equal(summary.dated_by_policy[place_of("exchange-online")], 2); /* not 13: the name ends, on no day */
    assert_int_equal(summary.dated_by_policy[place_of("workmail")], 1);
    assert_int_equal(summary.legacy_clients, 5); /* as without policies: 1, 2, 3 of the seven, and 11, 12 */
    assert_true(inventory_summary(inventory, &(struct filters){.network = "10.0.0.14"}, &summary, &error));
    assert_int_equal(summary.breaking_clients, 1);
}

/* Client 2 is refused already, 1 and 3 do old TLS with a provider that has no date. */
static void what_has_no_date_stays_legacy(void **state)
{
    const struct filters filters = {.network = "10.0.0.0/29", .as_of = "2025-11-26"};

    (void)state;
    assert_string_equal(column_of(QUESTION_CLIENTS, "verdict", &filters), "failing exposed legacy legacy unknown safe");
    assert_string_equal(column_of(QUESTION_CLIENTS, "policy", &filters), "? rfc8996 rfc8996 rfc8996 ? ?");
    assert_string_equal(column_of(QUESTION_CLIENTS, "due", &filters), "? ? ? ? ? ?");
}

static void without_policies_nothing_has_a_day(void **state)
{
    struct error error = {0};
    struct summary summary;

    (void)state;
    inventory_judge_by(inventory, NULL);
    assert_string_equal(column_of(QUESTION_CLIENTS, "verdict", &(struct filters){.network = "10.0.0.8/29"}),
        "legacy legacy safe safe");
    assert_true(inventory_summary(inventory, NULL, &summary, &error));
    assert_int_equal(summary.breaking_clients, 0);
}

static void a_day_to_ask_for_is_a_day(void **state)
{
    static const char *const wrong[] = {"7d", "2026-11-30T08:00", "2026-02-30", ""};
    struct filter_days days;
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_false(inventory_filters_check(&(struct filters){.as_of = wrong[i]}, &days, &error));
        assert_non_null(strstr(error.text, "--as-of takes a UTC day, as 2026-12-31"));
    }
    assert_true(inventory_filters_check(&(struct filters){.as_of = "2026-12-24", .since = "7d"}, &days, &error));
    assert_int_equal(days.today, 20811); /* 7 days before the 31st, which is 20818 */
    assert_string_equal(days.first, "2026-12-17");
}

#define JUDGED(test) cmocka_unit_test_setup_teardown(test, open_judged, close_judged)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGED(clients_have_the_policy_the_day_and_the_days_left),
        JUDGED(the_row_is_about_the_sessions_with_the_first_day),
        JUDGED(the_day_that_is_asked_for_decides),
        JUDGED(the_summary_counts_clients_by_policy),
        JUDGED(what_has_no_date_stays_legacy),
        JUDGED(without_policies_nothing_has_a_day),
        cmocka_unit_test(a_day_to_ask_for_is_a_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies on a screen: the list, one whole, and the first screen's lines. */
#include "stub_inventory.h"

#include <lasthello/policy.h>

#define TODAY 20787 /* 2026-11-30: 31 days before 2026-12-31, which is 20818 */

static struct policies policies;

static void nobody_is_refused(const char *reason)
{
    fail_msg("%s", reason);
}

static int open_policies(void **state)
{
    bool found;

    (void)state;
    stub_rows = (struct rows){.count = 0};
    stub_summary = (struct summary){.sources = 1, .clients = 20, .sessions = 100, .handshake_sessions = 100};
    stub_summary_failure = NULL;
    policies_read_folder(&policies, POLICIES_FOLDER, &found, nobody_is_refused);
    return found ? 0 : -1;
}

static int close_policies(void **state)
{
    (void)state;
    policies_close(&policies);
    return 0;
}

/* What the first screen is; the caller frees it. */
static char *screen(enum report_format format, int64_t today)
{
    struct error error = {0};
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    const struct report report = {.out = out,
        .aside = out,
        .format = format,
        .path = "inventory.db",
        .filters = &(struct filters){0},
        .policies = &policies,
        .today = today};

    assert_true(report_summary(&report, &error));
    fclose(out);
    return text;
}

static int open_default(void **state)
{
    const int opened = open_policies(state);

    policies_keep_default(&policies);
    return opened;
}

static void the_list_has_days_left_and_certainty(void **state)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    (void)state;
    report_policies(out, &policies, TODAY);
    fclose(out);
    assert_says(text, "exchange-online  yes         31 days left     any day until 2026-12-31                primary text  Exchange Online ends");
    assert_says(text, "mail-de          yes                          overdue since 2023-10-01                second hand   mail.de ended");
    assert_says(text, "nsa              when asked                   no date published                       second hand   NSA: ");
    assert_says(text, "rfc8996          yes                          no date published                       second hand   RFC 8996 and 8997");
    free(text);
}

static void one_is_shown_with_sources_and_history(void **state)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    (void)state;
    report_policy(out, policies_find(&policies, "exchange-online"), TODAY + 31);
    fclose(out);
    assert_says(text, "\ndue                 any day until 2026-12-31, the last day\n");
    assert_says(text, "\nservice             imap\n                    imaps\n                    pop3\n                    pop3s\n");
    assert_says(text, "\nhistory             2026-04-27: roll-out from 2026-07-01 to 2026-12-31, action by 2026-06-29\n");
    assert_says(text, "\nsource              Microsoft 365 message center, MC1293480, revised 2026-07-07\n");
    assert_says(text, "\nseen                2026-11\n");
    assert_says(text, "/exchange-online.policy\n");
    free(text);
}

/* exchange-online: 9 clients; mail-de, whose day has passed: 1; the others nobody. */
static void the_first_screen_has_a_line_a_policy(void **state)
{
    char *text;

    (void)state;
    stub_summary.breaking_by_policy[0] = stub_summary.dated_by_policy[0] = 9;
    stub_summary.breaking_by_policy[1] = stub_summary.dated_by_policy[1] = 1;
    text = screen(FORMAT_TABLE, TODAY);
    assert_says(text, "\n exchange-online  31 days left    any day until 2026-12-31: 9 clients break\n"
                      " mail-de                          overdue since 2023-10-01: 1 client breaks\n"
                      " workmail         121 days left   by 2027-03-31: 0 clients break\n");
    assert_does_not_say(text, "rfc8996");
    assert_does_not_say(text, "variomedia");
    free(text);
    text = screen(FORMAT_TABLE, TODAY + 32);
    assert_says(text, "\n exchange-online                  overdue since 2027-01-01: 9 clients break\n");
    free(text);
}

/* The day of a policy is that of versions; names of servers end on none that is published. */
static void whom_a_name_ends_is_not_counted_under_the_day_alone(void **state)
{
    static const struct {
        uint64_t clients, dated;
        const char *line;
    } rows[] = {
        {9, 7, ": 9 clients break, 2 of them by a server name that ends on a day that is not published\n"},
        {9, 0, ": 9 clients break, all of them by a server name that ends on a day that is not published\n"},
        {1, 0, ": 1 client breaks by a server name that ends on a day that is not published\n"},
        {1, 1, ": 1 client breaks\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *text;

        stub_summary.breaking_by_policy[0] = rows[i].clients;
        stub_summary.dated_by_policy[0] = rows[i].dated;
        text = screen(FORMAT_TABLE, TODAY);
        assert_says(text, rows[i].line);
        free(text);
    }
}

static void json_has_all_of_them(void **state)
{
    char *text;

    (void)state;
    stub_summary.breaking_clients = 9;
    stub_summary.breaking_by_policy[0] = 9;
    stub_summary.dated_by_policy[0] = 7;
    text = screen(FORMAT_JSON, TODAY + 31);
    assert_says(text, "\"as_of\":\"2026-12-31\",\"breaking_clients\":9,\"policies\":[{\"policy\":\"exchange-online\"");
    assert_says(text, "\"due\":\"any day until 2026-12-31\",\"until\":\"2026-12-31\",\"days_left\":0,\"clients\":9,\"undated_clients\":2}");
    assert_says(text, "{\"policy\":\"rfc8996\",\"title\":\"RFC 8996 and 8997: TLS 1.2 at least, no clear text\","
                      "\"due\":\"no date published\",\"clients\":0,\"undated_clients\":0}");
    free(text);
}

static void where_there_is_none_that_is_said(void **state)
{
    char *text;

    (void)state;
    policies_close(&policies);
    text = screen(FORMAT_TABLE, TODAY);
    assert_says(text, "\n No policy was found, so no day is known on which something ends: see lasthello policy\n");
    free(text);
}

#define IN_FORCE(test) cmocka_unit_test_setup_teardown(test, open_default, close_policies)
#define SHIPPED(test)  cmocka_unit_test_setup_teardown(test, open_policies, close_policies)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHIPPED(the_list_has_days_left_and_certainty),
        SHIPPED(one_is_shown_with_sources_and_history),
        IN_FORCE(the_first_screen_has_a_line_a_policy),
        IN_FORCE(whom_a_name_ends_is_not_counted_under_the_day_alone),
        IN_FORCE(json_has_all_of_them),
        SHIPPED(where_there_is_none_that_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A hand-made inventory has each verdict, cause, fix and relapse: which rows there are, and what their sentences say.
 * Asked as of 2026-11-30 where nothing else is said: the last seven days are those from the 24th on. */
#include "verdicts_help.h"

static void each_verdict_has_its_sentence(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.1", NULL, ",failing,\"10.0.0.1 is refused by Microsoft365 since 2026-11-26, as exchange-online announced: it offers at most TLS "
                           "1.0; 23 of 30 attempts of the last days (2026-11-26 3/10,2026-11-27 10/10,2026-11-30 10/10)\",failing_announced,"
                           "exchange-online,"},
        {"10.0.0.2", NULL, ",failing,\"10.0.0.2 is refused by Microsoft365 since 2026-11-29; old TLS was announced off on outlook.office365.com "
                           "before, so this does not prove exchange-online: "},
        {"10.0.0.3", "2026-07-22", ",failing,\"10.0.0.3 is refused by Microsoft365 since 2026-07-20, before exchange-online began, which this "
                                   "does not prove: "},
        {"10.0.0.4", NULL, ",legacy,\"10.0.0.4 was refused by imap.example.net, last on 2026-10-01, as it offers at most TLS 1.0; that is history"},
        {"10.0.0.5", NULL, ",login refused?,\"10.0.0.5 negotiates TLS 1.0 with Microsoft365, but 5 sessions of the last days ended after one or "
                           "two short records"},
        {"10.0.0.6", NULL, ",breaks,\"10.0.0.6 works with Microsoft365 by TLS 1.0 today, which exchange-online ends: any day until 2026-12-31\","
                           "breaks,exchange-online,"},
        {"10.0.0.6", "2027-01-01", "which exchange-online ends: overdue since 2027-01-01"},
        {"10.0.0.7", NULL, ",breaks,\"10.0.0.7 uses imap-legacy.office365.com, a name that ends, whatever it offers: no date published for the "
                           "name\",name_ends,exchange-online,"},
        {"10.0.0.8", NULL, ",breaks,\"10.0.0.8 uses WorkMail, which ends, whatever it offers: by 2027-03-31\",target_ends,workmail,"},
        {"10.0.0.9", NULL, ",exposed,10.0.0.9 logs in to 192.0.2.1 without TLS,exposed,rfc8996,"},
        {"10.0.0.10", NULL, ",legacy,\"10.0.0.10 uses imap.example.net with TLS 1.0, which rfc8996 forbids without naming a day\",legacy,rfc8996,"},
        {"10.0.0.11", NULL, ",fragile,\"10.0.0.11 uses imap.example.net with TLS 1.2, but offers no ECDHE suite"},
        {"10.0.0.12", NULL, ",unknown,\"10.0.0.12 was seen with imap.example.net, but no TLS version was\",unknown,,"},
        {"10.0.0.26", NULL, ",unknown,\"10.0.0.26 was refused by imap.example.net, and nothing shows that its version is why"},
        {"10.0.0.13", NULL, ",safe,\"10.0.0.13 uses imap.example.net with TLS 1.3, and with nothing that a policy in force does not allow\",safe,,"},
        {"10.0.0.14", NULL, ",failing,\"10.0.0.14 is refused by imap.example.net since 2026-11-28, as it offers only TLS 1.3, which the server "
                            "does not have: 4 of 4 attempts of the last days (2026-11-28 4/4); update the server\",too_new,"},
        /* TLS 1.3 is another hello, and no attempt of this one; a week later it is history */
        {"10.0.0.27", NULL, ",failing,\"10.0.0.27 is refused by imap.example.net since 2026-11-28, though it offers TLS 1.2: the server says that "
                            "it takes none of the cipher suites, groups or signatures that the client has; 3 of 9 attempts of the last days "
                            "(2026-11-28 3/4)\",suites_refused,"},
        {"10.0.0.27", "2026-12-05", ",fragile,\"10.0.0.27 uses imap.example.net with TLS 1.2, but offers no ECDHE suite"},
        {"10.0.0.28", NULL, ",failing,\"10.0.0.28 is refused by imap.example.net since 2026-11-28: the server says that it takes none of the "
                            "versions that the client offers, TLS 1.2 at most; 2 of 2 attempts"},
        {"10.0.0.29", NULL, ",unknown,\"10.0.0.29 was refused by imap.example.net, last on 2026-10-01, because of what it offers (TLS 1.2 at "
                            "most); that is history: it was not refused since\",offer_refused_then,"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows));
}

static void what_became_of_an_old_client_is_said(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.15", NULL, ",safe,\"10.0.0.15 uses imap.example.net with TLS 1.2, and with nothing that a policy in force does not allow; fixed "
                            "since 2026-10-25: last old TLS on 2026-10-20, and the same MAC address before and since\""},
        {"10.0.0.32", NULL, "; fixed since 2026-10-25: last old TLS on 2026-10-20, and the same DHCP name before and since\""},
        {"10.0.0.33", NULL, "; fixed since 2026-10-25: last old TLS on 2026-10-20, and the same TLS stack before and since\""},
        {"10.0.0.16", NULL, ",legacy,\"10.0.0.16 uses imap.example.net with TLS 1.0, which rfc8996 forbids without naming a day; the old client was "
                            "not seen since 2026-10-20: the address may have changed hands\""},
        {"10.0.0.17", NULL, "; back again since 2026-11-25, after only newer TLS\""},
        {"10.0.0.18", NULL, ",legacy,\"10.0.0.18 uses imap.example.net with TLS 1.0, which rfc8996 forbids without naming a day; it uses "
                            "newer TLS as well: several programs, or several hosts behind the address\""},
        {"10.0.0.19", NULL, "; only newer TLS since 2026-11-27: perhaps updated"},
        {"10.0.0.20", NULL, "the address may have changed hands"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows));
}

/* As of a day nothing that came later counts. */
static void a_day_of_the_past_knows_nothing_of_what_came_later(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.15", "2026-10-20", ",legacy,\"10.0.0.15 uses imap.example.net with TLS 1.0, which rfc8996 forbids without naming a day\",legacy,rfc8996"},
        {"10.0.0.15", "2026-10-26", "; only newer TLS since 2026-10-25: perhaps updated"},
        {"10.0.0.17", "2026-11-24", "the old client was not seen since 2026-10-01"},
        {"10.0.0.1", "2026-11-25", ",breaks,\"10.0.0.1 works with Microsoft365 by TLS 1.0 today"},
        {"10.0.0.1", "2026-11-26", "3 of 10 attempts of the last days (2026-11-26 3/10)"},
        {"10.0.0.1", "2026-12-30", ",breaks,"}, /* refusals are history then, and it worked before */
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows));
}

/* Days are UTC, wherever it is asked. */
static void the_change_of_the_day_is_that_of_utc(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.21", NULL, "last on 2026-11-23, as it offers at most TLS 1.0; that is history"},
        {"10.0.0.22", NULL, ",failing,\"10.0.0.22 is refused by imap.example.net since 2026-11-24"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows));
    setenv("TZ", "Pacific/Kiritimati", 1);
    tzset();
    assert_said(rows, COUNT_OF(rows));
    unsetenv("TZ");
    tzset();
}

static size_t lines_of(const char *text)
{
    size_t count = 0;

    for (const char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n'))
        count++;
    return count;
}

static void a_row_is_one_client_target_and_policy(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.6", NULL, ",breaks,"},
        {"10.0.0.6", NULL, ",legacy,"}, /* by rfc8996 */
    };
    char *text = told("10.0.0.6", "2026-11-30");

    (void)state;
    assert_said(rows, COUNT_OF(rows));
    assert_int_equal(lines_of(text), 3);
    assert_true(strstr(text, "exchange-online") < strstr(text, "rfc8996"));
    free(text);
    text = told("10.0.0.13", "2026-11-30");
    assert_int_equal(lines_of(text), 2);
    free(text);
}

static void old_tls_has_the_cause_that_it_has(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.33", "2026-10-20", ",legacy,\"imap.example.net gives 10.0.0.33 TLS 1.0, though it offers TLS 1.2: update the server"},
        {"10.0.0.33", "2026-10-20", ",version,server,"},
        {"10.0.0.34", NULL, ",legacy,\"10.0.0.34 uses 192.0.2.1 with TLS 1.0, which rfc8996 forbids without naming a day\",legacy,rfc8996,version,"
                            "unknown,"},
        {"10.0.0.35", NULL, ",legacy,\"10.0.0.35 uses imap.example.net with TLS 1.0, which rfc8996 forbids without naming a day\",legacy,rfc8996,"
                            "version,fallback,"},
        {"10.0.0.10", NULL, ",legacy,rfc8996,version,client,"},
        {"10.0.0.14", NULL, ",too_new,,,too_new,"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows));
}

/* A MAC address or a name tells more than a network. */
static void addresses_of_one_mac_address_or_name_are_one_client(void **state)
{
    static const struct said rows[] = {
        {"2001:db9::/32", NULL, ",2,mac,"},
        {"2001:db9::/32", NULL, "several hosts behind the address; 2 addresses of one client\""},
        {"2001:dba::/32", NULL, ",2,dhcp,"},
        {"2001:dba::/32", NULL, "several hosts behind the address; 2 addresses of one client\""},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows));
}

static void temporary_addresses_are_one_client(void **state)
{
    char *text = told("2001:db8::/32", "2026-11-30");

    (void)state;
    assert_int_equal(lines_of(text), 3);
    assert_non_null(strstr(text, "; 2 addresses of one /64, taken for one client"));
    assert_non_null(strstr(text, "2001:db8:0:1:242:acff:fe01:2,imap.example.net,imaps,safe,"));
    free(text);
}

static void of_a_provider_behind_a_middlebox_nothing_is_known(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.23", NULL, ",unknown,\"10.0.0.23 does not reach Microsoft365 itself: a middlebox inspects TLS, whose certificate is issued by "
                            "CN=Inspector, which no public CA vouches for; what was seen, TLS 1."},
        {"10.0.0.24", NULL, ",breaks,"},
        {"10.0.0.25", NULL, ",safe,"},
    };
    char *text = told("10.0.0.23", "2026-11-30");

    (void)state;
    assert_said(rows, COUNT_OF(rows));
    assert_int_equal(lines_of(text), 2); /* no policy is offended */
    free(text);
}

/* Client and target stand in the sentence, which has the room of their columns. */
static void on_a_narrow_terminal_the_sentence_is_the_table(void **state)
{
    static const char *const lines[] = {"SERVICE  VERDICT  WHAT IT MEANS\n",
        "imaps    breaks   10.0.0.6 works with Microsoft365 by TLS 1.0 today,\n",
        "                  which exchange-online ends: any day until 2026-12-31\n", "(hidden, terminal too narrow: CLIENT, TO and "};
    char *text;

    (void)state;
    setenv("COLUMNS", "80", 1);
    format = FORMAT_TABLE;
    text = told("10.0.0.6", "2026-11-30");
    format = FORMAT_CSV;
    unsetenv("COLUMNS");
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (strstr(text, lines[i]) == NULL)
            fail_msg("%s\nlacks: %s", text, lines[i]);
    free(text);
}

/* client,to,service,VERDICT,... */
static const char *verdict_in(const char *line)
{
    for (unsigned commas = 0; commas < 3; commas++)
        line = strchr(line, ',') + 1;
    return line;
}

static void the_worst_come_first(void **state)
{
    static const char *const order[] = {"failing,", "login refused?,", "breaks,", "exposed,", "legacy,", "fragile,", "unknown,", "safe,"};
    char *text = told(NULL, "2026-11-30");
    size_t at = 0;

    (void)state;
    for (const char *line = strchr(text, '\n') + 1; *line != '\0'; line = strchr(line, '\n') + 1) {
        const char *verdict = verdict_in(line);

        if (strncmp(verdict, order[at], strlen(order[at])) != 0 && at + 1 < COUNT_OF(order))
            at++;
        if (strncmp(verdict, order[at], strlen(order[at])) != 0)
            fail_msg("a row comes after '%s': %.60s", order[at], line);
    }
    assert_int_equal(at, COUNT_OF(order) - 1);
    free(text);
}

/* Fixed is who was it for the days that it takes (14), on the day after which that is so. */
static void what_changed_since_a_day_is_told_with_its_day(void **state)
{
    static const struct {
        const char *network, *since, *row;
        bool is_told;
    } rows[] = {
        {"10.0.0.1", NULL, "2026-11-26,newly refused,10.0.0.1,", true},
        {"10.0.0.1", NULL, "newly old", false}, /* since 2026-11-01 */
        {"10.0.0.1", "2026-11-01", "2026-11-01,newly old,10.0.0.1,", true},
        {"10.0.0.2", NULL, "2026-11-29,newly old,10.0.0.2,", true},
        {"10.0.0.4", "2026-09-01", "newly refused", false}, /* that is history */
        {"10.0.0.15", "2026-11-01", "2026-11-03,fixed,10.0.0.15,", true},
        {"10.0.0.15", NULL, "fixed", false},
        {"10.0.0.16", "2026-11-01", "fixed", false}, /* nothing shows that it is the same machine */
        {"10.0.0.17", NULL, "2026-11-25,back again,10.0.0.17,", true},
        {"10.0.0.13", NULL, "10.0.0.13", false},
        {"10.0.0.26", NULL, "newly refused", false}, /* nothing shows that what it offers is why */
        {"10.0.0.27", NULL, "2026-11-28,newly refused,10.0.0.27,", true},
        {"10.0.0.10", NULL, "2026-11-28,server accepts old TLS,", false}, /* it was seen with nothing else before */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *text = told_of(QUESTION_CHANGES,
            (struct filters){.network = rows[i].network, .since = rows[i].since, .as_of = "2026-11-30"});

        if ((strstr(text, rows[i].row) != NULL) != rows[i].is_told)
            fail_msg("%s: %s\n%s", rows[i].network, rows[i].row, text);
        free(text);
    }
}

static void a_trend_has_each_day_and_version(void **state)
{
    char *text = told_of(QUESTION_TREND, (struct filters){.network = "10.0.0.1,10.0.0.9", .as_of = "2026-11-30"});

    (void)state;
    assert_string_equal(text, "date,became_of,sessions,clients\r\n"
                              "2026-11-01,TLS 1.0,10,1\r\n"
                              "2026-11-26,TLS 1.0,7,1\r\n"
                              "2026-11-26,refused,3,1\r\n"
                              "2026-11-27,refused,10,1\r\n"
                              "2026-11-28,no TLS,1,1\r\n"
                              "2026-11-30,refused,10,1\r\n");
    free(text);
}

/* As the table of clients has it, but that a refusal counts on its day: 4's is history in the table. Days since 1970: the
 * 1st of November is 20758. */
static void a_day_is_judged_as_clients_are(void **state)
{
    static const struct {
        const char *network, *days;
    } rows[] = {
        {"10.0.0.1", "20758,breaks,1\r\n20783,failing,1\r\n20784,failing,1\r\n20787,failing,1\r\n"},
        {"10.0.0.4", "20727,failing,1\r\n"},
        {"10.0.0.5", "20785,login refused?,1\r\n"},
        {"10.0.0.23", "20785,unknown,1\r\n"}, /* a middlebox's */
        {"10.0.0.27", "20783,fragile,1\r\n20785,failing,1\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *text = told_of(QUESTION_DAYS, (struct filters){.network = rows[i].network, .as_of = "2026-11-30"});

        assert_string_equal(strchr(text, '\n') + 1, rows[i].days);
        free(text);
    }
}

/* By hand from the rows above: old for the first time since the 24th are 2, 5, 6, 10, 18, 19, 22, 24 and two temporary
 * addresses, but not 23, whose old TLS is a middlebox's; refused for the first time 1, 2, 14, 22, 27 and 28; 15 to 17 did nothing newer alone in those days. */
static void the_summary_counts_what_changed_in_the_last_days(void **state)
{
    const struct filters filters = {.as_of = "2026-11-30"}, since = {.as_of = "2026-11-30", .since = "2026-11-24"},
                         later = {.as_of = "2026-12-07"};
    struct error error = {0};
    struct summary summary;
    uint64_t clients = 0;

    (void)state;
    assert_true(inventory_summary(inventory, &filters, &summary, &error));
    assert_true(summary.has_before);
    assert_int_equal(summary.newly_old, 10);
    assert_int_equal(summary.newly_refused, 6);
    assert_int_equal(summary.newer_alone, 0);
    assert_int_equal(summary.offer_refused_clients, 2); /* 27, 28 */
    assert_int_equal(summary.too_new_clients, 1);       /* 14 */
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
        clients += summary.clients_by_verdict[verdict];
    assert_int_equal(clients, summary.clients);
    assert_int_equal(summary.clients_by_verdict[VERDICT_EXPOSED], 1); /* 9 */
    assert_true(inventory_summary(inventory, &since, &summary, &error));
    assert_false(summary.has_before); /* nothing is asked of what was before */
    assert_true(inventory_summary(inventory, &later, &summary, &error));
    assert_int_equal(summary.failing_clients + summary.offer_refused_clients + summary.too_new_clients, 0); /* history */
}

/* 15 was fixed, 16 was not seen since, which may be another machine's doing. */
static void who_was_fixed_is_no_longer_among_the_old(void **state)
{
    static const struct {
        const char *network, *as_of, *row;
        uint64_t legacy;
    } rows[] = {
        {"10.0.0.15", "2026-11-30", "10.0.0.15,imap.example.net,,,imaps,safe,TLS 1.2,TLS 1.2,", 0},
        {"10.0.0.15", "2026-10-26", "10.0.0.15,imap.example.net,,,imaps,legacy,TLS 1.0,TLS 1.0,", 1},
        {"10.0.0.16", "2026-11-30", "10.0.0.16,imap.example.net,,,imaps,legacy,TLS 1.0,TLS 1.0,", 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct filters filters = {.network = rows[i].network, .as_of = rows[i].as_of};
        struct error error = {0};
        struct summary summary;
        char *text = told_of(QUESTION_CLIENTS, filters);

        if (strstr(text, rows[i].row) == NULL)
            fail_msg("%s says:\n%s", rows[i].network, text);
        free(text);
        assert_true(inventory_summary(inventory, &filters, &summary, &error));
        assert_int_equal(summary.legacy_clients, rows[i].legacy);
    }
}

/* 7 has TLS 1.3 with a name that ends, 13 with another one; 8 with a service that ends. */
static void who_breaks_is_listed_on_the_first_screen(void **state)
{
    char *text = told_of(
        QUESTION_LEGACY, (struct filters){.network = "10.0.0.7,10.0.0.8,10.0.0.13", .as_of = "2026-11-30"});

    (void)state;
    assert_int_equal(lines_of(text), 3);
    assert_non_null(strstr(text, "10.0.0.7,Microsoft365,,,imaps,breaks,TLS 1.3,TLS 1.3,"));
    assert_non_null(strstr(text, "10.0.0.8,WorkMail,,,imaps,breaks,TLS 1.3,TLS 1.3,"));
    free(text);
}

#define ASKED(test) cmocka_unit_test_setup_teardown(test, open_policies, close_policies)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASKED(each_verdict_has_its_sentence),
        ASKED(what_became_of_an_old_client_is_said),
        ASKED(a_day_of_the_past_knows_nothing_of_what_came_later),
        ASKED(the_change_of_the_day_is_that_of_utc),
        ASKED(a_row_is_one_client_target_and_policy),
        ASKED(old_tls_has_the_cause_that_it_has),
        ASKED(addresses_of_one_mac_address_or_name_are_one_client),
        ASKED(temporary_addresses_are_one_client),
        ASKED(of_a_provider_behind_a_middlebox_nothing_is_known),
        ASKED(on_a_narrow_terminal_the_sentence_is_the_table),
        ASKED(the_worst_come_first),
        ASKED(what_changed_since_a_day_is_told_with_its_day),
        ASKED(a_trend_has_each_day_and_version),
        ASKED(a_day_is_judged_as_clients_are),
        ASKED(the_summary_counts_what_changed_in_the_last_days),
        ASKED(who_was_fixed_is_no_longer_among_the_old),
        ASKED(who_breaks_is_listed_on_the_first_screen),
    };

    return cmocka_run_group_tests(tests, fill, empty);
}

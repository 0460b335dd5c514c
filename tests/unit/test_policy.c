/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies as shipped, each with rows judged by hand: who breaks, by when, by which policy, and who does not. */
#include "test.h"

#include <lasthello/utc.h>
#include <lasthello/verdict.h>

static struct policies policies;

static void nobody_is_refused(const char *reason)
{
    fail_msg("%s", reason);
}

static int open_policies(void **state)
{
    bool found;

    (void)state;
    assert_int_equal(policies_read_folder(&policies, POLICIES_FOLDER, &found, nobody_is_refused), 0);
    policies_keep_default(&policies);
    return found ? 0 : -1;
}

static int close_policies(void **state)
{
    (void)state;
    policies_close(&policies);
    return 0;
}

static int64_t day(const char *text)
{
    int64_t number;

    assert_true(utc_day_read(text, &number));
    return number;
}

static struct judgement judge(const struct profile_facts *facts)
{
    struct judgement judged = verdict_of_profile(facts);

    verdict_by_policies(&judged, facts, &policies);
    return judged;
}

/* "breaks exchange-online any day until 2026-12-31" */
static const char *said_of(const struct profile_facts *facts, const char *today, char out[128])
{
    const struct judgement judged = judge(facts);
    char due[DUE_BYTES];

    verdict_due(&judged, day(today), due);
    snprintf(out, 128, "%s%s%s%s%s", verdict_name(judged.verdict), judged.policy != NULL ? " " : "",
        judged.policy != NULL ? judged.policy->id : "", due[0] != '\0' ? " " : "", due);
    return out;
}

#define OLD       .both_directions = true, .outcome = OUTCOME_ESTABLISHED, .evidence = EVIDENCE_HANDSHAKE, .cause = CAUSE_CLIENT
#define NEW       .both_directions = true, .outcome = OUTCOME_ESTABLISHED, .evidence = EVIDENCE_HANDSHAKE, .negotiated = VERSION_TLS_1_2
#define LOGIN     .both_directions = true, .outcome = OUTCOME_CLEARTEXT, .login = true
#define EXCHANGE  .provider = "Microsoft365"
#define NAMED(of) .server_name = of

struct judged_row {
    struct profile_facts facts;
    const char *said;
};

static void assert_said(const struct judged_row *rows, size_t count, const char *today)
{
    char said[128];

    for (size_t i = 0; i < count; i++) {
        print_message("# row %zu\n", i);
        assert_string_equal(said_of(&rows[i].facts, today, said), rows[i].said);
    }
}

static void exchange_online_ends_old_tls_over_pop3_and_imap4_alone(void **state)
{
    static const struct judged_row rows[] = {
        {{OLD, EXCHANGE, .service = "imaps", .negotiated = VERSION_TLS_1_0}, "breaks exchange-online any day until 2026-12-31"},
        {{OLD, EXCHANGE, .service = "imap", .negotiated = VERSION_TLS_1_1}, "breaks exchange-online any day until 2026-12-31"},
        {{OLD, EXCHANGE, .service = "pop3", .negotiated = VERSION_TLS_1_0}, "breaks exchange-online any day until 2026-12-31"},
        {{OLD, EXCHANGE, .service = "pop3s", .negotiated = VERSION_SSL_3_0}, "breaks exchange-online any day until 2026-12-31"},
        {{OLD, EXCHANGE, .service = "smtp", .negotiated = VERSION_TLS_1_0}, "legacy rfc8996"},
        {{OLD, .service = "imaps", .negotiated = VERSION_TLS_1_0, .provider = "GMail"}, "legacy rfc8996"},
        {{OLD, .service = "imaps", .negotiated = VERSION_TLS_1_0}, "legacy rfc8996"},
        {{NEW, EXCHANGE, .service = "imaps", .offered_max = VERSION_TLS_1_2}, "safe"},
        {{.both_directions = true, .outcome = OUTCOME_REFUSED, .cause = CAUSE_CLIENT, EXCHANGE, .service = "imaps", .offered_max = VERSION_TLS_1_0},
            "failing"},
        {{.outcome = OUTCOME_UNANSWERED, EXCHANGE, .service = "imaps", .offered_max = VERSION_TLS_1_0}, "unknown"},
        {{LOGIN, EXCHANGE, .service = "imap"}, "exposed rfc8996"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows), "2026-11-30");
}

static void clouds_of_the_us_government_are_not_part_of_it(void **state)
{
    static const struct judged_row rows[] = {
        {{OLD, EXCHANGE, NAMED("outlook.office365.us"), .service = "imaps", .negotiated = VERSION_TLS_1_0}, "legacy rfc8996"},
        {{OLD, EXCHANGE, NAMED("outlook-dod.office365.us"), .service = "imaps", .negotiated = VERSION_TLS_1_0}, "legacy rfc8996"},
        {{OLD, EXCHANGE, NAMED("webmail.apps.mil"), .service = "pop3s", .negotiated = VERSION_TLS_1_0}, "legacy rfc8996"},
        {{OLD, EXCHANGE, NAMED("outlook.office365.com"), .service = "imaps", .negotiated = VERSION_TLS_1_0},
            "breaks exchange-online any day until 2026-12-31"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows), "2026-11-30");
}

static void a_name_that_ends_breaks_whatever_is_offered(void **state)
{
    static const struct judged_row rows[] = {
        {{NEW, EXCHANGE, NAMED("imap-legacy.office365.com"), .service = "imaps"},
            "breaks exchange-online no date published for the name"},
        {{NEW, EXCHANGE, NAMED("POP-legacy.office365.com"), .service = "pop3s"},
            "breaks exchange-online no date published for the name"},
        {{NEW, NAMED("imap-legacy.partner.outlook.cn"), .service = "imap"},
            "breaks exchange-online no date published for the name"},
        {{.outcome = OUTCOME_UNANSWERED, NAMED("imap-legacy.office365.com"), .service = "imaps", .offered_max = VERSION_TLS_1_3},
            "breaks exchange-online no date published for the name"},
        {{OLD, EXCHANGE, NAMED("imap-legacy.office365.com"), .service = "imaps", .negotiated = VERSION_TLS_1_0},
            "breaks exchange-online any day until 2026-12-31"},
        {{NEW, EXCHANGE, NAMED("imap-legacy.office365.com,outlook.office365.com"), .service = "imaps"}, /* asked of DNS */
            "breaks exchange-online no date published for the name"},
        {{NEW, EXCHANGE, NAMED("outlook.office365.com,pop-legacy.office365.com"), .service = "pop3s"},
            "breaks exchange-online no date published for the name"},
        {{NEW, EXCHANGE, NAMED("imap.example.net,outlook.office365.com"), .service = "imaps"}, "safe"},
        {{NEW, EXCHANGE, NAMED("smtp-legacy.office365.com"), .service = "smtp"}, "safe"},
        {{NEW, NAMED("pop-legacy.partner.outlook.cn"), .service = "pop3s"},
            "breaks exchange-online no date published for the name"},
        {{NEW, EXCHANGE, NAMED("partner.outlook.cn"), .service = "imaps"}, "safe"},
        {{NEW, NAMED("xpop-legacy.office365.com"), .service = "pop3s"}, "safe"},
        {{.outcome = OUTCOME_UNANSWERED, .unconfirmed = true, NAMED("imap-legacy.office365.com"), .service = "imaps"}, "unconfirmed"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows), "2026-11-30");
    assert_int_equal(judge(&rows[0].facts).step, STEP_CHANGE_NAME);
    assert_int_equal(judge(&rows[4].facts).step, STEP_UPDATE_CLIENT);
}

static void the_day_decides_and_until_is_included(void **state)
{
    static const struct {
        const char *today, *said;
        int64_t days_left;
    } rows[] = {
        {"2026-07-31", "breaks exchange-online any day from 2026-08-01 to 2026-12-31", 153},
        {"2026-08-01", "breaks exchange-online any day until 2026-12-31", 152},
        {"2026-11-30", "breaks exchange-online any day until 2026-12-31", 31},
        {"2026-12-31", "breaks exchange-online any day until 2026-12-31", 0},
        {"2027-01-01", "breaks exchange-online overdue since 2027-01-01", -1},
    };
    const struct profile_facts facts = {OLD, EXCHANGE, .service = "imaps", .negotiated = VERSION_TLS_1_0};
    char said[128];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(said_of(&facts, rows[i].today, said), rows[i].said);
        assert_int_equal(policies_find(&policies, "exchange-online")->until - day(rows[i].today), rows[i].days_left);
    }
}

#define OFFERED(version) .both_directions = true, .outcome = OUTCOME_REFUSED, .evidence = EVIDENCE_HANDSHAKE, EXCHANGE, .offered_max = version

/* On the regular names it was announced off before; other clouds, SMTP, and who offers TLS 1.2 are not what it is about. */
static void on_the_regular_names_a_refusal_does_not_prove_it(void **state)
{
    static const struct {
        struct profile_facts facts;
        enum breach_kind kind;
    } rows[] = {
        {{OFFERED(VERSION_TLS_1_0), NAMED("outlook.office365.com"), .service = "imaps"}, BREACH_REFUSED_BEFORE},
        {{OFFERED(VERSION_TLS_1_1), NAMED("Partner.Outlook.cn"), .service = "pop3s"}, BREACH_REFUSED_BEFORE},
        {{OFFERED(VERSION_TLS_1_0), NAMED("imap-legacy.office365.com"), .service = "imaps"}, BREACH_REFUSED},
        {{OFFERED(VERSION_TLS_1_0), .service = "imaps"}, BREACH_REFUSED},
        {{OFFERED(VERSION_TLS_1_0), NAMED("outlook.office365.us"), .service = "imaps"}, BREACH_NONE},
        {{OFFERED(VERSION_TLS_1_0), NAMED("smtp-legacy.office365.com"), .service = "smtp"}, BREACH_NONE},
        {{OFFERED(VERSION_TLS_1_2), NAMED("imap-legacy.office365.com"), .service = "imaps"}, BREACH_NONE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        print_message("# row %zu\n", i);
        assert_int_equal(policy_refusal(policies_find(&policies, "exchange-online"), &rows[i].facts), rows[i].kind);
    }
}

static void german_providers_have_ended_it(void **state)
{
    static const struct judged_row rows[] = {
        {{OLD, NAMED("imap.mail.de"), .service = "imaps", .negotiated = VERSION_TLS_1_0}, "breaks mail-de overdue since 2023-10-01"},
        {{OLD, NAMED("imap.xmail.de"), .service = "imaps", .negotiated = VERSION_TLS_1_0}, "legacy rfc8996"},
        {{OLD, NAMED("mail.de.example.net"), .service = "imaps", .negotiated = VERSION_TLS_1_0}, "legacy rfc8996"},
        {{OLD, NAMED("mail.de"), .service = "pop3", .negotiated = VERSION_TLS_1_1}, "breaks mail-de overdue since 2023-10-01"},
        {{NEW, NAMED("imap.mail.de"), .service = "imaps"}, "safe"},
        {{LOGIN, NAMED("pop3.mail.de"), .service = "pop3"}, "exposed rfc8996"},
        {{OLD, NAMED("imap.variomedia.de"), .service = "imaps", .negotiated = VERSION_TLS_1_1},
            "breaks variomedia overdue since 2025-03-06"},
        {{LOGIN, NAMED("pop3.variomedia.de"), .service = "pop3"}, "breaks variomedia overdue since 2025-03-06"},
        {{.both_directions = true, .outcome = OUTCOME_PLAIN, NAMED("pop3.variomedia.de"), .service = "pop3"}, "unknown"},
        {{NEW, NAMED("imap.variomedia.de"), .service = "imaps"}, "safe"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows), "2026-11-30");
}

static void workmail_ends_for_everybody(void **state)
{
    static const struct judged_row rows[] = {
        {{NEW, .provider = "WorkMail", .service = "imaps", .offered_max = VERSION_TLS_1_3}, "breaks workmail by 2027-03-31"},
        {{OLD, .provider = "WorkMail", .service = "imaps", .negotiated = VERSION_TLS_1_0}, "breaks workmail by 2027-03-31"},
        {{NEW, .provider = "WorkMail", .service = "smtps"}, "breaks workmail by 2027-03-31"},
        {{NEW, .provider = "AmazonAWS", .service = "imaps", .offered_max = VERSION_TLS_1_3}, "safe"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows), "2026-11-30");
    assert_int_equal(judge(&rows[0].facts).step, STEP_MOVE_MAIL);
}

static void what_the_standards_forbid_has_no_day(void **state)
{
    static const struct judged_row rows[] = {
        {{OLD, .service = "imaps", .negotiated = VERSION_TLS_1_0}, "legacy rfc8996"},
        {{OLD, .service = "imaps", .negotiated = VERSION_TLS_1_1}, "legacy rfc8996"},
        {{OLD, .service = "tls", .negotiated = VERSION_SSL_3_0}, "legacy rfc8996"},
        {{NEW, .service = "imaps"}, "safe"},
        {{LOGIN, .service = "pop3"}, "exposed rfc8996"},
        {{.outcome = OUTCOME_MIDSTREAM, .negotiated = VERSION_TLS_1_2_PLUS, .service = "imaps"}, "safe"},
        {{.outcome = OUTCOME_FOREIGN, .service = "imaps"}, "unknown"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows), "2026-11-30");
}

/* A policy of one's own, without a date: what it forbids is not safe. */
static void what_a_policy_without_a_date_forbids_is_fragile(void **state)
{
    const struct profile_facts facts[] = {{NEW, .service = "imaps", .offered_max = VERSION_TLS_1_2},
        {NEW, .service = "imaps", .offered_max = VERSION_TLS_1_3},
        {.outcome = OUTCOME_MIDSTREAM, .negotiated = VERSION_TLS_1_2_PLUS, .service = "imaps"}};
    struct policy *own = policies_find(&policies, "rfc8996");
    char said[128];

    (void)state;
    own->demands[POLICY_MUST].negotiated = VERSION_TLS_1_3;
    assert_string_equal(said_of(&facts[0], "2026-11-30", said), "fragile rfc8996");
    assert_int_equal(judge(&facts[0]).step, STEP_UPDATE_CLIENT);
    assert_int_equal(judge(&facts[1]).step, STEP_UPDATE_SERVER);
    assert_string_equal(said_of(&facts[2], "2026-11-30", said), "safe"); /* it may have been TLS 1.3 */
    own->demands[POLICY_MUST].negotiated = VERSION_UNKNOWN;
    own->demands[POLICY_MUST].offered = VERSION_TLS_1_3;
    assert_string_equal(said_of(&facts[0], "2026-11-30", said), "fragile rfc8996");
    assert_string_equal(said_of(&facts[1], "2026-11-30", said), "safe");
}

/* Of two days the earlier one counts, whatever the order of the files. */
static void the_policy_that_ends_it_first_is_named(void **state)
{
    const struct profile_facts facts = {OLD, .provider = "WorkMail", NAMED("imap.mail.de"), .negotiated = VERSION_TLS_1_0};
    char said[128];

    (void)state;
    assert_string_equal(said_of(&facts, "2023-01-01", said), "breaks mail-de by 2023-09-30");
}

static void those_named_are_kept(void **state)
{
    const char *const ids[] = {"workmail", "exchange-online"}, *const wrong[] = {"work"};
    struct error error = {0};

    (void)state;
    assert_int_equal(policies.count, 5);
    assert_false(policies_keep(&policies, wrong, 1, &error));
    assert_string_equal(error.text, "no policy has the id work; there are: exchange-online, mail-de, rfc8996, variomedia, workmail");
    assert_true(policies_keep(&policies, ids, 2, &error));
    assert_int_equal(policies.count, 2);
    assert_string_equal(policies.rows[0]->id, "exchange-online");
}

static void each_says_how_certain_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < policies.count; i++) {
        assert_int_equal(policies.rows[i]->in_primary_text, strcmp(policies.rows[i]->id, "exchange-online") == 0);
        assert_non_null(policy_first(policies.rows[i], POLICY_TEXT));
    }
}

#define SHIPPED(test) cmocka_unit_test_setup_teardown(test, open_policies, close_policies)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHIPPED(exchange_online_ends_old_tls_over_pop3_and_imap4_alone),
        SHIPPED(clouds_of_the_us_government_are_not_part_of_it),
        SHIPPED(a_name_that_ends_breaks_whatever_is_offered),
        SHIPPED(the_day_decides_and_until_is_included),
        SHIPPED(on_the_regular_names_a_refusal_does_not_prove_it),
        SHIPPED(german_providers_have_ended_it),
        SHIPPED(workmail_ends_for_everybody),
        SHIPPED(what_the_standards_forbid_has_no_day),
        SHIPPED(what_a_policy_without_a_date_forbids_is_fragile),
        SHIPPED(the_policy_that_ends_it_first_is_named),
        SHIPPED(those_named_are_kept),
        SHIPPED(each_says_how_certain_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

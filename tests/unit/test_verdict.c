/* SPDX-License-Identifier: BSD-2-Clause */
/* Verdicts: how bad a kind of session is, what to do, and what is never said of what was not seen. */
#include "test.h"

#include <lasthello/verdict.h>

static void each_kind_of_session_has_a_verdict_a_step_and_what_it_got(void **state)
{
    static const struct {
        struct profile_facts facts;
        enum verdict verdict;
        enum step step;
        const char *got;
    } rows[] = {
        {{.both_directions = true, .outcome = OUTCOME_ESTABLISHED, .negotiated = VERSION_TLS_1_0, .cause = CAUSE_CLIENT},
            VERDICT_LEGACY, STEP_UPDATE_CLIENT, "TLS 1.0"},
        {{.both_directions = true, .outcome = OUTCOME_ESTABLISHED, .negotiated = VERSION_TLS_1_0, .cause = CAUSE_SERVER},
            VERDICT_LEGACY, STEP_UPDATE_SERVER, "TLS 1.0"},
        {{.both_directions = true, .outcome = OUTCOME_ESTABLISHED, .negotiated = VERSION_TLS_1_1, .cause = CAUSE_FALLBACK},
            VERDICT_LEGACY, STEP_FIND_MIDDLEBOX, "TLS 1.1"},
        {{.both_directions = true, .outcome = OUTCOME_MIDSTREAM, .negotiated = VERSION_TLS_1_0, .cause = CAUSE_UNKNOWN},
            VERDICT_LEGACY, STEP_CAPTURE_HANDSHAKE, "TLS 1.0"},
        {{.both_directions = true, .outcome = OUTCOME_REFUSED, .cause = CAUSE_CLIENT},
            VERDICT_FAILING, STEP_UPDATE_CLIENT, "refused"},
        {{.both_directions = true, .outcome = OUTCOME_REFUSED, .cause = CAUSE_TOO_NEW},
            VERDICT_FAILING, STEP_UPDATE_SERVER_NEW, "refused"},
        {{.both_directions = true, .outcome = OUTCOME_REFUSED},
            VERDICT_UNKNOWN, STEP_CAPTURE_HANDSHAKE, "refused"},
        {{.both_directions = true, .outcome = OUTCOME_REFUSED, .evidence = EVIDENCE_HANDSHAKE},
            VERDICT_UNKNOWN, STEP_SEE_SERVER_LOG, "refused"},
        {{.both_directions = true, .outcome = OUTCOME_CLEARTEXT, .login = true},
            VERDICT_EXPOSED, STEP_ENABLE_TLS, "no TLS"},
        {{.both_directions = true, .outcome = OUTCOME_ESTABLISHED, .login = true, .negotiated = VERSION_TLS_1_3},
            VERDICT_EXPOSED, STEP_REQUIRE_STARTTLS, "TLS 1.3"},
        {{.both_directions = true, .outcome = OUTCOME_PLAIN},
            VERDICT_UNKNOWN, STEP_REQUEST_TLS, "no TLS"},
        {{.both_directions = true, .outcome = OUTCOME_PLAIN, .starttls_requested = true},
            VERDICT_UNKNOWN, STEP_FIND_STARTTLS_FAILURE, "no TLS"},
        {{.outcome = OUTCOME_PLAIN}, VERDICT_UNKNOWN, STEP_CAPTURE_HANDSHAKE, NULL}, /* one side: TLS may have been on the other */
        {{.both_directions = true, .outcome = OUTCOME_CLEAR_ANSWER},
            VERDICT_UNKNOWN, STEP_CHECK_PORT, "clear text"},
        {{.both_directions = true, .outcome = OUTCOME_REJECTED},
            VERDICT_UNKNOWN, STEP_CHECK_CLIENT, NULL},
        {{.outcome = OUTCOME_UNANSWERED}, VERDICT_UNKNOWN, STEP_CAPTURE_HANDSHAKE, NULL},
        {{.both_directions = true, .outcome = OUTCOME_ESTABLISHED, .negotiated = VERSION_TLS_1_2},
            VERDICT_SAFE, STEP_NONE, "TLS 1.2"},
        {{.outcome = OUTCOME_MIDSTREAM, .negotiated = VERSION_TLS_1_2_PLUS}, VERDICT_SAFE, STEP_NONE, "TLS 1.2+"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct judgement judged = verdict_of_profile(&rows[i].facts);

        assert_int_equal(judged.verdict, rows[i].verdict);
        assert_int_equal(judged.step, rows[i].step);
        assert_true((judged.got == NULL) == (rows[i].got == NULL));
        assert_true(judged.got == NULL || strcmp(judged.got, rows[i].got) == 0);
    }
}

/* RFC 8446 6.2, RFC 5246 7.2.2: 40, 71: no acceptable set of parameters; 70: no version; 112: the name is not known. */
static void who_is_refused_by_an_alert_about_its_offer_fails(void **state)
{
    static const struct {
        uint8_t alert;
        enum evidence evidence; /* none: of which hello is not known */
        enum verdict verdict;
        enum step step;
    } rows[] = {
        {40, EVIDENCE_HANDSHAKE, VERDICT_FAILING, STEP_SHARE_SUITES},
        {71, EVIDENCE_HANDSHAKE, VERDICT_FAILING, STEP_SHARE_SUITES},
        {70, EVIDENCE_HANDSHAKE, VERDICT_FAILING, STEP_SHARE_VERSION},
        {112, EVIDENCE_HANDSHAKE, VERDICT_UNKNOWN, STEP_SEE_SERVER_LOG},
        {0, EVIDENCE_HANDSHAKE, VERDICT_UNKNOWN, STEP_SEE_SERVER_LOG},
        {40, EVIDENCE_NONE, VERDICT_UNKNOWN, STEP_CAPTURE_HANDSHAKE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct profile_facts facts = {.both_directions = true,
            .outcome = OUTCOME_REFUSED,
            .evidence = rows[i].evidence,
            .offered_max = VERSION_TLS_1_2,
            .alert = rows[i].alert};
        const struct judgement judged = verdict_of_profile(&facts);

        assert_int_equal(judged.verdict, rows[i].verdict);
        assert_int_equal(judged.step, rows[i].step);
        assert_false(judged.is_legacy || judged.is_failing); /* those are of old TLS */
    }
}

static void what_is_too_new_is_no_old_tls(void **state)
{
    const struct profile_facts facts = {.both_directions = true, .outcome = OUTCOME_REFUSED, .cause = CAUSE_TOO_NEW};
    const struct judgement judged = verdict_of_profile(&facts);

    (void)state;
    assert_false(judged.is_legacy);
    assert_false(judged.is_failing);
    assert_true(judged.is_counted);
}

static void what_anybody_can_forge_is_counted_apart(void **state)
{
    const struct profile_facts facts = {.outcome = OUTCOME_UNANSWERED, .unconfirmed = true, .login = true};
    const struct judgement judged = verdict_of_profile(&facts);

    (void)state;
    assert_int_equal(judged.verdict, VERDICT_UNCONFIRMED);
    assert_int_equal(judged.notes, NOTE_UNCONFIRMED);
    assert_false(judged.is_counted);
    assert_false(judged.is_exposed);
}

static void how_much_was_seen_is_told(void **state)
{
    static const struct {
        struct profile_facts facts;
        enum sight sight;
    } rows[] = {
        {{.both_directions = true, .outcome = OUTCOME_ESTABLISHED, .evidence = EVIDENCE_HANDSHAKE}, SIGHT_HANDSHAKE},
        {{.both_directions = true, .outcome = OUTCOME_MIDSTREAM, .evidence = EVIDENCE_RECORDS}, SIGHT_MIDSTREAM},
        {{.both_directions = true, .outcome = OUTCOME_PLAIN}, SIGHT_WITHOUT_TLS},
        {{.both_directions = true, .outcome = OUTCOME_CLEAR_ANSWER}, SIGHT_WITHOUT_TLS},
        {{.both_directions = true, .outcome = OUTCOME_UNANSWERED}, SIGHT_UNKNOWN},
        {{.outcome = OUTCOME_ESTABLISHED, .evidence = EVIDENCE_HANDSHAKE}, SIGHT_ONE_SIDED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(verdict_of_profile(&rows[i].facts).sight, rows[i].sight);
}

static void a_client_that_also_does_better_is_told_apart(void **state)
{
    static const struct {
        struct client_facts facts;
        enum cause cause;
        enum step step;
        unsigned notes;
    } rows[] = {
        {{0}, CAUSE_CLIENT, STEP_UPDATE_CLIENT, 0},
        {{true, 20, 10, false, false}, CAUSE_CLIENT, STEP_FIND_OLD_CLIENT, NOTE_ALSO_BETTER},
        {{true, 20, 10, true, false}, CAUSE_CLIENT, STEP_FIND_OLD_CLIENT, NOTE_ALSO_BETTER | NOTE_OTHER_MAC},
        {{true, 10, 20, false, false}, CAUSE_CLIENT, STEP_FIND_OLD_CLIENT, NOTE_ALSO_BETTER}, /* too soon to be told */
        {{true, 10, 86400000011, false, false}, CAUSE_CLIENT, STEP_CONFIRM_UPDATE, NOTE_ALSO_BETTER | NOTE_UPDATED},
        {{true, 20, 10, true, false}, CAUSE_SERVER, STEP_UPDATE_CLIENT, 0}, /* its own offer is no fault of it */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum step step = STEP_UPDATE_CLIENT;
        unsigned notes = 0;

        verdict_refine_client(&rows[i].facts, rows[i].cause, &step, &notes);
        assert_int_equal(step, rows[i].step);
        assert_int_equal(notes, rows[i].notes);
    }
}

static void that_a_server_cannot_do_better_is_said_only_where_it_is_known(void **state)
{
    static const struct {
        struct server_facts facts;
        enum verdict verdict;
        enum step step;
    } rows[] = {
        {{.is_old = true}, VERDICT_LEGACY, STEP_CANNOT_TELL}, /* all its clients offered old TLS */
        {{.is_old = true, .held_back = true}, VERDICT_LEGACY, STEP_UPDATE_SERVER},
        {{.is_old = true, .downgrade = true}, VERDICT_LEGACY, STEP_KEEP_OLD_TLS},
        {{.is_old = true, .is_better = true, .held_back = true}, VERDICT_LEGACY, STEP_KEEP_OLD_TLS},
        {{.is_exposed = true, .is_better = true}, VERDICT_EXPOSED, STEP_REFUSE_LOGINS},
        {{.is_better = true}, VERDICT_SAFE, STEP_NONE},
        {{0}, VERDICT_UNKNOWN, STEP_NONE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum step step;

        assert_int_equal(verdict_of_server(&rows[i].facts, &step), rows[i].verdict);
        assert_int_equal(step, rows[i].step);
    }
}

static char manual[1 << 16];

static void read_manual(void)
{
    FILE *in = fopen(VERDICTS_MANUAL, "re");
    size_t len;

    assert_non_null(in);
    len = fread(manual, 1, sizeof(manual) - 1, in);
    fclose(in);
    assert_between((int64_t)len, 1, (int64_t)sizeof(manual) - 2);
    manual[len] = '\0';
}

static void assert_explained(const char *word)
{
    char item[DUE_BYTES + 16];

    snprintf(item, sizeof(item), "\n.It %s\n", word);
    if (strstr(manual, item) == NULL)
        fail_msg("'%s' is a word of a verdict, and lasthello-verdicts(7) does not explain it", word);
}

static void each_word_of_a_verdict_is_explained_in_the_manual(void **state)
{
    const struct policy with_a_day = {.has_from = true, .from = 20666, .has_until = true, .until = 20818};
    char due[DUE_BYTES];

    (void)state;
    read_manual();
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
        assert_explained(verdict_name(verdict));
    for (enum verdict_statement statement = 0; statement < SAYS_COUNT; statement++)
        assert_explained(verdict_statement_name(statement));
    for (enum breach_kind kind = BREACH_NONE + 1; kind < BREACH_KIND_COUNT; kind++)
        assert_explained(breach_name(kind));
    for (enum cause cause = CAUSE_NONE + 1; cause <= CAUSE_TOO_NEW; cause++)
        assert_explained(cause_name(cause));
    for (int64_t today = 20665; today <= 20819; today += 77) { /* before it begins, while it runs, after it */
        policy_due(&with_a_day, today, due);
        assert_explained(due);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_session_has_a_verdict_a_step_and_what_it_got),
        cmocka_unit_test(who_is_refused_by_an_alert_about_its_offer_fails),
        cmocka_unit_test(what_is_too_new_is_no_old_tls),
        cmocka_unit_test(what_anybody_can_forge_is_counted_apart),
        cmocka_unit_test(how_much_was_seen_is_told),
        cmocka_unit_test(a_client_that_also_does_better_is_told_apart),
        cmocka_unit_test(each_word_of_a_verdict_is_explained_in_the_manual),
        cmocka_unit_test(that_a_server_cannot_do_better_is_said_only_where_it_is_known),
    };

    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}

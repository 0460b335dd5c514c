/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose fault old TLS is: the table of causes, row by row, and what counts as a fallback. */
#include "test.h"

#include <lasthello/judge.h>

struct row {
    struct session session;
    enum cause cause;
};

static void assert_causes(const struct row *rows, size_t count, bool failed_before)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(cause_of(&rows[i].session, failed_before), rows[i].cause);
}

#define OFFERS(version) .offer = {.seen = true, .maximum = (version)}

static void an_old_client_is_to_blame_whatever_the_server_chose(void **state)
{
    static const struct row rows[] = {
        {{OFFERS(VERSION_TLS_1_0), .negotiated = VERSION_TLS_1_0, .outcome = OUTCOME_ESTABLISHED}, CAUSE_CLIENT},
        {{OFFERS(VERSION_TLS_1_1), .negotiated = VERSION_TLS_1_0, .outcome = OUTCOME_NEGOTIATED}, CAUSE_CLIENT},
        {{OFFERS(VERSION_SSL_3_0), .negotiated = VERSION_SSL_3_0, .outcome = OUTCOME_ESTABLISHED}, CAUSE_CLIENT},
        {{OFFERS(VERSION_SSL_2_0), .negotiated = VERSION_SSL_2_0, .outcome = OUTCOME_NEGOTIATED}, CAUSE_CLIENT},
        {{OFFERS(VERSION_TLS_1_0), .outcome = OUTCOME_UNANSWERED}, CAUSE_CLIENT},
        {{OFFERS(VERSION_TLS_1_1), .negotiated = VERSION_TLS_1_1, .outcome = OUTCOME_REJECTED}, CAUSE_CLIENT},
    };

    (void)state;
    assert_causes(rows, COUNT_OF(rows), false);
}

static void an_old_client_that_is_refused_is_to_blame(void **state)
{
    static const struct row rows[] = {
        {{OFFERS(VERSION_TLS_1_0), .outcome = OUTCOME_REFUSED, .refused_by = REFUSAL_ALERT}, CAUSE_CLIENT},
        {{OFFERS(VERSION_TLS_1_1), .outcome = OUTCOME_REFUSED, .refused_by = REFUSAL_FIN}, CAUSE_CLIENT},
        {{OFFERS(VERSION_SSL_3_0), .outcome = OUTCOME_REFUSED, .refused_by = REFUSAL_SILENCE}, CAUSE_CLIENT},
    };

    (void)state;
    assert_causes(rows, COUNT_OF(rows), false);
}

static void an_old_server_is_to_blame_where_the_client_can_do_better(void **state)
{
    static const struct row rows[] = {
        {{OFFERS(VERSION_TLS_1_2), .negotiated = VERSION_TLS_1_1, .outcome = OUTCOME_ESTABLISHED}, CAUSE_SERVER},
        {{OFFERS(VERSION_TLS_1_3), .negotiated = VERSION_TLS_1_0, .outcome = OUTCOME_ESTABLISHED}, CAUSE_SERVER},
        {{OFFERS(VERSION_TLS_1_2), .negotiated = VERSION_TLS_1_0, .outcome = OUTCOME_REJECTED}, CAUSE_SERVER},
    };

    (void)state;
    assert_causes(rows, COUNT_OF(rows), false);
    assert_causes(rows, COUNT_OF(rows), true); /* the client did not retreat in this session */
}

static void a_retreating_client_falls_back_whatever_came_of_it(void **state)
{
    static const struct row by_scsv[] = {
        {{.offer = {.seen = true, .maximum = VERSION_TLS_1_1, .fallback_scsv = true}, .negotiated = VERSION_TLS_1_1},
            CAUSE_FALLBACK},
        {{.offer = {.seen = true, .maximum = VERSION_TLS_1_0, .fallback_scsv = true}, .outcome = OUTCOME_REFUSED},
            CAUSE_FALLBACK},
    };
    static const struct row by_failure[] = {
        {{OFFERS(VERSION_TLS_1_0), .negotiated = VERSION_TLS_1_0, .outcome = OUTCOME_ESTABLISHED}, CAUSE_FALLBACK},
        {{OFFERS(VERSION_TLS_1_0), .outcome = OUTCOME_REFUSED}, CAUSE_FALLBACK},
    };

    (void)state;
    assert_causes(by_scsv, COUNT_OF(by_scsv), false);
    assert_causes(by_failure, COUNT_OF(by_failure), true);
}

static void without_the_offer_nobody_is_blamed(void **state)
{
    static const struct row rows[] = {
        {{.negotiated = VERSION_TLS_1_0, .outcome = OUTCOME_MIDSTREAM, .evidence = EVIDENCE_RECORDS}, CAUSE_UNKNOWN},
        {{.negotiated = VERSION_TLS_1_1, .outcome = OUTCOME_NEGOTIATED, .answer.seen = true}, CAUSE_UNKNOWN},
        {{.negotiated = VERSION_TLS_1_0, .offer = {.seen = true, .maximum = VERSION_UNKNOWN}}, CAUSE_UNKNOWN},
    };

    (void)state;
    assert_causes(rows, COUNT_OF(rows), false);
}

static void what_is_not_old_has_no_cause(void **state)
{
    static const struct row rows[] = {
        {{OFFERS(VERSION_TLS_1_2), .negotiated = VERSION_TLS_1_2, .outcome = OUTCOME_ESTABLISHED}, CAUSE_NONE},
        {{OFFERS(VERSION_TLS_1_3), .negotiated = VERSION_TLS_1_3, .outcome = OUTCOME_ESTABLISHED}, CAUSE_NONE},
        {{OFFERS(VERSION_TLS_1_3), .outcome = OUTCOME_REFUSED}, CAUSE_NONE},
        {{.negotiated = VERSION_TLS_1_2_PLUS, .outcome = OUTCOME_MIDSTREAM}, CAUSE_NONE},
        {{.outcome = OUTCOME_CLEARTEXT}, CAUSE_NONE},
        {{.outcome = OUTCOME_FOREIGN}, CAUSE_NONE},
    };

    (void)state;
    assert_causes(rows, COUNT_OF(rows), false);
}

static void a_client_of_tls_1_3_alone_is_too_new_for_a_server_without(void **state)
{
#define ONLY_1_3 .offer = {.seen = true, \
    .maximum = VERSION_TLS_1_3,          \
    .minimum = VERSION_TLS_1_3 }
#define ALERTED(number) .outcome = OUTCOME_REFUSED, .refused_by = REFUSAL_ALERT, \
                        .alerts = {[SIDE_SERVER] = {.seen = true, .level = 2, .description = (number)}}
    static const struct row rows[] = {
        {{ONLY_1_3, ALERTED(70)}, CAUSE_TOO_NEW},
        {{ONLY_1_3, ALERTED(40)}, CAUSE_TOO_NEW},
        {{ONLY_1_3, ALERTED(112)}, CAUSE_NONE},                                          /* unrecognized_name */
        {{ONLY_1_3, .outcome = OUTCOME_REFUSED, .refused_by = REFUSAL_FIN}, CAUSE_NONE}, /* for any reason */
        {{ONLY_1_3, .outcome = OUTCOME_REJECTED, .negotiated = VERSION_TLS_1_2}, CAUSE_TOO_NEW},
        {{ONLY_1_3, .outcome = OUTCOME_REJECTED, .negotiated = VERSION_TLS_1_3}, CAUSE_NONE},
        {{ONLY_1_3, .outcome = OUTCOME_REJECTED, .negotiated = VERSION_TLS_1_1}, CAUSE_SERVER},
        {{ONLY_1_3, .outcome = OUTCOME_UNANSWERED}, CAUSE_NONE},
        {{ONLY_1_3, .negotiated = VERSION_TLS_1_3, .outcome = OUTCOME_ESTABLISHED}, CAUSE_NONE},
        {{.offer = {.seen = true, .maximum = VERSION_TLS_1_3, .minimum = VERSION_TLS_1_2}, ALERTED(70)}, CAUSE_NONE},
    };

    (void)state;
    assert_causes(rows, COUNT_OF(rows), false);
    assert_false(cause_is_legacy(CAUSE_TOO_NEW));
    assert_false(cause_is_legacy(CAUSE_NONE));
    assert_true(cause_is_legacy(CAUSE_UNKNOWN));
}

static void nobody_is_blamed_for_what_is_not_known_for_sure(void **state)
{
    static const struct row rows[] = {
        {{OFFERS(VERSION_TLS_1_0), .outcome = OUTCOME_UNANSWERED, .unconfirmed = true}, CAUSE_NONE},
        {{.negotiated = VERSION_TLS_1_0, .outcome = OUTCOME_NEGOTIATED, .unconfirmed = true}, CAUSE_NONE},
        {{OFFERS(VERSION_TLS_1_0), .outcome = OUTCOME_ESTABLISHED, .contradictory = true}, CAUSE_NONE},
        {{OFFERS(VERSION_TLS_1_0), .outcome = OUTCOME_CLEAR_ANSWER}, CAUSE_NONE},
    };

    (void)state;
    assert_causes(rows, COUNT_OF(rows), false);
    assert_causes(rows, COUNT_OF(rows), true);
}

/* ---- what failed before ------------------------------------------------------------------------ */

static struct session session_at(double seconds, uint8_t client, uint8_t server, uint16_t port, enum version offered)
{
    struct session session = {OFFERS(offered)};

    session.endpoints[SIDE_CLIENT] = (struct endpoint){{{[15] = client}}, 50000};
    session.endpoints[SIDE_SERVER] = (struct endpoint){{{[15] = server}}, port};
    session.first.time_ns = (int64_t)(seconds * NANOSECONDS);
    session.last.time_ns = session.first.time_ns;
    session.outcome = OUTCOME_REFUSED;
    return session;
}

/* What becomes of an old hello after a better one failed at second 100 between client 1 and server
 * 2, port 993. */
static enum cause cause_after_failure(struct session old)
{
    struct fallbacks *fallbacks = fallbacks_open();
    struct session better = session_at(100, 1, 2, 993, VERSION_TLS_1_2);

    assert_non_null(fallbacks);
    cause_judge(fallbacks, &better);
    assert_int_equal(better.cause, CAUSE_NONE);
    cause_judge(fallbacks, &old);
    fallbacks_close(fallbacks);
    return old.cause;
}

static void an_old_hello_within_ten_seconds_of_a_failed_better_one_is_a_fallback(void **state)
{
    static const struct {
        double seconds;
        enum cause cause;
    } rows[] = {{99.9, CAUSE_CLIENT}, {100, CAUSE_FALLBACK}, {110, CAUSE_FALLBACK}, {110.001, CAUSE_CLIENT}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(cause_after_failure(session_at(rows[i].seconds, 1, 2, 993, VERSION_TLS_1_0)), rows[i].cause);
}

static void times_at_both_ends_of_the_world_are_no_fallback(void **state)
{
    struct fallbacks *fallbacks = fallbacks_open();
    struct session better = session_at(0, 1, 2, 993, VERSION_TLS_1_2);
    struct session old = session_at(0, 1, 2, 993, VERSION_TLS_1_0);

    (void)state;
    better.first.time_ns = better.last.time_ns = INT64_MIN;
    old.first.time_ns = old.last.time_ns = INT64_MAX;
    cause_judge(fallbacks, &better);
    cause_judge(fallbacks, &old);
    assert_int_equal(old.cause, CAUSE_CLIENT);
    fallbacks_close(fallbacks);
}

static void a_fallback_is_of_the_same_client_server_and_port(void **state)
{
    (void)state;
    assert_int_equal(cause_after_failure(session_at(101, 3, 2, 993, VERSION_TLS_1_0)), CAUSE_CLIENT);
    assert_int_equal(cause_after_failure(session_at(101, 1, 3, 993, VERSION_TLS_1_0)), CAUSE_CLIENT);
    assert_int_equal(cause_after_failure(session_at(101, 1, 2, 995, VERSION_TLS_1_0)), CAUSE_CLIENT);
}

static void a_better_hello_that_did_not_fail_leaves_no_trace(void **state)
{
    static const enum outcome outcomes[] = {OUTCOME_ESTABLISHED, OUTCOME_NEGOTIATED, OUTCOME_UNANSWERED};
    struct fallbacks *fallbacks = fallbacks_open();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
        struct session better = session_at(100, 1, 2, 993, VERSION_TLS_1_3);
        struct session old = session_at(101, 1, 2, 993, VERSION_TLS_1_0);

        better.outcome = outcomes[i];
        cause_judge(fallbacks, &better);
        cause_judge(fallbacks, &old);
        assert_int_equal(old.cause, CAUSE_CLIENT);
    }
    fallbacks_close(fallbacks);
}

static void ten_seconds_count_from_the_end_of_the_failure(void **state)
{
    struct fallbacks *fallbacks = fallbacks_open();
    struct session silent = session_at(100, 1, 2, 993, VERSION_TLS_1_2);
    struct session old = session_at(135, 1, 2, 993, VERSION_TLS_1_0);

    (void)state;
    silent.refused_by = REFUSAL_SILENCE;
    silent.last.time_ns = 130 * NANOSECONDS;
    cause_judge(fallbacks, &silent);
    cause_judge(fallbacks, &old);
    assert_int_equal(old.cause, CAUSE_FALLBACK);
    fallbacks_close(fallbacks);
}

static void an_unconfirmed_failure_makes_no_fallback_of_another_session(void **state)
{
    struct fallbacks *fallbacks = fallbacks_open();
    struct session forged = session_at(100, 1, 2, 993, VERSION_TLS_1_2);
    struct session old = session_at(101, 1, 2, 993, VERSION_TLS_1_0);

    (void)state;
    forged.unconfirmed = true;
    cause_judge(fallbacks, &forged);
    cause_judge(fallbacks, &old);
    assert_int_equal(old.cause, CAUSE_CLIENT);
    fallbacks_close(fallbacks);
}

static void failures_beyond_the_memory_push_out_the_oldest(void **state)
{
    struct fallbacks *fallbacks = fallbacks_open();
    struct session newest;

    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        struct session better = session_at(i * 0.0001, 1, 2, 993, VERSION_TLS_1_2);

        memcpy(better.endpoints[SIDE_CLIENT].address.octets, &i, sizeof(i));
        cause_judge(fallbacks, &better);
        newest = better;
    }
    newest.offer.maximum = VERSION_TLS_1_0;
    cause_judge(fallbacks, &newest);
    assert_int_equal(newest.cause, CAUSE_FALLBACK);
    fallbacks_close(fallbacks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_client_is_to_blame_whatever_the_server_chose),
        cmocka_unit_test(an_old_client_that_is_refused_is_to_blame),
        cmocka_unit_test(an_old_server_is_to_blame_where_the_client_can_do_better),
        cmocka_unit_test(a_retreating_client_falls_back_whatever_came_of_it),
        cmocka_unit_test(without_the_offer_nobody_is_blamed),
        cmocka_unit_test(what_is_not_old_has_no_cause),
        cmocka_unit_test(a_client_of_tls_1_3_alone_is_too_new_for_a_server_without),
        cmocka_unit_test(nobody_is_blamed_for_what_is_not_known_for_sure),
        cmocka_unit_test(an_unconfirmed_failure_makes_no_fallback_of_another_session),
        cmocka_unit_test(an_old_hello_within_ten_seconds_of_a_failed_better_one_is_a_fallback),
        cmocka_unit_test(times_at_both_ends_of_the_world_are_no_fallback),
        cmocka_unit_test(a_fallback_is_of_the_same_client_server_and_port),
        cmocka_unit_test(a_better_hello_that_did_not_fail_leaves_no_trace),
        cmocka_unit_test(ten_seconds_count_from_the_end_of_the_failure),
        cmocka_unit_test(failures_beyond_the_memory_push_out_the_oldest),
    };

    return cmocka_run_group_tests_name("cause", tests, NULL, NULL);
}

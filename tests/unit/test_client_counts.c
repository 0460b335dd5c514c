/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients by verdict and provider, and what they turned to since they were last looked at. */
#include "questions_help.h"

#include <lasthello/client_counts.h>

#define DAY_NS (86400 * NANOSECONDS)

static struct client_memory *memory;
static char told[1024];
static uint64_t untold;

static void note(void *context, const struct turned *turned)
{
    static const char *const names[] = {"failing", "breaks", "back"};
    const size_t len = strlen(told);

    assert_ptr_equal(context, told);
    snprintf(told + len, sizeof(told) - len, "%s%s %s %s %s %lld", len == 0 ? "" : "; ", turned->client, names[turned->turn],
        turned->to, turned->service, (long long)turned->days);
}

static void look(const char *as_of, struct client_counts *counts)
{
    struct turn_teller teller = {.memory = memory, .tell = note, .context = told};
    struct error error = {0};

    told[0] = '\0';
    assert_true(inventory_count_clients(inventory, &(struct filters){.as_of = as_of}, &teller, counts, &error));
    untold = teller.untold;
}

/* What a look on a day says. */
static const char *said(const char *as_of)
{
    struct client_counts counts;

    look(as_of, &counts);
    client_counts_close(&counts);
    return told;
}

static int open_both(void **state)
{
    memory = client_memory_open();
    return memory == NULL ? -1 : open_inventory(state);
}

static int close_both(void **state)
{
    client_memory_close(memory);
    return close_inventory(state);
}

/* A session of a client that offers TLS 1.0, so many days after the others, in a reading of its own. */
static struct session session_of(uint64_t reading, uint8_t client, int days)
{
    struct session session = make_session(reading, client, 0);

    session.first.time_ns += days * DAY_NS;
    session.last.time_ns += days * DAY_NS;
    return session;
}

static void store(uint64_t reading, struct session *sessions, size_t count)
{
    struct source_record source = make_source(reading, 100, true);
    struct desk desk = open_desk();
    struct error error = {0};

    for (size_t i = 0; i < count; i++)
        add(&desk, &sessions[i]);
    ledger_source(desk.ledger, &source);
    assert_true(close_desk(&desk, &error));
}

static struct session refused(uint64_t reading, uint8_t client)
{
    struct session session = session_of(reading, client, 0);

    session.outcome = OUTCOME_REFUSED;
    session.refused_by = REFUSAL_FIN;
    session.negotiated = VERSION_UNKNOWN;
    return session;
}

static void each_client_counts_once_by_the_worst_of_its_sessions(void **state)
{
    struct client_counts counts;
    uint64_t sum = 0;

    (void)state;
    look(AS_OF, &counts);
    assert_int_equal(counts.clients[VERDICT_FAILING], 1);
    assert_int_equal(counts.clients[VERDICT_EXPOSED], 1);
    assert_int_equal(counts.clients[VERDICT_LEGACY], 2); /* its own fault, and an old server's */
    assert_int_equal(counts.clients[VERDICT_UNKNOWN], 1);
    assert_int_equal(counts.clients[VERDICT_SAFE], 1);
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        sum += counts.clients[i];
    assert_int_equal(sum, 6); /* what never was mail is no client */
    client_counts_close(&counts);
}

static void they_count_as_the_summary_counts_them(void **state)
{
    struct client_counts counts;
    struct summary summary;
    struct error error;

    (void)state;
    assert_true(inventory_summary(inventory, &(struct filters){.as_of = AS_OF}, &summary, &error));
    look(AS_OF, &counts);
    assert_memory_equal(counts.clients, summary.clients_by_verdict, sizeof(counts.clients));
    client_counts_close(&counts);
}

static void with_a_provider_they_count_by_what_they_do_there(void **state)
{
    struct session old = session_of(8, 1, 0);
    struct client_counts counts;

    (void)state;
    strcpy(old.provider, "GMail");
    store(8, &old, 1);
    look(AS_OF, &counts);
    assert_int_equal(counts.provider_count, 3);
    assert_string_equal(counts.providers[0].provider, "");
    for (size_t i = 1; i < counts.provider_count; i++) {
        const bool is_google = strcmp(counts.providers[i].provider, "GMail") == 0;

        assert_int_equal(counts.providers[i].clients[VERDICT_SAFE], !is_google); /* client 5 to Microsoft */
        assert_int_equal(counts.providers[i].clients[VERDICT_LEGACY], is_google);
    }
    assert_int_equal(counts.clients[VERDICT_LEGACY], 2); /* client 1 is one still */
    client_counts_close(&counts);
}

static void the_first_look_tells_of_nobody(void **state)
{
    (void)state;
    assert_string_equal(said(AS_OF), "");
}

static void a_client_that_fails_now_is_told_once(void **state)
{
    struct session session = refused(8, 1);

    (void)state;
    said(AS_OF);
    store(8, &session, 1);
    assert_string_equal(said(AS_OF), "10.0.0.1 failing imap.example.net imaps 0");
    assert_string_equal(said(AS_OF), "");
    assert_string_equal(said("2025-12-01"), "");
}

static void a_new_client_that_fails_is_told(void **state)
{
    struct session session = refused(8, 77);

    (void)state;
    said(AS_OF);
    store(8, &session, 1);
    assert_string_equal(said(AS_OF), "10.0.0.77 failing imap.example.net imaps 0");
}

static void one_that_is_too_new_fails_too(void **state)
{
    struct session session = refused(8, 77);

    (void)state;
    session.cause = CAUSE_TOO_NEW;
    session.offer.maximum = VERSION_TLS_1_3;
    said(AS_OF);
    store(8, &session, 1);
    assert_string_equal(said(AS_OF), "10.0.0.77 failing imap.example.net imaps 0");
}

static void what_a_policy_ends_is_told(void **state)
{
    struct session session = session_of(8, 78, 0);
    struct policies policies = {.count = 0};
    struct error error = {0};

    (void)state;
    assert_true(policies_read_file(&policies, POLICIES_FOLDER "/exchange-online.policy", &error));
    inventory_judge_by(inventory, &policies);
    said("2026-11-30");
    strcpy(session.provider, "Microsoft365");
    session.first.time_ns = session.last.time_ns = NOON_NS + 365 * DAY_NS;
    store(8, &session, 1);
    assert_string_equal(said("2026-11-30"), "10.0.0.78 breaks Microsoft365 imaps 0");
    policies_close(&policies);
}

/* Two weeks with newer TLS alone, and then old TLS again. */
static void who_comes_back_to_old_tls_is_told(void **state)
{
    struct session newer = session_of(8, 1, 3), again = session_of(9, 1, 15);

    (void)state;
    newer.negotiated = VERSION_TLS_1_3;
    newer.cause = CAUSE_NONE;
    newer.offer.maximum = VERSION_TLS_1_3;
    store(8, &newer, 1);
    said("2025-12-09");
    store(9, &again, 1);
    assert_string_equal(said("2025-12-10"), "10.0.0.1 back imap.example.net imaps 15");
}

static void who_never_did_better_is_not_back(void **state)
{
    struct session again = session_of(9, 1, 15);

    (void)state;
    said("2025-12-09");
    store(9, &again, 1);
    assert_string_equal(said("2025-12-10"), "");
}

static void of_many_at_once_some_are_told_and_the_others_counted(void **state)
{
    struct session many[TURNS_TOLD_MAX + 5];

    (void)state;
    said(AS_OF);
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = refused(8, (uint8_t)(100 + i));
    store(8, many, COUNT_OF(many));
    said(AS_OF);
    assert_int_equal(untold, 5);
    said(AS_OF);
    assert_int_equal(untold, 0);
}

#define LOOKED(test) cmocka_unit_test_setup_teardown(test, open_both, close_both)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOKED(each_client_counts_once_by_the_worst_of_its_sessions),
        LOOKED(they_count_as_the_summary_counts_them),
        LOOKED(with_a_provider_they_count_by_what_they_do_there),
        LOOKED(the_first_look_tells_of_nobody),
        LOOKED(a_client_that_fails_now_is_told_once),
        LOOKED(a_new_client_that_fails_is_told),
        LOOKED(one_that_is_too_new_fails_too),
        LOOKED(what_a_policy_ends_is_told),
        LOOKED(who_comes_back_to_old_tls_is_told),
        LOOKED(who_never_did_better_is_not_back),
        LOOKED(of_many_at_once_some_are_told_and_the_others_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

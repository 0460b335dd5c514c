/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions: worst first, nothing safe that was not seen. */
#include "questions_help.h"

static void clients_come_worst_first_and_foreign_ones_not_at_all(void **state)
{
    (void)state;
    assert_string_equal(
        column_of(QUESTION_CLIENTS, "client", NULL), "10.0.0.2 10.0.0.4 10.0.0.3 10.0.0.1 10.0.0.6 10.0.0.5");
    assert_string_equal(column_of(QUESTION_CLIENTS, "verdict", NULL), "failing exposed legacy legacy unknown safe");
    assert_string_equal(column_of(QUESTION_CLIENTS, "got", NULL), "refused no TLS TLS 1.0 TLS 1.0 ? TLS 1.3");
    assert_string_equal(column_of(QUESTION_CLIENTS, "cause", NULL), "client ? server client ? ?");
    assert_steps(&(struct filters){.cause = "server"}, STEP_UPDATE_SERVER, STEP_COUNT);
}

static void one_bad_session_makes_a_client_bad(void **state)
{
    struct session good = make_session(8, 1, 500);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    good.cause = CAUSE_NONE;
    good.negotiated = good.offer.maximum = VERSION_TLS_1_3;
    add(&desk, &good);
    add(&desk, &good);
    assert_true(close_desk(&desk, &error));
    assert_string_equal(column_of(QUESTION_CLIENTS, "verdict", &(struct filters){.network = "10.0.0.1"}), "legacy");
    assert_string_equal(column_of(QUESTION_CLIENTS, "sessions", &(struct filters){.network = "10.0.0.1"}), "1");
    assert_string_equal(column_of(QUESTION_CLIENTS, "all_sessions", &(struct filters){.network = "10.0.0.1"}), "3");
    assert_string_equal(column_of(QUESTION_CLIENTS, "last_seen", &(struct filters){.network = "10.0.0.1"}),
        "2025-11-25T12:00:00.000005Z"); /* with old TLS */
    assert_string_equal(column_of(QUESTION_CLIENTS, "first_seen", &(struct filters){.network = "10.0.0.1"}),
        "2025-11-25T12:00:00.000000Z");
}

/* Client 2 is refused with TLS 1.0, and twice with TLS 1.2, for want of a cipher suite: that is another reason. */
static void a_row_has_the_sessions_that_its_cause_speaks_of(void **state)
{
    const struct filters filters = {.network = "10.0.0.2"};
    struct session refused = make_session(8, 2, 500);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    refused.outcome = OUTCOME_REFUSED;
    refused.refused_by = REFUSAL_ALERT;
    refused.alerts[SIDE_SERVER] = (struct alert){true, 2, 71};
    refused.cause = CAUSE_NONE;
    refused.negotiated = VERSION_UNKNOWN;
    refused.offer.maximum = VERSION_TLS_1_2;
    add(&desk, &refused);
    add(&desk, &refused);
    assert_true(close_desk(&desk, &error));
    assert_string_equal(column_of(QUESTION_CLIENTS, "verdict", &filters), "failing");
    assert_string_equal(column_of(QUESTION_CLIENTS, "cause", &filters), "?"); /* the last one's */
    assert_string_equal(column_of(QUESTION_CLIENTS, "sessions", &filters), "2");
    assert_string_equal(column_of(QUESTION_CLIENTS, "all_sessions", &filters), "3");
}

/* Client 1 did TLS 1.3, too: whoever asks for old TLS alone is told all the same. */
static void a_client_that_also_does_better_is_not_called_unable(void **state)
{
    const struct filters filters[] = {{.network = "10.0.0.0/30"}, {.network = "10.0.0.0/30", .cause = "client"}};
    struct session good = make_session(8, 1, 500);
    struct desk desk = open_desk();
    struct error error = {0};
    struct summary summary;

    (void)state;
    good.cause = CAUSE_NONE;
    good.negotiated = good.offer.maximum = VERSION_TLS_1_3;
    good.endpoints[SIDE_SERVER].address.octets[15] = 9;
    strcpy(good.offer.server_name, "other.example.net");
    add(&desk, &good);
    assert_true(close_desk(&desk, &error));
    for (size_t i = 0; i < COUNT_OF(filters); i++) {
        assert_true(inventory_summary(inventory, &filters[i], &summary, &error));
        assert_int_equal(summary.legacy_by_cause[CAUSE_CLIENT], 2);
        assert_int_equal(summary.mixed_clients, 1);
    }
    assert_string_equal(column_of(QUESTION_LEGACY, "note", NULL), "0 0 1"); /* NOTE_ALSO_BETTER */
    assert_steps(&filters[1], STEP_UPDATE_CLIENT, STEP_FIND_OLD_CLIENT);
}

/* Client 9 sent no SNI, and had asked DNS for the server. */
static void without_sni_a_server_is_called_by_what_dns_was_asked_for(void **state)
{
    struct session session = make_session(8, 9, 0);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    session.provider[0] = session.offer.server_name[0] = '\0';
    strcpy(session.hints.dns_name, "imap.example.org");
    add(&desk, &session);
    assert_true(close_desk(&desk, &error));
    assert_string_equal(column_of(QUESTION_CLIENTS, "to", &(struct filters){.network = "10.0.0.9"}), "imap.example.org");
    assert_string_equal(column_of(QUESTION_SESSIONS, "server_name", &(struct filters){.network = "10.0.0.9"}), "?");
    assert_string_equal(column_of(QUESTION_SESSIONS, "dns_name", &(struct filters){.network = "10.0.0.9"}), "imap.example.org");
}

/* Whole sessions without TLS and login: nobody need capture them again. */
static void what_never_used_tls_is_not_called_unseen(void **state)
{
    const struct filters filters = {.network = "10.7.0.0/16"};
    struct desk desk = open_desk();
    struct error error = {0};
    char steps[16];

    (void)state;
    for (uint8_t i = 1; i <= 3; i++) {
        struct session session = make_session(8, i, i);

        session.endpoints[SIDE_CLIENT].address = (struct address){{[10] = 0xff, [11] = 0xff, 10, 7, 0, i}};
        session.service = "imap";
        session.outcome = OUTCOME_PLAIN;
        session.negotiated = VERSION_UNKNOWN;
        session.evidence = EVIDENCE_NONE;
        session.cause = CAUSE_NONE;
        session.offer = (struct offer){0};
        session.starttls.requested = i == 2;
        session.directions = i == 3 ? 1 : 3;
        add(&desk, &session);
    }
    assert_true(close_desk(&desk, &error));
    assert_string_equal(column_of(QUESTION_CLIENTS, "verdict", &filters), "unknown unknown unknown");
    assert_string_equal(column_of(QUESTION_CLIENTS, "got", &filters), "? no TLS no TLS");
    snprintf(steps, sizeof(steps), "%d %d %d", STEP_CAPTURE_HANDSHAKE, STEP_FIND_STARTTLS_FAILURE, STEP_REQUEST_TLS);
    assert_string_equal(column_of(QUESTION_CLIENTS, "what_to_do", &filters), steps);
    assert_string_equal(column_of(QUESTION_CLIENTS, "note", &filters), "0 0 16"); /* NOTE_NEVER_ASKED */
}

/* Client 1: once more with TLS 1.0, once refused, and refused by another of the provider's servers. */
static void the_sessions_beside_refused_were_refused(void **state)
{
    const struct filters filters = {.network = "10.0.0.1"};
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct session session = make_session(8, 1, 100 * i);

        session.endpoints[SIDE_SERVER].address.octets[15] = i == 2 ? 9 : 1;
        session.outcome = i > 0 ? OUTCOME_REFUSED : OUTCOME_ESTABLISHED;
        session.negotiated = i > 0 ? VERSION_UNKNOWN : VERSION_TLS_1_0;
        add(&desk, &session);
    }
    assert_true(close_desk(&desk, &error));
    assert_string_equal(column_of(QUESTION_CLIENTS, "got", &filters), "refused");
    assert_string_equal(column_of(QUESTION_CLIENTS, "sessions", &filters), "2");
    assert_string_equal(column_of(QUESTION_CLIENTS, "all_sessions", &filters), "4");
    assert_string_equal(column_of(QUESTION_CLIENTS, "server", &filters), "192.0.2.9"); /* of the latest */
}

/* What the summary counts as more is found there, where none logs in without TLS: that is worse. */
static void the_summary_s_table_is_the_beginning_of_the_clients(void **state)
{
    static const char *const columns[] = {"client", "to", "service", "offers", "got", "cause", "sessions", "last_seen"};
    static const struct filters with_hello = {.service = "imaps"};
    struct session better = make_session(8, 1, 100);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    better.negotiated = better.offer.maximum = VERSION_TLS_1_1;
    add(&desk, &better);
    assert_true(close_desk(&desk, &error));
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        char beginning[1024];

        snprintf(beginning, sizeof(beginning), "%s", column_of(QUESTION_LEGACY, columns[i], &with_hello));
        assert_memory_equal(column_of(QUESTION_CLIENTS, columns[i], &with_hello), beginning, strlen(beginning));
    }
}

static void servers_show_what_they_accept_best_first(void **state)
{
    (void)state;
    assert_string_equal(
        column_of(QUESTION_SERVERS, "server", &(struct filters){.service = "imaps"}), "192.0.2.1 10.9.0.3");
    assert_string_equal(
        column_of(QUESTION_SERVERS, "accepts", &(struct filters){.service = "imaps"}), "TLS 1.3, TLS 1.0 TLS 1.0");
    assert_string_equal(column_of(QUESTION_SERVERS, "refuses", &(struct filters){.service = "imaps"}), "TLS 1.0 ?");
}

/* Client 1's server: first it shows what it can do at best, then only in the sentinel; an old clock shows another
 * certificate, whose time is shorter as text. */
static void servers_are_judged_by_all_that_was_seen_of_them(void **state)
{
    const struct filters filters = {.network = "10.9.0.7"};
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct session session = make_session(8, 1, i);

        session.endpoints[SIDE_SERVER].address = (struct address){{[10] = 0xff, [11] = 0xff, 10, 9, 0, 7}};
        session.first.time_ns = session.last.time_ns = i == 0 ? NOON_NS : 946684800 * NANOSECONDS;
        session.certificate.seen = session.certificate.readable = true;
        session.certificate.sha256[0] = (uint8_t)(i + 1);
        strcpy(session.certificate.subject, i == 0 ? "CN=of-2025" : "CN=of-2000");
        session.answer.downgrade = i == 1;
        add(&desk, &session);
    }
    assert_true(close_desk(&desk, &error));
    assert_string_equal(column_of(QUESTION_SERVERS, "certificate_subject", &filters), "CN=of-2025");
    assert_int_equal(atoi(column_of(QUESTION_SERVERS, "what_to_do", &filters)), STEP_KEEP_OLD_TLS);
    assert_int_equal(atoi(column_of(QUESTION_SERVERS, "what_to_do", &(struct filters){.network = "10.9.0.7", .since = "2025-01-01"})),
        STEP_CANNOT_TELL); /* all its clients of that time offered old TLS, and nothing showed that it can do better */
}

/* A report about a past day uses nothing seen later. */
static void what_came_later_is_not_used(void **state)
{
    const struct filters past = {.network = "10.0.0.1", .until = "2025-11-26"};
    struct session good = make_session(8, 1, 2 * 86400);
    struct desk desk = open_desk();
    struct error error = {0};
    struct summary summary;

    (void)state;
    good.cause = CAUSE_NONE;
    good.negotiated = good.offer.maximum = VERSION_TLS_1_3;
    add(&desk, &good);
    assert_true(close_desk(&desk, &error));
    assert_true(inventory_summary(inventory, &past, &summary, &error));
    assert_int_equal(summary.mixed_clients, 0);
    assert_string_equal(column_of(QUESTION_CLIENTS, "note", &past), "0");
    assert_steps(&past, STEP_UPDATE_CLIENT, STEP_COUNT);
    assert_true(inventory_summary(inventory, &(struct filters){.network = "10.0.0.1"}, &summary, &error));
    assert_int_equal(summary.mixed_clients, 1);
    assert_steps(&(struct filters){.network = "10.0.0.1", .since = "2025-11-25"}, STEP_CONFIRM_UPDATE, STEP_COUNT);
}

static void what_is_unconfirmed_is_shown_and_not_counted(void **state)
{
    const struct filters filters = {.network = "10.7.0.1"};
    struct session session = make_session(8, 1, 0);
    struct desk desk = open_desk();
    struct error error = {0};
    struct summary summary;

    (void)state;
    session.endpoints[SIDE_CLIENT].address = (struct address){{[10] = 0xff, [11] = 0xff, 10, 7, 0, 1}};
    session.unconfirmed = true;
    session.cause = CAUSE_NONE;
    session.outcome = OUTCOME_UNANSWERED;
    session.negotiated = VERSION_UNKNOWN;
    add(&desk, &session);
    assert_true(close_desk(&desk, &error));
    assert_string_equal(column_of(QUESTION_CLIENTS, "verdict", &filters), "unconfirmed");
    assert_true(inventory_summary(inventory, &(struct filters){.as_of = AS_OF}, &summary, &error));
    assert_int_equal(summary.unconfirmed_clients, 1);
    assert_int_equal(summary.unconfirmed_sessions, 1);
    assert_int_equal(summary.clients, 6);
    assert_int_equal(summary.sessions, 6);
}

static void what_contradicts_itself_is_counted(void **state)
{
    struct session session = make_session(8, 1, 0);
    struct desk desk = open_desk();
    struct error error = {0};
    struct summary summary;

    (void)state;
    session.contradictory = true;
    session.cause = CAUSE_NONE;
    add(&desk, &session);
    add(&desk, &session);
    assert_true(close_desk(&desk, &error));
    assert_true(inventory_summary(inventory, &(struct filters){.as_of = AS_OF}, &summary, &error));
    assert_int_equal(summary.contradictory_sessions, 2);
}

static void the_summary_s_table_names_whom_and_why(void **state)
{
    (void)state;
    assert_string_equal(column_of(QUESTION_LEGACY, "client", NULL), "10.0.0.2 10.0.0.3 10.0.0.1");
    assert_string_equal(column_of(QUESTION_LEGACY, "to", NULL), "imap.example.net imap.example.net imap.example.net");
    assert_string_equal(column_of(QUESTION_LEGACY, "offers", NULL), "TLS 1.0 TLS 1.3 TLS 1.0");
    assert_string_equal(
        column_of(QUESTION_LEGACY, "last_seen", &(struct filters){.cause = "server"}), "2025-11-25T12:00:02.000005Z");
}

static void sessions_carry_their_evidence(void **state)
{
    struct filters refused = {.network = "10.0.0.2"};

    (void)state;
    assert_string_equal(column_of(QUESTION_SESSIONS, "refused_by", &refused), "alert 70");
    assert_string_equal(column_of(QUESTION_SESSIONS, "source", &refused), "a.pcap");
    assert_string_equal(column_of(QUESTION_SESSIONS, "first_packet", &refused), "11");
    assert_string_equal(column_of(QUESTION_SESSIONS, "first_seen", &refused), "2025-11-25T12:00:01.000000Z");
}

/* RFC 8446 4.2.1: only supported_versions tells. */
static void the_lowest_version_is_known_of_supported_versions_alone(void **state)
{
    struct filters without = {.network = "10.0.0.1"}, with = {.network = "10.0.0.3"};

    (void)state;
    assert_string_equal(column_of(QUESTION_SESSIONS, "offered_min", &with), "TLS 1.2");
    assert_string_equal(column_of(QUESTION_SESSIONS, "offered_min", &without), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASKED(clients_come_worst_first_and_foreign_ones_not_at_all),
        ASKED(one_bad_session_makes_a_client_bad),
        ASKED(a_row_has_the_sessions_that_its_cause_speaks_of),
        ASKED(a_client_that_also_does_better_is_not_called_unable),
        ASKED(without_sni_a_server_is_called_by_what_dns_was_asked_for),
        ASKED(what_never_used_tls_is_not_called_unseen),
        ASKED(the_sessions_beside_refused_were_refused),
        ASKED(the_summary_s_table_is_the_beginning_of_the_clients),
        ASKED(servers_show_what_they_accept_best_first),
        ASKED(servers_are_judged_by_all_that_was_seen_of_them),
        ASKED(what_came_later_is_not_used),
        ASKED(what_is_unconfirmed_is_shown_and_not_counted),
        ASKED(what_contradicts_itself_is_counted),
        ASKED(the_summary_s_table_names_whom_and_why),
        ASKED(sessions_carry_their_evidence),
        ASKED(the_lowest_version_is_known_of_supported_versions_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

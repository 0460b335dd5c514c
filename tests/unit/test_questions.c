/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions: worst first, nothing safe that was not seen, filters that choose or say what they want. */
#include "store_help.h"

#include <lasthello/questions.h>
#include <lasthello/utc.h>
#include <lasthello/verdict.h>

static struct inventory *inventory;

/* Client 1: TLS 1.0 by its own fault; 2: refused; 3: an old server; 4: logs in in clear; 5: fine; 6: nobody knows;
 * 7: no mail at all. */
static void fill(struct desk *desk)
{
    struct session rows[7];

    for (uint8_t i = 0; i < 7; i++)
        rows[i] = make_session(7, (uint8_t)(i + 1), i);
    rows[1].outcome = OUTCOME_REFUSED;
    rows[1].refused_by = REFUSAL_ALERT;
    rows[1].alerts[SIDE_SERVER] = (struct alert){true, 2, 70};
    rows[1].negotiated = VERSION_UNKNOWN;
    rows[2].cause = CAUSE_SERVER;
    rows[2].offer.maximum = VERSION_TLS_1_3;
    rows[2].endpoints[SIDE_SERVER].address = (struct address){{[10] = 0xff, [11] = 0xff, 10, 9, 0, 3}};
    for (uint8_t i = 3; i < 7; i++) {
        rows[i].cause = CAUSE_NONE;
        rows[i].negotiated = VERSION_UNKNOWN;
        rows[i].evidence = EVIDENCE_NONE;
        rows[i].offer = (struct offer){0};
    }
    rows[3].outcome = OUTCOME_CLEARTEXT;
    strcpy(rows[3].login, "USER");
    rows[3].service = "pop3";
    rows[4].negotiated = VERSION_TLS_1_3;
    rows[4].evidence = EVIDENCE_HANDSHAKE;
    strcpy(rows[4].provider, "Microsoft365");
    rows[5].outcome = OUTCOME_UNANSWERED;
    rows[5].directions = 1;
    rows[6].outcome = OUTCOME_FOREIGN;
    for (int i = 0; i < 7; i++)
        add(desk, &rows[i]);
}

static int open_inventory(void **state)
{
    struct source_record source = make_source(7, 100, true);
    struct error error = {0};
    struct desk desk;

    if (make_folder(state) != 0)
        return -1;
    desk = open_desk();
    fill(&desk);
    source.dropped = 4;
    source.down_ns = 50 * NANOSECONDS;
    source.unknown[0] = (struct unknown_count){UNKNOWN_ETHERTYPE, 0x88cc, 3};
    source.unknown[1] = (struct unknown_count){UNKNOWN_PROTOCOL, 50, 2};
    ledger_source(desk.ledger, &source);
    close_desk(&desk, &error);
    inventory = inventory_open(path, &error);
    return inventory == NULL ? -1 : 0;
}

static int close_inventory(void **state)
{
    inventory_close(inventory);
    return remove_folder(state);
}

/* What a test reads of a value: versions best first, judgements by name or number. */
static const char *value_text(enum column_kind kind, const struct value *value, char out[128])
{
    out[0] = '\0';
    switch (kind) {
    case COLUMN_TIME:
        utc_text(value->number, out);
        return value->text == NULL ? NULL : out;
    case COLUMN_VERDICT:
        return verdict_name((enum verdict)value->number);
    case COLUMN_VERSIONS:
        for (enum version version = VERSION_TLS_1_3; version > VERSION_UNKNOWN; version--)
            if (value->number >> version & 1)
                snprintf(out + strlen(out), 128 - strlen(out), "%s%s", out[0] == '\0' ? "" : ", ", version_name(version));
        return out[0] == '\0' ? NULL : out;
    case COLUMN_STEP:
    case COLUMN_NOTES:
        snprintf(out, 128, "%d", (int)value->number);
        return out;
    default:
        return value->text;
    }
}

/* The values of one column in the order of the rows, joined by blanks; "?" where nothing is known. */
static const char *column_of(enum question question, const char *name, const struct filters *filters)
{
    static char text[1024];
    struct error error = {0};
    struct rows *rows = inventory_ask(inventory, question, filters, &error);
    const struct value *values;
    const struct column *columns;
    size_t count, wanted = 0;
    char out[128];

    assert_string_equal(error.text, "");
    columns = rows_columns(rows, &count);
    while (strcmp(columns[wanted].name, name) != 0)
        assert_true(++wanted < count);
    text[0] = '\0';
    while (rows_next(rows, &values, &error) == ROW_ONE) {
        const char *value = value_text(columns[wanted].kind, &values[wanted], out);
        size_t used = strlen(text);

        snprintf(text + used, sizeof(text) - used, "%s%s", used == 0 ? "" : " ", value == NULL ? "?" : value);
    }
    assert_string_equal(error.text, "");
    rows_close(rows);
    return text;
}

static void assert_steps(const struct filters *filters, enum step first, enum step second)
{
    char steps[16];

    snprintf(steps, sizeof(steps), second == STEP_COUNT ? "%d" : "%d %d", first, second);
    assert_string_equal(column_of(QUESTION_CLIENTS, "what_to_do", filters), steps);
}

static void clients_come_worst_first_and_foreign_ones_not_at_all(void **state)
{
    (void)state;
    assert_string_equal(
        column_of(QUESTION_CLIENTS, "client", NULL), "10.0.0.2 10.0.0.1 10.0.0.3 10.0.0.4 10.0.0.6 10.0.0.5");
    assert_string_equal(column_of(QUESTION_CLIENTS, "verdict", NULL), "failing legacy legacy exposed unknown safe");
    assert_string_equal(column_of(QUESTION_CLIENTS, "got", NULL), "refused TLS 1.0 TLS 1.0 no TLS ? TLS 1.3");
    assert_string_equal(column_of(QUESTION_CLIENTS, "cause", NULL), "client client server ? ? ?");
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
    assert_string_equal(column_of(QUESTION_LEGACY, "note", NULL), "0 3 0"); /* NOTE_ALSO_BETTER, NOTE_UPDATED */
    assert_steps(&filters[1], STEP_UPDATE_CLIENT, STEP_CONFIRM_UPDATE);
}

/* Client 1 also meets an old server, where it offers more: it counts under both, as --cause finds it under both. */
static void a_client_counts_under_each_of_its_causes(void **state)
{
    struct session other = make_session(8, 1, 500);
    struct desk desk = open_desk();
    struct error error = {0};
    struct summary summary;

    (void)state;
    other.cause = CAUSE_SERVER;
    other.offer.maximum = VERSION_TLS_1_3;
    add(&desk, &other);
    assert_true(close_desk(&desk, &error));
    assert_true(inventory_summary(inventory, NULL, &summary, &error));
    assert_int_equal(summary.legacy_clients, 3);
    assert_int_equal(summary.legacy_by_cause[CAUSE_CLIENT], 2);
    assert_int_equal(summary.legacy_by_cause[CAUSE_SERVER], 2);
    assert_int_equal(summary.several_causes, 1);
    assert_true(inventory_summary(inventory, &(struct filters){.cause = "server"}, &summary, &error));
    assert_int_equal(summary.legacy_clients, 2);
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
    assert_string_equal(column_of(QUESTION_CLIENTS, "got", &filters), "no TLS no TLS ?");
    snprintf(steps, sizeof(steps), "%d %d %d", STEP_REQUEST_TLS, STEP_FIND_STARTTLS_FAILURE, STEP_CAPTURE_HANDSHAKE);
    assert_string_equal(column_of(QUESTION_CLIENTS, "what_to_do", &filters), steps);
    assert_string_equal(column_of(QUESTION_CLIENTS, "note", &filters), "16 0 0"); /* NOTE_NEVER_ASKED */
}

static void sessions_of_other_tls_than_mail_are_counted_apart(void **state)
{
    struct session other = make_session(8, 1, 500);
    struct desk desk = open_desk();
    struct error error = {0};
    struct summary summary;

    (void)state;
    other.service = "tls";
    add(&desk, &other);
    add(&desk, &other);
    assert_true(close_desk(&desk, &error));
    assert_true(inventory_summary(inventory, NULL, &summary, &error));
    assert_int_equal(summary.sessions, 8);
    assert_int_equal(summary.other_sessions, 2);
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

/* What the summary counts as more is found there. */
static void the_summary_s_table_is_the_beginning_of_the_clients(void **state)
{
    static const char *const columns[] = {"client", "to", "service", "offers", "got", "cause", "sessions", "last_seen"};
    struct session better = make_session(8, 1, 100);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    better.negotiated = better.offer.maximum = VERSION_TLS_1_1;
    add(&desk, &better);
    assert_true(close_desk(&desk, &error));
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        char beginning[1024];

        snprintf(beginning, sizeof(beginning), "%s", column_of(QUESTION_LEGACY, columns[i], NULL));
        assert_memory_equal(column_of(QUESTION_CLIENTS, columns[i], NULL), beginning, strlen(beginning));
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
    assert_true(inventory_summary(inventory, NULL, &summary, &error));
    assert_int_equal(summary.unconfirmed_clients, 1);
    assert_int_equal(summary.unconfirmed_sessions, 1);
    assert_int_equal(summary.clients, 6);
    assert_int_equal(summary.sessions, 6);
}

static void what_can_be_filtered_by_is_told_with_its_clients(void **state)
{
    (void)state;
    assert_string_equal(column_of(QUESTION_VALUES, "value", &(struct filters){.provider = "nobody"}),
        "client server Microsoft365 imaps pop3 TLS 1.0 TLS 1.3");
    assert_string_equal(column_of(QUESTION_VALUES, "clients", NULL), "2 1 1 6 1 3 1");
}

static void the_days_of_a_filter_are_whole(void **state)
{
    struct filter_days days;
    struct error error = {0};

    (void)state;
    assert_true(inventory_filters_check(&(struct filters){.since = "2025-11-26T05:00", .until = "2025-11-26T06:00"}, &days, &error));
    assert_true(days.rounded);
    assert_string_equal(days.first, "2025-11-26");
    assert_string_equal(days.last, "2025-11-26");
    assert_true(inventory_filters_check(&(struct filters){.since = "7d", .until = "2025-11-26"}, &days, &error));
    assert_false(days.rounded);
    assert_string_equal(days.last, "2025-11-25");
    assert_true(inventory_filters_check(&(struct filters){.until = "1969-12-31T23:59:59.5"}, &days, &error));
    assert_string_equal(days.last, "1969-12-31");
}

static void the_summary_s_table_names_whom_and_why(void **state)
{
    (void)state;
    assert_string_equal(column_of(QUESTION_LEGACY, "client", NULL), "10.0.0.2 10.0.0.1 10.0.0.3");
    assert_string_equal(column_of(QUESTION_LEGACY, "to", NULL), "imap.example.net imap.example.net imap.example.net");
    assert_string_equal(column_of(QUESTION_LEGACY, "offers", NULL), "TLS 1.0 TLS 1.0 TLS 1.3");
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

static void coverage_shows_fates_drops_and_what_was_not_understood(void **state)
{
    (void)state;
    assert_string_equal(column_of(QUESTION_COVERAGE, "used", NULL), "100");
    assert_string_equal(column_of(QUESTION_COVERAGE, "state", NULL), "complete");
    assert_string_equal(column_of(QUESTION_COVERAGE, "blind_first", NULL), "2025-11-25T12:01:00.000000Z");
    assert_string_equal(column_of(QUESTION_COVERAGE, "not_understood", NULL),
        "IP protocol 50 (ESP): 2, ethertype 35020 (LLDP): 3");
}

static void filters_choose_rows(void **state)
{
    static const struct {
        struct filters filters;
        const char *clients;
    } rows[] = {
        {{.network = "10.0.0.0/30"}, "10.0.0.2 10.0.0.1 10.0.0.3"},
        {{.network = "10.9.0.0/16"}, "10.0.0.3"},
        {{.network = "::ffff:10.0.0.1/128"}, "10.0.0.1"},
        {{.network = "2001:db8::/32"}, ""},
        {{.version = "TLS 1.0"}, "10.0.0.2 10.0.0.1 10.0.0.3"},
        {{.version = "tls 1.3"}, "10.0.0.5"},
        {{.cause = "server"}, "10.0.0.3"},
        {{.service = "pop3"}, "10.0.0.4"},
        {{.provider = "microsoft365"}, "10.0.0.5"},
        {{.since = "2025-11-25T23:00", .cause = "server"}, "10.0.0.3"}, /* whole days */
        {{.until = "2025-11-25 00:00:01", .cause = "server"}, "10.0.0.3"},
        {{.since = "2025-11-26"}, ""},
        {{.until = "2025-11-25"}, ""},
        {{.since = "2025-11-25", .until = "2025-11-26", .cause = "client"}, "10.0.0.2 10.0.0.1"},
        {{.until = "1999-01-01"}, ""},
        {{.since = "1h"}, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(column_of(QUESTION_CLIENTS, "client", &rows[i].filters), rows[i].clients);
}

static void wrong_filters_are_sentences(void **state)
{
    static const struct {
        struct filters filters;
        const char *word;
    } rows[] = {
        {{.since = "yesterdayish"}, "yesterdayish"},
        {{.until = "2026-02-30"}, "2026-02-30"},
        {{.since = "7x"}, "7d"},
        {{.since = "2026-11-20T08:00 or so"}, "or so"},
        {{.network = "10.0.0.0/33"}, "10.0.0.0/33"},
        {{.network = "10.0.0"}, "10.1.0.0/16"},
        {{.network = "10.0.0.0/-1"}, "/-1"},
        {{.version = "TLS 9"}, "TLS 1.3"},
        {{.cause = "weather"}, "fallback"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error error = {0};

        assert_null(inventory_ask(inventory, QUESTION_CLIENTS, &rows[i].filters, &error));
        assert_non_null(strstr(error.text, rows[i].word));
    }
}

static void the_summary_counts_addresses(void **state)
{
    struct error error = {0};
    struct summary summary;

    (void)state;
    assert_true(inventory_summary(inventory, NULL, &summary, &error));
    assert_int_equal(summary.clients, 6);
    assert_int_equal(summary.legacy_clients, 3);
    assert_int_equal(summary.legacy_by_cause[CAUSE_CLIENT], 2);
    assert_int_equal(summary.legacy_by_cause[CAUSE_SERVER], 1);
    assert_int_equal(summary.failing_clients, 1);
    assert_int_equal(summary.cleartext_clients, 1);
    assert_int_equal(summary.servers, 2);
    assert_int_equal(summary.legacy_servers, 2);
    assert_int_equal(summary.private_legacy_servers, 1);
}

static void the_summary_says_how_far_to_trust_it(void **state)
{
    struct error error = {0};
    struct summary summary;

    (void)state;
    assert_true(inventory_summary(inventory, NULL, &summary, &error));
    assert_int_equal(summary.sessions, 6);
    assert_int_equal(summary.handshake_sessions, 4);
    assert_int_equal(summary.one_sided_sessions, 1);
    assert_int_equal(summary.midstream_sessions + summary.unknown_sessions, 0); /* one is without TLS: a login in clear */
    assert_int_equal(summary.packets, 100);
    assert_int_equal(summary.dropped, 4);
    assert_true(summary.has_times);
    assert_int_equal(summary.first_time, NOON_NS / 1000);
    assert_int_equal(summary.last_time, NOON_NS / 1000 + 60000000);
}

static void the_time_in_which_an_interface_was_down_is_told_of_the_time_asked_for(void **state)
{
    static const struct {
        struct filters filters;
        uint64_t seconds;
    } rows[] = {
        {{0}, 50},
        {{.since = "2025-11-25T12:05"}, 50}, /* the day is one */
        {{.since = "2025-11-26"}, 0},
        {{.until = "2025-11-25"}, 0},
        {{.until = "2025-11-26"}, 50},
    };
    struct error error = {0};
    struct summary summary;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(inventory_summary(inventory, &rows[i].filters, &summary, &error));
        assert_int_equal(summary.down_seconds, rows[i].seconds);
    }
    assert_string_equal(column_of(QUESTION_COVERAGE, "down_seconds", NULL), "50");
}

static void watched(const char *name, const char *observer, int64_t from_s, int64_t to_s)
{
    struct source_record source = make_source((uint64_t)(from_s * 1000 + to_s + 1000), 1, true);
    struct desk desk = open_desk();
    struct error error = {0};

    source.kind = "interface";
    snprintf(source.name, sizeof(source.name), "%s", name);
    snprintf(source.observer, sizeof(source.observer), "%s", observer);
    source.started_ns = NOON_NS + from_s * NANOSECONDS;
    source.ended_ns = NOON_NS + to_s * NANOSECONDS;
    ledger_source(desk.ledger, &source);
    assert_true(close_desk(&desk, &error));
}

static void the_time_between_two_runs_on_an_interface_is_told_of_the_time_asked_for(void **state)
{
    static const struct {
        struct filters filters;
        uint64_t seconds;
    } rows[] = {
        {{0}, 60 + 86400},
        {{.since = "2025-11-25", .until = "2025-11-26"}, 60 + 42990}, /* until midnight */
        {{.since = "2025-11-26"}, 43410},
        {{.since = "2025-11-27"}, 0},
    };
    struct error error = {0};
    struct summary summary;

    (void)state;
    watched("eth1#1", "sensor", 0, 100);
    watched("eth1#2", "sensor", 1, 110);
    watched("eth1", "sensor", 170, 200);
    watched("eth1", "sensor", 190, 210); /* at the same time */
    watched("eth1", "sensor", 210 + 86400, 220 + 86400);
    watched("eth1", "another", 300, 310);
    watched("eth2", "sensor", 400, 410);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(inventory_summary(inventory, &rows[i].filters, &summary, &error));
        assert_int_equal(summary.unwatched_seconds, rows[i].seconds);
    }
}

static void the_views_speak_to_people(void **state)
{
    (void)state;
    assert_int_equal(number("SELECT count(*) FROM legacy_clients WHERE client = '10.0.0.2' AND got = 'refused' AND "
                            "cause = 'client' "
                            "AND first_seen = '2025-11-25T12:00:01.000000Z'"),
        1);
    assert_int_equal(
        number("SELECT clients FROM legacy_servers WHERE server = '10.9.0.3' AND negotiated = 'TLS 1.0'"), 1);
    assert_int_equal(number("SELECT sum(sessions) FROM sessions_by_day WHERE day = '2025-11-25'"), 7);
    assert_int_equal(
        number("SELECT used FROM coverage WHERE name = 'a.pcap' AND started = '2025-11-25T12:00:00.000000Z'"), 100);
}

static void times_before_1970_are_rounded_down_in_views(void **state)
{
    struct session session = make_session(8, 9, 0);
    struct source_record source = make_source(8, 100, true);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    session.first.time_ns = session.last.time_ns = -NANOSECONDS / 2;
    add(&desk, &session);
    ledger_source(desk.ledger, &source);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT count(*) FROM legacy_clients WHERE first_seen = '1969-12-31T23:59:59.500000Z' "
                            "AND last_seen = first_seen"),
        1);
    assert_int_equal(number("SELECT count(*) FROM hosts WHERE first_seen = '1969-12-31T23:59:59.500000Z'"), 2);
    assert_int_equal(number("SELECT count(*) FROM sessions_by_day WHERE day = '1969-12-31'"), 1);
}

#define ASKED(test) cmocka_unit_test_setup_teardown(test, open_inventory, close_inventory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASKED(clients_come_worst_first_and_foreign_ones_not_at_all),
        ASKED(one_bad_session_makes_a_client_bad),
        ASKED(a_client_that_also_does_better_is_not_called_unable),
        ASKED(a_client_counts_under_each_of_its_causes),
        ASKED(what_never_used_tls_is_not_called_unseen),
        ASKED(sessions_of_other_tls_than_mail_are_counted_apart),
        ASKED(the_sessions_beside_refused_were_refused),
        ASKED(the_summary_s_table_is_the_beginning_of_the_clients),
        ASKED(servers_show_what_they_accept_best_first),
        ASKED(servers_are_judged_by_all_that_was_seen_of_them),
        ASKED(what_came_later_is_not_used),
        ASKED(what_is_unconfirmed_is_shown_and_not_counted),
        ASKED(what_can_be_filtered_by_is_told_with_its_clients),
        ASKED(the_days_of_a_filter_are_whole),
        ASKED(the_summary_s_table_names_whom_and_why),
        ASKED(sessions_carry_their_evidence),
        ASKED(coverage_shows_fates_drops_and_what_was_not_understood),
        ASKED(filters_choose_rows),
        ASKED(wrong_filters_are_sentences),
        ASKED(the_summary_counts_addresses),
        ASKED(the_summary_says_how_far_to_trust_it),
        ASKED(the_time_in_which_an_interface_was_down_is_told_of_the_time_asked_for),
        ASKED(the_time_between_two_runs_on_an_interface_is_told_of_the_time_asked_for),
        ASKED(the_views_speak_to_people),
        ASKED(times_before_1970_are_rounded_down_in_views),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

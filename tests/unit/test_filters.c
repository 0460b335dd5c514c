/* SPDX-License-Identifier: BSD-2-Clause */
/* Filters that choose, or say what they want; the numbers of the summary and of coverage; views. */
#include "questions_help.h"

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
    assert_true(inventory_summary(inventory, &(struct filters){.as_of = AS_OF}, &summary, &error));
    assert_int_equal(summary.legacy_clients, 3);
    assert_int_equal(summary.legacy_by_cause[CAUSE_CLIENT], 2);
    assert_int_equal(summary.legacy_by_cause[CAUSE_SERVER], 2);
    assert_int_equal(summary.several_causes, 1);
    assert_true(inventory_summary(inventory, &(struct filters){.cause = "server"}, &summary, &error));
    assert_int_equal(summary.legacy_clients, 2);
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
    assert_true(inventory_summary(inventory, &(struct filters){.as_of = AS_OF}, &summary, &error));
    assert_int_equal(summary.sessions, 8);
    assert_int_equal(summary.other_sessions, 2);
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
    assert_true(inventory_filters_check(&(struct filters){.since = "7d"}, &days, &error));
    assert_false(days.rounded);
    assert_true(inventory_filters_check(&(struct filters){.since = "2025-11-20", .until = "2025-11-26"}, &days, &error));
    assert_false(days.rounded);
    assert_string_equal(days.last, "2025-11-25");
    assert_true(inventory_filters_check(&(struct filters){.until = "1969-12-31T23:59:59.5"}, &days, &error));
    assert_string_equal(days.last, "1969-12-31");
    assert_false(inventory_filters_check(&(struct filters){.since = "2025-11-26", .until = "2025-11-26"}, &days, &error));
    assert_non_null(strstr(error.text, "no day lies between"));
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
        {{.network = "10.0.0.0/30"}, "10.0.0.2 10.0.0.3 10.0.0.1"},
        {{.network = "10.9.0.0/16"}, "10.0.0.3"},
        {{.network = "::ffff:10.0.0.1/128"}, "10.0.0.1"},
        {{.network = "2001:db8::/32"}, ""},
        {{.version = "TLS 1.0"}, "10.0.0.2 10.0.0.3 10.0.0.1"},
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
        {{.network = "10.0.0.1, 10.0.0.4"}, "10.0.0.4 10.0.0.1"},
        {{.version = "tls 1.0,TLS 1.3", .cause = "client,server"}, "10.0.0.2 10.0.0.3 10.0.0.1"},
        {{.provider = "nobody,microsoft365"}, "10.0.0.5"},
        {{.service = "pop3,smtp"}, "10.0.0.4"},
        {{.verdict = "failing,EXPOSED"}, "10.0.0.2 10.0.0.4"},
        {{.verdict = "safe"}, "10.0.0.5"},
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
        {{.cause = "client,weather"}, "not 'weather'"},
        {{.verdict = "doomed"}, "failing"},
        {{.network = "10.0.0.1,"}, "not ''"},
        {{.owner = "Print"}, "--assets"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error error = {0};

        assert_null(inventory_ask(inventory, QUESTION_CLIENTS, &rows[i].filters, &error));
        assert_non_null(strstr(error.text, rows[i].word));
    }
}

static void owners_choose_hosts_and_assets_name_them(void **state)
{
    const struct filters print = {.owner = "it, print"}, both = {.owner = "Print", .network = "10.0.0.0/30"};
    char list[SCRATCH_BYTES + 64];
    struct error error = {0};
    struct assets *assets;
    FILE *out;

    (void)state;
    snprintf(list, sizeof(list), "%s.csv", path);
    out = fopen(list, "w");
    fputs("address,network,name,owner\n10.0.0.2,,press,Print\n10.0.0.4,,scan,print\n,10.0.0.0/8,site,Site\n", out);
    fclose(out);
    assets = assets_open(list, &error);
    assert_non_null(assets);
    unlink(list);
    inventory_name_by(inventory, assets);
    assert_string_equal(column_of(QUESTION_CLIENTS, "client", &print), "10.0.0.2 10.0.0.4");
    assert_string_equal(column_of(QUESTION_CLIENTS, "client", &both), "10.0.0.2");
    assert_string_equal(column_of(QUESTION_CLIENTS, "name", NULL), "press scan site site site site");
    assert_string_equal(column_of(QUESTION_CLIENTS, "owner", &both), "Print");
    assert_string_equal(column_of(QUESTION_SERVERS, "asset", NULL), "? site ?");
    inventory_name_by(inventory, NULL);
    assets_close(assets);
}

static void the_summary_counts_addresses(void **state)
{
    struct error error = {0};
    struct summary summary;

    (void)state;
    assert_true(inventory_summary(inventory, &(struct filters){.as_of = AS_OF}, &summary, &error));
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
    assert_true(inventory_summary(inventory, &(struct filters){.as_of = AS_OF}, &summary, &error));
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

static void of_what_was_watched_the_time_asked_for_is_told(void **state)
{
    const struct filters filters = {.since = "2025-11-26", .as_of = "2025-11-26"};
    struct error error = {0};
    struct summary summary;

    (void)state;
    watched("eth1", "sensor", 0, 3 * 86400);
    assert_true(inventory_summary(inventory, &filters, &summary, &error));
    assert_int_equal(summary.first_time, 1764115200000000);    /* 2025-11-26T00:00:00Z */
    assert_int_equal(summary.last_time, 1764201600000000 - 1); /* before 2025-11-27 */
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
    assert_int_equal(number("SELECT sum(sessions) FROM trend WHERE day = '2025-11-25'"), 7);
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
    assert_int_equal(number("SELECT count(*) FROM trend WHERE day = '1969-12-31'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASKED(a_client_counts_under_each_of_its_causes),
        ASKED(sessions_of_other_tls_than_mail_are_counted_apart),
        ASKED(what_can_be_filtered_by_is_told_with_its_clients),
        ASKED(the_days_of_a_filter_are_whole),
        ASKED(coverage_shows_fates_drops_and_what_was_not_understood),
        ASKED(filters_choose_rows),
        ASKED(wrong_filters_are_sentences),
        ASKED(owners_choose_hosts_and_assets_name_them),
        ASKED(the_summary_counts_addresses),
        ASKED(the_summary_says_how_far_to_trust_it),
        ASKED(the_time_in_which_an_interface_was_down_is_told_of_the_time_asked_for),
        ASKED(the_time_between_two_runs_on_an_interface_is_told_of_the_time_asked_for),
        ASKED(of_what_was_watched_the_time_asked_for_is_told),
        ASKED(the_views_speak_to_people),
        ASKED(times_before_1970_are_rounded_down_in_views),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

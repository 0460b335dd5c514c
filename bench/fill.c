/* SPDX-License-Identifier: BSD-2-Clause */
/* fill.c: makes an inventory of any size, and tells what is in it: fill INVENTORY CLIENTS [SOURCES [DAYS [SENSOR]]]
 *
 * Without DAYS, client i talks to server i modulo SERVERS in the way that row i modulo 10 of `kinds` says, 1 + i
 * modulo 3 times on day i modulo 7. Each tenth client has an IPv6 address. Client i is seen in source i
 * modulo SOURCES.
 *
 * With DAYS, each client talks on each of the days, in the way that row i modulo 20 of `stories` says, and each
 * ninth to a second server, too: 100,000 clients on 90 days are some 11 million observations. Each day has as many
 * of the sources, and client i is seen in one of them, as in files that are rotated each hour.
 *
 * SENSOR is the number of an inventory of many: its sources are its own, and so is its site.
 *
 * What the program prints, as JSON, is counted while it is made, so that nothing can be counted twice: what a
 * report says of the inventory must be equal to it. */
#include <lasthello/inventory.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SERVERS     200
#define DAYS        7
#define DAY_NS      (86400 * NANOSECONDS)
#define FIRST_NS    1764547200000000000LL /* 2025-12-01T00:00:00Z */
#define FLOWS       1000000               /* of a source: enough for it to be gathered */
#define SOURCE_BASE 0x1234567800000000ULL
#define SENSOR_STEP 0x0107030000000000ULL /* between the sources of two sensors */

static uint32_t sensor;
static char site[32] = "default";

/* How a client fares. */
static const struct kind {
    const char *service;
    uint16_t port;
    enum outcome outcome;
    enum evidence evidence;
    enum version offered, negotiated;
    enum cause cause;
} kinds[] = {
    {"imaps", 993, OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, VERSION_TLS_1_0, CAUSE_CLIENT},
    {"pop3s", 995, OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_1, VERSION_UNKNOWN, CAUSE_CLIENT},
    {"imaps", 993, OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_2, VERSION_TLS_1_0, CAUSE_SERVER},
    {"imap", 143, OUTCOME_CLEARTEXT, EVIDENCE_NONE, VERSION_UNKNOWN, VERSION_UNKNOWN, CAUSE_NONE},
    {"imaps", 993, OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_UNKNOWN, VERSION_TLS_1_2_PLUS, CAUSE_NONE},
    {"imaps", 993, OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_UNKNOWN, VERSION_TLS_1_0, CAUSE_UNKNOWN},
    {"imaps", 993, OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_2, VERSION_TLS_1_2, CAUSE_NONE},
    {"pop3s", 995, OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, VERSION_TLS_1_3, CAUSE_NONE},
    {"imap", 143, OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, VERSION_TLS_1_3, CAUSE_NONE},
    {"pop3", 110, OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_2, VERSION_TLS_1_2, CAUSE_NONE},
    /* from here on of stories alone */
    {"imaps", 993, OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, VERSION_UNKNOWN, CAUSE_TOO_NEW},
    {"imaps", 993, OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, VERSION_UNKNOWN, CAUSE_CLIENT},
};
#define KINDS       10
#define OLD_REFUSED 11

/* A kind, from one day to before another, in 90ths of the days. */
struct chapter {
    unsigned kind, from, until;
};

enum {
    OLD,
    REFUSED,
    OLD_SERVER,
    CLEARTEXT,
    MIDSTREAM,
    OLD_RECORDS,
    SAFE,
    NEWEST = 8,
    TOO_NEW = 10,
};

/* What becomes of a client on the days. The refusals of the first come with a roll-out in the last 15 of 90: a share
 * of the ten sessions of a day that grows by two tenths each three days, and the others are old as before. */
#define STORY_ROLL_OUT 0
#define ROLL_OUT_FROM  75
#define ROLL_OUT_TRIES 10
static const struct story {
    const char *name;
    struct chapter chapters[3];
} stories[] = {
    {"roll_out", {{OLD, 0, 90}}},
    {"old", {{OLD, 0, 90}}},
    {"old", {{OLD, 0, 90}}},
    {"fixed", {{OLD, 0, 45}, {SAFE, 45, 90}}},
    {"back_again", {{OLD, 0, 30}, {SAFE, 30, 60}, {OLD, 60, 90}}},
    {"several_programs", {{OLD, 0, 90}, {SAFE, 0, 90}}},
    {"too_new", {{TOO_NEW, 0, 90}}},
    {"old_server", {{OLD_SERVER, 0, 90}}},
    {"cleartext", {{CLEARTEXT, 0, 90}}},
    {"midstream", {{MIDSTREAM, 0, 90}}},
    {"safe", {{SAFE, 0, 90}}},
    {"safe", {{SAFE, 0, 90}}},
    {"safe", {{SAFE, 0, 90}}},
    {"safe", {{SAFE, 0, 90}}},
    {"safe", {{SAFE, 0, 90}}},
    {"safe", {{NEWEST, 0, 90}}},
    {"safe", {{NEWEST, 0, 90}}},
    {"safe", {{NEWEST, 0, 90}}},
    {"safe", {{NEWEST, 0, 90}}},
    {"safe", {{NEWEST, 0, 90}}},
};
#define STORIES  (sizeof(stories) / sizeof(stories[0]))
#define CHAPTERS 3

/* What was made. */
struct counts {
    uint64_t clients, servers, sources, sessions, observations;
    uint64_t clients_by_story[STORIES], sessions_by_story[STORIES];
    uint64_t clients_of[KINDS], sessions_of[KINDS], servers_of[KINDS];
};

static struct address v4_address(uint32_t v4)
{
    struct address address = {{[10] = 0xff, [11] = 0xff}};

    for (int i = 0; i < 4; i++)
        address.octets[12 + i] = (uint8_t)(v4 >> (24 - 8 * i));
    return address;
}

static struct address client_address(uint32_t number)
{
    struct address address = v4_address(0x0a000000 + number);

    if (number % 10 == 9) {
        static const uint8_t prefix[] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0};

        memcpy(address.octets, prefix, sizeof(prefix));
    }
    return address;
}

/* A quarter of the servers have private addresses. */
static struct address server_address(uint32_t number)
{
    return v4_address((number < SERVERS / 4 ? 0xc0a86400 : 0xc6336400) + number);
}

/* Who, whom, how, when, and where it was seen. */
struct visit {
    uint32_t number, server, source;
    const struct kind *kind;
    int64_t day;
};

static struct session make_session(const struct visit *visit)
{
    const struct kind *kind = visit->kind;
    const uint32_t number = visit->number;
    int64_t time_ns = FIRST_NS + visit->day * DAY_NS + number % 80000 * NANOSECONDS;
    uint64_t source = SOURCE_BASE + sensor * SENSOR_STEP + (uint64_t)visit->source * 0x10001 + 1;
    uint64_t packet = 20 * (uint64_t)number + 1;
    struct session session = {
        .service = kind->service,
        .endpoints = {{.address = client_address(number), .port = (uint16_t)(1024 + number % 60000)},
            {.address = server_address(visit->server), .port = kind->port}},
        .first = {time_ns, packet, source},
        .last = {time_ns + NANOSECONDS, packet + 19, source},
        .outcome = kind->outcome,
        .refused_by = kind->outcome == OUTCOME_REFUSED ? REFUSAL_FIN : REFUSAL_NONE,
        .evidence = kind->evidence,
        .negotiated = kind->negotiated,
        .cause = kind->cause,
        .directions = 3,
        .offer = {.seen = kind->offered != VERSION_UNKNOWN, .maximum = kind->offered, .legacy_version = 0x0303},
    };

    if (kind->outcome == OUTCOME_CLEARTEXT)
        strcpy(session.login, "LOGIN");
    return session;
}

static void hand_over(struct writer *writer, struct ledger **ledger)
{
    writer_wait(writer, 0);
    *ledger = writer_exchange(writer, 0, *ledger);
}

static void put(struct writer *writer, struct ledger **ledger, const struct visit *visit, unsigned times,
    struct counts *counts)
{
    struct session session = make_session(visit);
    uint64_t observation;

    for (unsigned i = 0; i < times; i++)
        while (!ledger_add(*ledger, site, &session, &observation))
            hand_over(writer, ledger);
    counts->observations++;
    counts->sessions += times;
}

static void add(struct writer *writer, struct ledger **ledger, uint32_t number, uint32_t sources,
    struct counts *counts)
{
    const struct visit visit = {number, number % SERVERS, number % sources, &kinds[number % KINDS], number % DAYS};
    const unsigned times = 1 + number % 3;

    put(writer, ledger, &visit, times, counts);
    counts->clients++;
    counts->clients_of[number % KINDS]++;
    counts->sessions_of[number % KINDS] += times;
    if (number < SERVERS) {
        counts->servers++;
        counts->servers_of[number % KINDS]++;
    }
}

/* How many of a day's sessions of the roll-out are refused. */
static unsigned refusals(unsigned at)
{
    return at < ROLL_OUT_FROM ? 0 : 2 * ((at - ROLL_OUT_FROM) / 3 + 1);
}

/* A client's day with a server; `at`: the day, in 90ths. */
static void add_day(struct writer *writer, struct ledger **ledger, struct visit *visit, unsigned at,
    struct counts *counts)
{
    const size_t story = visit->number % STORIES;
    const unsigned times = story == STORY_ROLL_OUT ? ROLL_OUT_TRIES : 1 + visit->number % 3;
    const unsigned refused = story == STORY_ROLL_OUT ? refusals(at) : 0;
    const uint64_t before = counts->sessions;

    for (size_t i = 0; i < CHAPTERS; i++) {
        const struct chapter *chapter = &stories[story].chapters[i];

        visit->kind = &kinds[chapter->kind];
        if (at >= chapter->from && at < chapter->until && times > refused)
            put(writer, ledger, visit, times - refused, counts);
    }
    visit->kind = &kinds[OLD_REFUSED];
    if (refused > 0)
        put(writer, ledger, visit, refused, counts);
    counts->sessions_by_story[story] += counts->sessions - before;
}

/* All clients' day. */
static void add_clients(struct writer *writer, struct ledger **ledger, uint32_t clients, uint32_t sources,
    int64_t day, int64_t days, struct counts *counts)
{
    const unsigned at = (unsigned)(day * 90 / days);

    for (uint32_t part = 0; part < sources; part++)
        for (uint32_t i = part; i < clients; i += sources) {
            struct visit visit = {.number = i, .source = (uint32_t)day * sources + part, .day = day};

            visit.server = i % SERVERS;
            add_day(writer, ledger, &visit, at, counts);
            visit.server = (i + 77) % SERVERS;
            if (i % 9 == 8)
                add_day(writer, ledger, &visit, at, counts);
        }
}

static void tell_source(struct writer *writer, struct ledger **ledger, uint32_t number, int64_t days,
    struct counts *counts)
{
    struct source_record record = {.id = SOURCE_BASE + sensor * SENSOR_STEP + (uint64_t)number * 0x10001 + 1,
        .kind = "file",
        .observer = "bench",
        .started_ns = FIRST_NS,
        .ended_ns = FIRST_NS + (days == 0 ? DAYS : days) * DAY_NS - NANOSECONDS,
        .packets = 1000,
        .flows = FLOWS,
        .fates = {[FATE_USED] = 1000},
        .complete = true};

    memcpy(record.site, site, sizeof(site));
    snprintf(record.name, sizeof(record.name), "fill-%" PRIu32 ".pcap", number);
    while (!ledger_source(*ledger, &record))
        hand_over(writer, ledger);
    while (!ledger_conclude(*ledger, &(struct conclusion){.source = record.id, .complete = true}))
        hand_over(writer, ledger);
    counts->sources++;
}

static void print_list(const char *name, const uint64_t *numbers)
{
    printf(", \"%s\": [", name);
    for (size_t i = 0; i < KINDS; i++)
        printf("%s%" PRIu64, i == 0 ? "" : ", ", numbers[i]);
    printf("]");
}

/* Clients and sessions of each story. */
static void print_stories(const struct counts *counts)
{
    for (size_t i = 0; i < STORIES; i++) {
        uint64_t clients = counts->clients_by_story[i], sessions = counts->sessions_by_story[i];

        if (i > 0 && strcmp(stories[i].name, stories[i - 1].name) == 0)
            continue; /* rows of one name lie together */
        for (size_t j = i + 1; j < STORIES && strcmp(stories[j].name, stories[i].name) == 0; j++) {
            clients += counts->clients_by_story[j];
            sessions += counts->sessions_by_story[j];
        }
        printf("%s\"%s\": {\"clients\": %" PRIu64 ", \"sessions\": %" PRIu64 "}", i == 0 ? "" : ", ", stories[i].name,
            clients, sessions);
    }
}

static void print_sizes(const struct counts *counts)
{
    printf("{\"clients\": %" PRIu64 ", \"servers\": %" PRIu64 ", \"sources\": %" PRIu64 ", \"sessions\": %" PRIu64
           ", \"observations\": %" PRIu64,
        counts->clients, counts->servers, counts->sources, counts->sessions, counts->observations);
}

/* The kinds by their rows; the sums that a summary tells. */
static void print_kinds(const struct counts *counts)
{
    const uint64_t *clients = counts->clients_of, *servers = counts->servers_of;

    printf(", \"legacy_clients\": %" PRIu64 ", \"cause_client\": %" PRIu64 ", \"cause_server\": %" PRIu64
           ", \"cause_unknown\": %" PRIu64 ", \"failing_clients\": %" PRIu64 ", \"cleartext_clients\": %" PRIu64
           ", \"legacy_servers\": %" PRIu64,
        clients[0] + clients[1] + clients[2] + clients[5], clients[0] + clients[1], clients[2], clients[5],
        clients[1],
        clients[3], servers[0] + servers[2] + servers[5]);
    print_list("clients_by_kind", clients);
    print_list("sessions_by_kind", counts->sessions_of);
    print_list("servers_by_kind", servers);
}

static void print_counts(const struct counts *counts, bool has_stories)
{
    print_sizes(counts);
    if (has_stories) {
        printf(", \"stories\": {");
        print_stories(counts);
        printf("}");
    } else {
        print_kinds(counts);
    }
    puts("}");
}

/* What is to be made. */
struct size {
    uint32_t clients, sources; /* of a day, where there are days */
    int64_t days;              /* 0: one each */
};

static void add_sources(struct writer *writer, struct ledger **ledger, uint32_t first, uint32_t count, int64_t days,
    struct counts *counts)
{
    for (uint32_t i = first; i < first + count; i++)
        tell_source(writer, ledger, i, days, counts);
}

static void add_stories(struct writer *writer, struct ledger **ledger, const struct size *size,
    struct counts *counts)
{
    for (int64_t day = 0; day < size->days; day++) {
        add_clients(writer, ledger, size->clients, size->sources, day, size->days, counts);
        add_sources(writer, ledger, (uint32_t)day * size->sources, size->sources, size->days, counts);
    }
    counts->clients = size->clients;
    for (uint32_t i = 0; i < size->clients; i++)
        counts->clients_by_story[i % STORIES]++;
    counts->servers = size->clients < SERVERS ? size->clients : SERVERS;
}

static bool fill(const char *path, const struct size *size, struct counts *counts, struct error *error)
{
    struct writer *writer = writer_open(path, 1, error);
    struct ledger *ledger = ledger_open();
    bool filled = writer != NULL && ledger != NULL && writer_start(writer, error);

    if (filled && size->days > 0)
        add_stories(writer, &ledger, size, counts);
    for (uint32_t i = 0; filled && size->days == 0 && i < size->clients; i++)
        add(writer, &ledger, i, size->sources, counts);
    if (filled && size->days == 0)
        add_sources(writer, &ledger, 0, size->sources, 0, counts);
    if (filled)
        hand_over(writer, &ledger);
    filled = writer != NULL && writer_close(writer, error) && filled;
    ledger_close(ledger);
    return filled;
}

static uint32_t number_of(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    struct counts counts = {0};
    struct error error = {0};
    struct size size;

    if (argc < 3 || argc > 6) {
        fputs("usage: fill INVENTORY CLIENTS [SOURCES [DAYS [SENSOR]]]\n", stderr);
        return 2;
    }
    size = (struct size){number_of(argv[2]), argc > 3 ? number_of(argv[3]) : 1, argc > 4 ? number_of(argv[4]) : 0};
    if (argc > 5) {
        sensor = number_of(argv[5]);
        snprintf(site, sizeof(site), "site-%" PRIu32, sensor);
    }
    if (!fill(argv[1], &size, &counts, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    print_counts(&counts, size.days > 0);
    return 0;
}

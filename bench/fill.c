/* SPDX-License-Identifier: BSD-2-Clause */
/* fill.c: makes an inventory of any size, and tells what is in it: fill INVENTORY CLIENTS [SOURCES]
 *
 * Client i talks to server i modulo SERVERS in the way that row i modulo 10 of `kinds` says, 1 + i
 * modulo 3 times on day i modulo 7. Each tenth client has an IPv6 address. Client i is seen in source i
 * modulo SOURCES. What the program prints, as JSON, is counted while it is made, one client at a time,
 * so that nothing can be counted twice: what a report says of the inventory must be equal to it. */
#include <lasthello/inventory.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SERVERS     200
#define DAYS        7
#define DAY_NS      (86400 * NANOSECONDS)
#define FIRST_NS    1764547200000000000LL /* 2025-12-01T00:00:00Z */
#define SOURCE_BASE 0x1234567800000000ULL

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
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* What was made. */
struct counts {
    uint64_t clients, servers, sources, sessions, observations;
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

static struct session make_session(uint32_t number, uint32_t sources)
{
    const struct kind *kind = &kinds[number % KINDS];
    int64_t time_ns = FIRST_NS + number % DAYS * DAY_NS + number % 80000 * NANOSECONDS;
    uint64_t source = SOURCE_BASE + (uint64_t)(number % sources) * 0x10001 + 1,
             packet = 20 * (uint64_t)number + 1;
    struct session session = {
        .service = kind->service,
        .endpoints = {{.address = client_address(number), .port = (uint16_t)(1024 + number % 60000)},
            {.address = server_address(number % SERVERS), .port = kind->port}},
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

static void add(struct writer *writer, struct ledger **ledger, uint32_t number, uint32_t sources,
    struct counts *counts)
{
    const unsigned times = 1 + number % 3;
    struct session session = make_session(number, sources);
    uint64_t observation;

    for (unsigned i = 0; i < times; i++)
        while (!ledger_add(*ledger, "default", &session, &observation))
            hand_over(writer, ledger);
    counts->clients++;
    counts->observations++;
    counts->sessions += times;
    counts->clients_of[number % KINDS]++;
    counts->sessions_of[number % KINDS] += times;
    if (number < SERVERS) {
        counts->servers++;
        counts->servers_of[number % KINDS]++;
    }
}

static void tell_source(struct writer *writer, struct ledger **ledger, uint32_t number,
    struct counts *counts)
{
    struct source_record record = {.id = SOURCE_BASE + (uint64_t)number * 0x10001 + 1,
        .kind = "file",
        .site = "default",
        .observer = "bench",
        .started_ns = FIRST_NS,
        .ended_ns = FIRST_NS + DAYS * DAY_NS,
        .packets = 1000,
        .flows = 1000000000, /* they are gathered */
        .fates = {[FATE_USED] = 1000},
        .complete = true};

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

/* The kinds by their rows; the sums that a summary tells. */
static void print_counts(const struct counts *counts)
{
    const uint64_t *clients = counts->clients_of, *servers = counts->servers_of;

    printf("{\"clients\": %" PRIu64 ", \"servers\": %" PRIu64 ", \"sources\": %" PRIu64 ", \"sessions\": %" PRIu64
           ", \"observations\": %" PRIu64,
        counts->clients, counts->servers, counts->sources, counts->sessions, counts->observations);
    printf(", \"legacy_clients\": %" PRIu64 ", \"cause_client\": %" PRIu64 ", \"cause_server\": %" PRIu64
           ", \"cause_unknown\": %" PRIu64 ", \"failing_clients\": %" PRIu64 ", \"cleartext_clients\": %" PRIu64
           ", \"legacy_servers\": %" PRIu64,
        clients[0] + clients[1] + clients[2] + clients[5], clients[0] + clients[1], clients[2], clients[5],
        clients[1],
        clients[3], servers[0] + servers[2] + servers[5]);
    print_list("clients_by_kind", clients);
    print_list("sessions_by_kind", counts->sessions_of);
    print_list("servers_by_kind", servers);
    puts("}");
}

static bool fill(const char *path, uint32_t clients, uint32_t sources, struct counts *counts,
    struct error *error)
{
    struct writer *writer = writer_open(path, 1, error);
    struct ledger *ledger = ledger_open();
    bool filled = writer != NULL && ledger != NULL && writer_start(writer, error);

    for (uint32_t i = 0; filled && i < clients; i++)
        add(writer, &ledger, i, sources, counts);
    for (uint32_t i = 0; filled && i < sources; i++)
        tell_source(writer, &ledger, i, counts);
    if (filled)
        hand_over(writer, &ledger);
    filled = writer != NULL && writer_close(writer, error) && filled;
    ledger_close(ledger);
    return filled;
}

int main(int argc, char **argv)
{
    struct counts counts = {0};
    struct error error = {0};
    uint32_t sources;

    if (argc < 3 || argc > 4) {
        fputs("usage: fill INVENTORY CLIENTS [SOURCES]\n", stderr);
        return 2;
    }
    sources = argc == 4 ? (uint32_t)strtoul(argv[3], NULL, 10) : 1;
    if (!fill(argv[1], (uint32_t)strtoul(argv[2], NULL, 10), sources, &counts, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    print_counts(&counts);
    return 0;
}

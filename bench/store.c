/* SPDX-License-Identifier: BSD-2-Clause */
/* store.c: what storing costs. store FOLDER [SESSIONS [write]] prints nanoseconds a session of the ledger, CPU
 * seconds of the writer, and, unless it is only to write, CPU milliseconds of each question. */
#include <lasthello/inventory.h>
#include <lasthello/questions.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CLIENTS 60000
#define SERVERS 200
#define STACKS  24
#define BATCH   50 /* made at a time: a session that was just read lies in the cache */
#define SOURCE  0x1234567890abcdefULL

static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct endpoint endpoint_of(uint32_t v4, uint16_t port)
{
    struct endpoint endpoint = {.port = port, .address = {{[10] = 0xff, [11] = 0xff}}};

    for (int i = 0; i < 4; i++)
        endpoint.address.octets[12 + i] = (uint8_t)(v4 >> (24 - 8 * i));
    return endpoint;
}

static void make_answer(struct session *session, unsigned server)
{
    session->answer = (struct answer){.seen = true, .wire_version = 0x0303, .cipher_suite = 0xc02f, .group = 29};
    snprintf(session->answer.ja3s, sizeof(session->answer.ja3s), "%032x", server % 40);
    session->certificate.seen = session->certificate.readable = true;
    snprintf(session->certificate.subject, sizeof(session->certificate.subject), "CN=mail%u.example.net", server);
    session->certificate.sha256[0] = (uint8_t)server;
    session->certificate.sha256[1] = (uint8_t)(server >> 8);
}

/* Spreads numbers like a hash does. */
static uint32_t scramble(uint64_t number)
{
    number *= 0x9e3779b97f4a7c15ULL;
    return (uint32_t)(number >> 32);
}

static void make_session(struct session *session, uint64_t number)
{
    static const char *const services[] = {"imap", "imaps", "pop3", "pop3s"};
    static const uint16_t ports[] = {143, 993, 110, 995};
    unsigned client = scramble(number) % CLIENTS, server = scramble(number ^ 0xabcdef) % SERVERS,
             stack = client % STACKS;
    enum version version = VERSION_TLS_1_0 + stack % 4;

    memset(session, 0, sizeof(*session));
    session->service = services[server % 4];
    session->endpoints[SIDE_CLIENT] = endpoint_of(0x0a000000 + client, (uint16_t)(1024 + number % 60000));
    session->endpoints[SIDE_SERVER] = endpoint_of(0xc6336400 + server, ports[server % 4]);
    session->first = (struct packet_ref){1764000000000000000LL + (int64_t)number * 1000000, 15 * number + 1, SOURCE};
    session->last = (struct packet_ref){session->first.time_ns + 500000, 15 * number + 14, SOURCE};
    session->outcome = version < VERSION_TLS_1_1 && server % 3 == 0 ? OUTCOME_REFUSED : OUTCOME_ESTABLISHED;
    session->evidence = EVIDENCE_HANDSHAKE;
    session->negotiated = session->outcome == OUTCOME_REFUSED ? VERSION_UNKNOWN : version;
    session->cause = version < VERSION_TLS_1_2 ? CAUSE_CLIENT : CAUSE_NONE;
    session->directions = 3;
    session->offer = (struct offer){
        .seen = true, .maximum = version, .legacy_version = 0x0303, .version_count = 1, .versions = {0x0303}};
    snprintf(session->offer.server_name, sizeof(session->offer.server_name), "mail%u.example.net", server);
    snprintf(session->offer.ja3, sizeof(session->offer.ja3), "%032x", stack);
    snprintf(session->offer.ja4, sizeof(session->offer.ja4), "t13d1516h2_8daaf6152771_%012x", stack);
    make_answer(session, server);
}

static void hand_over(struct writer *writer, struct ledger **ledger)
{
    writer_wait(writer, 0);
    *ledger = writer_exchange(writer, 0, *ledger);
}

static double add_all(struct writer *writer, struct ledger **ledger, uint64_t count)
{
    struct session *batch = calloc(BATCH, sizeof(*batch));
    uint64_t observation;
    double spent = 0;

    for (uint64_t number = 0; batch != NULL && number < count; number += BATCH) {
        double began;

        for (uint64_t i = 0; i < BATCH; i++)
            make_session(&batch[i], number + i);
        began = seconds(CLOCK_THREAD_CPUTIME_ID);
        for (uint64_t i = 0; i < BATCH; i++)
            while (!ledger_add(*ledger, "default", &batch[i], &observation))
                hand_over(writer, ledger);
        spent += seconds(CLOCK_THREAD_CPUTIME_ID) - began;
    }
    free(batch);
    return spent;
}

static int write_all(const char *path, uint64_t count)
{
    struct source_record record = {.id = SOURCE,
        .kind = "file",
        .name = "bench.pcap",
        .site = "default",
        .packets = 15 * count,
        .complete = true};
    struct error error = {0};
    struct ledger *ledger = ledger_open();
    struct writer *writer = writer_open(path, 1, &error);
    double process = seconds(CLOCK_PROCESS_CPUTIME_ID), thread = seconds(CLOCK_THREAD_CPUTIME_ID), spent,
           began = seconds(CLOCK_MONOTONIC);

    if (writer == NULL || ledger == NULL || !writer_start(writer, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    spent = add_all(writer, &ledger, count);
    ledger_source(ledger, &record);
    hand_over(writer, &ledger);
    if (!writer_close(writer, &error))
        fprintf(stderr, "%s\n", error.text);
    ledger_close(ledger);
    process = seconds(CLOCK_PROCESS_CPUTIME_ID) - process - (seconds(CLOCK_THREAD_CPUTIME_ID) - thread);
    printf("ledger  %6.0f ns a session\nwriter  %6.3f s CPU, %.3f s in all\n", spent * 1e9 / (double)count, process,
        seconds(CLOCK_MONOTONIC) - began);
    return 0;
}

static void ask_all(const char *path)
{
    static const char *const names[] = {"clients", "servers", "sessions", "coverage", "legacy"};
    struct error error = {0};
    struct inventory *inventory = inventory_open(path, &error);
    struct summary summary;
    double began = seconds(CLOCK_THREAD_CPUTIME_ID);

    if (inventory == NULL || !inventory_summary(inventory, NULL, &summary, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return;
    }
    printf("summary  %5.0f ms  %llu clients\n", (seconds(CLOCK_THREAD_CPUTIME_ID) - began) * 1e3,
        (unsigned long long)summary.clients);
    for (enum question question = QUESTION_CLIENTS; question <= QUESTION_LEGACY; question++) {
        const struct value *values;
        struct rows *rows;
        size_t count = 0;

        began = seconds(CLOCK_THREAD_CPUTIME_ID);
        rows = inventory_ask(inventory, question, NULL, &error);
        while (rows != NULL && rows_next(rows, &values, &error) == ROW_ONE)
            count++;
        rows_close(rows);
        printf("%-8s %5.0f ms  %zu rows %s\n", names[question], (seconds(CLOCK_THREAD_CPUTIME_ID) - began) * 1e3, count,
            error.text);
    }
    inventory_close(inventory);
}

int main(int argc, char **argv)
{
    char path[4096];

    if (argc < 2) {
        fprintf(stderr, "usage: store FOLDER [SESSIONS [write]]\n");
        return 2;
    }
    snprintf(path, sizeof(path), "%s/store.db", argv[1]);
    if (write_all(path, argc > 2 ? strtoull(argv[2], NULL, 10) : 100000) != 0)
        return 1;
    if (argc < 4)
        ask_all(path);
    return 0;
}

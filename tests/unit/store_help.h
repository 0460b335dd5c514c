/* SPDX-License-Identifier: BSD-2-Clause */
/* store_help.h: an inventory in a folder of its own, and sessions to fill it with. */
#ifndef LASTHELLO_STORE_HELP_H
#define LASTHELLO_STORE_HELP_H

#include "test.h"

#include <lasthello/db.h>
#include <lasthello/inventory.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOON_NS  1764072000000000000LL /* 2025-11-25T12:00:00Z */
#define SESSIONS "SELECT coalesce(sum(sessions), 0) FROM observation"

static char folder[SCRATCH_BYTES], path[SCRATCH_BYTES + 32];

static int make_folder(void **state)
{
    (void)state;
    if (!make_scratch("store", folder))
        return -1;
    snprintf(path, sizeof(path), "%s/i.db", folder);
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    char name[sizeof(path) + 16];

    (void)state;
    chmod(folder, 0755);
    for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
        snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        unlink(name);
    }
    return rmdir(folder);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

/* A client 10.0.0.`client` that offers TLS 1.0 and gets it from 192.0.2.1:993, `seconds` after noon. */
__attribute__((unused)) static struct session make_session(uint64_t source, uint8_t client, int seconds)
{
    struct session session = {
        .service = "imaps",
        .endpoints = {{.address = {{[10] = 0xff, [11] = 0xff, 10, 0, 0, client}}, .port = 50000},
            {.address = {{[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}}, .port = 993}},
        .first = {NOON_NS + seconds * NANOSECONDS, 10 + (uint64_t)seconds, source},
        .last = {NOON_NS + seconds * NANOSECONDS + 5000, 20 + (uint64_t)seconds, source},
        .outcome = OUTCOME_ESTABLISHED,
        .evidence = EVIDENCE_HANDSHAKE,
        .negotiated = VERSION_TLS_1_0,
        .cause = CAUSE_CLIENT,
        .offer = {.seen = true,
            .maximum = VERSION_TLS_1_0,
            .legacy_version = 0x0301,
            .server_name = "imap.example.net",
            .ja4 = "t10"},
        .answer = {.seen = true, .wire_version = 0x0301, .cipher_suite = 0xc013},
        .directions = 3,
    };

    return session;
}

#define CAPTURES 100 /* readings 7, 107, 207, ... are of capture 7 */

/* So many packets of a capture. */
__attribute__((unused)) static struct capture_marks make_marks(uint64_t capture, uint64_t packets)
{
    uint8_t bytes[64] = {(uint8_t)capture};
    struct packet packet = {.data = {bytes, sizeof(bytes)}, .wire_len = 64, .time_ns = NOON_NS};
    struct capture_marks marks;

    capture_marks_begin(&marks, "default");
    for (uint64_t i = 0; i < packets; i++) {
        packet.time_ns += NANOSECONDS;
        capture_marks_add(&marks, &packet);
    }
    return marks;
}

__attribute__((unused)) static struct source_record make_source(uint64_t id, uint64_t packets, bool complete)
{
    return (struct source_record){.id = id,
        .kind = "file",
        .name = "a.pcap",
        .site = "default",
        .observer = "sensor",
        .started_ns = NOON_NS,
        .ended_ns = NOON_NS + 60 * NANOSECONDS,
        .packets = packets,
        .fates = {[FATE_USED] = packets},
        .complete = complete,
        .marks = make_marks(id % CAPTURES, packets)};
}

struct desk { /* a worker's place */
    struct writer *writer;
    struct ledger *ledger;
};

__attribute__((unused)) static struct desk open_desk(void)
{
    struct error error = {0};
    struct desk desk = {writer_open(path, 1, &error), ledger_open()};

    assert_string_equal(error.text, "");
    assert_true(writer_start(desk.writer, &error));
    return desk;
}

__attribute__((unused)) static uint64_t add(struct desk *desk, const struct session *session)
{
    uint64_t observation;

    assert_true(ledger_add(desk->ledger, "default", session, &observation));
    return observation;
}

__attribute__((unused)) static void hand_over(struct desk *desk)
{
    writer_wait(desk->writer, 0);
    desk->ledger = writer_exchange(desk->writer, 0, desk->ledger);
    writer_wait(desk->writer, 0);
}

__attribute__((unused)) static bool close_desk(struct desk *desk, struct error *error)
{
    bool closed;

    hand_over(desk);
    closed = writer_close(desk->writer, error);
    ledger_close(desk->ledger);
    return closed;
}

/* The end of a file's reading. */
__attribute__((unused)) static void conclude(struct desk *desk, const struct source_record *source)
{
    assert_true(ledger_source(desk->ledger, source));
    assert_true(ledger_conclude(desk->ledger, &(struct conclusion){.source = source->id, .complete = true}));
}

/* One more reading of a capture: so many clients, a session each. */
__attribute__((unused)) static void read_source(uint64_t capture, uint64_t packets, uint8_t clients)
{
    static uint64_t readings;
    const uint64_t id = capture + CAPTURES * ++readings;
    struct source_record source = make_source(id, packets, true);
    struct desk desk = open_desk();
    struct error error = {0};

    for (uint8_t client = 1; client <= clients; client++) {
        struct session session = make_session(id, client, client);

        add(&desk, &session);
    }
    conclude(&desk, &source);
    assert_true(close_desk(&desk, &error));
}

/* The answer to a question of one number. */
__attribute__((unused)) static int64_t number(const char *sql)
{
    struct error error = {0};
    int64_t answer = -1;
    struct db db;

    assert_true(db_open(&db, path, DB_READ, &error));
    db_number(&db, sql, &answer, &error);
    assert_string_equal(error.text, "");
    db_close(&db);
    return answer;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* stream_oracle.h: two streams whose every byte is known, said in pieces, and what may be shown of them: each byte
 * in its place, or a gap of exactly the bytes that are left out. */
#ifndef LASTHELLO_STREAM_ORACLE_H
#define LASTHELLO_STREAM_ORACLE_H

#include "fuzz.h"

#include <lasthello/dissector.h>
#include <lasthello/flow.h>

#define ORACLE_BYTES       (1 << 17)
#define ORACLE_GUEST_BYTES 2900

struct oracle {
    struct flow_table *table;
    uint32_t shown[SIDE_COUNT]; /* position of the next byte that may be shown */
    uint64_t gap_bytes;
    uint8_t appetite; /* how much of what is shown is taken, in 16ths */
    bool ended[SIDE_COUNT];
    uint64_t number;
};

static uint8_t oracle_streams[SIDE_COUNT][ORACLE_BYTES];
static bool oracle_is_filled;
static const struct service oracle_service = {.port = 143, .name = "imap"};

static inline const struct service *oracle_service_at(const void *context, uint16_t port)
{
    (void)context;
    return port == 143 ? &oracle_service : NULL;
}

static inline int oracle_client_of(const void *context, const struct service *const as_server[2],
    const struct bytes first[2])
{
    (void)context;
    (void)as_server;
    (void)first;
    return -1;
}

static inline bool oracle_is_nothing(void *context, const struct service *service, struct bytes first)
{
    (void)context;
    (void)service;
    (void)first;
    return false;
}

static inline bool oracle_is_worth_keeping(const void *guest)
{
    (void)guest;
    return false;
}

static inline void oracle_open(struct oracle *oracle)
{
    static const struct flow_asks asks = {oracle_service_at, oracle_client_of, oracle_is_nothing,
        oracle_is_worth_keeping};
    static uint32_t random = 1;

    for (size_t i = 0; i < sizeof(oracle_streams) && !oracle_is_filled; i++) {
        random = random * 1664525 + 1013904223;
        oracle_streams[i / ORACLE_BYTES][i % ORACLE_BYTES] = (uint8_t)(random >> 24);
    }
    oracle_is_filled = true;
    *oracle = (struct oracle){
        .table = flow_table_open(
            &(struct flow_limits){.memory_bytes = 32u << 20, .guest_bytes = ORACLE_GUEST_BYTES}, &asks, NULL),
        .appetite = 16,
    };
    promise(oracle->table != NULL);
}

static inline void oracle_judge(struct oracle *oracle, struct flow *flow, const struct flow_event *event)
{
    const uint64_t gap_bytes = flow_table_counts(oracle->table)->gap_bytes;
    uint32_t *shown = &oracle->shown[event->from];
    size_t len = event->bytes.left * oracle->appetite / 16;

    promise(event->kind == FLOW_GAP || gap_bytes == oracle->gap_bytes);
    promise(!oracle->ended[event->from]);
    *shown += (uint32_t)(gap_bytes - oracle->gap_bytes);
    oracle->gap_bytes = gap_bytes;
    oracle->ended[event->from] = event->kind == FLOW_FIN || event->kind == FLOW_RST;
    if (event->kind != FLOW_BYTES)
        return;
    promise(event->bytes.left > 0 && *shown + event->bytes.left <= ORACLE_BYTES);
    promise(memcmp(event->bytes.data, oracle_streams[event->from] + *shown, event->bytes.left) == 0);
    flow_take(oracle->table, flow, event->from, len);
    *shown += (uint32_t)len;
}

static inline void oracle_read(struct oracle *oracle)
{
    struct flow_event event;
    struct flow *flow;

    flow_table_catch_up(oracle->table);
    while ((flow = flow_table_next(oracle->table, &event)) != NULL)
        if (event.kind <= FLOW_RST)
            oracle_judge(oracle, flow, &event);
}

/* Says `len` bytes from `at` of a stream (the first is byte 0; the SYN stands before it), of which `cut` were not
 * captured. */
static inline void oracle_say(struct oracle *oracle, enum side from, uint8_t flags, uint32_t at, uint32_t len,
    uint32_t cut, uint32_t seen)
{
    static const struct link link;
    static const uint32_t first[SIDE_COUNT] = {UINT32_MAX - 3000, 77};
    const uint16_t ports[SIDE_COUNT] = {40000, 143};
    const struct segment segment = {
        .source = {.port = ports[from]},
        .destination = {.port = ports[side_other(from)]},
        .sequence = first[from] + at - ((flags & SEGMENT_SYN) != 0),
        .acknowledgement = first[side_other(from)] + seen,
        .flags = flags,
        .payload = {oracle_streams[from] + at, len - cut},
        .payload_len = len,
        .link = &link,
        .time_ns = (int64_t)oracle->number * 1000000,
        .number = ++oracle->number,
    };

    flow_table_place(oracle->table)->segment = segment;
    flow_table_hear(oracle->table, 1);
    oracle_read(oracle);
}

static inline void oracle_close(struct oracle *oracle)
{
    flow_table_flush(oracle->table);
    oracle_read(oracle);
    flow_table_close(oracle->table);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* stream_oracle.h: two streams whose every byte is known, said in pieces, and what may be shown of them: each byte
 * in its place, or a gap of exactly the bytes that are left out. */
#ifndef LASTHELLO_STREAM_ORACLE_H
#define LASTHELLO_STREAM_ORACLE_H

#include "fuzz.h"

#include <lasthello/flow.h>

#define ORACLE_BYTES (1 << 17)

struct oracle {
    struct flow_table *table;
    uint32_t shown[SIDE_COUNT]; /* position of the next byte that may be shown */
    uint64_t gap_bytes;
    uint8_t appetite; /* how much of what is shown is taken, in 16ths */
    bool ended[SIDE_COUNT];
    uint64_t number;
};

static uint8_t oracle_streams[SIDE_COUNT][ORACLE_BYTES];
static struct services oracle_services;

static inline void oracle_open(struct oracle *oracle)
{
    static uint32_t random = 1;

    for (size_t i = 0; i < sizeof(oracle_streams) && services_at(&oracle_services, 143) == NULL; i++) {
        random = random * 1664525 + 1013904223;
        oracle_streams[i / ORACLE_BYTES][i % ORACLE_BYTES] = (uint8_t)(random >> 24);
    }
    oracle_services.rows[1] = (struct service){.port = 143, .name = "imap"};
    oracle_services.by_port[143] = 1;
    *oracle = (struct oracle){.table = flow_table_open(&(struct flow_limits){.memory_bytes = 32u << 20}), .appetite = 16};
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

static inline void oracle_read(struct oracle *oracle, struct flow *flow)
{
    struct flow_event event;

    while (flow->reader != NULL && flow_next(oracle->table, flow, &event))
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
    enum fate fate;
    const struct flow_key key = flow_table_key(oracle->table, &segment);
    struct flow *flow;

    flow_table_clock(oracle->table, segment.time_ns);
    flow = flow_table_find(oracle->table, &segment, &key, &oracle_services, 1, &fate);
    if (flow == NULL || flow->reader == NULL)
        return;
    flow_push(oracle->table, flow, &segment, key.from);
    oracle_read(oracle, flow);
}

static inline void oracle_close(struct oracle *oracle)
{
    enum flow_due due;
    struct flow *flow;

    flow_table_flush(oracle->table);
    while ((flow = flow_table_due(oracle->table, &due)) != NULL) {
        oracle_read(oracle, flow);
        flow_table_drop(oracle->table, flow);
    }
    flow_table_close(oracle->table);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* unanswered.h: the first segment of connections that nobody answered yet, while it makes no sense.
 *
 * It is kept here, whole, instead of in a flow of its own, until another segment of its connection
 * comes, which recalls it, or its place is needed. Whoever floods the ports from forged addresses
 * with half hellos and garbage thus costs a copy of a few hundred bytes. Places are taken in turn;
 * the index beside them is small enough for a cache. */
#ifndef LASTHELLO_FLOW_UNANSWERED_H
#define LASTHELLO_FLOW_UNANSWERED_H

#include <lasthello/pool.h>
#include <lasthello/wire.h>

#define KEPT_SEGMENT_BYTES 1460 /* of a full frame; longer segments are not kept */

#define FLOW_NOBODY  UINT32_MAX
#define FLOW_UNKNOWN (UINT32_MAX - 1)

struct flow_key {
    uint64_t hash; /* of both endpoints: the same for both directions */
    int from;      /* which of a flow's ends sent the segment */
    uint32_t flow; /* the number of the only one with this hash; FLOW_NOBODY: none has it; FLOW_UNKNOWN */
};

/* A segment that is kept, whole. */
struct kept_segment {
    struct segment segment; /* its windows are of what follows */
    struct flow_key key;
    uint64_t source; /* its id (wire.h: struct packet_ref) */
    uint32_t since;  /* clock ticks */
    struct link link;
    uint8_t payload[KEPT_SEGMENT_BYTES];
};

#define UNANSWERED_MAX   1024 /* places */
#define UNANSWERED_HEADS 8192 /* most are empty: each segment asks one */

struct unanswered {
    struct pool pool; /* one block: all places */
    struct kept_segment *places;
    size_t place_count;
    size_t next;  /* the place that is taken next */
    size_t count; /* of those that wait */
    struct {
        uint64_t hash;
        uint16_t next; /* of the same head, plus one; 0: none */
        bool is_taken;
    } index[UNANSWERED_MAX];
    uint16_t heads[UNANSWERED_HEADS]; /* a place, plus one; 0: none */
    uint64_t scans;                   /* that were forgotten */
};

bool unanswered_open(struct unanswered *unanswered, size_t memory_bytes);
void unanswered_close(struct unanswered *unanswered);
/* unanswered_keep copies a segment, of at most KEPT_SEGMENT_BYTES, that nothing waits for yet.
 * Whose place it takes is forgotten. */
void unanswered_keep(struct unanswered *unanswered, const struct segment *segment, const struct flow_key *key,
    uint64_t source, uint32_t ticks);
/* unanswered_recall takes out what waits of a segment's connection, and lends it until the next one
 * is kept. NULL: nothing. */
const struct kept_segment *unanswered_recall(struct unanswered *unanswered, const struct segment *segment,
    const struct flow_key *key);
/* unanswered_awaits: does one wait of a source that is `wanted`, kept after `ticks`? */
bool unanswered_awaits(const struct unanswered *unanswered,
    bool (*wanted)(const void *context, uint64_t source), const void *context, uint32_t ticks);
/* unanswered_flush forgets everything. */
void unanswered_flush(struct unanswered *unanswered);

#endif

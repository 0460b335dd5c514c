/* SPDX-License-Identifier: BSD-2-Clause */
/* syn_memory.h: what is known of connections that have not said anything yet, in a fixed number of rows.
 *
 * A SYN costs a row, and the oldest row in its set of four: a flood costs nothing more. A row remembers the initial
 * sequence numbers, so that a stream begins at the right byte, and what a segment without payload said before the
 * first payload was captured: an acknowledgement, a FIN or a RST that came early. */
#ifndef LASTHELLO_FLOW_SYN_MEMORY_H
#define LASTHELLO_FLOW_SYN_MEMORY_H

#include <lasthello/pool.h>
#include <lasthello/wire.h>

enum syn_mark { /* bit for end 0; for end 1 the next */
    SYN_ISN = 1 << 0,
    SYN_ACKNOWLEDGED = 1 << 2,
    SYN_FIN = 1 << 4,
    SYN_RST = 1 << 6,
    SYN_END_ACKNOWLEDGED = 1 << 8, /* its FIN or RST had an acknowledgement number */
    SYN_CLIENT = 1 << 10,          /* this end sent the SYN */
    SYN_USED = 1 << 12,            /* payload came: a flow knows all this */
};

struct syn_row {
    uint32_t tag;
    uint16_t marks;
    uint16_t unused;
    uint32_t serial; /* when it was begun, in SYNs; 0: never */
    uint32_t isn[2];
    uint32_t acknowledged[2]; /* the highest that this end said */
    uint32_t end_at[2];       /* where its FIN or RST stands */
    uint32_t end_acknowledged[2];
};

struct syn_memory {
    struct pool pool; /* one block: all rows */
    struct syn_row *rows;
    uint64_t mask;    /* of sets */
    uint32_t serial;  /* of the newest row */
    uint32_t flushed; /* rows up to this one are forgotten */
    uint64_t unused;  /* rows without payload so far */
    uint64_t scans;   /* ... that were overwritten or flushed */
};

bool syn_memory_open(struct syn_memory *memory, size_t memory_bytes);
void syn_memory_close(struct syn_memory *memory);

static inline bool syn_has(const struct syn_row *row, enum syn_mark mark, int end)
{
    return (row->marks & mark << end) != 0;
}

/* syn_memory_find returns the row of a connection, NULL: none. */
struct syn_row *syn_memory_find(const struct syn_memory *memory, uint64_t hash);
/* syn_memory_note remembers a SYN or SYN-ACK of end `from`. True: it is another connection than the one known before
 * between the same endpoints. */
bool syn_memory_note(struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from);
/* syn_memory_add remembers what a segment without payload said before any payload, and perhaps before the SYN. */
void syn_memory_add(struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from);
/* syn_memory_use: the row's connection has a flow now. */
void syn_memory_use(struct syn_memory *memory, struct syn_row *row);
/* syn_memory_fits: may `sequence` be near the beginning of what `from` sends in this connection? */
bool syn_memory_fits(const struct syn_row *row, uint32_t sequence, int from);
/* syn_memory_flush forgets everything and counts what no payload followed. */
void syn_memory_flush(struct syn_memory *memory);

#endif

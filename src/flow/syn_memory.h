/* SPDX-License-Identifier: BSD-2-Clause */
/* syn_memory.h: what is known of connections that have not said anything yet, in a fixed number of
 * rows.
 *
 * A SYN costs a row, and the oldest row in its set of four: a flood costs nothing more, and
 * a set is one cache line. A row remembers the initial sequence numbers, so that a stream begins at
 * the right byte. What a segment without payload said before the first payload was captured (an
 * acknowledgement, a FIN or a RST that came early) is rare, and stands beside. The memory begins
 * small, so that few connections stay in the processor's cache, and doubles when a set is full,
 * until it is as large as it may be: before that nothing is forgotten. */
#ifndef LASTHELLO_FLOW_SYN_MEMORY_H
#define LASTHELLO_FLOW_SYN_MEMORY_H

#include <lasthello/pool.h>
#include <lasthello/wire.h>

enum syn_flag { /* bit for end 0; for end 1 the next */
    SYN_ISN = 1 << 0,
    SYN_ACKNOWLEDGED = 1 << 2,
    SYN_FIN = 1 << 4,
    SYN_RST = 1 << 6,
    SYN_CLOSE_ACKNOWLEDGED = 1 << 8, /* its FIN or RST had an acknowledgement number */
    SYN_CLIENT = 1 << 10,            /* this end sent the SYN */
    SYN_USED = 1 << 12,              /* payload came: a flow knows all this */
    SYN_KNOWN = 1 << 14,             /* the row was begun */
    SYN_RIVAL = 1 << 15,             /* the server answered with a second number, too: `rival` */
};

/* A connection. Several may be known between the same endpoints: each has a row. */
struct syn_row {
    uint32_t tag;
    uint16_t flags;
    uint8_t rank : 2; /* the oldest of a set has the highest */
    uint8_t seen : 2; /* bit for each end: a segment of it was seen */
    uint8_t more;     /* bits of the hash that choose between sets once there are more of them */
    uint32_t isn[2];
};

struct syn_extra {            /* by end; each without meaning unless flagged */
    uint32_t acknowledged[2]; /* the highest that this end said */
    uint32_t close_at[2];     /* where its FIN or RST stands */
    uint32_t close_acknowledged[2];
    uint32_t rival; /* the server's other initial sequence number */
};

struct syn_memory {
    struct pool pools[2]; /* one block each: all rows, and what stands beside them */
    struct syn_row *rows;
    struct syn_extra *extras;
    size_t sets, sets_min, sets_max; /* powers of two */
    uint64_t unused;                 /* rows without payload so far */
    uint64_t scans;                  /* ... that were overwritten or flushed */
};

bool syn_memory_open(struct syn_memory *memory, size_t memory_bytes);
void syn_memory_close(struct syn_memory *memory);

static inline bool syn_has(const struct syn_row *row, enum syn_flag flag, int end)
{
    return (row->flags & flag << end) != 0;
}

/* syn_is_alone: this end sent the SYN, the other was not seen, no end was, and no payload. */
static inline bool syn_is_alone(const struct syn_row *row, int end)
{
    return (row->flags & ~(SYN_ACKNOWLEDGED << end)) == (SYN_KNOWN | SYN_ISN << end | SYN_CLIENT << end);
}

static inline struct syn_extra *syn_extra_of(const struct syn_memory *memory, const struct syn_row *row)
{
    return &memory->extras[row - memory->rows];
}

/* syn_memory_next returns, one a call, the rows of the connections between two endpoints: NULL
 * gives the first; the answer NULL: there are no more. Rows are valid until the next
 * syn_memory_note or _add. */
struct syn_row *syn_memory_next(const struct syn_memory *memory, uint64_t hash, struct syn_row *after);
/* syn_memory_of returns the row of the connection that a segment of end `from` is nearest to, by
 * its sequence and acknowledgement numbers. NULL: it fits none. */
struct syn_row *syn_memory_of(
    const struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from);
/* syn_memory_denies: a segment follows a known SYN, and acknowledges what the other end never sent. */
bool syn_memory_denies(
    const struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from);
/* syn_memory_fetch begins to fetch a connection's set into the cache. */
void syn_memory_fetch(const struct syn_memory *memory, uint64_t hash);
/* syn_memory_note remembers a SYN or SYN-ACK of end `from`. Returns its connection's row.
 * `another`: it is another connection than those known before between the same endpoints. A SYN-ACK
 * alone never begins another one where the SYN that it acknowledges is known (RFC 9293 3.10.7.3):
 * its number is then a rival of the one before. */
struct syn_row *syn_memory_note(
    struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from, bool *another);
/* syn_memory_add remembers what a segment without payload said before any payload, and perhaps
 * before the SYN. */
void syn_memory_add(struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from);
/* syn_memory_use: the row's connection has a flow now. */
void syn_memory_use(struct syn_memory *memory, struct syn_row *row);
/* syn_memory_unuse: it has none any more. */
void syn_memory_unuse(struct syn_memory *memory, struct syn_row *row);
/* syn_memory_choose: of two numbers of a server the one counts that its client acknowledges, or
 * that its own segments follow. Puts that one into row->isn. */
void syn_memory_choose(
    const struct syn_memory *memory, struct syn_row *row, const struct segment *segment, int from);
/* syn_memory_flush forgets everything and counts what no payload followed. */
void syn_memory_flush(struct syn_memory *memory);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* syn_memory.c: sets of four rows; a new connection takes the place of the oldest in its set. */
#include "syn_memory.h"

#include "sequence.h"

#define SET_ROWS 4

_Static_assert(sizeof(struct syn_row) * SET_ROWS <= 192, "a set is three cache lines at most");

bool syn_memory_open(struct syn_memory *memory, size_t memory_bytes)
{
    const size_t set_bytes = SET_ROWS * sizeof(struct syn_row);
    size_t sets = 1;

    while (sets * 2 * set_bytes <= memory_bytes)
        sets *= 2;
    *memory = (struct syn_memory){.mask = sets - 1};
    if (!pool_open(&memory->pool, sets * set_bytes, 1))
        return false;
    memory->rows = pool_take(&memory->pool); /* fresh memory is zero: serial 0, never begun */
    return true;
}

void syn_memory_close(struct syn_memory *memory)
{
    pool_close(&memory->pool);
}

static struct syn_row *set_of(const struct syn_memory *memory, uint64_t hash)
{
    return &memory->rows[(hash >> 8 & memory->mask) * SET_ROWS];
}

static uint32_t age_of(const struct syn_memory *memory, const struct syn_row *row)
{
    return memory->serial - row->serial;
}

static bool is_known(const struct syn_memory *memory, const struct syn_row *row)
{
    return row->serial != 0 && age_of(memory, row) < memory->serial - memory->flushed;
}

struct syn_row *syn_memory_find(const struct syn_memory *memory, uint64_t hash)
{
    struct syn_row *set = set_of(memory, hash);

    for (size_t i = 0; i < SET_ROWS; i++)
        if (set[i].tag == (uint32_t)(hash >> 32) && is_known(memory, &set[i]))
            return &set[i];
    return NULL;
}

/* Rows that a SYN was seen for, and no payload: scans, unless it comes. */
static bool is_scan(const struct syn_row *row)
{
    return (row->marks & (SYN_ISN | SYN_ISN << 1)) != 0 && (row->marks & SYN_USED) == 0;
}

static struct syn_row *begin_row(struct syn_memory *memory, struct syn_row *row, uint64_t hash)
{
    if (is_known(memory, row) && is_scan(row)) {
        memory->scans++;
        memory->unused--;
    }
    memory->serial += memory->serial + 1 == 0 ? 2 : 1; /* 0 stands for never */
    *row = (struct syn_row){.tag = (uint32_t)(hash >> 32), .serial = memory->serial};
    return row;
}

static struct syn_row *oldest_row(struct syn_memory *memory, uint64_t hash)
{
    struct syn_row *set = set_of(memory, hash);
    struct syn_row *oldest = set;

    for (size_t i = 0; i < SET_ROWS; i++) {
        if (!is_known(memory, &set[i]))
            return &set[i];
        if (age_of(memory, &set[i]) > age_of(memory, oldest))
            oldest = &set[i];
    }
    return oldest;
}

static void mark(struct syn_row *row, enum syn_mark mark, int end)
{
    row->marks = (uint16_t)(row->marks | mark << end);
}

/* Does a SYN of `from` contradict what is known of the connection? */
static bool is_another(const struct syn_row *row, const struct segment *segment, int from)
{
    if (syn_has(row, SYN_ISN, from) && row->isn[from] != segment->sequence)
        return true;
    /* a SYN-ACK may acknowledge data that came with the SYN */
    return (segment->flags & SEGMENT_ACK) != 0 && syn_has(row, SYN_ISN, 1 - from) &&
        !sequence_follows(row->isn[1 - from] + 1, segment->acknowledgement);
}

/* Where the SYN itself was not seen yet, it may still come. */
static bool is_after_isn(const struct syn_row *row, uint32_t sequence, int end)
{
    return !syn_has(row, SYN_ISN, end) || sequence_follows(row->isn[end] + 1, sequence);
}

/* What was remembered before the SYN came may be of an older connection. */
static void forget_strange(struct syn_row *row)
{
    for (int end = 0; end < 2; end++) {
        unsigned strange = 0;

        if (syn_has(row, SYN_ACKNOWLEDGED, end) && !is_after_isn(row, row->acknowledged[end], 1 - end))
            strange |= SYN_ACKNOWLEDGED;
        if ((syn_has(row, SYN_FIN, end) || syn_has(row, SYN_RST, end)) && !is_after_isn(row, row->end_at[end], end))
            strange |= SYN_FIN | SYN_RST | SYN_END_ACKNOWLEDGED;
        row->marks = (uint16_t)(row->marks & ~(strange << end));
    }
}

bool syn_memory_note(struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from)
{
    const bool is_answer = (segment->flags & SEGMENT_ACK) != 0;
    struct syn_row *row = syn_memory_find(memory, hash);
    bool another = row != NULL && is_another(row, segment, from);

    if (row == NULL || another)
        row = begin_row(memory, row != NULL ? row : oldest_row(memory, hash), hash);
    memory->unused += (row->marks & (SYN_ISN | SYN_ISN << 1 | SYN_USED)) == 0;
    row->isn[from] = segment->sequence;
    mark(row, SYN_ISN, from);
    mark(row, SYN_CLIENT, is_answer ? 1 - from : from);
    if (is_answer && !syn_has(row, SYN_ISN, 1 - from)) {
        row->isn[1 - from] = segment->acknowledgement - 1;
        mark(row, SYN_ISN, 1 - from);
    }
    forget_strange(row);
    return another;
}

void syn_memory_add(struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from)
{
    struct syn_row *row = syn_memory_find(memory, hash);
    const bool acknowledges = (segment->flags & SEGMENT_ACK) != 0;
    const uint32_t acknowledgement = segment->acknowledgement;

    if (row == NULL)
        row = begin_row(memory, oldest_row(memory, hash), hash);
    if ((row->marks & SYN_USED) != 0)
        return;
    if (acknowledges && is_after_isn(row, acknowledgement, 1 - from) &&
        (!syn_has(row, SYN_ACKNOWLEDGED, from) || sequence_before(row->acknowledged[from], acknowledgement))) {
        row->acknowledged[from] = acknowledgement;
        mark(row, SYN_ACKNOWLEDGED, from);
    }
    if ((segment->flags & (SEGMENT_FIN | SEGMENT_RST)) == 0 || syn_has(row, SYN_FIN, from) ||
        !is_after_isn(row, segment->sequence, from))
        return;
    mark(row, segment->flags & SEGMENT_FIN ? SYN_FIN : SYN_RST, from);
    row->end_at[from] = segment->sequence;
    row->end_acknowledged[from] = acknowledgement;
    if (acknowledges)
        mark(row, SYN_END_ACKNOWLEDGED, from);
}

void syn_memory_use(struct syn_memory *memory, struct syn_row *row)
{
    if (is_scan(row))
        memory->unused--;
    row->marks |= SYN_USED;
}

bool syn_memory_fits(const struct syn_row *row, uint32_t sequence, int from)
{
    return syn_has(row, SYN_ISN, from) && sequence_follows(row->isn[from] + 1, sequence);
}

void syn_memory_flush(struct syn_memory *memory)
{
    memory->scans += memory->unused;
    memory->unused = 0;
    memory->flushed = memory->serial;
}

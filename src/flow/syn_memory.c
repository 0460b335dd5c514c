/* SPDX-License-Identifier: BSD-2-Clause */
/* syn_memory.c: sets of four rows; a new connection takes the place of the oldest in its set. */
#include "syn_memory.h"

#include "sequence.h"

#include <string.h>

#define SET_ROWS        4
#define SETS_AT_START   512
#define SETS_MAX        (1 << 23)
#define DOUBLINGS_MAX   8 /* bits in `more` */
#define HASH_SHIFT      8 /* the lowest bits choose a bucket of the index */
#define TAG_SHIFT       32
#define SET_BYTES       (SET_ROWS * (sizeof(struct syn_row) + sizeof(struct syn_extra)))
#define SYN_EXTRA_FLAGS (3 * (SYN_ACKNOWLEDGED | SYN_FIN | SYN_RST) | SYN_RIVAL)

_Static_assert(sizeof(struct syn_row) * SET_ROWS == 64, "a set is a cache line");

bool syn_memory_open(struct syn_memory *memory, size_t memory_bytes)
{
    size_t sets = 1;

    while (sets < SETS_MAX && sets * 2 * SET_BYTES <= memory_bytes)
        sets *= 2;
    *memory = (struct syn_memory){.sets_max = sets};
    memory->sets_min = sets < SETS_AT_START ? sets : SETS_AT_START;
    if (memory->sets_min < sets >> DOUBLINGS_MAX)
        memory->sets_min = sets >> DOUBLINGS_MAX;
    memory->sets = memory->sets_min;
    if (!pool_open(&memory->pools[0], sets * SET_ROWS * sizeof(struct syn_row), 1) ||
        !pool_open(&memory->pools[1], sets * SET_ROWS * sizeof(struct syn_extra), 1))
        return false;
    memory->rows = pool_take(&memory->pools[0]); /* fresh memory is zero: never begun */
    memory->extras = pool_take(&memory->pools[1]);
    return true;
}

void syn_memory_close(struct syn_memory *memory)
{
    pool_close(&memory->pools[0]);
    pool_close(&memory->pools[1]);
}

static struct syn_row *set_of(const struct syn_memory *memory, uint64_t hash)
{
    return &memory->rows[(hash >> HASH_SHIFT & (memory->sets - 1)) * SET_ROWS];
}

static bool is_known(const struct syn_row *row)
{
    return (row->flags & SYN_KNOWN) != 0;
}

void syn_memory_fetch(const struct syn_memory *memory, uint64_t hash)
{
    __builtin_prefetch(set_of(memory, hash), 1);
}

struct syn_row *syn_memory_next(const struct syn_memory *memory, uint64_t hash, struct syn_row *after)
{
    struct syn_row *set = set_of(memory, hash);

    for (struct syn_row *row = after != NULL ? after + 1 : set; row < set + SET_ROWS; row++)
        if (row->tag == (uint32_t)(hash >> TAG_SHIFT) && is_known(row))
            return row;
    return NULL;
}

/* ---- which connection ------------------------------------------------------------------------ */

#define NO_FIT UINT64_MAX

/* How far a number is from where an end's begin; one before the first is that of a keep-alive.
 * NO_FIT: too far. */
static uint64_t distance_from(uint32_t isn, uint32_t number)
{
    return sequence_follows(isn, number) ? number - isn : NO_FIT;
}

/* ... of an end of a row, of the nearer one of two numbers. */
static uint64_t distance_of(
    const struct syn_memory *memory, const struct syn_row *row, int end, uint32_t number)
{
    uint64_t distance = distance_from(row->isn[end], number);

    if (!syn_has(row, SYN_ISN, end))
        return SEQUENCE_AHEAD_MAX;
    if ((row->flags & SYN_RIVAL) != 0 && !syn_has(row, SYN_CLIENT, end) && distance == NO_FIT)
        distance = distance_from(syn_extra_of(memory, row)->rival, number);
    return distance;
}

static uint64_t distance_to(
    const struct syn_memory *memory, const struct syn_row *row, const struct segment *segment, int from)
{
    uint64_t sent = distance_of(memory, row, from, segment->sequence);
    uint64_t seen = SEQUENCE_AHEAD_MAX;

    if ((segment->flags & (SEGMENT_ACK | SEGMENT_RST)) == SEGMENT_ACK)
        seen = distance_of(memory, row, 1 - from, segment->acknowledgement);
    return sent == NO_FIT || seen == NO_FIT ? NO_FIT : sent + seen;
}

struct syn_row *syn_memory_of(
    const struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from)
{
    struct syn_row *nearest = NULL;
    uint64_t least = NO_FIT;

    for (struct syn_row *row = NULL; (row = syn_memory_next(memory, hash, row)) != NULL;) {
        const uint64_t distance = distance_to(memory, row, segment, from);

        if (distance == NO_FIT || distance > least || (distance == least && nearest->rank < row->rank))
            continue;
        nearest = row;
        least = distance;
    }
    return nearest;
}

bool syn_memory_denies(
    const struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from)
{
    for (struct syn_row *row = NULL; (row = syn_memory_next(memory, hash, row)) != NULL;)
        if (syn_has(row, SYN_ISN, 0) && syn_has(row, SYN_ISN, 1) &&
            sequence_follows(row->isn[from], segment->sequence) &&
            distance_to(memory, row, segment, from) == NO_FIT)
            return true;
    return false;
}

void syn_memory_choose(
    const struct syn_memory *memory, struct syn_row *row, const struct segment *segment, int from)
{
    struct syn_extra *extra = syn_extra_of(memory, row);
    const int server = syn_has(row, SYN_CLIENT, 0) ? 1 : 0;
    const bool tells = from == server || (segment->flags & SEGMENT_ACK) != 0;
    const uint32_t number = from == server ? segment->sequence : segment->acknowledgement;
    const uint32_t other = row->isn[server];

    if ((row->flags & SYN_RIVAL) == 0 || (segment->flags & (SEGMENT_SYN | SEGMENT_RST)) != 0 || !tells ||
        sequence_follows(other + 1, number) || !sequence_follows(extra->rival + 1, number))
        return;
    row->isn[server] = extra->rival;
    extra->rival = other;
}

/* ---- growth ---------------------------------------------------------------------------------- */

/* A set's rows stay, or move to the same places of the set that splits off it. */
static void split_row(struct syn_memory *memory, size_t at)
{
    const size_t to = at + memory->sets * SET_ROWS;
    struct syn_row *row = &memory->rows[at];

    if (!is_known(row) || (row->more & memory->sets / memory->sets_min) == 0)
        return;
    memory->rows[to] = *row;
    if ((row->flags & SYN_EXTRA_FLAGS) != 0)
        memory->extras[to] = memory->extras[at];
    *row = (struct syn_row){.tag = 0};
}

/* False: it is as large as it may be. */
static bool grow(struct syn_memory *memory)
{
    if (memory->sets == memory->sets_max)
        return false;
    for (size_t at = 0; at < memory->sets * SET_ROWS; at++)
        split_row(memory, at);
    memory->sets *= 2;
    return true;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Rows that a SYN was seen for, and no payload: scans, unless it comes. */
static bool is_scan(const struct syn_row *row)
{
    return (row->flags & (SYN_ISN | SYN_ISN << 1)) != 0 && (row->flags & SYN_USED) == 0;
}

/* The row that gives way in a set, and by that becomes its youngest. */
static struct syn_row *oldest_row(struct syn_row *set)
{
    struct syn_row *oldest = &set[0];

    for (size_t i = 0; i < SET_ROWS; i++) {
        if (!is_known(&set[i])) {
            set[i].rank = SET_ROWS - 1;
            return &set[i];
        }
        if (set[i].rank > oldest->rank)
            oldest = &set[i];
    }
    return oldest;
}

static void age_others(struct syn_row *set, const struct syn_row *young)
{
    const unsigned rank = young->rank;

    for (size_t i = 0; i < SET_ROWS; i++) /* without a branch that nobody could foretell */
        set[i].rank = (set[i].rank + (set[i].rank < rank ? 1u : 0u)) & (SET_ROWS - 1u);
}

static struct syn_row *begin_row(struct syn_memory *memory, uint64_t hash)
{
    struct syn_row *set = set_of(memory, hash);
    struct syn_row *row = oldest_row(set);

    while (is_known(row) && grow(memory)) { /* nothing is forgotten before the memory is full-grown */
        set = set_of(memory, hash);
        row = oldest_row(set);
    }
    age_others(set, row);
    if (is_known(row) && is_scan(row)) {
        memory->scans++;
        memory->unused--;
    }
    *row = (struct syn_row){
        .tag = (uint32_t)(hash >> TAG_SHIFT),
        .flags = SYN_KNOWN,
        .more = (uint8_t)(hash >> HASH_SHIFT >> __builtin_ctzll(memory->sets_min)),
    };
    return row;
}

static void set_flag(struct syn_row *row, enum syn_flag flag, int end)
{
    row->flags = (uint16_t)(row->flags | flag << end);
}

/* Where the SYN itself was not seen yet, it may still come. */
static bool is_after_isn(const struct syn_row *row, uint32_t sequence, int end)
{
    return !syn_has(row, SYN_ISN, end) || sequence_follows(row->isn[end] + 1, sequence);
}

/* What was remembered before the SYN came may be of an older connection. */
static void forget_strange(const struct syn_memory *memory, struct syn_row *row)
{
    const struct syn_extra *extra = syn_extra_of(memory, row);

    for (int end = 0; end < 2; end++) {
        unsigned strange = 0;

        if (syn_has(row, SYN_ACKNOWLEDGED, end) && !is_after_isn(row, extra->acknowledged[end], 1 - end))
            strange |= SYN_ACKNOWLEDGED;
        if ((syn_has(row, SYN_FIN, end) || syn_has(row, SYN_RST, end)) &&
            !is_after_isn(row, extra->close_at[end], end))
            strange |= SYN_FIN | SYN_RST | SYN_CLOSE_ACKNOWLEDGED;
        row->flags = (uint16_t)(row->flags & ~(strange << end));
    }
}

/* The row that a SYN or SYN-ACK belongs to: its client's number is known or, of none better, no SYN
 * is. NULL: none; `another`, though others are known between the same endpoints. */
static struct syn_row *row_of_syn(
    const struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from, bool *another)
{
    const bool is_answer = (segment->flags & SEGMENT_ACK) != 0;
    const int client = is_answer ? 1 - from : from;
    struct syn_row *found = NULL;

    *another = false;
    for (struct syn_row *row = NULL; (row = syn_memory_next(memory, hash, row)) != NULL;) {
        const bool is_same = is_answer
            /* data may have come with the SYN */
            ? sequence_follows(row->isn[client] + 1, segment->acknowledgement)
            : row->isn[client] == segment->sequence;

        if (!syn_has(row, SYN_ISN, client))
            found = found == NULL && !syn_has(row, SYN_ISN, 1 - client) ? row : found;
        else if (is_same && (found == NULL || !syn_has(found, SYN_ISN, client) || row->rank < found->rank))
            found = row;
        *another = found == NULL;
    }
    return found;
}

/* A server that answers twice, with another number: its client's acknowledgement tells which one counts. */
static void note_rival(const struct syn_memory *memory, struct syn_row *row, uint32_t isn, int server)
{
    struct syn_extra *extra = syn_extra_of(memory, row);

    extra->rival = isn;
    row->flags |= SYN_RIVAL;
    if (!syn_has(row, SYN_ACKNOWLEDGED, 1 - server) ||
        sequence_follows(row->isn[server] + 1, extra->acknowledged[1 - server]) ||
        !sequence_follows(isn + 1, extra->acknowledged[1 - server]))
        return;
    extra->rival = row->isn[server];
    row->isn[server] = isn;
}

struct syn_row *syn_memory_note(
    struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from, bool *another)
{
    const bool is_answer = (segment->flags & SEGMENT_ACK) != 0;
    struct syn_row *row = row_of_syn(memory, hash, segment, from, another);

    if (row == NULL)
        row = begin_row(memory, hash);
    memory->unused += (row->flags & (SYN_ISN | SYN_ISN << 1 | SYN_USED)) == 0;
    row->seen = (row->seen | 1 << from) & 3;
    if (syn_has(row, SYN_ISN, from) && row->isn[from] != segment->sequence) {
        note_rival(memory, row, segment->sequence, from);
        return row;
    }
    row->isn[from] = segment->sequence;
    set_flag(row, SYN_ISN, from);
    set_flag(row, SYN_CLIENT, is_answer ? 1 - from : from);
    if (is_answer && !syn_has(row, SYN_ISN, 1 - from)) {
        row->isn[1 - from] = segment->acknowledgement - 1;
        set_flag(row, SYN_ISN, 1 - from);
    }
    forget_strange(memory, row);
    return row;
}

/* The end of a handshake says nothing that the SYNs did not, and nearly every connection has one. */
static bool is_third_step(const struct syn_row *row, const struct segment *segment, int from)
{
    return (segment->flags & (SEGMENT_ACK | SEGMENT_FIN | SEGMENT_RST)) == SEGMENT_ACK &&
        syn_has(row, SYN_ISN, from) && syn_has(row, SYN_ISN, 1 - from) &&
        segment->acknowledgement == row->isn[1 - from] + 1;
}

void syn_memory_add(struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from)
{
    struct syn_row *row = syn_memory_of(memory, hash, segment, from);
    const bool acknowledges = (segment->flags & SEGMENT_ACK) != 0;
    const uint32_t acknowledgement = segment->acknowledgement;
    struct syn_extra *extra;

    if (row == NULL && syn_memory_next(memory, hash, NULL) != NULL)
        return; /* of none of the connections that are known */
    if (row == NULL)
        row = begin_row(memory, hash);
    row->seen = (row->seen | 1 << from) & 3;
    syn_memory_choose(memory, row, segment, from);
    if ((row->flags & SYN_USED) != 0 || is_third_step(row, segment, from))
        return;
    extra = syn_extra_of(memory, row);
    if (acknowledges && is_after_isn(row, acknowledgement, 1 - from) &&
        (!syn_has(row, SYN_ACKNOWLEDGED, from) ||
            sequence_before(extra->acknowledged[from], acknowledgement))) {
        extra->acknowledged[from] = acknowledgement;
        set_flag(row, SYN_ACKNOWLEDGED, from);
    }
    if ((segment->flags & (SEGMENT_FIN | SEGMENT_RST)) == 0 || syn_has(row, SYN_FIN, from) ||
        !is_after_isn(row, segment->sequence, from))
        return;
    set_flag(row, segment->flags & SEGMENT_FIN ? SYN_FIN : SYN_RST, from);
    extra->close_at[from] = segment->sequence;
    extra->close_acknowledged[from] = acknowledgement;
    if (acknowledges)
        set_flag(row, SYN_CLOSE_ACKNOWLEDGED, from);
}

void syn_memory_use(struct syn_memory *memory, struct syn_row *row)
{
    if (is_scan(row))
        memory->unused--;
    row->flags |= SYN_USED;
}

void syn_memory_unuse(struct syn_memory *memory, struct syn_row *row)
{
    row->flags = (uint16_t)(row->flags & ~SYN_USED);
    memory->unused += is_scan(row);
}

void syn_memory_flush(struct syn_memory *memory)
{
    memory->scans += memory->unused;
    memory->unused = 0;
    memset(memory->rows, 0, memory->sets * SET_ROWS * sizeof(struct syn_row));
    memory->sets = memory->sets_min;
}

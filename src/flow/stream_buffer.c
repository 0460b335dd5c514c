/* SPDX-License-Identifier: BSD-2-Clause */
/* stream_buffer.c: bytes that wait, in one piece, and the ranges that they came in. */
#include "stream_buffer.h"

#include "sequence.h"

#define SPARE_BUFFERS 2 /* what one packet may need */

static const size_t block_bytes[BUFFER_SIZES] = {
    2048, 16384, sizeof(struct stream_buffer) + STREAM_BYTES_MAX};
/* one part in so many: most that waits is a few bytes */
static const size_t share_of[BUFFER_SIZES] = {2, 4, 4};

bool buffers_open(struct buffers *buffers, size_t memory_bytes)
{
    *buffers = (struct buffers){0};
    for (size_t i = 0; i < BUFFER_SIZES; i++) {
        size_t count = memory_bytes / share_of[i] / block_bytes[i];

        buffers->sizes[i].capacity = (uint32_t)(block_bytes[i] - sizeof(struct stream_buffer));
        if (!pool_open(
                &buffers->sizes[i].pool, block_bytes[i], count > SPARE_BUFFERS ? count : SPARE_BUFFERS + 1))
            return false;
    }
    return true;
}

void buffers_close(struct buffers *buffers)
{
    for (size_t i = 0; i < BUFFER_SIZES; i++)
        pool_close(&buffers->sizes[i].pool);
}

static bool is_scarce(const struct buffer_size *size)
{
    return size->pool.taken + SPARE_BUFFERS > size->pool.count;
}

struct flow *buffers_needed(const struct buffers *buffers)
{
    for (size_t i = 0; buffers->scarce > 0 && i < BUFFER_SIZES; i++)
        if (is_scarce(&buffers->sizes[i]))
            return buffers->sizes[i].oldest->owner;
    return NULL;
}

/* ---- buffers, oldest first ------------------------------------------------------------------- */

static struct stream_buffer *take_buffer(struct buffers *buffers, size_t len, struct flow *owner)
{
    for (uint8_t i = 0; i < BUFFER_SIZES; i++) {
        struct buffer_size *size = &buffers->sizes[i];
        struct stream_buffer *buffer;

        if (len > size->capacity)
            continue;
        buffers->scarce -= is_scarce(size);
        buffer = pool_take(&size->pool);
        buffers->scarce += is_scarce(size);
        if (buffer == NULL)
            return NULL;
        buffer->owner = owner;
        buffer->size = i;
        buffer->capacity = size->capacity;
        buffer->range_count = 0;
        buffer->older = size->youngest;
        buffer->younger = NULL;
        *(size->youngest != NULL ? &size->youngest->younger : &size->oldest) = buffer;
        size->youngest = buffer;
        return buffer;
    }
    return NULL;
}

void buffer_give(struct buffers *buffers, struct stream_buffer **buffer)
{
    struct stream_buffer *given = *buffer;
    struct buffer_size *size;

    if (given == NULL)
        return;
    size = &buffers->sizes[given->size];
    *(given->older != NULL ? &given->older->younger : &size->oldest) = given->younger;
    *(given->younger != NULL ? &given->younger->older : &size->youngest) = given->older;
    buffers->scarce -= is_scarce(size);
    pool_give(&size->pool, given);
    buffers->scarce += is_scarce(size);
    *buffer = NULL;
}

/* Where what is kept ends: with the last range, or with what was shown before `next`; or nothing is
 * kept, and all that was came after that. */
static uint32_t content_end(const struct stream_buffer *buffer, uint32_t next)
{
    if (buffer == NULL)
        return next;
    return buffer->range_count > 0 ? buffer->ranges[buffer->range_count - 1].to
                                   : sequence_max(next, buffer->base);
}

/* Copies the content into `to`, its first byte at `start`. */
static void move_content(
    const struct stream_buffer *from, struct stream_buffer *to, uint32_t start, uint32_t len)
{
    memmove(to->bytes + start, from->bytes + from->start, len);
    if (to != from) {
        to->range_count = from->range_count;
        memcpy(to->ranges, from->ranges, from->range_count * sizeof(struct range));
    }
}

/* Makes room for the bytes between two sequence numbers, moving what is there (up to `content_to`).
 * False: too much, or no memory; nothing is changed. */
static bool make_room(struct buffers *buffers, struct stream_buffer **buffer, struct flow *owner,
    uint32_t from, uint32_t to, uint32_t content_to)
{
    struct stream_buffer *old = *buffer;
    struct stream_buffer *new = old;
    uint32_t base = old != NULL ? sequence_min(old->base, from) : from;
    uint32_t len = old != NULL ? sequence_max(to, content_to) - base : to - base;

    if (old != NULL && base == old->base && old->start + len <= old->capacity)
        return true;
    if (len > STREAM_BYTES_MAX)
        return false;
    if (old == NULL || len > old->capacity)
        new = take_buffer(buffers, len, owner);
    if (new == NULL)
        return false;
    if (old != NULL)
        move_content(old, new, old->base - base, content_to - old->base);
    new->base = base;
    new->start = 0;
    if (old != new)
        buffer_give(buffers, buffer);
    *buffer = new;
    return true;
}

/* ---- ranges ---------------------------------------------------------------------------------- */

static void insert_range(struct stream_buffer *buffer, size_t at, const struct range *range)
{
    memmove(&buffer->ranges[at + 1], &buffer->ranges[at], (buffer->range_count - at) * sizeof(*range));
    buffer->ranges[at] = *range;
    buffer->range_count++;
}

struct range buffer_shift(struct stream_buffer *buffer)
{
    struct range first = buffer->ranges[0];

    buffer->range_count--;
    memmove(&buffer->ranges[0], &buffer->ranges[1], buffer->range_count * sizeof(first));
    return first;
}

static uint8_t *place_of(struct stream_buffer *buffer, uint32_t sequence)
{
    return buffer->bytes + buffer->start + (sequence - buffer->base);
}

/* What is there stays; a copy whose sender had seen less tells what it really depends on. */
static bool meet_range(struct stream_buffer *buffer, struct range *known, const struct range *range,
    uint32_t from, struct bytes bytes)
{
    bool agrees = known->lost || range->lost || memcmp(place_of(buffer, from), bytes.data, bytes.left) == 0;

    if (!range->acknowledges)
        known->acknowledges = false;
    else if (known->acknowledges)
        known->acknowledgement = sequence_min(known->acknowledgement, range->acknowledgement);
    return agrees;
}

/* One step of an insertion: the next piece of `rest` that is either new or known, put or compared
 * at ranges[*at]. */
static bool insert_piece(struct stream_buffer *buffer, size_t *at, struct range *rest, struct bytes *bytes)
{
    struct range *known = *at < buffer->range_count ? &buffer->ranges[*at] : NULL;
    bool meets = known != NULL && !sequence_before(rest->at, known->at);
    uint32_t limit = known == NULL ? rest->to : meets ? known->to
                                                      : known->at;
    struct range piece = *rest;
    struct bytes content = {NULL, 0};

    piece.to = sequence_min(rest->to, limit);
    rest->at = piece.to;
    if (!rest->lost && !bytes_take(bytes, piece.to - piece.at, &content))
        return true; /* never: the caller's lengths agree */
    (*at)++;
    if (meets)
        return meet_range(buffer, known, rest, piece.at, content);
    insert_range(buffer, *at - 1, &piece);
    return bytes_copy(content, place_of(buffer, piece.at), content.left);
}

static bool is_all_known(const struct stream_buffer *buffer, const struct range *range)
{
    uint32_t from = range->at;

    for (size_t i = 0; i < buffer->range_count && sequence_before(from, range->to); i++)
        if (!sequence_before(from, buffer->ranges[i].at) && sequence_before(from, buffer->ranges[i].to))
            from = buffer->ranges[i].to;
    return !sequence_before(from, range->to);
}

/* A segment may fill several holes at once: one range more for each. */
static bool ranges_suffice(const struct stream_buffer *buffer, const struct range *range)
{
    size_t needed = buffer->range_count + 1u;

    for (size_t i = 0; i < buffer->range_count; i++)
        needed += sequence_before(range->at, buffer->ranges[i].at) &&
            sequence_before(buffer->ranges[i].to, range->to);
    return needed <= BUFFER_RANGES_MAX;
}

static void remove_range(struct stream_buffer *buffer, size_t at)
{
    buffer->range_count--;
    memmove(
        &buffer->ranges[at], &buffer->ranges[at + 1], (buffer->range_count - at) * sizeof(buffer->ranges[0]));
}

/* Lets a range that is believed less give way. False: nothing is left of it. */
static bool yield_range(struct stream_buffer *buffer, struct range *known, const struct range *range,
    struct bytes bytes)
{
    const bool has_head = sequence_before(known->at, range->at);
    const bool has_tail = sequence_before(range->to, known->to);

    if (has_head && has_tail)
        return bytes_copy(bytes, place_of(buffer, range->at), bytes.left);
    if (has_head)
        known->to = range->at;
    if (has_tail)
        known->at = range->to;
    return has_head || has_tail;
}

static void displace(struct stream_buffer *buffer, const struct range *range, struct bytes bytes)
{
    for (size_t at = 0; at < buffer->range_count;) {
        struct range *known = &buffer->ranges[at];

        if (known->belief > range->belief && sequence_before(known->at, range->to) &&
            sequence_before(range->at, known->to) && !yield_range(buffer, known, range, bytes))
            remove_range(buffer, at);
        else
            at++;
    }
}

enum inserted buffer_insert(struct buffers *buffers, struct stream_buffer **buffer, struct flow *owner,
    const struct range *range, struct bytes bytes)
{
    struct range rest = *range;
    bool agrees = true;
    size_t at = 0;
    bool known;

    if (*buffer != NULL && !range->lost)
        displace(*buffer, range, bytes);
    known = *buffer != NULL && is_all_known(*buffer, range);
    if (!known && *buffer != NULL && !ranges_suffice(*buffer, range))
        return INSERTED_NO_ROOM;
    if (!known &&
        !make_room(buffers, buffer, owner, range->at, range->to, content_end(*buffer, range->at)))
        return INSERTED_NO_ROOM;
    while (at < (*buffer)->range_count && !sequence_before(rest.at, (*buffer)->ranges[at].to))
        at++;
    while (sequence_before(rest.at, rest.to))
        agrees = insert_piece(*buffer, &at, &rest, &bytes) && agrees;
    buffers->overlaps += !agrees;
    return known ? INSERTED_NOTHING : INSERTED_NEW;
}

/* ---- what was shown -------------------------------------------------------------------------- */

size_t buffer_append(struct buffers *buffers, struct stream_buffer **buffer, struct flow *owner,
    uint32_t next, struct bytes *bytes)
{
    uint32_t kept = *buffer != NULL ? next - (*buffer)->base : 0;
    uint32_t base = next - kept;
    size_t room = STREAM_BYTES_MAX - kept;
    struct bytes piece;

    if (room > bytes->left)
        room = bytes->left;
    if (room == 0 || !make_room(buffers, buffer, owner, base, next + (uint32_t)room, next) ||
        !bytes_take(bytes, room, &piece) || !bytes_copy(piece, place_of(*buffer, next), room))
        return 0;
    return room;
}

struct bytes buffer_window(const struct stream_buffer *buffer, uint32_t next)
{
    return (struct bytes){buffer->bytes + buffer->start, next - buffer->base};
}

void buffer_drop_before(
    struct buffers *buffers, struct stream_buffer **buffer, uint32_t sequence, uint32_t next)
{
    struct stream_buffer *kept = *buffer;

    if (kept == NULL)
        return;
    while (kept->range_count > 0 && !sequence_before(sequence, kept->ranges[0].to))
        buffer_shift(kept);
    if (kept->range_count > 0 && sequence_before(kept->ranges[0].at, sequence))
        kept->ranges[0].at = sequence;
    if (kept->range_count == 0 && !sequence_before(sequence, next)) {
        buffer_give(buffers, buffer);
        return;
    }
    if (sequence_before(kept->base, sequence)) {
        kept->start += sequence - kept->base;
        kept->base = sequence;
    }
}

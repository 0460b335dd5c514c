/* SPDX-License-Identifier: BSD-2-Clause */
/* stream.c: one direction: what can be shown, what is waited for, and when the wait is over. */
#include "connection.h"

static bool has_ranges(const struct stream *stream)
{
    return stream->buffer != NULL && stream->buffer->range_count > 0;
}

bool stream_lowest(const struct stream *stream, uint32_t *lowest)
{
    if (!has_ranges(stream) && stream->pushed == NULL)
        return false;
    *lowest = has_ranges(stream) ? stream->buffer->ranges[0].at : stream->pushed->range.at;
    if (stream->pushed != NULL)
        *lowest = sequence_min(*lowest, stream->pushed->range.at);
    return true;
}

static void advance(struct stream *stream, uint32_t next)
{
    stream->next = next;
    stream->known_to = sequence_max(stream->known_to, next);
    stream->waited = 0;
}

void stream_start(
    struct flow_table *table, struct stream *stream, const struct stream *other, uint32_t sequence)
{
    stream->started = true;
    stream->first = sequence;
    if (!stream->seen || !sequence_follows(sequence, stream->known_to))
        stream->known_to = sequence;
    if (stream->close == STREAM_RST && sequence_before(stream->close_at, sequence))
        stream->close = STREAM_OPEN; /* of an older connection, or forged */
    advance(stream, sequence);
    buffer_drop_before(&table->buffers, &stream->buffer, sequence, sequence);
    if (has_ranges(stream))
        stream->known_to =
            sequence_max(stream->known_to, stream->buffer->ranges[stream->buffer->range_count - 1].to);
    if (other->acknowledges && sequence_follows(sequence, other->acknowledged))
        stream->known_to = sequence_max(stream->known_to, other->acknowledged);
}

/* Cuts off what was shown since the segment was pushed. */
static void trim_pushed(struct stream *stream)
{
    struct pushed *pushed = stream->pushed;
    size_t old;

    if (pushed == NULL || !stream->started || !sequence_before(pushed->range.at, stream->next))
        return;
    old = stream->next - pushed->range.at;
    if (!sequence_before(stream->next, pushed->range.to) ||
        !bytes_skip(&pushed->bytes, old < pushed->bytes.left ? old : pushed->bytes.left))
        stream->pushed = NULL;
    pushed->range.at = stream->next;
}

bool stream_is_waiting(const struct stream *stream)
{
    uint32_t lowest;

    if (stream->close_shown)
        return false;
    if (!stream->started)
        return !stream->absent;
    if (!sequence_before(stream->next, stream->known_to))
        return false;
    if (stream->close != STREAM_OPEN && !sequence_before(stream->next, stream->close_at))
        return false; /* what is acknowledged is the FIN */
    return !stream_lowest(stream, &lowest) || sequence_before(stream->next, lowest);
}

bool stream_is_patient(const struct flow_table *table, const struct stream *stream, bool hurried)
{
    const unsigned packets = stream->started ? HOLE_PACKETS : START_PACKETS;

    return !hurried && stream->waited < packets &&
        (stream->waited == 0 || !clock_passed(&table->clock, stream->waiting_since, HOLE_NS));
}

bool stream_allows(const struct stream *stream, bool acknowledges, uint32_t acknowledgement)
{
    if (!acknowledges || stream->absent || stream->close_shown)
        return true;
    return stream->started && !sequence_before(stream->next, acknowledgement);
}

/* ---- gaps ------------------------------------------------------------------------------------ */

static bool gap(struct flow_table *table, struct stream *stream, uint32_t to, struct flow_event *event)
{
    uint32_t untaken = stream->buffer != NULL && sequence_before(stream->buffer->base, stream->next)
        ? stream->next - stream->buffer->base
        : 0;

    table->counts.gaps++;
    table->counts.gap_bytes += untaken + (to - stream->next);
    buffer_drop_before(&table->buffers, &stream->buffer, to, to);
    advance(stream, to);
    stream->lost = true;
    stream->dropped = false;
    stream->is_cut = false;
    event->kind = FLOW_GAP;
    return true;
}

bool stream_give_up(struct flow_table *table, struct stream *stream, const struct stream *other,
    struct flow_event *event)
{
    const bool is_acknowledged = other->acknowledges && sequence_before(stream->next, other->acknowledged);
    uint32_t to = stream->next;
    bool present = stream_lowest(stream, &to);

    stream->waited = 0;
    if (!present && is_acknowledged)
        to = other->acknowledged;
    else if (!present && stream->close != STREAM_OPEN)
        to = sequence_max(to, stream->close_at); /* a FIN or RST stands behind all that was said */
    if (stream->close != STREAM_OPEN && sequence_before(stream->close_at, to))
        to = stream->close_at;
    if (!sequence_before(stream->next, to)) {
        stream->known_to = stream->next; /* only said to exist, by a number in a header */
        return false;
    }
    if (!present && to - stream->next == 1 && stream->close == STREAM_OPEN) {
        /* one acknowledged number: rather a FIN that was not captured than a lost byte */
        advance(stream, to);
        return false;
    }
    return gap(table, stream, to, event);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static bool show_pushed(
    struct flow_table *table, struct flow *flow, struct stream *stream, struct flow_event *event)
{
    struct pushed *pushed = stream->pushed;
    size_t added;

    if (stream->buffer == NULL) {
        event->bytes = table->shown = pushed->bytes;
        added = pushed->bytes.left;
        pushed->bytes.left = 0;
    } else {
        added = buffer_append(&table->buffers, &stream->buffer, flow, stream->next, &pushed->bytes);
        if (added == 0 && pushed->bytes.left > 0)
            return gap(table, stream, stream->next, event); /* a message too long to be kept */
        table->shown.left = 0;
    }
    advance(stream, stream->next + (uint32_t)added);
    pushed->range.at = stream->next;
    if (pushed->bytes.left == 0) {
        stream->pushed = NULL;
        stream->is_cut = sequence_before(stream->next, pushed->range.to);
        stream->cut_to = pushed->range.to;
    }
    if (stream->buffer != NULL)
        event->bytes = buffer_window(stream->buffer, stream->next);
    event->kind = FLOW_BYTES;
    return event->bytes.left > 0;
}

/* Does a FIN or RST stand before `to`? What comes after it waits until that turns out to have been none. */
static bool is_behind_close(const struct stream *stream, uint32_t to)
{
    return stream->close != STREAM_OPEN && sequence_before(stream->close_at, to);
}

static bool is_doubtful(const struct stream *stream, const struct stream *other)
{
    const struct range *ranges = stream->buffer->ranges;

    return ranges[0].belief == RANGE_DOUBTFUL &&
        !(other->acknowledges && !sequence_before(other->acknowledged, ranges[0].to)) &&
        !(stream->buffer->range_count > 1 && ranges[1].at == ranges[0].to) &&
        !(stream->close == STREAM_FIN && stream->close_at == ranges[0].to);
}

/* Takes the first range off the list, as far as it stands before the stream's end. */
static uint32_t shift_shown(struct stream *stream)
{
    if (!is_behind_close(stream, stream->buffer->ranges[0].to))
        return buffer_shift(stream->buffer).to;
    stream->buffer->ranges[0].at = stream->close_at;
    return stream->close_at;
}

static bool show_ranges(struct flow_table *table, struct stream *stream, const struct stream *other,
    bool hurried, struct flow_event *event)
{
    uint32_t shown = stream->next;

    while (has_ranges(stream)) {
        struct range *first = &stream->buffer->ranges[0];

        if (first->at != shown || !stream_allows(other, first->acknowledges, first->acknowledgement) ||
            (first->lost && shown != stream->next) || is_behind_close(stream, shown + 1) ||
            (!hurried && is_doubtful(stream, other)))
            break;
        if (first->lost)
            return gap(table, stream, shift_shown(stream), event);
        shown = shift_shown(stream);
    }
    if (shown == stream->next)
        return false;
    advance(stream, shown);
    table->shown.left = 0;
    event->kind = FLOW_BYTES;
    event->bytes = buffer_window(stream->buffer, shown);
    return true;
}

/* May the segment that was pushed be shown as it is, without being kept? */
static bool is_pushed_next(const struct stream *stream, const struct stream *other)
{
    const struct range *range = stream->pushed == NULL ? NULL : &stream->pushed->range;

    return range != NULL && range->at == stream->next && range->belief != RANGE_DOUBTFUL &&
        !is_behind_close(stream, range->to) &&
        stream_allows(other, range->acknowledges, range->acknowledgement);
}

bool stream_show(struct flow_table *table, struct flow *flow, struct stream *stream,
    const struct stream *other, bool hurried, struct flow_event *event)
{
    if (!stream->started)
        return false;
    trim_pushed(stream);
    if (stream->dropped)
        return gap(table, stream, stream->next, event);
    if (stream->is_cut)
        return gap(table, stream, stream->cut_to, event);
    if (has_ranges(stream))
        return show_ranges(table, stream, other, hurried, event);
    if (!is_pushed_next(stream, other))
        return false;
    return show_pushed(table, flow, stream, event) ||
        (stream->is_cut && gap(table, stream, stream->cut_to, event));
}

/* What came before the other side began could not be compared then. */
static void judge_ranges(struct stream *stream, const struct stream *other)
{
    for (size_t i = 0; stream->buffer != NULL && i < stream->buffer->range_count; i++) {
        struct range *range = &stream->buffer->ranges[i];

        if (range->belief == RANGE_BELIEVED && range->acknowledges &&
            stream_is_ahead(other, range->acknowledgement))
            range->belief = RANGE_AHEAD;
    }
}

/* Keeps a segment whose turn has not come: its bytes, and what the snapshot length cut off them. */
bool stream_store(
    struct flow_table *table, struct flow *flow, struct stream *stream, const struct stream *other)
{
    struct range captured = stream->pushed->range;
    struct range cut = stream->pushed->range;

    captured.to = captured.at + (uint32_t)stream->pushed->bytes.left;
    cut.at = captured.to;
    cut.lost = true;
    judge_ranges(stream, other);
    if (captured.at != captured.to &&
        buffer_insert(&table->buffers, &stream->buffer, flow, &captured, stream->pushed->bytes) ==
            INSERTED_NO_ROOM)
        return false;
    stream->pushed = NULL;
    if (cut.at != cut.to &&
        buffer_insert(&table->buffers, &stream->buffer, flow, &cut, (struct bytes){NULL, 0}) ==
            INSERTED_NO_ROOM)
        return true; /* a hole like any other, then */
    return true;
}

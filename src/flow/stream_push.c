/* SPDX-License-Identifier: BSD-2-Clause */
/* stream_push.c: what one segment says: how far its sender has read, what it sends, whether it ends. */
#include "connection.h"

#define PADDING_BYTES_MAX 6 /* a frame has at least 46 bytes behind its header, TCP over IPv4 needs 40 */

/* False: no acknowledgement that could be meant for this stream. */
static bool is_acknowledgement_of(const struct stream *other, const struct segment *segment)
{
    return (segment->flags & SEGMENT_ACK) != 0 &&
        (!other->started || sequence_distance(other->next, segment->acknowledgement) < SEQUENCE_AHEAD_MAX);
}

/* Does it acknowledge more than is known to have been sent, by an end of which segments are
 * captured? One number more is that of a FIN. */
bool stream_is_ahead(const struct stream *other, uint32_t acknowledgement)
{
    return other->started && other->seen && sequence_before(other->known_to + 1, acknowledgement);
}

/* What was acknowledged and never seen was lost on the way to us, or is not true. RFC 9293
 * 3.10.7.4: a segment that acknowledges what was never sent is dropped. So one segment alone is not
 * believed. */
static bool is_believed(struct stream *stream, const struct stream *other, uint32_t *acknowledgement)
{
    const bool is_repeated = stream->claims && !sequence_before(*acknowledgement, stream->claimed);

    if (!stream_is_ahead(other, *acknowledgement))
        return true;
    if (!is_repeated)
        stream->claimed = *acknowledgement;
    else
        *acknowledgement = stream->claimed;
    stream->claims = !is_repeated;
    return is_repeated;
}

void stream_believe(struct stream *stream, struct stream *other)
{
    stream->claims = false;
    stream->acknowledged =
        stream->acknowledges ? sequence_max(stream->acknowledged, stream->claimed) : stream->claimed;
    stream->acknowledges = true;
    other->known_to = sequence_max(other->known_to, stream->claimed);
}

bool stream_acknowledge(struct stream *stream, struct stream *other, uint32_t acknowledgement)
{
    if (!is_believed(stream, other, &acknowledgement) ||
        (stream->acknowledges && !sequence_before(stream->acknowledged, acknowledgement)))
        return false;
    stream->acknowledges = true;
    stream->acknowledged = acknowledgement;
    if (other->started)
        other->known_to = sequence_max(other->known_to, acknowledgement);
    return true;
}

/* Was the end none? What a receiver acknowledges beyond it was not reset, nor over; and whoever
 * goes on to acknowledge has not reset anything. */
static void take_back_closes(struct stream *stream, struct stream *other, uint32_t acknowledgement)
{
    const uint32_t last = other->close_at + (other->close == STREAM_FIN);

    if (other->close != STREAM_OPEN && !other->close_shown && sequence_before(last, acknowledgement))
        other->close = STREAM_OPEN;
    if (stream->close == STREAM_RST && !stream->close_shown && stream->close_acknowledges &&
        sequence_before(stream->close_acknowledgement, acknowledgement))
        stream->close = STREAM_OPEN;
}

/* A receiver takes a RST only where it has read to or beyond (RFC 9293 3.10.7.4). Where it
 * acknowledged nothing, what was shown tells how far that is. A FIN never stands before what came. */
static bool is_close_plausible(
    const struct stream *stream, const struct stream *other, enum stream_close close, uint32_t at)
{
    const bool is_acknowledged = close == STREAM_RST && other->acknowledges;

    if (is_acknowledged && sequence_before(at, other->acknowledged))
        return false;
    if (!stream->started)
        return true;
    if (sequence_distance(stream->next, at) >= SEQUENCE_AHEAD_MAX)
        return false;
    return is_acknowledged || !sequence_before(at, stream->next);
}

static bool note_close(struct stream *stream, const struct stream *other, const struct segment *segment)
{
    const enum stream_close close = (segment->flags & SEGMENT_FIN) != 0 ? STREAM_FIN : STREAM_RST;
    const bool acknowledges = is_acknowledgement_of(other, segment);
    uint32_t at = first_byte(segment) + segment->payload_len;

    if (stream->close_shown || !is_close_plausible(stream, other, close, at))
        return false;
    if (stream->started)
        at = sequence_max(at, stream->next);
    /* again: what matters is what its first copy had seen */
    if (stream->close == close && stream->close_at == at) {
        if (acknowledges && stream->close_acknowledges)
            stream->close_acknowledgement =
                sequence_min(stream->close_acknowledgement, segment->acknowledgement);
        return false;
    }
    /* whatever stands first is the end: a RST after a FIN tells nothing new */
    if (stream->close != STREAM_OPEN &&
        (sequence_before(stream->close_at, at) || (stream->close_at == at && close == STREAM_RST)))
        return false;
    stream->close = (uint8_t)close;
    stream->close_at = at;
    stream->close_acknowledges = acknowledges;
    stream->close_acknowledgement = segment->acknowledgement;
    return true;
}

/* Cuts off what was shown already. False: nothing is left. */
static bool trim(const struct stream *stream, struct range *range, struct bytes *bytes)
{
    size_t old = stream->next - range->at;

    if (!stream->started || !sequence_before(range->at, stream->next))
        return sequence_before(range->at, range->to);
    if (!bytes_skip(bytes, old < bytes->left ? old : bytes->left))
        return false;
    range->at = stream->next;
    return sequence_before(range->at, range->to);
}

/* May these few bytes be the padding of a frame, which a wrong length counts into a bare acknowledgement? */
static bool may_be_padding(const struct segment *segment)
{
    struct bytes bytes = segment->payload;
    uint8_t byte = ' ';

    if (segment->flags != SEGMENT_ACK || segment->payload_len > PADDING_BYTES_MAX)
        return false;
    while (bytes_u8(&bytes, &byte))
        if ((byte < ' ' && byte != '\t' && byte != '\r' && byte != '\n') || byte > '~')
            return true;
    return false;
}

static enum range_belief belief_in(const struct stream *other, const struct segment *segment)
{
    if ((segment->flags & SEGMENT_ACK) != 0 && stream_is_ahead(other, segment->acknowledgement))
        return RANGE_AHEAD;
    return may_be_padding(segment) ? RANGE_DOUBTFUL : RANGE_BELIEVED;
}

static bool note_payload(struct pushed *pushed, struct stream *stream, const struct stream *other,
    const struct segment *segment, enum range_belief belief)
{
    struct bytes bytes = segment->payload;
    struct range range = {
        .at = first_byte(segment),
        .to = first_byte(segment) + segment->payload_len,
        .acknowledgement = segment->acknowledgement,
        .acknowledges = is_acknowledgement_of(other, segment),
        .belief = (uint8_t)belief,
    };

    if (segment->payload_len == 0 || stream->close_shown || !trim(stream, &range, &bytes))
        return false;
    if (!stream->spoke || sequence_before(stream->payload_to, range.to))
        stream->payload_to = range.to;
    if (range.acknowledges && (!stream->spoke || sequence_before(stream->answered, range.acknowledgement)))
        stream->answered = range.acknowledgement;
    if (stream->started)
        stream->known_to = sequence_max(stream->known_to, range.to);
    stream->spoke = true;
    *pushed = (struct pushed){range, bytes};
    stream->pushed = pushed;
    return true;
}

/* A segment that is far from all that is known: of another connection, forged, or after a long
 * loss. Only when many in a row agree is it believed. */
static bool is_stray(struct stream *stream, const struct segment *segment)
{
    int32_t distance = sequence_distance(stream->next, first_byte(segment));

    if (!stream->started || (distance < SEQUENCE_AHEAD_MAX && distance > -(1 << 30))) {
        stream->strays = 0;
        return false;
    }
    if (segment->payload_len > 0)
        stream->strays++;
    if (stream->strays <= HOLE_PACKETS)
        return true;
    stream->strays = 0;
    stream->waited = UINT8_MAX; /* what lies between has been waited for */
    return false;
}

/* What a RST, a FIN or a bare acknowledgement stands after has been sent. */
static void note_sent(struct stream *stream, uint32_t to)
{
    if (!stream->started)
        stream->known_to = stream->seen ? sequence_max(stream->known_to, to) : to;
    else if ((stream->close == STREAM_OPEN || !sequence_before(stream->close_at, to)) &&
        sequence_distance(stream->next, to) < SEQUENCE_AHEAD_MAX)
        stream->known_to = sequence_max(stream->known_to, to);
}

bool stream_push(
    struct pushed *pushed, struct stream *stream, struct stream *other, const struct segment *segment)
{
    const enum range_belief belief = belief_in(other, segment);
    bool news = false;

    if (is_stray(stream, segment))
        return false;
    stream->absent = false;
    if (is_acknowledgement_of(other, segment)) {
        if ((segment->flags & SEGMENT_RST) == 0)
            take_back_closes(stream, other, segment->acknowledgement);
        news = stream_acknowledge(stream, other, segment->acknowledgement);
    }
    if ((segment->flags & (SEGMENT_FIN | SEGMENT_RST)) != 0)
        news |= note_close(stream, other, segment);
    /* else the SYN memory knows which number counts */
    if (stream->started || (segment->flags & SEGMENT_SYN) == 0)
        note_sent(stream, first_byte(segment) + segment->payload_len);
    stream->seen = true;
    news |= note_payload(pushed, stream, other, segment, belief);
    if (other->claims && !stream_is_ahead(stream, other->claimed))
        stream_believe(other, stream);
    return news;
}

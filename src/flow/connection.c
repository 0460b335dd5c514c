/* SPDX-License-Identifier: BSD-2-Clause */
/* connection.c: the two streams of an open flow, shown in causal order. */
#include "connection.h"

/* ---- FIN and RST ----------------------------------------------------------------------------- */

/* Can nothing that was sent before the other side knew of this end be missing or still to come?
 * Nobody acknowledges a RST: whether it was meant shows when nothing follows it. */
static bool is_close_ripe(const struct stream *stream, const struct stream *other, bool hurried)
{
    if (hurried || stream->close_waited > HOLE_PACKETS)
        return true;
    if (stream_is_waiting(other) && !other->absent)
        return false;
    if (stream->close == STREAM_FIN && other->acknowledges &&
        sequence_before(stream->close_at, other->acknowledged))
        return true;
    return other->close != STREAM_OPEN && !sequence_before(other->next, other->close_at);
}

static bool is_close_next(const struct stream *stream, const struct stream *other, bool hurried)
{
    uint32_t lowest = stream->close_at;

    return stream->close != STREAM_OPEN && !stream->close_shown && (stream->started || stream->absent) &&
        !stream_is_waiting(stream) &&
        (!stream_lowest(stream, &lowest) || !sequence_before(lowest, stream->close_at)) &&
        stream_allows(other, stream->close_acknowledges, stream->close_acknowledgement) &&
        is_close_ripe(stream, other, hurried);
}

static bool show_close(struct flow *flow, struct flow_event *event)
{
    struct connection *connection = flow->connection;
    struct stream *streams = connection->streams;
    int chosen = -1;

    /* the server's first where neither had seen the other's; one that does not say what it had seen
     * comes last */
    for (int i = 0; i < 2; i++) {
        int end = end_of_side(flow, i == 0 ? SIDE_SERVER : SIDE_CLIENT);

        if (is_close_next(&streams[end], &streams[1 - end], connection->hurried) &&
            (chosen < 0 || (streams[end].close_acknowledges && !streams[chosen].close_acknowledges)))
            chosen = end;
    }
    if (chosen < 0)
        return false;
    streams[chosen].close_shown = true;
    if (streams[chosen].close == STREAM_FIN)
        streams[chosen].next = streams[chosen].close_at + 1;
    streams[chosen].known_to = streams[chosen].next;
    event->kind = streams[chosen].close == STREAM_FIN ? FLOW_FIN : FLOW_RST;
    event->from = side_of_end(flow, chosen);
    return true;
}

/* ---- one event after the other --------------------------------------------------------------- */

/* Does what waits of an end depend on bytes of the other that nothing but its claim tells of? */
static bool waits_for_claim(const struct stream *stream)
{
    const struct stream_buffer *buffer = stream->buffer;

    if (!stream->claims)
        return false;
    return (buffer != NULL && buffer->range_count > 0 && buffer->ranges[0].belief == RANGE_AHEAD) ||
        (stream->close != STREAM_OPEN && !stream->close_shown && stream->close_acknowledges);
}

/* Patience is over: what would contradict a claim has not come. */
static void believe_claims(struct stream streams[2])
{
    for (int end = 0; end < 2; end++)
        if (waits_for_claim(&streams[end]))
            stream_believe(&streams[end], &streams[1 - end]);
}

static bool begin(struct flow *flow, struct flow_event *event)
{
    flow->connection->begun = true;
    *event = (struct flow_event){.kind = FLOW_BEGIN, .from = SIDE_CLIENT};
    return true;
}

/* Every event tells whether what comes before it is whole. */
static bool show(const struct flow *flow, struct flow_event *event)
{
    connection_read_whole(flow, event->whole);
    return true;
}

static bool show_bytes(struct flow_table *table, struct flow *flow, struct flow_event *event)
{
    struct stream *streams = flow->connection->streams;

    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        int end = end_of_side(flow, side);

        event->from = side;
        if (stream_show(table, flow, &streams[end], &streams[1 - end], flow->connection->hurried, event))
            return true;
    }
    return false;
}

/* Stores what was pushed and could not be shown. False: there was no room for all. */
static bool store_pushed(struct flow_table *table, struct flow *flow)
{
    struct stream *streams = flow->connection->streams;
    bool stored = true;

    for (int end = 0; end < 2; end++)
        if (streams[end].pushed != NULL && !stream_store(table, flow, &streams[end], &streams[1 - end]))
            stored = false;
    return stored;
}

/* Gives up the holes that were waited for long enough. True: something has changed; event->kind tells whether
 * it is to be told. */
static bool give_up(struct flow_table *table, struct flow *flow, struct flow_event *event)
{
    struct connection *connection = flow->connection;

    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        int end = end_of_side(flow, side);
        struct stream *stream = &connection->streams[end];

        event->from = side;
        if (!stream->started || !stream_is_waiting(stream) ||
            stream_is_patient(table, stream, connection->hurried))
            continue;
        if (!stream_give_up(table, stream, &connection->streams[1 - end], event))
            event->kind = FLOW_NOTHING;
        return true;
    }
    return false;
}

static void count_waiting(struct flow_table *table, struct stream *stream)
{
    if (stream->close != STREAM_OPEN && !stream->close_shown && stream->close_waited <= HOLE_PACKETS)
        stream->close_waited++;
    if (!stream_is_waiting(stream)) {
        stream->waited = 0;
        return;
    }
    if (stream->waited == 0)
        stream->waiting_since = clock_ticks(table->clock.now_ns);
    if (stream->waited < UINT8_MAX)
        stream->waited++;
}

static void rest(struct flow_table *table, struct flow *flow)
{
    struct connection *connection = flow->connection;

    connection->hurried = false;
    if (flow->list == LIST_ONE_SIDED && connection->begun && table->asks->is_worth_keeping(connection->guest))
        flow_enlist(table, flow, LIST_OPEN);
    for (int end = 0; end < 2; end++) {
        connection->streams[end].pushed = NULL; /* where no room was found at all: a hole, then */
        count_waiting(table, &connection->streams[end]);
    }
}

/* Is there nothing to be shown, given up or waited for? */
static bool is_quiet(const struct stream *stream)
{
    return stream->started && stream->pushed == NULL && !stream->claims && !stream->dropped &&
        !stream->is_cut && stream->close == STREAM_OPEN && stream->waited == 0 &&
        (stream->buffer == NULL || stream->buffer->range_count == 0) &&
        !sequence_before(stream->next, stream->known_to);
}

/* So it is after most packets: all that was said has been read, or nothing was said. */
static bool is_at_rest(const struct flow *flow)
{
    const struct connection *connection = flow->connection;

    return connection->begun && !connection->hurried && flow->list != LIST_ONE_SIDED &&
        is_quiet(&connection->streams[0]) && is_quiet(&connection->streams[1]);
}

bool connection_next(struct flow_table *table, struct flow *flow, struct flow_event *event)
{
    struct connection *connection = flow->connection;
    const struct stream *streams = connection->streams;
    bool again = true;

    if (is_at_rest(flow))
        return false;
    *event = (struct flow_event){.kind = FLOW_NOTHING};
    while (again) {
        if (connection->hurried)
            believe_claims(connection->streams);
        connection_start_streams(table, flow);
        if (!connection->begun && connection->decided)
            return begin(flow, event) && show(flow, event);
        if (connection->begun) {
            if (show_bytes(table, flow, event) || show_close(flow, event))
                return show(flow, event);
            if (give_up(table, flow, event)) {
                if (event->kind == FLOW_GAP)
                    return show(flow, event);
                continue;
            }
        }
        again = streams[0].pushed != NULL || streams[1].pushed != NULL;
        if (again && !store_pushed(table, flow)) {
            again = !connection->hurried;
            connection->hurried = true;
        }
    }
    rest(table, flow);
    return false;
}

void flow_take(struct flow_table *table, struct flow *flow, enum side from, size_t len)
{
    struct stream *stream = &flow->connection->streams[end_of_side(flow, from)];
    struct bytes left = table->shown;

    if (left.left > 0) { /* shown from the packet: what is not taken must be kept */
        table->shown.left = 0;
        if (bytes_skip(&left, len) && left.left > 0) {
            size_t kept = left.left;

            stream->dropped = buffer_append(&table->buffers, &stream->buffer, flow,
                                  stream->next - (uint32_t)kept, &left) != kept;
        }
    } else if (stream->buffer != NULL) {
        buffer_drop_before(
            &table->buffers, &stream->buffer, stream->buffer->base + (uint32_t)len, stream->next);
    }
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_settle.c: what a settled flow still needs to know. */
#include "connection.h"

void flow_settle(struct flow_table *table, struct flow *flow, uint64_t observation)
{
    struct connection *connection = flow->connection;
    bool lingers;

    for (int end = 0; end < 2; end++) {
        struct stream *stream = &connection->streams[end];

        if (stream->close != STREAM_OPEN) {
            flow_set_flag(flow, stream->close == STREAM_FIN ? FLOW_FLAG_FIN : FLOW_FLAG_RST, end);
            if (end != flow->client)
                flow->close_acknowledgement = stream->close_acknowledgement;
        }
        flow->settled_at[end] = stream->started ? stream->next : flow->high[end];
        buffer_give(&table->buffers, &stream->buffer);
    }
    flow->connection = NULL;
    flow->beside = NULL;
    flow->observation = observation;
    pool_give(&table->connections, connection);
    lingers = flow->list == LIST_CLOSING || flow->list == LIST_HOLE || flow_is_closed(flow);
    flow_enlist(table, flow, lingers ? LIST_CLOSED : LIST_IDLE);
}

bool flow_ends_with(const struct flow *flow, const struct segment *segment)
{
    return flow_is_closed(flow) && (segment->flags & SEGMENT_FIN) == 0 && !segment->is_time_doubted &&
        flow->held == FLOW_HELD_NEVER;
}

bool flow_is_short_lived(const struct flow *flow)
{
    const int server = 1 - flow->client;
    uint32_t bytes = 0;

    if (flow->connection != NULL ||
        (!flow_has(flow, FLOW_FLAG_FIN, server) && !flow_has(flow, FLOW_FLAG_RST, server)))
        return false;
    /* a server that had seen the client's FIN only answered it */
    if (flow_has(flow, FLOW_FLAG_FIN, flow->client) &&
        !sequence_before(flow->close_acknowledgement, flow->high[flow->client]))
        return false;
    for (int end = 0; end < 2; end++)
        if (sequence_before(flow->settled_at[end], flow->high[end]))
            bytes += flow->high[end] - flow->settled_at[end];
    return bytes <= SHORT_BYTES;
}

void flow_table_drop(struct flow_table *table, struct flow *flow)
{
    if (flow->connection != NULL)
        flow_settle(table, flow, 0);
    flow_table_changed(table, (uint64_t)flow->hash_high << 32);
    index_remove(&table->index, (uint64_t)flow->hash_high << 32, flow_number(table, flow));
    flow_enlist(table, flow, LIST_NONE);
    pool_give(&table->flows, flow);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* connection_begin.c: where the streams of a connection begin, and who is its client. */
#include "connection.h"

/* ---- what the SYN memory knows --------------------------------------------------------------- */

/* Does the FIN or RST of an end stand where it can? */
static bool is_early_close(
    const struct stream *stream, const struct syn_extra *words, const struct syn_row *row, int end)
{
    if (stream->started)
        return sequence_follows(stream->next, words->close_at[end]);
    return !syn_has(row, SYN_ACKNOWLEDGED, 1 - end) ||
        !sequence_before(words->close_at[end], words->acknowledged[1 - end]);
}

static void learn_early_segments(const struct syn_memory *syns, struct stream *stream, struct stream *other,
    const struct syn_row *row, int end)
{
    const struct syn_extra *words = syn_extra_of(syns, row);

    if (syn_has(row, SYN_ACKNOWLEDGED, end)) {
        stream->seen = true;
        if (!other->started || sequence_follows(other->next, words->acknowledged[end]))
            stream_acknowledge(stream, other, words->acknowledged[end]);
    }
    if ((syn_has(row, SYN_FIN, end) || syn_has(row, SYN_RST, end)) &&
        is_early_close(stream, words, row, end)) {
        stream->close = syn_has(row, SYN_FIN, end) ? STREAM_FIN : STREAM_RST;
        stream->close_at = words->close_at[end];
        stream->close_acknowledges = syn_has(row, SYN_CLOSE_ACKNOWLEDGED, end);
        stream->close_acknowledgement = words->close_acknowledged[end];
        stream->known_to = sequence_max(stream->known_to, stream->close_at);
    }
    stream->seen |= stream->acknowledges || stream->close != STREAM_OPEN;
}

static void decide(struct flow *flow, int client)
{
    flow->client = client & 1u;
    flow->service = flow->connection->as_server[1 - client];
    flow->connection->decided = true;
}

/* What was acknowledged before it could be compared is a claim, as if it had been said only now. */
static void doubt_acknowledgement(struct stream *other, uint32_t sequence)
{
    if (!other->acknowledges || !sequence_before(sequence + 1, other->acknowledged))
        return;
    other->claims = true;
    other->claimed = other->acknowledged;
    other->acknowledges = false;
}

static void start_at_syn(struct flow_table *table, struct flow *flow, int end, uint32_t sequence)
{
    struct stream *streams = flow->connection->streams;

    if (streams[end].seen)
        doubt_acknowledgement(&streams[1 - end], sequence);
    stream_start(table, &streams[end], &streams[1 - end], sequence);
    connection_note_reach(&flow->connection->told[end], sequence);
    streams[end].from_syn = true;
}

/* May an end's SYN stand before what is known of its stream? That of a later connection may not. */
static bool may_begin(const struct flow *flow, const struct syn_row *row, int end)
{
    const struct stream *stream = &flow->connection->streams[end];
    const struct stream *other = &flow->connection->streams[1 - end];
    uint32_t lowest = stream->first;

    if (stream->started && stream->from_syn && !stream->lost)
        return row->isn[end] + 1 == stream->first;
    if (!stream->started && other->acknowledges && !sequence_follows(row->isn[end] + 1, other->acknowledged))
        return false;
    return (!stream->started && !stream_lowest(stream, &lowest)) || sequence_follows(row->isn[end], lowest);
}

/* Of two numbers of a server the one counts that its client acknowledged, or its own bytes follow. */
static void choose_number(struct flow_table *table, const struct flow *flow, struct syn_row *row)
{
    const int client = syn_has(row, SYN_CLIENT, 0) ? 0 : 1;
    const struct stream *streams = flow->connection->streams;
    struct segment seen = {.flags = SEGMENT_ACK, .acknowledgement = streams[client].acknowledged};

    if (streams[client].acknowledges)
        syn_memory_choose(&table->syns, row, &seen, client);
    else if (stream_lowest(&streams[1 - client], &seen.sequence))
        syn_memory_choose(&table->syns, row, &seen, 1 - client);
}

/* The row's SYN is the one that this stream began at: what it acknowledged of the other end, far from that
 * one's number, was never sent. */
static void forget_false_acknowledgement(struct connection *connection, const struct syn_row *row, int end)
{
    struct stream *stream = &connection->streams[end];

    if (stream->from_syn && stream->acknowledges && !connection->streams[1 - end].started &&
        syn_has(row, SYN_ISN, end) && syn_has(row, SYN_ISN, 1 - end) && row->isn[end] + 1 == stream->first &&
        !sequence_follows(row->isn[1 - end] + 1, stream->acknowledged))
        stream->acknowledges = false;
}

/* What the SYNs told. A SYN-ACK tells both numbers; that of a client which was not seen but for a RST follows
 * from its. */
static void note_told_by_syn(struct connection *connection, const struct syn_row *row, int end)
{
    const bool is_server = syn_has(row, SYN_ISN, end) && syn_has(row, SYN_CLIENT, 1 - end);
    struct told *told = &connection->told[end];

    told->is_heard |= is_server || ((row->seen >> end & 1) != 0 && !syn_has(row, SYN_RST, end));
    if (is_server)
        connection_note_acknowledgement(told, row->isn[1 - end] + 1);
}

bool connection_learn(struct flow_table *table, struct flow *flow, struct syn_row *row)
{
    struct connection *connection = flow->connection;

    choose_number(table, flow, row);
    for (int end = 0; end < 2; end++)
        forget_false_acknowledgement(connection, row, end);
    for (int end = 0; end < 2; end++)
        if (syn_has(row, SYN_ISN, end) && !may_begin(flow, row, end))
            return false;
    /* a row may know of no SYN, but of what was said without payload */
    if (!connection->decided && (syn_has(row, SYN_CLIENT, 0) || syn_has(row, SYN_CLIENT, 1)))
        decide(flow, syn_has(row, SYN_CLIENT, 0) ? 0 : 1);
    for (int end = 0; end < 2; end++) {
        connection->streams[end].seen |= (row->seen >> end & 1) != 0;
        note_told_by_syn(connection, row, end);
        if (syn_has(row, SYN_ISN, end) && !connection->streams[end].started)
            start_at_syn(table, flow, end, row->isn[end] + 1);
    }
    return true;
}

/* Asks the rows of all connections between the two ends. */
static void learn_from_syns(struct flow_table *table, struct flow *flow)
{
    for (struct syn_row *row = NULL;
         (row = syn_memory_next(&table->syns, flow->connection->hash, row)) != NULL;)
        if (connection_learn(table, flow, row)) {
            syn_memory_use(&table->syns, row);
            return;
        }
}

/* What an end said without payload before the flow began, RSTs aside. */
static void note_told_before(
    const struct syn_memory *syns, struct connection *connection, const struct syn_row *row, int end)
{
    if (syn_has(row, SYN_ACKNOWLEDGED, end) && !syn_has(row, SYN_RST, end))
        connection_note_acknowledgement(&connection->told[end], syn_extra_of(syns, row)->acknowledged[end]);
}

void connection_begin(struct flow_table *table, struct flow *flow, struct syn_row *row)
{
    struct connection *connection = flow->connection;
    struct stream *streams = connection->streams;

    if ((connection->as_server[0] == NULL) != (connection->as_server[1] == NULL))
        decide(flow, connection->as_server[0] == NULL ? 0 : 1);
    if (row == NULL || !connection_learn(table, flow, row))
        return;
    for (int end = 0; end < 2; end++) {
        learn_early_segments(&table->syns, &streams[end], &streams[1 - end], row, end);
        note_told_before(&table->syns, connection, row, end);
    }
}

/* ---- where streams start that no SYN tells of ------------------------------------------------ */

/* What an end begins with, as far as it is at hand. */
static struct bytes first_bytes(const struct stream *stream)
{
    const struct stream_buffer *buffer = stream->buffer;

    if (buffer != NULL && buffer->range_count > 0)
        return buffer->ranges[0].lost ? (struct bytes){0} : buffer_window(buffer, buffer->ranges[0].to);
    return stream->pushed != NULL ? stream->pushed->bytes : (struct bytes){0};
}

/* Both ports are read. Where content does not tell, the server's is the lower one; equal ports: the
 * lower address. The same in whatever order packets came. */
static void decide_without_syn(const struct flow_table *table, struct flow *flow)
{
    const struct connection *connection = flow->connection;
    const struct bytes first[2] = {
        first_bytes(&connection->streams[0]), first_bytes(&connection->streams[1])};
    const int client = table->asks->client_of(table->context, connection->as_server, first);

    decide(flow, client >= 0 ? client : flow->ends[0].port <= flow->ends[1].port);
}

/* A segment of one byte may be a keep-alive, whose byte is none of the stream's (RFC 9293 3.8.4). */
static uint32_t after_keep_alive(const struct stream *stream, uint32_t lowest)
{
    const struct stream_buffer *buffer = stream->buffer;
    bool one =
        buffer != NULL && buffer->range_count > 0 && buffer->ranges[0].to - buffer->ranges[0].at == 1;

    return one ? lowest + 1 : lowest;
}

/* Of an end that said nothing else: its FIN or RST may stand behind bytes that were not captured.
 * What the other side had seen when it spoke tells where they begin. */
static uint32_t start_of_close(const struct stream *stream, const struct stream *other)
{
    const struct stream_buffer *buffer = other->buffer;
    uint32_t seen = stream->close_at;

    if (buffer != NULL && buffer->range_count > 0 && buffer->ranges[0].acknowledges)
        seen = buffer->ranges[0].acknowledgement;
    else if (other->acknowledges)
        seen = other->acknowledged;
    return sequence_follows(seen, stream->close_at) ? seen : stream->close_at;
}

static void start_somewhere(struct flow_table *table, struct stream *stream, const struct stream *other)
{
    uint32_t lowest;

    if (stream_lowest(stream, &lowest))
        stream_start(table, stream, other, after_keep_alive(stream, lowest));
    else if (!stream->seen)
        stream->absent = true;
    else if (stream->close != STREAM_OPEN)
        stream_start(table, stream, other, start_of_close(stream, other));
    else if (other->buffer != NULL && other->buffer->range_count > 0 && other->buffer->ranges[0].acknowledges)
        stream_start(table, stream, other, other->buffer->ranges[0].acknowledgement);
    else if (other->acknowledges)
        stream_start(table, stream, other, other->acknowledged);
    else
        stream->absent = true;
    stream->waited = 0;
}

void connection_start_streams(struct flow_table *table, struct flow *flow)
{
    struct connection *connection = flow->connection;
    struct stream *streams = connection->streams;

    if (streams[0].started && streams[1].started)
        return;
    learn_from_syns(table, flow);
    for (int end = 0; end < 2; end++)
        if (!streams[end].started && !streams[end].absent &&
            !stream_is_patient(table, &streams[end], connection->hurried)) {
            if (!connection->decided)
                decide_without_syn(table, flow);
            start_somewhere(table, &streams[end], &streams[1 - end]);
        }
}

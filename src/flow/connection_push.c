/* SPDX-License-Identifier: BSD-2-Clause */
/* connection_push.c: what a segment does to its connection. */
#include "connection.h"

/* Which list a flow that has news belongs to. */
static enum flow_list list_of(const struct flow_table *table, const struct flow *flow)
{
    const bool lingers = flow->list == LIST_CLOSING || flow->list == LIST_HOLE || flow->list == LIST_DUE;

    if ((lingers && (flow->flags & FLOW_FLAG_RENEWED) != 0) || flow_is_closed(flow))
        return LIST_CLOSING;
    return flow_is_heard(flow) ||
            (flow->connection->begun && table->asks->is_worth_keeping(flow->connection->guest))
        ? LIST_OPEN
        : LIST_ONE_SIDED;
}

/* A RST may turn out to have been none of this connection. */
static void note_closes(struct flow *flow)
{
    const struct stream *streams = flow->connection->streams;

    flow->flags = (uint8_t)(flow->flags & ~(3 * FLOW_FLAG_FIN | 3 * FLOW_FLAG_RST));
    for (int end = 0; end < 2; end++)
        if (streams[end].close != STREAM_OPEN)
            flow_set_flag(flow, streams[end].close == STREAM_FIN ? FLOW_FLAG_FIN : FLOW_FLAG_RST, end);
}

/* ---- seen twice, with other numbers ----------------------------------------------------------- */

/* Can both be shown at once? One that is over, or that the server never answered, is not what goes
 * on here. */
static bool is_parallel(const struct flow *original, const struct flow *flow)
{
    return original != NULL && original->list != LIST_NONE && !flow_is_closed(original) &&
        memcmp(original->ends, flow->ends, sizeof(flow->ends)) == 0 &&
        (original->connection == NULL || flow_is_heard(original) == flow_is_heard(flow));
}

/* What a payload of a connection that has siblings tells. */
static enum copied compare(
    struct flow_table *table, const struct flow *flow, const struct segment *segment, int from)
{
    struct connection *connection = flow->connection;
    uint32_t original = FLOW_NOBODY;
    const struct copies_speaker speaker = {connection->hash, flow_number(table, flow), (uint8_t)from};
    enum copied copied = copies_look(&table->copies, &speaker, segment, &original);

    if (copied != COPIED_NOT && !is_parallel(flow_at(table, original), flow))
        copied = COPIED_NOT;
    if (!connection->has_sibling) /* of two that say the same text the younger one is the copy */
        return copied;
    connection->differs |= copied == COPIED_NOT;
    connection->copied |= (uint8_t)((copied != COPIED_NOT) << from);
    return copied;
}

/* Its first payloads tell whether a connection is another one's copy. */
static bool is_copy(
    struct flow_table *table, const struct flow *flow, const struct segment *segment, int from)
{
    struct connection *connection = flow->connection;
    enum copied copied = COPIED_NOT;

    if (segment->payload_len == 0 || connection->said[from] >= COPIES_PAYLOADS)
        return false;
    connection->said[from]++;
    if (connection->has_sibling || connection->has_younger)
        copied = compare(table, flow, segment, from);
    copies_note(&table->copies,
        &(struct copies_speaker){connection->hash, flow_number(table, flow), (uint8_t)from}, segment);
    return copied == COPIED_HELLO;
}

/* Of a stream that has not started: the same again, far from its numbers. A firewall shifts them, and
 * both its sides are seen; what the second one shows without payload is left out as well. Once the
 * stream has started, what is far from it is none of its own anyway. */
static bool is_shifted(
    struct flow_table *table, const struct flow *flow, const struct segment *segment, int from)
{
    struct connection *connection = flow->connection;
    const struct copies_speaker speaker = {connection->hash, flow_number(table, flow), (uint8_t)from};
    const int32_t distance = sequence_distance(flow->high[from], first_byte(segment));

    if (connection->streams[from].started || !flow_has(flow, FLOW_FLAG_SEEN, from) ||
        (distance > -SEQUENCE_AHEAD_MAX && distance < SEQUENCE_AHEAD_MAX))
        return false;
    if (segment->payload_len > 0 && !copies_repeats(&table->copies, &speaker, segment))
        return false;
    connection->is_doubled |= segment->payload_len > 0;
    return connection->is_doubled;
}

/* The copy says nothing more. What it was taken for, a later connection, has not begun. */
static enum fate become_copy(struct flow_table *table, struct flow *flow)
{
    uint32_t numbers[INDEX_MATCHES_MAX];
    const size_t count = index_find(&table->index, flow->connection->hash, numbers);

    for (size_t i = 0; i < count; i++) {
        struct flow *other = flow_at(table, numbers[i]);

        if (other == NULL || other == flow || memcmp(other->ends, flow->ends, sizeof(flow->ends)) != 0)
            continue;
        other->flags = (uint8_t)(other->flags & ~FLOW_FLAG_RENEWED);
        if (other->connection != NULL)
            flow_enlist(table, other, list_of(table, other));
    }
    flow_settle(table, flow, 0);
    flow->is_copy = 1;
    table->counts.copies++;
    return FATE_DUPLICATE;
}

enum fate connection_push(
    struct flow_table *table, struct flow *flow, const struct segment *segment, int from)
{
    struct connection *connection = flow->connection;
    bool news;

    if (is_shifted(table, flow, segment, from))
        return FATE_DUPLICATE;
    if (is_copy(table, flow, segment, from))
        return become_copy(table, flow);
    news = stream_push(&table->pushed, &connection->streams[from], &connection->streams[1 - from], segment);
    path_note(&connection->path, segment, from, false);
    connection_note_told(connection, segment, from);
    note_closes(flow);
    if (news || segment->payload_len > 0)
        flow_enlist(table, flow, list_of(table, flow));
    if (news)
        return FATE_USED;
    return segment->payload_len > 0 || (segment->flags & (SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST)) != 0
        ? FATE_DUPLICATE
        : FATE_USED;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_find.c: which flow a segment belongs to, and where none is known, whether it begins one. */
#include "connection.h"

#define OLD_BYTES_MAX (1 << 26) /* how far behind a repeated segment may be */

/* ---- by numbers ----------------------------------------------------------------------------- */

/* Could the segment belong to this connection, by its sequence number? */
static bool fits_sequence(const struct flow *flow, const struct segment *segment, int from)
{
    int32_t distance = sequence_distance(flow->high[from], first_byte(segment));

    if (!flow_has(flow, FLOW_FLAG_SEEN, from))
        return true;
    return distance > -OLD_BYTES_MAX && distance < (flow_is_closed(flow) ? 1 : SEQUENCE_AHEAD_MAX);
}

/* Does it say what its sender had seen of the other end, and can that be compared? */
static bool tells_seen(const struct flow *flow, const struct segment *segment, int from)
{
    return (segment->flags & (SEGMENT_ACK | SEGMENT_RST)) == SEGMENT_ACK &&
        flow_has(flow, FLOW_FLAG_SEEN, 1 - from);
}

/* ... by its acknowledgement? A mirror may show one direction behind a firewall that shifts
 * numbers, and the other before it: then none ever fits. */
static bool fits_acknowledgement(const struct flow *flow, const struct segment *segment, int from)
{
    int32_t distance = sequence_distance(flow->high[1 - from], segment->acknowledgement);

    return !tells_seen(flow, segment, from) || (distance > -OLD_BYTES_MAX && distance < SEQUENCE_AHEAD_MAX);
}

/* Did it come by another VLAN or tunnel? There the same endpoints may be others. */
static bool is_elsewhere(const struct flow *flow, const struct segment *segment)
{
    return flow->path != path_tag(segment->link);
}

static bool fits(const struct flow *flow, const struct segment *segment, int from)
{
    return fits_sequence(flow, segment, from) &&
        (fits_acknowledgement(flow, segment, from) || (!flow->agrees && !is_elsewhere(flow, segment)));
}

static uint32_t distance_between(uint32_t a, uint32_t b)
{
    int32_t distance = sequence_distance(a, b);

    return distance < 0 ? 0 - (uint32_t)distance : (uint32_t)distance;
}

/* Of several connections between the same endpoints a segment belongs to the one that it is nearest to. */
static uint64_t distance_to(const struct flow *flow, const struct segment *segment, int from)
{
    /* rather this one than one that it is far from, and of two the newer */
    uint64_t sent = SEQUENCE_AHEAD_MAX + ((flow->flags & FLOW_FLAG_RENEWED) != 0);
    uint64_t seen = SEQUENCE_AHEAD_MAX;

    if (flow_has(flow, FLOW_FLAG_SEEN, from))
        sent = distance_between(flow->high[from], first_byte(segment));
    if (flow->agrees && tells_seen(flow, segment, from))
        seen = distance_between(flow->high[1 - from], segment->acknowledgement);
    return sent + seen;
}

/* Is the segment, whose sender is `from`, of the connection between these ends? */
static bool is_between(const struct endpoint ends[2], const struct segment *segment, int from)
{
    return memcmp(&ends[from], &segment->source, sizeof(segment->source)) == 0 &&
        memcmp(&ends[1 - from], &segment->destination, sizeof(segment->destination)) == 0;
}

/* Of all that the index knows. Seldom asked: what it needs on the stack is no concern of flow_look_up. */
__attribute__((noinline)) static struct flow *find_nearest(
    const struct flow_table *table, const struct segment *segment, const struct flow_key *key)
{
    uint32_t numbers[INDEX_MATCHES_MAX];
    const size_t count = index_find(&table->index, key->hash, numbers);
    struct flow *nearest = NULL;

    for (size_t i = 0; i < count; i++) {
        struct flow *flow = flow_at(table, numbers[i]);

        /* the index holds no number of nobody */
        if (flow != NULL && is_between(flow->ends, segment, key->from) &&
            (nearest == NULL ||
                distance_to(flow, segment, key->from) < distance_to(nearest, segment, key->from)))
            nearest = flow;
    }
    return nearest;
}

struct flow *flow_look_up(
    const struct flow_table *table, const struct segment *segment, const struct flow_key *key)
{
    struct flow *flow;

    if (key->flow == FLOW_UNKNOWN)
        return find_nearest(table, segment, key);
    flow = flow_at(table, key->flow);
    return flow != NULL && is_between(flow->ends, segment, key->from) ? flow : NULL;
}

/* Is the segment of another connection than this flow's? */
static bool is_of_another(const struct flow *flow, const struct syn_row *row,
    const struct segment *segment, int from)
{
    const unsigned endings = 3 * FLOW_FLAG_FIN | 3 * FLOW_FLAG_RST | FLOW_FLAG_RENEWED;
    const bool fits_newer = row != NULL && (row->flags & SYN_USED) == 0 && syn_has(row, SYN_ISN, from);

    if (fits_newer && (flow->flags & FLOW_FLAG_RENEWED) != 0)
        return true;
    if (segment->payload_len == 0)
        return false;
    if (fits_newer) /* one that both numbers fit is nearer than a flow of which one side was seen */
        return flow->connection == NULL || flow_is_closed(flow) || !fits(flow, segment, from) ||
            (syn_has(row, SYN_ISN, 1 - from) && !fits_acknowledgement(flow, segment, from));
    if (is_elsewhere(flow, segment) && !fits(flow, segment, from))
        return true;
    /* far away from a connection that is ending or was replaced: one whose SYN was not seen, or not yet */
    return (flow->flags & endings) != 0 && flow->held == FLOW_HELD_NEVER && !fits(flow, segment, from) &&
        !sequence_follows(flow->high[from], first_byte(segment));
}

/* Does the SYN that was just remembered belong to this flow, whose beginning was not known? */
static bool is_start_of(struct flow_table *table, struct flow *flow, struct syn_row *row)
{
    if (flow->connection == NULL ||
        (flow->connection->streams[0].started && flow->connection->streams[1].started) ||
        !connection_learn(table, flow, row))
        return false;
    syn_memory_use(&table->syns, row);
    return true;
}

/* ---- a new flow ----------------------------------------------------------------------------- */

static const struct service *service_at(const struct flow_table *table, uint16_t port)
{
    return table->asks->service_at(table->context, port);
}

static struct flow *begin_flow(
    struct flow_table *table, const struct segment *segment, const struct flow_key *key, struct syn_row *row)
{
    struct flow *flow = pool_take(&table->flows);
    struct connection *connection = flow != NULL ? pool_take(&table->connections) : NULL;

    if (connection == NULL || !index_insert(&table->index, key->hash, flow_number(table, flow))) {
        pool_give(&table->connections, connection);
        pool_give(&table->flows, flow);
        return NULL;
    }
    *flow = (struct flow){
        .connection = connection,
        .beside = flow_table_beside(table, connection),
        .hash_high = (uint32_t)(key->hash >> 32),
        .path = path_tag(segment->link) & 0x3fffu,
    };
    flow->ends[key->from] = segment->source;
    flow->ends[1 - key->from] = segment->destination;
    memset(connection, 0, sizeof(*connection));
    connection->hash = key->hash;
    for (int end = 0; end < 2; end++)
        connection->as_server[end] = service_at(table, flow->ends[end].port);
    if (row != NULL && (syn_has(row, SYN_ISN, 0) || syn_has(row, SYN_ISN, 1)))
        syn_memory_use(&table->syns, row); /* one without any waits for its SYN */
    connection_begin(table, flow, row);
    for (int end = 0; end < 2; end++)
        if (connection->streams[end].started) {
            flow->high[end] = connection->streams[end].next;
            flow_set_flag(flow, FLOW_FLAG_SEEN, end);
        }
    flow_table_changed(table, key->hash);
    flow_enlist(table, flow, flow_is_heard(flow) ? LIST_OPEN : LIST_ONE_SIDED);
    flow_list_siblings(table, flow);
    table->counts.flows++;
    return flow;
}

/* Does the SYN tell that the port which is served is only the client's own? Clients of NFS, of
 * which the kernel chooses the ports below 1024, have such. */
static bool is_of_others(const struct flow_table *table, const struct segment *segment, int from,
    const struct syn_row *row)
{
    const int client = syn_has(row, SYN_CLIENT, 0) ? 0 : 1;
    const struct endpoint *server = client == from ? &segment->destination : &segment->source;

    return syn_has(row, SYN_CLIENT, client) && !syn_has(row, SYN_CLIENT, 1 - client) &&
        service_at(table, server->port) == NULL;
}

/* A segment that no flow is known for. */
static struct flow *begin_or_not(
    struct flow_table *table, const struct segment *segment, const struct flow_key *key, enum fate *fate)
{
    const int from = key->from;
    const uint32_t first = first_byte(segment);
    struct syn_row *row;
    struct flow *flow;

    *fate = FATE_NO_FLOW;
    if (segment->payload_len == 0) {
        if ((segment->flags & SEGMENT_SYN) == 0)
            syn_memory_add(&table->syns, key->hash, segment, from);
        return NULL;
    }
    row = syn_memory_of(&table->syns, key->hash, segment, from);
    if (row != NULL && is_of_others(table, segment, from, row)) {
        syn_memory_use(&table->syns, row);
        *fate = FATE_NOT_MAIL;
        return NULL;
    }
    if (row != NULL)
        syn_memory_choose(&table->syns, row, segment, from);
    if (row != NULL && syn_has(row, SYN_ISN, from)) {
        if ((row->flags & SYN_USED) != 0) {
            *fate = FATE_SETTLED; /* its flow was dropped, its session is recorded */
            return NULL;
        }
        if (!sequence_before(row->isn[from] + 1, first + segment->payload_len))
            return NULL; /* a keep-alive: nothing was ever said */
    }
    if (row == NULL && syn_memory_denies(&table->syns, key->hash, segment, from))
        return NULL; /* RFC 9293 3.10.7.4: its receiver drops it */
    flow = begin_flow(table, segment, key, row);
    *fate = flow != NULL ? FATE_USED : FATE_GIVEN_UP;
    if (flow == NULL)
        table->counts.given_up_flows++;
    return flow;
}

/* ---- what every segment of a flow tells ------------------------------------------------------ */

/* Of a settled flow; what ends before that is a stray or a repeated one. */
static void note_close(struct flow *flow, const struct segment *segment, int from)
{
    if (sequence_before(first_byte(segment) + segment->payload_len, flow->settled_at[from]))
        return;
    if ((segment->flags & SEGMENT_FIN) != 0)
        flow_set_flag(flow, FLOW_FLAG_FIN, from);
    else if ((segment->flags & SEGMENT_RST) != 0)
        flow_set_flag(flow, FLOW_FLAG_RST, from);
    else
        return;
    if (from != flow->client)
        flow->close_acknowledgement = segment->acknowledgement;
}

static void note_doubt(struct flow_table *table, const struct flow *flow, uint64_t number)
{
    table->doubts[table->next_doubt].number = number;
    table->doubts[table->next_doubt].flow = flow_number(table, flow);
    table->next_doubt = (table->next_doubt + 1) % DOUBTS_MAX;
}

static void note_segment(struct flow_table *table, struct flow *flow, const struct segment *segment, int from,
    uint64_t source, bool is_plain)
{
    const uint32_t to = first_byte(segment) + segment->payload_len + ((segment->flags & SEGMENT_FIN) != 0);

    /* a file may have again what another one of its folder had: that is not what came last */
    if (flow->last.number == 0 || flow->last.source == source || flow->last.time_ns <= segment->time_ns)
        flow->last = (struct packet_ref){segment->time_ns, segment->number, source};
    flow->has_news = 1;
    if (segment->is_time_doubted)
        note_doubt(table, flow, segment->number);
    if ((segment->flags & SEGMENT_SYN) != 0 || (!is_plain && !fits(flow, segment, from)))
        return;
    flow->agrees |=
        tells_seen(flow, segment, from) && (is_plain || fits_acknowledgement(flow, segment, from));
    if (flow->connection == NULL && !flow_has(flow, FLOW_FLAG_SEEN, from))
        flow->settled_at[from] = first_byte(segment);
    if (!flow_has(flow, FLOW_FLAG_SEEN, from) || sequence_before(flow->high[from], to))
        flow->high[from] = to;
    flow_set_flag(flow, FLOW_FLAG_SEEN, from);
    if (flow->connection != NULL)
        return; /* its streams know better about ends */
    note_close(flow, segment, from);
    flow->touched = clock_ticks(table->clock.now_ns);
    flow->flags |= FLOW_FLAG_TOUCHED;
    if (flow_is_closed(flow) && flow->list == LIST_IDLE)
        flow_enlist(table, flow, LIST_CLOSED);
}

/* A new connection has begun between the endpoints of this one, which lingers for what may still
 * come of it. */
static void let_linger(struct flow_table *table, struct flow *flow)
{
    flow->flags |= FLOW_FLAG_RENEWED;
    flow_enlist(table, flow, flow->connection != NULL ? LIST_CLOSING : LIST_CLOSED);
}

/* ---- find it -------------------------------------------------------------------------------- */

/* RFC 9293 3.10.7.4: "if the ACK bit is off, drop the segment"; only the first of a connection has
 * none, or a RST. */
static bool is_acceptable(const struct segment *segment)
{
    return (segment->flags & (SEGMENT_ACK | SEGMENT_SYN | SEGMENT_RST)) != 0;
}

/* Remembers a SYN. True: there is no more to it. */
static bool note_syn(struct flow_table *table, const struct segment *segment, const struct flow_key *key)
{
    bool another;
    struct syn_row *row = syn_memory_note(&table->syns, key->hash, segment, key->from, &another);
    struct flow *flow;

    table->counts.syns++;
    /* a bare SYN costs no look-up; flows that lack it ask the SYN memory */
    if (segment->payload_len == 0 && (segment->flags & SEGMENT_ACK) == 0 && !another)
        return true;
    flow = another ? flow_look_up(table, segment, key) : NULL;
    if (flow == NULL || is_start_of(table, flow, row))
        return false;
    if (!is_elsewhere(flow, segment))
        flow->flags |= FLOW_FLAG_RENEWED;
    return segment->payload_len == 0;
}

/* Does it fit a connection that goes on, by both numbers? */
static bool is_plainly_of(const struct flow *flow, const struct segment *segment, int from)
{
    const bool goes_on = (flow->flags & FLOW_FLAG_RENEWED) == 0 && !flow_is_closed(flow);

    return goes_on && fits_sequence(flow, segment, from) && fits_acknowledgement(flow, segment, from);
}

struct found {
    bool is_plain;    /* the flow goes on, and both numbers fit it */
    bool has_sibling; /* another flow is between the same ends */
};

/* The flow that a segment belongs to, of those that are known. NULL: none. */
static struct flow *find_known(struct flow_table *table, const struct segment *segment,
    const struct flow_key *key, struct found *found)
{
    const int from = key->from;
    struct flow *flow = flow_look_up(table, segment, key);

    found->is_plain = flow != NULL && is_plainly_of(flow, segment, from);
    if (flow == NULL || found->is_plain)
        return flow;
    if (!is_of_another(flow, syn_memory_of(&table->syns, key->hash, segment, from), segment, from))
        return flow;
    if (!is_elsewhere(flow, segment))
        let_linger(table, flow);
    if (flow->connection != NULL)
        flow->connection->has_younger = true;
    found->has_sibling = true;
    return NULL;
}

struct flow *flow_table_find(struct flow_table *table, const struct segment *segment,
    const struct flow_key *key, uint64_t source, enum fate *fate)
{
    const int from = key->from;
    struct found found = {false};
    struct flow *flow;
    bool is_new;

    *fate = FATE_NO_FLOW;
    if (!is_acceptable(segment) || ((segment->flags & SEGMENT_SYN) != 0 && note_syn(table, segment, key)))
        return NULL;
    flow = find_known(table, segment, key, &found);
    if (flow != NULL && !found.is_plain && flow->agrees && !fits_acknowledgement(flow, segment, from))
        return NULL; /* of a connection that is not known, or nobody's */
    is_new = flow == NULL;
    if (is_new && (flow = begin_or_not(table, segment, key, fate)) == NULL)
        return NULL;
    note_segment(table, flow, segment, from, source, found.is_plain);
    if (is_new) {
        flow->connection->first = flow->last;
        flow->connection->has_sibling = found.has_sibling;
        path_note(&flow->connection->path, segment, from, true);
    }
    *fate = flow->connection != NULL ? FATE_USED : flow->is_copy ? FATE_DUPLICATE
                                                                 : FATE_SETTLED;
    return flow;
}

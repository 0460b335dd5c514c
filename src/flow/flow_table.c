/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_table.c: finds and begins flows; what a settled one still needs to know. */
#include "conversation.h"

#include <stdlib.h>

#define FLOWS_SHARE         60 /* percent of the memory: stubs and their index, */
#define CONVERSATIONS_SHARE 18 /* open sessions, */
#define BUFFERS_SHARE       17 /* bytes that wait, */
#define FIRST_WORDS_SHARE   1  /* first words; the SYN memory has the rest */
#define UNHEARD_SHARE       16 /* one part in so many of the open sessions, */
#define UNHEARD_MIN         8  /* and so many: far more than a client-only mirror of a busy net has at once */
#define FLOWS_MIN           16
#define OLD_BYTES_MAX       (1 << 26) /* how far behind a repeated segment may be */

_Static_assert(sizeof(struct flow) == 128, "a settled flow is two cache lines");
_Static_assert(offsetof(struct conversation, reader) == 0, "flow->reader is the conversation");

/* ---- memory ---------------------------------------------------------------------------------- */

static size_t affordable_flows(size_t bytes)
{
    size_t count = bytes / sizeof(struct flow);

    while (count > FLOWS_MIN && count * sizeof(struct flow) + index_bytes(count) > bytes)
        count -= count / 16 + 1;
    return count < UINT32_MAX / 2 ? count : UINT32_MAX / 2;
}

struct flow_table *flow_table_open(const struct flow_limits *limits)
{
    const size_t percent = limits->memory_bytes / 100;
    size_t flows = affordable_flows(percent * FLOWS_SHARE);
    size_t conversations = percent * CONVERSATIONS_SHARE / sizeof(struct conversation);
    struct flow_table *table = calloc(1, sizeof(*table));

    if (table == NULL)
        return NULL;
    for (size_t i = 0; i < LIST_COUNT; i++)
        table->lists[i].oldest = table->lists[i].youngest = FLOW_NOBODY;
    table->examined = UINT32_MAX;
    table->unheard_max = (uint32_t)(conversations / UNHEARD_SHARE) + UNHEARD_MIN;
    hash_key_random(&table->key);
    if (flows >= FLOWS_MIN && conversations > 0 && index_open(&table->index, flows) &&
        pool_open(&table->flows, sizeof(struct flow), flows) &&
        pool_open(&table->conversations, sizeof(struct conversation), conversations) &&
        buffers_open(&table->buffers, percent * BUFFERS_SHARE) &&
        first_words_open(&table->words, percent * FIRST_WORDS_SHARE) &&
        syn_memory_open(&table->syns,
            percent * (100 - FLOWS_SHARE - CONVERSATIONS_SHARE - BUFFERS_SHARE - FIRST_WORDS_SHARE)))
        return table;
    flow_table_close(table);
    return NULL;
}

void flow_table_close(struct flow_table *table)
{
    if (table == NULL)
        return;
    syn_memory_close(&table->syns);
    first_words_close(&table->words);
    buffers_close(&table->buffers);
    pool_close(&table->conversations);
    pool_close(&table->flows);
    index_close(&table->index);
    free(table);
}

const struct flow_counts *flow_table_counts(struct flow_table *table)
{
    table->counts.scans = table->syns.scans + table->words.scans;
    table->counts.overlaps = table->buffers.overlaps;
    return &table->counts;
}

void flow_table_clock(struct flow_table *table, int64_t time_ns)
{
    clock_advance(&table->clock, time_ns);
}

static void correct(struct flow *flow, uint64_t source, uint64_t number, int64_t time_ns)
{
    struct conversation *conversation = conversation_of(flow);

    if (flow->last.number == number && flow->last.source == source)
        flow->last.time_ns = time_ns;
    if (flow->reader == NULL || conversation->first.number != number || conversation->first.source != source)
        return;
    conversation->first.time_ns = time_ns;
    flow->reader->session.first = conversation->first;
}

void flow_table_correct(struct flow_table *table, uint64_t source, uint64_t number, int64_t time_ns)
{
    for (size_t i = 0; i < DOUBTS_MAX; i++) {
        struct flow *flow = flow_at(table, table->doubts[i].flow);

        if (flow != NULL && table->doubts[i].number == number)
            correct(flow, source, number, time_ns);
    }
}

void flow_table_flush(struct flow_table *table)
{
    table->flushing = true;
}

/* ---- which flow ------------------------------------------------------------------------------ */

/* An IPv4 endpoint as a number. */
static uint64_t number_of(const struct endpoint *endpoint)
{
    uint32_t address;

    memcpy(&address, endpoint->address.octets + 12, sizeof(address));
    return (uint64_t)address << 16 | endpoint->port;
}

static bool are_v4(const struct endpoint *a, const struct endpoint *b)
{
    return address_is_v4(&a->address) && address_is_v4(&b->address);
}

/* Is the segment, whose sender is `from`, of the connection between these ends? */
static bool is_between(const struct endpoint ends[2], const struct segment *segment, int from)
{
    return memcmp(&ends[from], &segment->source, sizeof(segment->source)) == 0 &&
        memcmp(&ends[1 - from], &segment->destination, sizeof(segment->destination)) == 0;
}

/* Either end may be the first, as long as it is the same one for both directions. */
struct flow_key flow_table_key(const struct flow_table *table, const struct segment *segment)
{
    const struct endpoint *source = &segment->source, *destination = &segment->destination;
    struct flow_key key;

    if (are_v4(source, destination)) {
        const uint64_t from = number_of(source), to = number_of(destination);

        key.from = from > to;
        key.hash = hash_pair(&table->key, key.from == 0 ? from : to, key.from == 0 ? to : from);
    } else {
        struct endpoint ends[2];

        key.from = memcmp(source, destination, sizeof(*source)) > 0;
        ends[key.from] = *source;
        ends[1 - key.from] = *destination;
        key.hash = hash_bytes(&table->key, ends, sizeof(ends));
    }
    return key;
}

void flow_table_expect(const struct flow_table *table, uint64_t hash)
{
    syn_memory_fetch(&table->syns, hash);
    index_fetch(&table->index, hash);
}

static uint32_t first_byte(const struct segment *segment)
{
    return segment->sequence + ((segment->flags & SEGMENT_SYN) != 0);
}

/* Could the segment belong to this connection, by its sequence number? */
static bool fits_sequence(const struct flow *flow, const struct segment *segment, int from)
{
    int32_t distance = sequence_distance(flow->high[from], first_byte(segment));

    if (!flow_has(flow, FLOW_MARK_SEEN, from))
        return true;
    return distance > -OLD_BYTES_MAX && distance < (flow_is_closed(flow) ? 1 : SEQUENCE_AHEAD_MAX);
}

/* Does it say what its sender had seen of the other end, and can that be compared? */
static bool tells_seen(const struct flow *flow, const struct segment *segment, int from)
{
    return (segment->flags & (SEGMENT_ACK | SEGMENT_RST)) == SEGMENT_ACK && flow_has(flow, FLOW_MARK_SEEN, 1 - from);
}

/* ... by its acknowledgement? A mirror may show one direction behind a firewall that shifts numbers, and the other
 * before it: then none ever fits. */
static bool fits_acknowledgement(const struct flow *flow, const struct segment *segment, int from)
{
    int32_t distance = sequence_distance(flow->high[1 - from], segment->acknowledgement);

    return !tells_seen(flow, segment, from) || (distance > -OLD_BYTES_MAX && distance < SEQUENCE_AHEAD_MAX);
}

static bool fits(const struct flow *flow, const struct segment *segment, int from)
{
    return fits_sequence(flow, segment, from) && (!flow->agrees || fits_acknowledgement(flow, segment, from));
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
    uint64_t sent = SEQUENCE_AHEAD_MAX + ((flow->marks & FLOW_MARK_RENEWED) != 0);
    uint64_t seen = SEQUENCE_AHEAD_MAX;

    if (flow_has(flow, FLOW_MARK_SEEN, from))
        sent = distance_between(flow->high[from], first_byte(segment));
    if (flow->agrees && tells_seen(flow, segment, from))
        seen = distance_between(flow->high[1 - from], segment->acknowledgement);
    return sent + seen;
}

struct flow *flow_look_up(struct flow_table *table, const struct segment *segment, const struct flow_key *key)
{
    uint32_t numbers[INDEX_MATCHES_MAX];
    struct flow *nearest = NULL;
    size_t count;

    if (table->recent.flow != NULL && table->recent.hash == key->hash &&
        is_between(table->recent.flow->ends, segment, key->from))
        return table->recent.flow;
    count = index_find(&table->index, key->hash, numbers);
    for (size_t i = 0; i < count; i++) {
        struct flow *flow = flow_at(table, numbers[i]);

        /* the index holds no number of nobody */
        if (flow != NULL && is_between(flow->ends, segment, key->from) &&
            (nearest == NULL || distance_to(flow, segment, key->from) < distance_to(nearest, segment, key->from)))
            nearest = flow;
    }
    if (count == 1 && nearest != NULL)
        table->recent = (struct recent){nearest, key->hash};
    return nearest;
}

/* Did it come by another VLAN or tunnel? There the same endpoints may be others. */
static bool is_elsewhere(const struct flow *flow, const struct segment *segment)
{
    return flow->path != path_tag(segment->link);
}

/* Is the segment of another connection than this flow's? */
static bool is_of_another(const struct flow *flow, const struct syn_row *row,
    const struct segment *segment, int from)
{
    const unsigned endings = 3 * FLOW_MARK_FIN | 3 * FLOW_MARK_RST | FLOW_MARK_RENEWED;
    const bool fits_newer = row != NULL && (row->marks & SYN_USED) == 0 && syn_has(row, SYN_ISN, from);

    if (fits_newer && (flow->marks & FLOW_MARK_RENEWED) != 0)
        return true;
    if (segment->payload_len == 0)
        return false;
    if (fits_newer)
        return flow->reader == NULL || flow_is_closed(flow) || !fits(flow, segment, from);
    if (is_elsewhere(flow, segment) && !fits(flow, segment, from))
        return true;
    /* far away from a connection that is ending or was replaced: one whose SYN was not seen, or not yet */
    return (flow->marks & endings) != 0 && flow->held == FLOW_HELD_NEVER && !fits(flow, segment, from) &&
        !sequence_follows(flow->high[from], first_byte(segment));
}

/* Does the SYN that was just remembered belong to this flow, whose beginning was not known? */
static bool is_start_of(struct flow_table *table, struct flow *flow, struct syn_row *row)
{
    if (flow->reader == NULL ||
        (conversation_of(flow)->streams[0].started && conversation_of(flow)->streams[1].started) ||
        !conversation_learn(table, flow, row))
        return false;
    syn_memory_use(&table->syns, row);
    return true;
}

/* ---- a new flow ------------------------------------------------------------------------------ */

static void offer_services(struct conversation *conversation, const struct services *services,
    const struct endpoint ends[2])
{
    for (int end = 0; end < 2; end++) {
        conversation->offers[end] = services_at(services, ends[end].port);
        if (conversation->offers[end] == NULL)
            conversation->offers[end] = services->discover;
    }
}

static struct flow *begin_flow(struct flow_table *table, const struct segment *segment, const struct flow_key *key,
    const struct services *services, struct syn_row *row)
{
    struct flow *flow = pool_take(&table->flows);
    struct conversation *conversation = flow != NULL ? pool_take(&table->conversations) : NULL;

    if (conversation == NULL || !index_insert(&table->index, key->hash, flow_number(table, flow))) {
        pool_give(&table->conversations, conversation);
        pool_give(&table->flows, flow);
        return NULL;
    }
    *flow = (struct flow){
        .reader = &conversation->reader,
        .hash_high = (uint32_t)(key->hash >> 32),
        .path = path_tag(segment->link) & 0x7fffu,
    };
    flow->ends[key->from] = segment->source;
    flow->ends[1 - key->from] = segment->destination;
    session_clear(&conversation->reader.session);
    memset((uint8_t *)conversation + sizeof(conversation->reader), 0,
        sizeof(*conversation) - sizeof(conversation->reader));
    conversation->hash = key->hash;
    offer_services(conversation, services, flow->ends);
    if (row != NULL && (syn_has(row, SYN_ISN, 0) || syn_has(row, SYN_ISN, 1)))
        syn_memory_use(&table->syns, row); /* one without any waits for its SYN */
    conversation_begin(table, flow, row);
    for (int end = 0; end < 2; end++)
        if (conversation->streams[end].started) {
            flow->high[end] = conversation->streams[end].next;
            flow_mark(flow, FLOW_MARK_SEEN, end);
        }
    table->recent.flow = NULL;
    flow_enlist(table, flow, flow_is_heard(flow) ? LIST_OPEN : LIST_UNHEARD);
    flow_list_siblings(table, flow);
    table->counts.flows++;
    return flow;
}

/* Does the SYN tell that the port which is served is only the client's own? Clients of NFS, of which the kernel chooses
 * the ports below 1024, have such. */
static bool is_of_others(const struct services *services, const struct segment *segment, int from,
    const struct syn_row *row)
{
    const int client = syn_has(row, SYN_CLIENT, 0) ? 0 : 1;
    const struct endpoint *server = client == from ? &segment->destination : &segment->source;

    return services->discover == NULL && syn_has(row, SYN_CLIENT, client) && !syn_has(row, SYN_CLIENT, 1 - client) &&
        services_at(services, server->port) == NULL;
}

/* A segment that no flow is known for. */
static struct flow *begin_or_not(struct flow_table *table, const struct segment *segment, const struct flow_key *key,
    const struct services *services, enum fate *fate)
{
    const int from = key->from;
    struct syn_row *row = syn_memory_of(&table->syns, key->hash, segment, from);
    const uint32_t first = first_byte(segment);
    struct flow *flow;

    *fate = FATE_NO_FLOW;
    if (segment->payload_len == 0) {
        if ((segment->flags & SEGMENT_SYN) == 0)
            syn_memory_add(&table->syns, key->hash, segment, from);
        return NULL;
    }
    if (row != NULL && is_of_others(services, segment, from, row)) {
        syn_memory_use(&table->syns, row);
        *fate = FATE_NOT_MAIL;
        return NULL;
    }
    if (row != NULL)
        syn_memory_choose(&table->syns, row, segment, from);
    if (row != NULL && syn_has(row, SYN_ISN, from)) {
        if ((row->marks & SYN_USED) != 0) {
            *fate = FATE_SETTLED; /* its flow was dropped, its session is recorded */
            return NULL;
        }
        if (!sequence_before(row->isn[from] + 1, first + segment->payload_len))
            return NULL; /* a keep-alive: nothing was ever said */
    }
    if (row == NULL && syn_memory_denies(&table->syns, key->hash, segment, from))
        return NULL; /* RFC 9293 3.10.7.4: its receiver drops it */
    flow = begin_flow(table, segment, key, services, row);
    *fate = flow != NULL ? FATE_USED : FATE_GIVEN_UP;
    if (flow == NULL)
        table->counts.given_up_flows++;
    return flow;
}

/* ---- what every packet of a flow tells --------------------------------------------------------- */

/* Of a settled flow; what ends before that is a stray or a repeated one. */
static void note_end(struct flow *flow, const struct segment *segment, int from)
{
    if (sequence_before(first_byte(segment) + segment->payload_len, flow->settled_at[from]))
        return;
    if ((segment->flags & SEGMENT_FIN) != 0)
        flow_mark(flow, FLOW_MARK_FIN, from);
    else if ((segment->flags & SEGMENT_RST) != 0)
        flow_mark(flow, FLOW_MARK_RST, from);
    else
        return;
    if (from != flow->client)
        flow->end_acknowledgement = segment->acknowledgement;
}

static void note_doubt(struct flow_table *table, const struct flow *flow, uint64_t number)
{
    table->doubts[table->next_doubt].number = number;
    table->doubts[table->next_doubt].flow = flow_number(table, flow);
    table->next_doubt = (table->next_doubt + 1) % DOUBTS_MAX;
}

static void note_segment(struct flow_table *table, struct flow *flow, const struct segment *segment, int from,
    uint64_t source)
{
    const uint32_t end = first_byte(segment) + segment->payload_len + ((segment->flags & SEGMENT_FIN) != 0);

    flow->last = (struct mark){segment->time_ns, segment->number, source};
    if (segment->is_time_doubted)
        note_doubt(table, flow, segment->number);
    if ((segment->flags & SEGMENT_SYN) != 0 || !fits(flow, segment, from))
        return;
    flow->agrees |= tells_seen(flow, segment, from) && fits_acknowledgement(flow, segment, from);
    if (flow->reader == NULL && !flow_has(flow, FLOW_MARK_SEEN, from))
        flow->settled_at[from] = first_byte(segment);
    if (!flow_has(flow, FLOW_MARK_SEEN, from) || sequence_before(flow->high[from], end))
        flow->high[from] = end;
    flow_mark(flow, FLOW_MARK_SEEN, from);
    if (flow->reader != NULL)
        return; /* its streams know better about ends */
    note_end(flow, segment, from);
    flow->touched = clock_ticks(table->clock.now_ns);
    flow->marks |= FLOW_MARK_TOUCHED;
    if (flow_is_closed(flow) && flow->list == LIST_IDLE)
        flow_enlist(table, flow, LIST_CLOSED);
}

/* A new connection has begun between the endpoints of this one, which lingers for what may still come of it. */
static void let_linger(struct flow_table *table, struct flow *flow)
{
    flow->marks |= FLOW_MARK_RENEWED;
    flow_enlist(table, flow, flow->reader != NULL ? LIST_CLOSING : LIST_CLOSED);
}

/* RFC 9293 3.10.7.4: "if the ACK bit is off, drop the segment"; only the first of a connection has none, or a RST. */
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
        flow->marks |= FLOW_MARK_RENEWED;
    return segment->payload_len == 0;
}

/* The flow that a segment belongs to, of those that are known. NULL: none; `has_sibling`, though others are between the
 * same ends. */
static struct flow *find_known(struct flow_table *table, const struct segment *segment, const struct flow_key *key,
    bool *has_sibling)
{
    const int from = key->from;
    struct flow *flow = flow_look_up(table, segment, key);

    if (flow == NULL || ((flow->marks & FLOW_MARK_RENEWED) == 0 && !flow_is_closed(flow) && fits(flow, segment, from)))
        return flow;
    if (!is_of_another(flow, syn_memory_of(&table->syns, key->hash, segment, from), segment, from))
        return flow;
    if (!is_elsewhere(flow, segment))
        let_linger(table, flow);
    *has_sibling = true;
    return NULL;
}

struct flow *flow_table_find(struct flow_table *table, const struct segment *segment, const struct flow_key *key,
    const struct services *services, uint64_t source, enum fate *fate)
{
    const int from = key->from;
    bool has_sibling = false;
    struct flow *flow;

    *fate = FATE_NO_FLOW;
    if (!is_acceptable(segment) || ((segment->flags & SEGMENT_SYN) != 0 && note_syn(table, segment, key)))
        return NULL;
    flow = find_known(table, segment, key, &has_sibling);
    if (flow != NULL && flow->agrees && !fits_acknowledgement(flow, segment, from))
        return NULL; /* of a connection that is not known, or nobody's */
    if (flow == NULL && (flow = begin_or_not(table, segment, key, services, fate)) == NULL)
        return NULL;
    note_segment(table, flow, segment, from, source);
    if (flow->reader != NULL && conversation_of(flow)->first.number == 0) {
        conversation_of(flow)->first = flow->last;
        conversation_of(flow)->has_sibling = has_sibling;
        way_note(&conversation_of(flow)->way, segment, from, true);
    }
    *fate = flow->reader != NULL ? FATE_USED : flow->is_copy ? FATE_DUPLICATE : FATE_SETTLED;
    return flow;
}

/* ---- a settled flow -------------------------------------------------------------------------- */

void flow_settle(struct flow_table *table, struct flow *flow, uint64_t observation)
{
    struct conversation *conversation = conversation_of(flow);

    for (int end = 0; end < 2; end++) {
        struct stream *stream = &conversation->streams[end];

        if (stream->end != STREAM_OPEN) {
            flow_mark(flow, stream->end == STREAM_FIN ? FLOW_MARK_FIN : FLOW_MARK_RST, end);
            if (end != flow->client)
                flow->end_acknowledgement = stream->end_acknowledgement;
        }
        flow->settled_at[end] = stream->started ? stream->next : flow->high[end];
        buffer_give(&table->buffers, &stream->buffer);
    }
    flow->reader = NULL;
    flow->observation = observation;
    pool_give(&table->conversations, conversation);
    flow_enlist(table, flow, flow->list == LIST_CLOSING || flow->list == LIST_HOLE || flow_is_closed(flow) ? LIST_CLOSED : LIST_IDLE);
}

bool flow_is_short_lived(const struct flow *flow)
{
    const int server = 1 - flow->client;
    uint32_t bytes = 0;

    if (flow->reader != NULL || (!flow_has(flow, FLOW_MARK_FIN, server) && !flow_has(flow, FLOW_MARK_RST, server)))
        return false;
    /* a server that had seen the client's FIN only answered it */
    if (flow_has(flow, FLOW_MARK_FIN, flow->client) &&
        !sequence_before(flow->end_acknowledgement, flow->high[flow->client]))
        return false;
    for (int end = 0; end < 2; end++)
        if (sequence_before(flow->settled_at[end], flow->high[end]))
            bytes += flow->high[end] - flow->settled_at[end];
    return bytes <= SHORT_LIVED_BYTES;
}

void flow_table_drop(struct flow_table *table, struct flow *flow)
{
    if (flow->reader != NULL)
        flow_settle(table, flow, 0);
    table->recent.flow = NULL;
    index_remove(&table->index, (uint64_t)flow->hash_high << 32, flow_number(table, flow));
    flow_enlist(table, flow, LIST_NONE);
    pool_give(&table->flows, flow);
}

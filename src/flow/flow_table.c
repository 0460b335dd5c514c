/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_table.c: memory; segments in, events out. */
#include "connection.h"

#include <lasthello/pages.h>

#include <stdlib.h>

#define FLOWS_SHARE       61 /* percent of the memory: at most for stubs, their index included, */
#define CONNECTIONS_SHARE 17 /* at least for open sessions, */
#define CONNECTIONS_MOST  48 /* ... and at most, of what no stub has needed so far, */
#define BUFFERS_SHARE     17 /* bytes that wait, */
#define UNANSWERED_SHARE  1  /* kept segments; the SYN memory has the rest */
#define ONE_SIDED_SHARE   16 /* one part in so many of the open sessions, */
#define ONE_SIDED_MIN     8  /* and so many: far more than a client-only mirror of a busy net has at once */
#define FLOWS_MIN         16
#define FLOW_BYTES        (sizeof(struct flow) + sizeof(struct flow_link))
#define AHEAD             6 /* segments: so long a bucket or a connection is on its way from memory */

_Static_assert(sizeof(struct flow) == 128, "a settled flow is two cache lines");

/* ---- memory ---------------------------------------------------------------------------------- */

static size_t affordable_flows(size_t bytes)
{
    size_t count = bytes / FLOW_BYTES;

    while (count > FLOWS_MIN && count * FLOW_BYTES + index_bytes(count) > bytes)
        count -= count / 256 + 1;
    return count < UINT32_MAX / 2 ? count : UINT32_MAX / 2;
}

/* Of an odd number of cache lines: fronts a power of two apart would share a few sets of the cache. */
static size_t block_of(size_t bytes)
{
    return ((bytes + CACHE_LINE_BYTES - 1) / CACHE_LINE_BYTES | 1) * CACHE_LINE_BYTES;
}

/* Stubs and open sessions share what both may have; neither can take what is left to the other at least. */
static bool open_flows(struct flow_table *table, size_t percent, size_t block, size_t beside)
{
    const size_t flows = affordable_flows(percent * FLOWS_SHARE);
    const size_t connections = percent * CONNECTIONS_MOST / (block + beside);

    if (flows < FLOWS_MIN || percent * CONNECTIONS_SHARE < block + beside ||
        !index_open(&table->index, flows) || !pool_open(&table->flows, sizeof(struct flow), flows) ||
        !pool_open(&table->connections, block, connections))
        return false;
    table->links = pages_take(flows * sizeof(*table->links));
    table->beside = pages_take(connections * beside);
    table->beside_bytes = beside;
    if (table->links == NULL || table->beside == NULL)
        return false;
    table->budget.bytes_left = flows * FLOW_BYTES + percent * CONNECTIONS_SHARE;
    pool_share(&table->flows, &table->budget, FLOW_BYTES);
    pool_share(&table->connections, &table->budget, block + beside);
    return true;
}

struct flow_table *flow_table_open(
    const struct flow_limits *limits, const struct flow_asks *asks, void *context)
{
    const size_t percent = limits->memory_bytes / 100;
    const size_t block = block_of(sizeof(struct connection) + limits->guest_bytes);
    const size_t beside = block_of(limits->beside_bytes);
    struct flow_table *table = calloc(1, sizeof(*table));

    if (table == NULL)
        return NULL;
    table->asks = asks;
    table->context = context;
    for (size_t i = 0; i < LIST_COUNT; i++)
        table->lists[i].oldest = table->lists[i].youngest = FLOW_NOBODY;
    table->examined = UINT32_MAX;
    table->one_sided_max =
        (uint32_t)(percent * CONNECTIONS_SHARE / (block + beside) / ONE_SIDED_SHARE) + ONE_SIDED_MIN;
    hash_key_random(&table->key);
    if (open_flows(table, percent, block, beside) && buffers_open(&table->buffers, percent * BUFFERS_SHARE) &&
        unanswered_open(&table->unanswered, percent * UNANSWERED_SHARE) &&
        syn_memory_open(&table->syns,
            percent * (100 - FLOWS_SHARE - CONNECTIONS_SHARE - BUFFERS_SHARE - UNANSWERED_SHARE)))
        return table;
    flow_table_close(table);
    return NULL;
}

void flow_table_close(struct flow_table *table)
{
    if (table == NULL)
        return;
    syn_memory_close(&table->syns);
    unanswered_close(&table->unanswered);
    buffers_close(&table->buffers);
    pages_give(table->beside, table->connections.count * table->beside_bytes);
    pages_give(table->links, table->flows.count * sizeof(*table->links));
    pool_close(&table->connections);
    pool_close(&table->flows);
    index_close(&table->index);
    free(table);
}

const struct flow_counts *flow_table_counts(struct flow_table *table)
{
    table->counts.scans = table->syns.scans + table->unanswered.scans;
    table->counts.waiting = table->syns.unused + table->unanswered.count;
    table->counts.overlaps = table->buffers.overlaps;
    return &table->counts;
}

void flow_table_clock(struct flow_table *table, int64_t time_ns)
{
    clock_advance(&table->clock, time_ns);
}

static void correct(struct flow *flow, uint64_t source, uint64_t number, int64_t time_ns)
{
    struct connection *connection = flow->connection;

    if (flow->last.number == number && flow->last.source == source) {
        flow->last.time_ns = time_ns;
        flow->has_news = 1;
    }
    if (flow->connection == NULL || connection->first.number != number || connection->first.source != source)
        return;
    connection->first.time_ns = time_ns;
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

/* ---- kept segments ---------------------------------------------------------------------------- */

/* Is the segment what a client said first, whose SYN was seen, and nothing of its server? While it
 * makes no sense, it is kept (copied) in place of beginning a flow. */
static bool may_be_kept(struct flow_table *table, const struct segment *segment, const struct flow_key *key)
{
    const unsigned flags = segment->flags & (SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST);
    const struct syn_row *row;

    if (segment->payload_len == 0 || segment->payload_len > KEPT_SEGMENT_BYTES ||
        segment->payload_len != segment->payload.left || flags != 0 ||
        flow_look_up(table, segment, key) != NULL)
        return false;
    row = syn_memory_of(&table->syns, key->hash, segment, key->from);
    return row != NULL && syn_is_alone(row, key->from) && segment->sequence == row->isn[key->from] + 1;
}

static void keep_segment(struct flow_table *table, const struct segment *segment, struct flow_key key,
    uint64_t source)
{
    struct syn_row *row = syn_memory_of(&table->syns, key.hash, segment, key.from);

    if (row != NULL)
        syn_memory_use(&table->syns, row);
    key.flow = FLOW_UNKNOWN;
    unanswered_keep(&table->unanswered, segment, &key, source, clock_ticks(table->clock.now_ns));
}

/* The SYN memory is to know what it knew before this segment came. */
static void take_back(struct syn_memory *syns, const struct kept_segment *kept)
{
    struct syn_row *row = syn_memory_of(syns, kept->key.hash, &kept->segment, kept->key.from);
    struct segment syn = kept->segment;
    bool another;

    syn.sequence--;
    syn.flags = SEGMENT_SYN;
    if (row != NULL)
        syn_memory_unuse(syns, row);
    else
        syn_memory_note(syns, kept->key.hash, &syn, kept->key.from, &another);
}

/* What was kept of this segment's connection. Valid until the next one is kept. NULL: nothing. What
 * is never recalled is a scan. */
static const struct kept_segment *recall_segment(struct flow_table *table, const struct segment *segment,
    const struct flow_key *key)
{
    const struct kept_segment *kept = unanswered_recall(&table->unanswered, segment, key);

    if (kept == NULL)
        return NULL;
    if (clock_passed(&table->clock, kept->since, FLOW_IDLE_NS)) {
        table->unanswered.scans++;
        return NULL;
    }
    take_back(&table->syns, kept);
    return kept;
}

/* ---- segments in ------------------------------------------------------------------------------ */

struct flow_place *flow_table_place(struct flow_table *table)
{
    return &table->batch.rows[table->batch.count].place;
}

/* A payload does not stay where it is. False: it is too long to be copied. */
static bool keep_payload(struct batch *batch, struct bytes *payload)
{
    uint8_t *copy = batch->payloads + batch->payloads_len;

    if (payload->left > WAITING_BYTES)
        return false;
    memcpy(copy, payload->data, payload->left);
    payload->data = copy;
    batch->payloads_len += payload->left;
    return true;
}

/* Looks up the flows of the batch's first segments, whose buckets have come from memory meanwhile. A SYN asks
 * the SYN memory. */
static void expect_flows(struct flow_table *table, size_t first)
{
    struct batch *batch = &table->batch;

    for (; batch->expected < first; batch->expected++)
        if ((batch->rows[batch->expected].place.segment.flags & SEGMENT_SYN) == 0)
            flow_table_expect_flow(table, &batch->rows[batch->expected].key);
}

bool flow_table_hear(struct flow_table *table, uint64_t source)
{
    struct batch *batch = &table->batch;
    const size_t at = batch->count++;
    struct segment *segment = &batch->rows[at].place.segment;

    batch->rows[at].source = source;
    batch->rows[at].key = flow_table_key(table, segment);
    flow_table_expect(table, segment, batch->rows[at].key.hash);
    if (at >= AHEAD)
        expect_flows(table, at - AHEAD + 1);
    if (batch->count == BATCH_SEGMENTS ||
        (segment->payload.left > 0 && !keep_payload(batch, &segment->payload)))
        batch->is_ready = true;
    return batch->is_ready;
}

void flow_table_catch_up(struct flow_table *table)
{
    table->batch.is_ready = true;
}

static void fetch_batch(struct flow_table *table)
{
    struct batch *batch = &table->batch;

    expect_flows(table, batch->count);
    for (size_t i = 0; i < AHEAD && i < batch->count; i++)
        flow_table_expect_connection(table, &batch->rows[i].key, &batch->rows[i].place.segment);
    batch->is_fetched = true;
}

/* Gives a segment to its flow, whose events are then yielded. True: it is a settled one. */
static bool take_segment(struct flow_table *table, const struct segment *segment, const struct flow_key *key,
    uint64_t source, enum fate *fate, struct flow_event *event)
{
    struct flow *flow = flow_table_find(table, segment, key, source, fate);

    table->current = (struct current){.flow = flow, .due = FLOW_DUE_READ};
    if (flow == NULL)
        return false;
    if (flow->connection != NULL) {
        *fate = connection_push(table, flow, segment, key->from);
        return false;
    }
    *event =
        (struct flow_event){.kind = FLOW_LATER, .from = side_of_end(flow, key->from), .segment = segment};
    return true;
}

static bool is_kept(struct flow_table *table, const struct segment *segment, const struct flow_key *key)
{
    const struct service *service;

    if (!may_be_kept(table, segment, key))
        return false;
    service = table->asks->service_at(table->context, segment->destination.port);
    if (service == NULL || !table->asks->is_nothing(table->context, service, segment->payload))
        return false;
    return true;
}

/* Looks at the next segment of the batch, or at what was kept of its connection. True: `event` is
 * of a settled flow. */
static bool hear_next(struct flow_table *table, struct flow_event *event)
{
    struct batch *batch = &table->batch;
    const size_t at = batch->next;
    const struct segment *segment = &batch->rows[at].place.segment;
    const struct flow_key *key = &batch->rows[at].key;
    const struct kept_segment *kept;
    enum fate fate = FATE_USED;
    bool is_later = false;

    if (at + AHEAD < batch->count)
        flow_table_expect_connection(
            table, &batch->rows[at + AHEAD].key, &batch->rows[at + AHEAD].place.segment);
    clock_advance(&table->clock, segment->time_ns);
    kept = batch->is_recalled ? NULL : recall_segment(table, segment, key);
    if (kept != NULL) {
        batch->is_recalled = true;
        return take_segment(table, &kept->segment, &kept->key, kept->source, &fate, event);
    }
    if (!batch->is_recalled && is_kept(table, segment, key))
        keep_segment(table, segment, *key, batch->rows[at].source);
    else
        is_later = take_segment(table, segment, key, batch->rows[at].source, &fate, event);
    batch->is_recalled = false;
    batch->next++;
    table->counts.fates[fate]++;
    return is_later;
}

/* ---- events out ------------------------------------------------------------------------------- */

static const enum flow_event_kind kind_of_due[] = {
    [FLOW_DUE_SILENCE] = FLOW_SILENCE,
    [FLOW_DUE_GIVEN_UP] = FLOW_GIVEN_UP,
    [FLOW_DUE_OVER] = FLOW_OVER,
    [FLOW_DUE_FORGOTTEN] = FLOW_GIVEN_UP,
};

/* What is due for a flow once all that it said was read. True: an event. */
static bool conclude(struct flow_table *table, struct current *current, struct flow_event *event)
{
    const bool is_dropped = current->due == FLOW_DUE_OVER || current->due == FLOW_DUE_FORGOTTEN;
    struct flow *flow = current->flow;

    if (current->due == FLOW_DUE_READ)
        return false;
    if (flow->connection != NULL && !current->is_concluded) {
        current->is_concluded = true;
        *event = (struct flow_event){.kind = kind_of_due[current->due], .from = SIDE_CLIENT};
        connection_read_whole(flow, event->whole);
        return true;
    }
    if (is_dropped && !current->is_forgotten) {
        current->is_forgotten = true;
        *event = (struct flow_event){.kind = FLOW_FORGOTTEN, .from = SIDE_CLIENT};
        return true;
    }
    if (is_dropped)
        flow_table_drop(table, flow);
    return false;
}

static bool read_on(struct flow_table *table, struct flow_event *event)
{
    struct current *current = &table->current;

    if (current->flow == NULL)
        return false;
    if (current->flow->connection != NULL && !current->is_concluded &&
        connection_next(table, current->flow, event))
        return true;
    if (conclude(table, current, event))
        return true;
    current->flow = NULL;
    return false;
}

/* Is there a segment to be looked at? */
static bool has_next(struct flow_table *table)
{
    struct batch *batch = &table->batch;

    if (batch->is_ready && batch->next == batch->count) {
        batch->count = batch->next = batch->payloads_len = batch->expected = 0;
        batch->is_ready = batch->is_fetched = false;
    }
    if (batch->is_ready && !batch->is_fetched)
        fetch_batch(table);
    return batch->is_ready;
}

struct flow *flow_table_next(struct flow_table *table, struct flow_event *event)
{
    enum flow_due due;

    for (;;) {
        struct flow *flow;

        if (read_on(table, event))
            return table->current.flow;
        flow = flow_table_due(table, &due);
        if (flow != NULL)
            table->current = (struct current){.flow = flow, .due = due};
        else if (!has_next(table))
            return NULL;
        else if (hear_next(table, event))
            return table->current.flow;
    }
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_lists.c: flows by age, the way of their packets, and what is due for them. */
#include "conversation.h"

#define MOVES_MAX    16
#define SIBLINGS_MAX 16 /* connections that are looked at for one */

/* ---- lists ----------------------------------------------------------------------------------- */

static void unlist(struct flow_table *table, struct flow *flow)
{
    struct flow *older = flow_at(table, flow->older);
    struct flow *younger = flow_at(table, flow->younger);

    *(older != NULL ? &older->younger : &table->lists[flow->list].oldest) = flow->younger;
    *(younger != NULL ? &younger->older : &table->lists[flow->list].youngest) = flow->older;
    table->lists[flow->list].count--;
    flow->list = LIST_NONE;
}

static void list_last(struct flow_table *table, struct flow *flow, enum flow_list list)
{
    struct flow *youngest = flow_at(table, table->lists[list].youngest);
    const uint32_t number = flow_number(table, flow);

    flow->older = table->lists[list].youngest;
    flow->younger = FLOW_NOBODY;
    *(youngest != NULL ? &youngest->younger : &table->lists[list].oldest) = number;
    table->lists[list].youngest = number;
    table->lists[list].count++;
    flow->list = list & 15u;
    flow->marks = (uint8_t)(flow->marks & ~FLOW_MARK_TOUCHED);
}

void flow_enlist(struct flow_table *table, struct flow *flow, enum flow_list list)
{
    flow->touched = clock_ticks(table->clock.now_ns);
    if (flow->list == list && table->lists[list].youngest == flow_number(table, flow))
        return;
    if (flow->list != LIST_NONE)
        unlist(table, flow);
    if (list != LIST_NONE)
        list_last(table, flow, list);
}

/* Settled flows are moved only when they come to the front, a few at a time: their packets must not cost more than
 * one look-up, and no packet pays for a crowd. */
static struct flow *oldest_of(struct flow_table *table, enum flow_list list)
{
    struct flow *oldest = flow_at(table, table->lists[list].oldest);

    for (int moved = 0; moved < MOVES_MAX && oldest != NULL && (oldest->marks & FLOW_MARK_TOUCHED) != 0; moved++) {
        unlist(table, oldest);
        list_last(table, oldest, list);
        oldest = flow_at(table, table->lists[list].oldest);
    }
    return oldest;
}

/* ---- the way --------------------------------------------------------------------------------- */

/* Of ways that tell the stations, the one with fewer tags; of those, the one whose numbers are lower. */
static bool is_better_way(const struct way *seen, const struct way *way)
{
    if (seen->has_macs != way->has_macs)
        return seen->has_macs;
    if (seen->vlan_count != way->vlan_count)
        return seen->vlan_count < way->vlan_count;
    return memcmp(seen, way, sizeof(*seen)) < 0;
}

uint16_t path_tag(const struct link *link)
{
    uint32_t tag = (uint32_t)link->tunnel * 0x9e37u + link->tunnel_id;

    for (size_t i = 0; i < link->vlan_count; i++)
        tag = tag * 0x01000193u + link->vlans[i] + 1u;
    return (tag ^ tag >> 16) & 0x7fff;
}

bool way_note(struct way *way, const struct segment *segment, int from, bool first)
{
    const struct link *link = segment->link;
    struct way seen = {
        .has_macs = link->has_macs,
        .vlan_count = link->vlan_count,
        .tunnel = (uint16_t)link->tunnel,
        .tunnel_id = link->tunnel_id,
    };

    if (link->has_macs) { /* else there is whatever was in the memory */
        memcpy(seen.macs[from], link->source_mac, sizeof(seen.macs[from]));
        memcpy(seen.macs[1 - from], link->destination_mac, sizeof(seen.macs[from]));
    }
    memcpy(seen.vlans, link->vlans, link->vlan_count * sizeof(seen.vlans[0]));
    if (!first && !is_better_way(&seen, way))
        return false;
    *way = seen;
    return true;
}

/* ---- what is due ----------------------------------------------------------------------------- */

static bool is_due(struct flow_table *table, const struct flow *flow, int64_t ns)
{
    return flow != NULL && (table->flushing || ns < 0 || clock_passed(&table->clock, flow->touched, ns));
}

static struct flow *hurry(struct flow *flow)
{
    if (flow != NULL && flow->reader != NULL) {
        conversation_of(flow)->hurried = true;
        conversation_note_facts(flow);
    }
    return flow;
}

/* The flow after it will be over soon, too: where the index holds it is fetched meanwhile. */
static void expect_next(const struct flow_table *table, const struct flow *oldest)
{
    const struct flow *next = flow_at(table, oldest->younger);

    if (next != NULL)
        index_fetch(&table->index, (uint64_t)next->hash_high << 32);
}

static bool has_hole(const struct flow *flow)
{
    const struct stream *streams = conversation_of(flow)->streams;

    return (streams[0].started && stream_is_waiting(&streams[0])) || (streams[1].started && stream_is_waiting(&streams[1]));
}

/* Both ends may be known and bytes before them not: those are sent again seconds later. */
static void let_holes_wait(struct flow_table *table)
{
    struct flow *oldest = oldest_of(table, LIST_CLOSING);

    for (int moved = 0; moved < MOVES_MAX && is_due(table, oldest, FLOW_LINGER_NS) && !table->flushing && has_hole(oldest);
         moved++) {
        const uint32_t touched = oldest->touched;

        flow_enlist(table, oldest, LIST_HOLE);
        oldest->touched = touched;
        oldest = oldest_of(table, LIST_CLOSING);
    }
}

static struct flow *find_over(struct flow_table *table)
{
    static const struct {
        enum flow_list list;
        int64_t ns;
    } rows[] = {
        {LIST_DUE, -1},
        {LIST_CLOSING, FLOW_LINGER_NS},
        {LIST_HOLE, HOLE_NS},
        {LIST_CLOSED, FLOW_LINGER_NS},
        {LIST_IDLE, FLOW_IDLE_NS},
        {LIST_QUIET, FLOW_IDLE_NS},
    };

    let_holes_wait(table);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct flow *oldest = oldest_of(table, rows[i].list);

        if (!is_due(table, oldest, rows[i].ns))
            continue;
        expect_next(table, oldest);
        return hurry(oldest);
    }
    return NULL;
}

/* An open flow that had no news for HOLE_NS waits for nothing any more; is it the server that is silent? */
static struct flow *find_quiet(struct flow_table *table, enum flow_list list, enum flow_due *due)
{
    struct flow *oldest = oldest_of(table, list);
    struct conversation *conversation;
    uint32_t touched;

    if (!is_due(table, oldest, HOLE_NS))
        return NULL;
    conversation = conversation_of(oldest);
    touched = oldest->touched;
    flow_enlist(table, oldest, LIST_QUIET);
    oldest->touched = touched;
    *due = conversation->decided && conversation_is_silent(oldest) ? FLOW_DUE_SILENCE : FLOW_DUE_READ;
    return hurry(oldest);
}

static struct flow *find_due(struct flow_table *table, enum flow_due *due)
{
    struct flow *flow = find_over(table);

    *due = FLOW_DUE_OVER;
    if (flow == NULL)
        flow = find_quiet(table, LIST_OPEN, due);
    return flow != NULL ? flow : find_quiet(table, LIST_UNHEARD, due);
}

static struct flow *older(struct flow *a, struct flow *b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    return (int32_t)(b->touched - a->touched) < 0 ? b : a;
}

static struct flow *oldest_open(struct flow_table *table)
{
    return older(older(older(oldest_of(table, LIST_QUIET), oldest_of(table, LIST_HOLE)), oldest_of(table, LIST_CLOSING)),
        older(oldest_of(table, LIST_OPEN), oldest_of(table, LIST_UNHEARD)));
}

/* The flow after it will be given up next: what reading that needs is fetched meanwhile. */
static struct flow *oldest_unheard(struct flow_table *table)
{
    struct flow *oldest = oldest_of(table, LIST_UNHEARD);
    const struct flow *next = oldest != NULL ? flow_at(table, oldest->younger) : NULL;

    if (next != NULL)
        flow_table_expect(table, conversation_of(next)->hash);
    return oldest;
}

/* Whoever must make room, so that the next packet finds some. */
static struct flow *find_given_up(struct flow_table *table, enum flow_due *due)
{
    struct flow *open = NULL;

    if (table->flows.taken == table->flows.count) {
        *due = FLOW_DUE_FORGOTTEN;
        table->counts.given_up_flows++;
        return hurry(older(older(oldest_of(table, LIST_CLOSED), oldest_of(table, LIST_IDLE)), oldest_open(table)));
    }
    if (table->lists[LIST_UNHEARD].count > table->unheard_max) {
        *due = FLOW_DUE_FORGOTTEN;
        table->counts.given_up_sessions++;
        return hurry(oldest_unheard(table));
    }
    if (table->conversations.taken == table->conversations.count)
        open = oldest_open(table);
    if (open == NULL && (open = buffers_needed(&table->buffers)) == NULL)
        return NULL;
    *due = FLOW_DUE_GIVEN_UP;
    table->counts.given_up_sessions++;
    return hurry(open);
}

/* The capture is over: whoever is open is so no more, one a call. */
static void let_all_go(struct flow_table *table)
{
    const enum flow_list list = table->lists[LIST_OPEN].count > 0 ? LIST_OPEN : LIST_UNHEARD;
    struct flow *oldest = flow_at(table, table->lists[list].oldest);

    if (oldest != NULL)
        flow_enlist(table, oldest, LIST_QUIET);
}

static bool is_sibling(const struct flow *flow, const struct flow *begun)
{
    const struct endpoint *clients[] = {&flow->ends[flow->client], &begun->ends[begun->client]};
    const struct endpoint *servers[] = {&flow->ends[1 - flow->client], &begun->ends[1 - begun->client]};

    return memcmp(servers[0], servers[1], sizeof(*servers[0])) == 0 &&
        memcmp(&clients[0]->address, &clients[1]->address, sizeof(clients[0]->address)) == 0 &&
        clients[0]->port != clients[1]->port;
}

void flow_list_siblings(struct flow_table *table, const struct flow *begun)
{
    struct flow *flow = flow_at(table, table->lists[LIST_CLOSING].youngest);

    for (int seen = 0; seen < SIBLINGS_MAX && flow != NULL; seen++) {
        struct flow *next = flow_at(table, flow->older);

        if (is_sibling(flow, begun) && !has_hole(flow)) {
            flow_enlist(table, flow, LIST_DUE);
            table->examined = clock_ticks(table->clock.now_ns) - 1;
        }
        flow = next;
    }
}

struct flow *flow_table_due(struct flow_table *table, enum flow_due *due)
{
    const uint32_t now = clock_ticks(table->clock.now_ns);
    struct flow *flow = find_given_up(table, due);

    if (flow != NULL || (now == table->examined && !table->flushing))
        return flow;
    if (table->flushing)
        let_all_go(table);
    flow = find_due(table, due);
    if (flow != NULL)
        return flow;
    table->examined = now;
    if (table->flushing) {
        syn_memory_flush(&table->syns);
        first_words_flush(&table->words);
        table->clock = (struct capture_clock){.now_ns = table->clock.now_ns};
        table->flushing = false;
    }
    return NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_due.c: for which flows something is due. */
#include "connection.h"

#define MOVES_MAX    16
#define SIBLINGS_MAX 16 /* connections that are looked at for one */

static bool is_due(struct flow_table *table, const struct flow *flow, int64_t ns)
{
    return flow != NULL && (table->flushing || ns < 0 || clock_passed(&table->clock, flow->touched, ns));
}

static struct flow *hurry(struct flow *flow)
{
    if (flow != NULL && flow->connection != NULL)
        flow->connection->hurried = true;
    return flow;
}

/* The flows after it will be over soon, too: the second one is fetched meanwhile, and where the index holds
 * the first one, which was fetched when it was the second. */
static void expect_next(const struct flow_table *table, const struct flow *oldest)
{
    const struct flow *next = flow_younger(table, oldest);

    if (next == NULL)
        return;
    index_fetch(&table->index, (uint64_t)next->hash_high << 32);
    next = flow_younger(table, next);
    if (next != NULL)
        flow_fetch(next);
}

static bool has_hole(const struct flow *flow)
{
    const struct stream *streams = flow->connection->streams;

    for (int end = 0; end < 2; end++)
        if (streams[end].started && stream_is_waiting(&streams[end]))
            return true;
    return false;
}

/* Both ends may be known and bytes before them not: those are sent again seconds later. */
static void let_holes_wait(struct flow_table *table)
{
    struct flow *oldest = flow_oldest(table, LIST_CLOSING);

    for (int moved = 0; moved < MOVES_MAX && !table->flushing; moved++) {
        uint32_t touched;

        if (!is_due(table, oldest, FLOW_LINGER_NS) || !has_hole(oldest))
            return;
        touched = oldest->touched;
        flow_enlist(table, oldest, LIST_HOLE);
        oldest->touched = touched;
        oldest = flow_oldest(table, LIST_CLOSING);
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
        struct flow *oldest = flow_oldest(table, rows[i].list);

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
    struct flow *oldest = flow_oldest(table, list);
    struct connection *connection;
    uint32_t touched;

    if (!is_due(table, oldest, HOLE_NS))
        return NULL;
    connection = oldest->connection;
    touched = oldest->touched;
    flow_enlist(table, oldest, LIST_QUIET);
    oldest->touched = touched;
    *due = connection->decided && connection_is_silent(oldest) ? FLOW_DUE_SILENCE : FLOW_DUE_READ;
    return hurry(oldest);
}

static struct flow *find_due(struct flow_table *table, enum flow_due *due)
{
    struct flow *flow = find_over(table);

    *due = FLOW_DUE_OVER;
    if (flow == NULL)
        flow = find_quiet(table, LIST_OPEN, due);
    return flow != NULL ? flow : find_quiet(table, LIST_ONE_SIDED, due);
}

static struct flow *older(struct flow *a, struct flow *b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    return (int32_t)(b->touched - a->touched) < 0 ? b : a;
}

static struct flow *oldest_open(struct flow_table *table)
{
    struct flow *const waiting = older(flow_oldest(table, LIST_QUIET), flow_oldest(table, LIST_HOLE));

    return older(older(waiting, flow_oldest(table, LIST_CLOSING)),
        older(flow_oldest(table, LIST_OPEN), flow_oldest(table, LIST_ONE_SIDED)));
}

/* The flow after it will be given up next: what reading that needs is fetched meanwhile. */
static struct flow *oldest_one_sided(struct flow_table *table)
{
    struct flow *oldest = flow_oldest(table, LIST_ONE_SIDED);

    if (oldest != NULL)
        expect_next(table, oldest);
    return oldest;
}

/* Whoever must make room, so that the next packet finds some. */
static struct flow *find_given_up(struct flow_table *table, enum flow_due *due)
{
    struct flow *open = NULL;

    if (!pool_has_room(&table->flows)) {
        *due = FLOW_DUE_FORGOTTEN;
        table->counts.given_up_flows++;
        return hurry(
            older(older(flow_oldest(table, LIST_CLOSED), flow_oldest(table, LIST_IDLE)), oldest_open(table)));
    }
    if (table->lists[LIST_ONE_SIDED].count > table->one_sided_max) {
        *due = FLOW_DUE_FORGOTTEN;
        table->counts.given_up_sessions++;
        return hurry(oldest_one_sided(table));
    }
    if (!pool_has_room_beside(&table->connections, &table->flows))
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
    const enum flow_list list = table->lists[LIST_OPEN].count > 0 ? LIST_OPEN : LIST_ONE_SIDED;
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
        struct flow *next = flow_at(table, table->links[flow_number(table, flow)].older);

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
        unanswered_flush(&table->unanswered);
        table->copies = (struct copies){.next = 0};
        table->clock = (struct capture_clock){.now_ns = table->clock.now_ns};
        table->flushing = false;
    }
    return NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_lists.c: flows by age. */
#include "connection.h"

#define MOVES_MAX 16

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
    flow->flags = (uint8_t)(flow->flags & ~FLOW_FLAG_TOUCHED);
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

/* Settled flows are moved only when they come to the front, a few at a time: their packets must not
 * cost more than one look-up, and no packet pays for a crowd. */
struct flow *flow_oldest(struct flow_table *table, enum flow_list list)
{
    struct flow *oldest = flow_at(table, table->lists[list].oldest);

    for (int moved = 0; moved < MOVES_MAX && oldest != NULL && (oldest->flags & FLOW_FLAG_TOUCHED) != 0;
         moved++) {
        unlist(table, oldest);
        list_last(table, oldest, list);
        oldest = flow_at(table, table->lists[list].oldest);
    }
    return oldest;
}

static bool lists_one(const struct flow_table *table, enum flow_list list,
    bool (*wanted)(const void *context, uint64_t source), const void *context)
{
    const struct flow *flow = flow_at(table, table->lists[list].oldest);

    for (; flow != NULL; flow = flow_at(table, flow->younger))
        if (flow->connection == NULL ? flow->observation != 0
                                     : wanted(context, flow->connection->first.source))
            return true;
    return false;
}

bool flow_table_awaits(const struct flow_table *table, bool (*wanted)(const void *context, uint64_t source),
    const void *context)
{
    for (enum flow_list list = LIST_OPEN; list < LIST_COUNT; list++)
        if (lists_one(table, list, wanted, context))
            return true;
    return unanswered_awaits(&table->unanswered, wanted, context,
        clock_ticks(table->clock.now_ns - FLOW_IDLE_NS));
}

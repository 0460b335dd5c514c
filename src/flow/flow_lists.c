/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_lists.c: flows by age. */
#include "connection.h"

#define MOVES_MAX 16

static void unlist(struct flow_table *table, struct flow *flow)
{
    const struct flow_link link = table->links[flow_number(table, flow)];
    struct flow_list_ends *list = &table->lists[flow->list];

    *(link.older != FLOW_NOBODY ? &table->links[link.older].younger : &list->oldest) = link.younger;
    *(link.younger != FLOW_NOBODY ? &table->links[link.younger].older : &list->youngest) = link.older;
    list->count--;
    flow->list = LIST_NONE;
}

static void list_last(struct flow_table *table, struct flow *flow, enum flow_list list)
{
    const uint32_t number = flow_number(table, flow);
    struct flow_list_ends *ends = &table->lists[list];

    table->links[number] = (struct flow_link){.older = ends->youngest, .younger = FLOW_NOBODY};
    *(ends->youngest != FLOW_NOBODY ? &table->links[ends->youngest].younger : &ends->oldest) = number;
    ends->youngest = number;
    ends->count++;
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

    for (; flow != NULL; flow = flow_younger(table, flow))
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

/* SPDX-License-Identifier: BSD-2-Clause */
/* summary.c: the numbers of the first screen. */
#include "contact_sums.h"

#include <lasthello/clock.h>
#include <lasthello/questions.h>
#include <lasthello/session.h>

#include <time.h>

extern const char sql_summary_sources[];

/* One row of numbers, in the order of its columns; NULL is 0. */
static bool ask_numbers(struct inventory *inventory, const char *sql, const struct checked_filters *checked,
    uint64_t *const *numbers, size_t count, struct error *error)
{
    struct query query;
    bool asked = query_open(&query, &inventory->db, sql, error);

    if (asked)
        filters_put(&query, checked);
    asked = asked && query_row(&query, error) == ROW_ONE;
    for (size_t i = 0; asked && i < count; i++)
        *numbers[i] = (uint64_t)query_number(&query, (int)i);
    query_close(&query);
    return asked;
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool ask_sources(struct inventory *inventory, const struct checked_filters *checked,
    struct summary *summary, struct error *error)
{
    uint64_t has_times = 0, first_time = 0, last_time = 0;
    uint64_t *const numbers[] = {&summary->sources, &summary->packets, &summary->dropped, &summary->given_up,
        &summary->unstored, &summary->incomplete_sources, &summary->failed_sources, &summary->gaps,
        &summary->truncated, &summary->unknown_link_packets, &summary->down_seconds,
        &summary->unwatched_seconds, &has_times, &first_time, &last_time};

    if (!ask_numbers(inventory, sql_summary_sources, checked, numbers, COUNT_OF(numbers), error))
        return false;
    summary->has_times = has_times != 0;
    summary->first_time = (int64_t)first_time;
    summary->last_time = (int64_t)last_time;
    summary->has_before = summary->has_times && !checked->has_since &&
        summary->first_time < (checked->today - CHANGES_DAYS + 1) * SECONDS_A_DAY * 1000000;
    return true;
}

bool inventory_summary(struct inventory *inventory, const struct filters *filters, struct summary *summary,
    struct error *error)
{
    struct checked_filters checked;
    bool asked;

    *summary = (struct summary){0};
    if (!filters_check(filters, time(NULL), &checked, error))
        return false;
    asked = moment_begin(inventory, &checked, error) &&
        contact_sums_add(inventory, &checked, summary, error) &&
        ask_sources(inventory, &checked, summary, error);
    moment_end(inventory);
    return asked;
}

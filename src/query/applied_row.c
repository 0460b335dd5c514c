/* SPDX-License-Identifier: BSD-2-Clause */
/* applied_row.c: rows client by client, in whatever order the walk has, without a question for each. */
#include "applied_row.h"

#include <lasthello/clock.h>
#include <lasthello/verdict.h>

#include <string.h>

#define GOT_BYTES 16

static const char sql_said[] =
    "SELECT j.profile, j.got, CASE WHEN k.outcome = 'refused' THEN 1 ELSE 0 END, k.refused_by "
    "FROM judged j JOIN profile k ON k.id = j.profile";

enum said_column { /* of sql_said */
    SAID_PROFILE,
    SAID_GOT,
    SAID_IS_REFUSED,
    SAID_REFUSED_BY,
};

struct profile_said {
    char got[GOT_BYTES]; /* empty: it is not known */
    bool is_refused;
    uint8_t alert;
};

/* ---- kinds of sessions ------------------------------------------------------------------------------- */

static bool add_said(struct applied_maker *maker, const struct query *query, struct error *error)
{
    const char *got = query_text(query, SAID_GOT), *refused_by = query_text(query, SAID_REFUSED_BY);
    bool is_new;
    struct profile_said *said = id_rows_put(&maker->profiles, query_number(query, SAID_PROFILE), &is_new);

    if (said == NULL)
        return inventory_no_memory(error);
    if (got != NULL && strlen(got) >= GOT_BYTES)
        return error_set(error, "'%s' is nothing that a session got", got);
    *said = (struct profile_said){
        .is_refused = query_number(query, SAID_IS_REFUSED) != 0, .alert = refusal_alert(refused_by)};
    if (got != NULL)
        memcpy(said->got, got, strlen(got) + 1);
    return true;
}

static bool load_said(struct applied_maker *maker, struct inventory *inventory, struct error *error)
{
    struct query query;
    enum row row = ROW_FAILED;

    if (query_open(&query, &inventory->db, sql_said, error))
        while ((row = query_row(&query, error)) == ROW_ONE && add_said(maker, &query, error))
            ;
    query_close(&query);
    return row == ROW_END;
}

bool applied_maker_open(struct applied_maker *maker, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error)
{
    *maker = (struct applied_maker){.policies = inventory->policies,
        .today = checked->today,
        .profiles = {.row_bytes = sizeof(struct profile_said)}};
    return load_said(maker, inventory, error) && day_times_open(&maker->day_times, inventory, error) &&
        verdict_rows_begin(&maker->rows, inventory, checked, error);
}

void applied_maker_close(struct applied_maker *maker)
{
    verdict_rows_close(&maker->rows);
    query_close(&maker->day_times);
    id_rows_close(&maker->profiles);
    *maker = (struct applied_maker){0};
}

/* ---- a row ------------------------------------------------------------------------------------------- */

static int64_t seconds_of(int64_t day)
{
    return day == NO_DAY ? NO_DAY : day * SECONDS_A_DAY;
}

static void put_numbers(
    const struct applied_maker *maker, const struct verdict_row *row, struct applied_row *applied)
{
    const struct contact *worst = &row->worst;
    int64_t *numbers = applied->numbers;

    numbers[APPLIED_CLIENT] = worst->client;
    numbers[APPLIED_SERVER] = worst->server;
    numbers[APPLIED_PROFILE] = worst->profile->id;
    numbers[APPLIED_SEVERITY] = worst->verdict;
    numbers[APPLIED_BETTER_SESSIONS] = row->better;
    numbers[APPLIED_SESSIONS] = row->sessions;
    numbers[APPLIED_ALL_SESSIONS] = row->all_sessions;
    numbers[APPLIED_FIRST_SEEN] = row->first.seen;
    numbers[APPLIED_LAST_SEEN] = worst->last_seen;
    numbers[APPLIED_DAYS_LEFT] = row->until_day == INT64_MAX ? NO_DAY : row->until_day - maker->today;
}

static void put_told(
    const struct verdict_row *row, const struct target_told *told, struct applied_row *applied)
{
    const struct refusals *refusals = &told->refusals[offer_of(row->worst.profile)];
    int64_t *numbers = applied->numbers;

    numbers[APPLIED_REFUSED] = refusals->refused;
    numbers[APPLIED_ATTEMPTS] = refusals->attempts;
    numbers[APPLIED_SINCE_DAY] = seconds_of(refusals->since);
    numbers[APPLIED_REFUSED_LAST_DAY] = seconds_of(refusals->last);
    numbers[APPLIED_OLD_FIRST_DAY] = seconds_of(told->old_first);
    numbers[APPLIED_OLD_LAST_DAY] = seconds_of(told->old_last);
    numbers[APPLIED_CHANGED_DAY] =
        seconds_of(told->became == BECAME_OLD_AGAIN ? told->again : told->better_since);
    applied->texts[APPLIED_BECAME] = became_name(told->became);
    applied->texts[APPLIED_TRAIT] = kept_name(told->kept);
}

static void put_policy(struct applied_maker *maker, const struct verdict_row *row,
    const struct target_told *told, struct applied_row *applied)
{
    const struct contact *worst = &row->worst;
    const struct profile_said *said = id_rows_find(&maker->profiles, worst->profile->id);
    const struct policy *policy = row->policy < 0 ? NULL : maker->policies->rows[row->policy];
    const struct judgement judged = {.verdict = worst->verdict, .policy = policy, .breach = row->breach};
    const struct told_verdict sentence = {
        .verdict = worst->verdict,
        .cause = worst->profile->cause,
        .is_refused = said->is_refused,
        .is_inspected = worst->is_inspected,
        .is_got = said->got[0] != '\0',
        .alert = said->alert,
        .policy = policy,
        .breach = row->breach,
        .refused_since = told->refusals[offer_of(worst->profile)].since,
    };

    maker->due[0] = '\0';
    if (policy != NULL)
        verdict_due(&judged, maker->today, maker->due);
    applied->texts[APPLIED_VERDICT] = verdict_name(worst->verdict);
    applied->texts[APPLIED_STATEMENT] = verdict_statement_name(verdict_says(&sentence));
    applied->texts[APPLIED_POLICY] = policy == NULL ? NULL : policy->id;
    applied->texts[APPLIED_BREACH] = breach_name(row->breach.kind);
    applied->texts[APPLIED_GOT] = said->got[0] == '\0' ? NULL : said->got;
    applied->texts[APPLIED_DUE] = maker->due[0] == '\0' ? NULL : maker->due;
}

enum row applied_maker_next(struct applied_maker *maker, const struct checked_filters *checked,
    struct applied_row *applied, struct error *error)
{
    struct verdict_rows *rows = &maker->rows;
    struct target_told told;
    struct verdict_row row;
    enum row next = ROW_ONE;

    while (next == ROW_ONE && maker->next >= rows->count) {
        maker->next = 0;
        next = verdict_rows_client(rows, checked, error);
    }
    if (next != ROW_ONE)
        return next;
    row = rows->rows[maker->next++];
    if (!day_times_last(&maker->day_times, &row.worst, error) ||
        !day_times_first(&maker->day_times, &row.first, error))
        return ROW_FAILED;
    told = verdict_rows_told(rows, &row);
    put_numbers(maker, &row, applied);
    put_told(&row, &told, applied);
    put_policy(maker, &row, &told, applied);
    return ROW_ONE;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict_tables.c: the way from sessions to verdicts, a table a step. */
#include "verdict_tables.h"

extern const char sql_verdict_machine[], sql_verdict_seen[], sql_verdict_day[], sql_verdict_pair[],
    sql_verdict_told[], sql_verdict_offence[], sql_verdict_machine_host[], sql_verdict_seen_host[];

static const char machine_index[] =
    "CREATE INDEX temp.verdict_machine_by_id ON verdict_machine (id)";
static const char seen_index[] =
    "CREATE INDEX temp.verdict_seen_by_pair ON verdict_seen (machine, target, lone)";
static const char day_index[] =
    "CREATE INDEX temp.verdict_day_by_pair ON verdict_day (machine, target, lone, day)";
static const char told_index[] =
    "CREATE INDEX temp.verdict_told_by_pair ON verdict_told (machine, target, lone)";

void verdict_names_put(struct query *query, const struct checked_filters *checked)
{
    const struct {
        const char *name;
        int64_t number;
    } rows[] = {
        {":unknown", VERDICT_UNKNOWN},
        {":fragile", VERDICT_FRAGILE},
        {":legacy", VERDICT_LEGACY},
        {":exposed", VERDICT_EXPOSED},
        {":breaks", VERDICT_BREAKS},
        {":login_refused", VERDICT_LOGIN_REFUSED},
        {":too_new", VERDICT_TOO_NEW},
        {":failing", VERDICT_FAILING},
        {":version", BREACH_VERSION},
        {":offer", BREACH_OFFER},
        {":clear_text", BREACH_CLEAR_TEXT},
        {":refused", BREACH_REFUSED},
        {":refused_before", BREACH_REFUSED_BEFORE},
        {":failing_days", checked->limits.failing_days},
        {":fixed_days", checked->limits.fixed_days},
        {":fixed_sessions", checked->limits.fixed_sessions},
        {":short_sessions", checked->limits.short_sessions},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        query_offer_number(query, rows[i].name, rows[i].number);
}

static bool make(struct db *db, const char *sql, const struct checked_filters *checked, struct error *error)
{
    struct query query;
    bool made = query_open(&query, db, sql, error);

    if (made) {
        filters_put(&query, checked);
        verdict_names_put(&query, checked);
        made = query_run(&query, error);
    }
    query_close(&query);
    return made;
}

bool verdict_tables_make(struct db *db, const struct checked_filters *checked, struct error *error)
{
    const bool is_host = checked->host != NULL;
    const char *const machine = is_host ? sql_verdict_machine_host : sql_verdict_machine;
    const char *const seen = is_host ? sql_verdict_seen_host : sql_verdict_seen;
    const char *const steps[] = {machine, machine_index, seen, seen_index, sql_verdict_day, day_index,
        sql_verdict_pair, sql_verdict_told, told_index, sql_verdict_offence};

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (!make(db, steps[i], checked, error))
            return false;
    return true;
}

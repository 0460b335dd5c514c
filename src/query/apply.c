/* SPDX-License-Identifier: BSD-2-Clause */
/* apply.c: what the verdict room says of each kind of session, written into the inventory for its views. */
#include "inventory_open.h"

#include <lasthello/schema.h>

#include <time.h>

extern const char sql_source[];

static const char forget_sql[] = "DELETE FROM judgement; DELETE FROM judgement_day";
static const char judged_sql[] =
    "SELECT profile, verdict, policy, due, until_day IS NULL AS is_endless, until_day "
    "FROM judged WHERE is_counted = 1";
static const char insert_sql[] =
    "INSERT INTO judgement (profile, verdict, severity, policy, due, until_day) "
    "VALUES (:profile, :verdict, :severity, :policy, :due, "
    "CASE WHEN :is_endless = 1 THEN NULL ELSE :until_day END)";
static const char day_sql[] = "INSERT INTO judgement_day (id, day, applied) VALUES (1, :day, :applied)";

static bool put(struct query *insert, const struct query *judged, struct error *error)
{
    const enum verdict verdict = (enum verdict)query_number(judged, 1);

    query_name_number(insert, ":profile", query_number(judged, 0));
    query_name_text(insert, ":verdict", verdict_name(verdict));
    query_name_number(insert, ":severity", verdict);
    query_name_text(insert, ":policy", query_text(judged, 2));
    query_name_text(insert, ":due", query_text(judged, 3));
    query_name_number(insert, ":is_endless", query_number(judged, 4));
    query_name_number(insert, ":until_day", query_number(judged, 5));
    return query_run(insert, error);
}

static bool write_judgements(struct db *db, uint64_t *count, struct error *error)
{
    struct query judged = {0}, insert = {0};
    enum row row = ROW_FAILED;

    if (query_open(&judged, db, judged_sql, error) && query_open(&insert, db, insert_sql, error))
        while ((row = query_row(&judged, error)) == ROW_ONE && put(&insert, &judged, error))
            (*count)++;
    query_close(&judged);
    query_close(&insert);
    return row == ROW_END;
}

static bool write_day(struct db *db, int64_t day, struct error *error)
{
    struct query insert;
    bool written = query_open(&insert, db, day_sql, error);

    if (written) {
        query_name_number(&insert, ":day", day);
        query_name_number(&insert, ":applied", time(NULL));
        written = query_run(&insert, error);
    }
    query_close(&insert);
    return written;
}

bool inventory_apply(const char *path, const struct policies *policies, const struct filters *as_of,
    uint64_t *count, struct error *error)
{
    struct inventory inventory = {.policies = policies};
    struct db *db = &inventory.db;
    struct checked_filters checked;
    bool applied;

    *count = 0;
    if (!filters_check(as_of, time(NULL), &checked, error))
        return false;
    applied = db_open(db, path, DB_WRITE, error) && schema_check(db, &schema_migrations, error) &&
        db_run(db, "BEGIN IMMEDIATE", error) && judged_fill(&inventory, &checked, error) &&
        db_run(db, forget_sql, error) && write_judgements(db, count, error) &&
        write_day(db, checked.today, error) && db_run(db, "COMMIT", error);
    db_close(db);
    return applied;
}

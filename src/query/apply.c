/* SPDX-License-Identifier: BSD-2-Clause */
/* apply.c: the rows of `report verdicts`, written into the inventory for its views. */
#include "inventory_open.h"
#include "rows_value.h"

#include <lasthello/clock.h>
#include <lasthello/schema.h>

#include <stdio.h>
#include <time.h>

/* Of applied_verdict: the columns that a row of the answer has under the same name. Numbers are bound as
 * text, too: their columns make numbers of them. */
static const char *const same[] = {"statement", "policy", "breach", "got", "due", "days_left", "became",
    "changed_day", "trait", "since_day", "refused_last_day", "refused", "attempts", "old_first_day",
    "old_last_day", "better_sessions", "sessions", "all_sessions", "first_seen", "last_seen"};
static const char *const ids[] = {"client", "server", "profile"};

/* All rows are ready before the inventory is locked: a sensor waits for as long as they are copied. */
static const char ready_sql[] =
    "PRAGMA temp_store = MEMORY; CREATE TEMPORARY TABLE ready AS SELECT * FROM applied_verdict LIMIT 0";
static const char insert_sql[] =
    "INSERT INTO temp.ready (client, server, profile, verdict, severity, statement, policy, breach, got, "
    "due, days_left, became, changed_day, trait, since_day, refused_last_day, refused, attempts, "
    "old_first_day, old_last_day, better_sessions, sessions, all_sessions, first_seen, last_seen) "
    "VALUES (:client, :server, :profile, :verdict, :severity, :statement, :policy, :breach, :got, :due, "
    ":days_left, :became, :changed_day, :trait, :since_day, :refused_last_day, :refused, :attempts, "
    ":old_first_day, :old_last_day, :better_sessions, :sessions, :all_sessions, :first_seen, :last_seen)";
static const char replace_sql[] =
    "BEGIN IMMEDIATE; DELETE FROM applied_verdict; DELETE FROM judgement_day; "
    "INSERT INTO applied_verdict SELECT * FROM temp.ready";
static const char day_sql[] = "INSERT INTO judgement_day (id, day, applied) VALUES (1, :day, :applied)";

static bool put(struct query *insert, const struct rows *rows, struct error *error)
{
    const enum verdict verdict = (enum verdict)rows_value(rows, "verdict")->number;
    char parameter[32], column[32];

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        snprintf(parameter, sizeof(parameter), ":%s", ids[i]);
        snprintf(column, sizeof(column), "-%s", ids[i]);
        query_name_number(insert, parameter, rows_value(rows, column)->number);
    }
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        snprintf(parameter, sizeof(parameter), ":%s", same[i]);
        query_name_text(insert, parameter, rows_value(rows, same[i])->text);
    }
    query_name_text(insert, ":verdict", verdict_name(verdict));
    query_name_number(insert, ":severity", verdict);
    return query_run(insert, error);
}

static bool make_ready(struct inventory *inventory, const struct filters *as_of, struct db *db,
    uint64_t *count, struct error *error)
{
    struct rows *rows = inventory_ask(inventory, QUESTION_VERDICTS, as_of, error);
    struct query insert = {0};
    const struct value *values;
    enum row row = ROW_FAILED;

    if (rows != NULL && query_open(&insert, db, insert_sql, error))
        while ((row = rows_next(rows, &values, error)) == ROW_ONE && put(&insert, rows, error))
            (*count)++;
    query_close(&insert);
    rows_close(rows);
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
    struct inventory *inventory = inventory_open(path, error);
    struct checked_filters checked;
    struct db db = {0};
    bool applied;

    *count = 0;
    if (inventory == NULL)
        return false;
    inventory_judge_by(inventory, policies);
    applied = filters_check(as_of, time(NULL), &checked, error) && db_open(&db, path, DB_WRITE, error) &&
        schema_check(&db, &schema_migrations, error) && db_run(&db, ready_sql, error) &&
        make_ready(inventory, as_of, &db, count, error) && db_run(&db, replace_sql, error) &&
        write_day(&db, checked.today, error) && db_run(&db, "COMMIT", error);
    db_close(&db);
    inventory_close(inventory);
    return applied;
}

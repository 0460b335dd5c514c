/* SPDX-License-Identifier: BSD-2-Clause */
/* judge.c: what `policy apply` has said of an inventory, to the centre. */
#include "connect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX     32
#define ROWS_AT_ONCE    100
#define STATEMENT_BYTES (2048 + ROWS_AT_ONCE * COLUMNS_MAX * 8)

static const char verdicts_sql[] = "SELECT * FROM verdicts";
static const char day_sql[] = "SELECT day, applied FROM judgement_day";

/* Rows that go in one statement. */
struct batch {
    struct centre *centre;
    char *values[ROWS_AT_ONCE * COLUMNS_MAX];
    int columns, rows;
    char names[1024]; /* of the columns: but for as_of, which is the same in all rows */
};

static bool name_columns(struct batch *batch, const struct query *verdicts, struct error *error)
{
    const char *name;
    size_t len = 0;

    for (batch->columns = 0; (name = query_column(verdicts, batch->columns)) != NULL; batch->columns++) {
        if (strcmp(name, "as_of") == 0)
            break;
        if (batch->columns == COLUMNS_MAX || len + strlen(name) + 5 > sizeof(batch->names))
            return error_set(error, "verdicts have more columns than can be sent");
        len += (size_t)snprintf(batch->names + len, sizeof(batch->names) - len, "%s\"%s\"",
            batch->columns == 0 ? "" : ", ", name);
    }
    return true;
}

static bool add(struct batch *batch, const struct query *verdicts, struct error *error)
{
    for (int column = 0; column < batch->columns; column++) {
        const char *value = query_text(verdicts, column);
        char **place = &batch->values[batch->rows * batch->columns + column];

        *place = value == NULL ? NULL : strdup(value);
        if (value != NULL && *place == NULL)
            return error_set(error, "not enough memory for what was judged");
    }
    batch->rows++;
    return true;
}

static void clear(struct batch *batch)
{
    for (size_t i = 0; i < sizeof(batch->values) / sizeof(batch->values[0]); i++) {
        free(batch->values[i]);
        batch->values[i] = NULL;
    }
    batch->rows = 0;
}

static bool send(struct batch *batch, struct error *error)
{
    const int count = batch->rows * batch->columns;
    char sql[STATEMENT_BYTES];
    bool sent = true;
    int len = snprintf(sql, sizeof(sql), "INSERT INTO lasthello.applied_verdict (%s) VALUES ", batch->names);

    for (int at = 0; at < count; at++)
        len += snprintf(sql + len, sizeof(sql) - (size_t)len, "%s$%d%s",
            at == 0                        ? "("
                : at % batch->columns == 0 ? ", ("
                                           : ", ",
            at + 1, at % batch->columns == batch->columns - 1 ? ")" : "");
    if (count > 0)
        sent = centre_run(
            batch->centre, sql, count, (const char *const *)batch->values, NULL, error);
    clear(batch);
    return sent;
}

static bool send_verdicts(struct centre *centre, struct db *db, struct error *error)
{
    static struct batch batch; /* one thread judges, and this is large */
    struct query verdicts;
    enum row row = ROW_FAILED;

    batch = (struct batch){.centre = centre};
    if (query_open(&verdicts, db, verdicts_sql, error) && name_columns(&batch, &verdicts, error))
        while ((row = query_row(&verdicts, error)) == ROW_ONE)
            if (!add(&batch, &verdicts, error) || (batch.rows == ROWS_AT_ONCE && !send(&batch, error)))
                break;
    query_close(&verdicts);
    if (row == ROW_END)
        return send(&batch, error);
    clear(&batch);
    return false;
}

static bool send_day(struct centre *centre, struct db *db, struct error *error)
{
    struct query day;
    bool done = query_open(&day, db, day_sql, error) && query_row(&day, error) == ROW_ONE;

    if (done) {
        const char *const values[] = {query_text(&day, 0), query_text(&day, 1)};

        done = centre_run(centre, "INSERT INTO lasthello.judgement_day (id, day, applied) VALUES (1, $1, $2)",
            2, values, NULL, error);
    }
    query_close(&day);
    return done;
}

bool centre_put_verdicts(struct centre *centre, const char *path, struct error *error)
{
    struct db db;
    bool done = db_open(&db, path, DB_READ, error) && centre_run(centre, "BEGIN", 0, NULL, NULL, error) &&
        centre_run(centre, "DELETE FROM lasthello.applied_verdict", 0, NULL, NULL, error) &&
        centre_run(centre, "DELETE FROM lasthello.judgement_day", 0, NULL, NULL, error) &&
        send_verdicts(centre, &db, error) && send_day(centre, &db, error) &&
        centre_run(centre, "COMMIT", 0, NULL, NULL, error);

    db_close(&db);
    return done;
}

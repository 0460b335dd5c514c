/* SPDX-License-Identifier: BSD-2-Clause */
/* pull_rows.c: the rows of a sensor, some thousand at a time, into the tables that they are from. */
#include "changes.h"
#include "pull.h"

#include <lasthello/schema.h>

#include <inttypes.h>
#include <stdio.h>

#define ROWS_AT_ONCE    "20000"
#define STATEMENT_BYTES (4 * COLUMN_LIST_BYTES) /* of a table of the inventory, far more than enough */
#define NUMBER_BYTES    24

/* What changed; everything, where nothing was merged yet: then the rest need not be asked for. */
#define CHANGED "(epoch, revision) > ($2::bigint, $3::bigint)"
#define OF_ONE  "id " SQL_IDS_OF("$2::bigint") " AND source = $2::bigint AND $3::bigint IS NOT NULL"
#define OBSERVED(column, of) \
    "SELECT " column " FROM lasthello.observation WHERE sensor = $1 AND " column " IS NOT NULL AND " of
#define PROFILED(column, of)                                                                 \
    "SELECT " column " FROM lasthello.profile WHERE sensor = $1 AND " column " IS NOT NULL " \
    "AND id IN (" OBSERVED("profile", of) ")"
#define HOSTS(of) OBSERVED("client", of) " UNION " OBSERVED("server", of)

/* What an observation refers to may be older than it, and may have been cleared away since. */
#define REFERRED(key, list)   CHANGED, key " IN (" list(CHANGED) ")", key " IN (" list(OF_ONE) ")"
#define LIST_CLIENTS(of)      OBSERVED("client", of)
#define LIST_PATHS(of)        OBSERVED("path", of)
#define LIST_CERTIFICATES(of) OBSERVED("certificate", of)
#define LIST_PROFILES(of)     OBSERVED("profile", of)
#define LIST_HELLOS(of)       PROFILED("hello", of)
#define LIST_ANSWERS(of)      PROFILED("answer", of)
#define LIST_SOURCES(of)      OBSERVED("source", of)
#define OF_SOURCE             "source = $2::bigint AND $3::bigint IS NOT NULL"

static const struct pulled_row {
    const char *name;
    const char *changed;
    const char *referred;   /* beside that, but where everything is asked for; NULL: nothing */
    const char *of_reading; /* NULL: nothing */
    const char *more;       /* of the condition */
    const char *into;       /* NULL: the table of the same name */
} pulled[] = {
    {"reading", REFERRED("id", LIST_SOURCES), "true", NULL},
    {"tombstone", CHANGED, NULL, NULL, "true", NULL},
    {"fate", CHANGED, NULL, OF_SOURCE, "true", NULL},
    {"unknown", CHANGED, NULL, OF_SOURCE, "true", NULL},
    {"blind", CHANGED, NULL, OF_SOURCE, "true", NULL},
    {"host", REFERRED("id", HOSTS), "true", NULL},
    {"host_name", REFERRED("host", LIST_CLIENTS), "true", NULL},
    {"path", REFERRED("id", LIST_PATHS), "true", NULL},
    {"hello", REFERRED("id", LIST_HELLOS), "true", NULL},
    {"answer", REFERRED("id", LIST_ANSWERS), "true", NULL},
    {"certificate", REFERRED("id", LIST_CERTIFICATES), "true", NULL},
    {"profile", REFERRED("id", LIST_PROFILES), "true", NULL},
    {"observation", CHANGED, NULL, OF_ONE, "aside = 0", NULL},
    {"observation", CHANGED, NULL, OF_ONE, "aside = 1", "pending"},
    {"forgotten_host", "host IN (SELECT id FROM lasthello.host WHERE sensor = $1 AND " CHANGED ")", NULL,
        NULL, "true", NULL},
};

static const char columns_sql[] =
    "SELECT group_concat('\"' || name || '\"'), group_concat('?') FROM pragma_table_info(:table)";

struct copying {
    struct centre *centre;
    const char *values[3]; /* of the parameters */
    struct query insert;
};

static bool put_rows(struct copying *copying, const PGresult *answer, struct error *error)
{
    const int columns = PQnfields(answer);

    for (int row = 0; row < PQntuples(answer); row++) {
        for (int column = 0; column < columns; column++)
            query_put_text(&copying->insert, (size_t)column,
                PQgetisnull(answer, row, column) ? NULL : PQgetvalue(answer, row, column));
        if (!query_run(&copying->insert, error))
            return false;
    }
    return true;
}

/* Not all of them at a time: there may be very many. */
static bool fetch_rows(struct copying *copying, struct error *error)
{
    int count = 1;

    while (count > 0) {
        PGresult *answer = centre_ask(copying->centre, "FETCH " ROWS_AT_ONCE " FROM pulled", 0, NULL, error);
        const bool put = answer != NULL && put_rows(copying, answer, error);

        count = put ? PQntuples(answer) : -1;
        PQclear(answer);
    }
    return count == 0;
}

/* Into a table of the same columns, by those that it has. */
static bool copy(struct copying *copying, const struct pulled_row *row, const char *where, struct db *db,
    struct error *error)
{
    const char *into = row->into == NULL ? row->name : row->into;
    char sql[STATEMENT_BYTES], ask[STATEMENT_BYTES];
    struct query list;
    bool done = query_open(&list, db, columns_sql, error);

    if (!done)
        return false;
    query_name_text(&list, ":table", into);
    done = query_row(&list, error) == ROW_ONE;
    snprintf(sql, sizeof(sql), "INSERT OR REPLACE INTO %s (%s) VALUES (%s)", into, query_text(&list, 0),
        query_text(&list, 1));
    snprintf(ask, sizeof(ask), "DECLARE pulled NO SCROLL CURSOR FOR SELECT %s FROM lasthello.%s WHERE %s",
        query_text(&list, 0), row->name, where);
    done = done && centre_run(copying->centre, ask, 3, copying->values, NULL, error) &&
        query_open(&copying->insert, db, sql, error) && fetch_rows(copying, error) &&
        centre_run(copying->centre, "CLOSE pulled", 0, NULL, NULL, error);
    query_close(&copying->insert);
    query_close(&list);
    return done;
}

/* False: nothing. */
static bool write_condition(
    const struct pull_scope *scope, const struct pulled_row *row, char *out, size_t out_size)
{
    const char *which = scope->is_reading ? row->of_reading : row->changed;
    const bool has_referred = !scope->is_reading && scope->epoch > 0 && row->referred != NULL;

    if (which == NULL)
        return false;
    snprintf(out, out_size, "sensor = $1 AND (%s%s%s) AND %s", which, has_referred ? " OR " : "",
        has_referred ? row->referred : "", row->more);
    return true;
}

static bool copy_scope(struct centre *centre, const struct pull_scope *scope, const struct pulled_row *row,
    struct db *db, struct error *error)
{
    char where[STATEMENT_BYTES / 2], numbers[2][NUMBER_BYTES];
    struct copying copying = {.centre = centre, .values = {scope->sensor, numbers[0], numbers[1]}};

    snprintf(numbers[0], NUMBER_BYTES, "%" PRId64, scope->is_reading ? scope->reading : scope->epoch);
    snprintf(numbers[1], NUMBER_BYTES, "%" PRId64, scope->revision);
    return !write_condition(scope, row, where, sizeof(where)) || copy(&copying, row, where, db, error);
}

bool pull_rows(struct centre *centre, const struct pull_scope *scope, struct db *db, struct error *error)
{
    for (size_t i = 0; i < sizeof(pulled) / sizeof(pulled[0]); i++)
        if (!copy_scope(centre, scope, &pulled[i], db, error))
            return false;
    return true;
}

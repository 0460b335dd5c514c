/* SPDX-License-Identifier: BSD-2-Clause */
/* db_query.c: statements, what is put into them, and their rows. */
#include "db_failures.h"

#include <sqlite3.h>

bool query_open(struct query *query, struct db *db, const char *sql, struct error *error)
{
    *query = (struct query){.db = db};
    return sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &query->statement, NULL) ==
        SQLITE_OK ||
        db_fail(db, error);
}

void query_close(struct query *query)
{
    sqlite3_finalize(query->statement);
    *query = (struct query){0};
}

/* What could not be put in is remembered until the query is run: for want of memory, or of a parameter. */
static void note(struct query *query, int code)
{
    if (code != SQLITE_OK)
        query->failure = code;
}

static void put_number(struct query *query, int parameter, int64_t number)
{
    note(query, sqlite3_bind_int64(query->statement, parameter, number));
}

static void put_null(struct query *query, int parameter)
{
    note(query, sqlite3_bind_null(query->statement, parameter));
}

static void put_reference(struct query *query, int parameter, uint64_t id)
{
    if (id == 0)
        put_null(query, parameter);
    else
        put_number(query, parameter, (int64_t)id);
}

static void put_text(struct query *query, int parameter, const char *text, sqlite3_destructor_type copied)
{
    if (text == NULL || text[0] == '\0')
        put_null(query, parameter);
    else
        note(query, sqlite3_bind_text(query->statement, parameter, text, -1, copied));
}

/* 0, which SQLite refuses: there is none of this name. */
static int parameter_of(const struct query *query, const char *name)
{
    return sqlite3_bind_parameter_index(query->statement, name);
}

void query_name_number(struct query *query, const char *name, int64_t number)
{
    put_number(query, parameter_of(query, name), number);
}

void query_name_reference(struct query *query, const char *name, uint64_t id)
{
    put_reference(query, parameter_of(query, name), id);
}

void query_name_text(struct query *query, const char *name, const char *text)
{
    put_text(query, parameter_of(query, name), text, SQLITE_TRANSIENT);
}

void query_offer_number(struct query *query, const char *name, int64_t number)
{
    if (parameter_of(query, name) > 0)
        query_name_number(query, name, number);
}

void query_offer_text(struct query *query, const char *name, const char *text)
{
    if (parameter_of(query, name) > 0)
        query_name_text(query, name, text);
}

void query_put_number(struct query *query, size_t place, int64_t number)
{
    put_number(query, (int)place + 1, number);
}

void query_put_reference(struct query *query, size_t place, uint64_t id)
{
    put_reference(query, (int)place + 1, id);
}

void query_put_text(struct query *query, size_t place, const char *text)
{
    put_text(query, (int)place + 1, text, SQLITE_STATIC);
}

static bool fail_to_fill(struct query *query, struct error *error)
{
    const int failure = query->failure;

    query->failure = SQLITE_OK;
    return error_set(error, "%s: a value could not be put into a statement (%s); try again, or report this",
        query->db->path, sqlite3_errstr(failure));
}

bool query_run(struct query *query, struct error *error)
{
    int code;

    if (query->failure != SQLITE_OK)
        return fail_to_fill(query, error);
    do
        code = sqlite3_step(query->statement);
    while (code == SQLITE_ROW);
    if (code != SQLITE_DONE)
        db_fail(query->db, error);
    sqlite3_reset(query->statement);
    return code == SQLITE_DONE;
}

void query_reset(struct query *query)
{
    sqlite3_reset(query->statement);
}

enum row query_row(struct query *query, struct error *error)
{
    int code;

    if (query->failure != SQLITE_OK) {
        fail_to_fill(query, error);
        return ROW_FAILED;
    }
    code = sqlite3_step(query->statement);
    if (code == SQLITE_ROW)
        return ROW_ONE;
    if (code == SQLITE_DONE)
        return ROW_END;
    db_fail(query->db, error);
    return ROW_FAILED;
}

const char *query_column(const struct query *query, int column)
{
    return sqlite3_column_name(query->statement, column);
}

const char *query_text(const struct query *query, int column)
{
    return (const char *)sqlite3_column_text(query->statement, column);
}

int64_t query_number(const struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* connect.c: a connection to the centre, and statements that do not wait for ever. */
#include "connect.h"

#include "connect_words.h"

#include <lasthello/clock.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- statements ------------------------------------------------------------------------------------ */

/* Waits for what libpq waits for. False: the time is over. */
static bool await(struct centre *centre, short events, int64_t until_ns)
{
    struct pollfd waiting = {.fd = PQsocket(centre->connection), .events = events};
    const int64_t left_ns = until_ns - clock_ns(CLOCK_MONOTONIC);

    return left_ns > 0 && poll(&waiting, 1, (int)(left_ns / 1000000) + 1) > 0;
}

static bool told_silent(struct centre *centre, struct error *error)
{
    return error_set(
        error, "%s: gave no answer within %d seconds", centre->name, CENTRE_PATIENCE_MS / 1000);
}

/* All that was written goes out, and what comes in meanwhile is taken. */
static bool flush(struct centre *centre, int64_t until_ns, struct error *error)
{
    int left;

    while ((left = PQflush(centre->connection)) > 0) {
        if (!await(centre, POLLIN | POLLOUT, until_ns))
            return told_silent(centre, error);
        if (!PQconsumeInput(centre->connection))
            break;
    }
    return left == 0 || connect_words_failed(centre->name, PQerrorMessage(centre->connection), error);
}

static bool await_answer(struct centre *centre, int64_t until_ns, struct error *error)
{
    while (PQisBusy(centre->connection)) {
        if (!await(centre, POLLIN, until_ns))
            return told_silent(centre, error);
        if (!PQconsumeInput(centre->connection))
            return connect_words_failed(centre->name, PQerrorMessage(centre->connection), error);
    }
    return true;
}

/* The last answer of a statement. */
static PGresult *take_answer(struct centre *centre, int64_t until_ns, struct error *error)
{
    PGresult *answer = NULL, *next;

    while (await_answer(centre, until_ns, error)) {
        next = PQgetResult(centre->connection);
        if (next == NULL)
            return answer;
        PQclear(answer);
        answer = next;
    }
    PQclear(answer);
    return NULL;
}

static bool is_good(struct centre *centre, const PGresult *answer, struct error *error)
{
    const ExecStatusType status = PQresultStatus(answer);
    const char *state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    const char *told = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);

    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return true;
    centre->may_repeat = state != NULL && (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0);
    if (state == NULL)
        return connect_words_failed(centre->name, PQresultErrorMessage(answer), error);
    return connect_words_refused(centre->name, state, told == NULL ? "" : told, error);
}

PGresult *centre_ask(
    struct centre *centre, const char *sql, int count, const char *const *values, struct error *error)
{
    const int64_t until_ns = clock_ns(CLOCK_MONOTONIC) + CENTRE_PATIENCE_MS * 1000000LL;
    PGresult *answer;

    centre->may_repeat = false;
    if (!PQsendQueryParams(centre->connection, sql, count, NULL, values, NULL, NULL, 0)) {
        connect_words_failed(centre->name, PQerrorMessage(centre->connection), error);
        return NULL;
    }
    if (!flush(centre, until_ns, error))
        return NULL;
    error_set(error, "%s: ended the connection", centre->name);
    answer = take_answer(centre, until_ns, error);
    if (answer == NULL || is_good(centre, answer, error))
        return answer;
    PQclear(answer);
    return NULL;
}

bool centre_run(struct centre *centre, const char *sql, int count, const char *const *values,
    int64_t *changed, struct error *error)
{
    PGresult *answer = centre_ask(centre, sql, count, values, error);

    if (answer == NULL)
        return false;
    if (changed != NULL)
        *changed = strtoll(PQcmdTuples(answer), NULL, 10);
    PQclear(answer);
    return true;
}

int64_t centre_number(const PGresult *answer, int row, int column)
{
    return strtoll(PQgetvalue(answer, row, column), NULL, 10);
}

/* ---- the connection --------------------------------------------------------------------------------- */

#define OPTIONS_MAX 80

static void name_it(struct centre *centre, const PQconninfoOption *options)
{
    const char *host = NULL, *database = NULL, *service = NULL;

    for (; options->keyword != NULL; options++) {
        if (strcmp(options->keyword, "host") == 0)
            host = options->val;
        else if (strcmp(options->keyword, "dbname") == 0)
            database = options->val;
        else if (strcmp(options->keyword, "service") == 0)
            service = options->val;
    }
    if (host == NULL && service != NULL)
        snprintf(centre->name, sizeof(centre->name), "the centre (service %s)", service);
    else
        snprintf(centre->name, sizeof(centre->name), "the centre at %s%s%s",
            host == NULL ? "this machine" : host,
            database == NULL ? "" : ", database ", database == NULL ? "" : database);
}

static bool dial(struct centre *centre, const char *where, struct error *error)
{
    const char *keywords[OPTIONS_MAX + 1] = {NULL}, *values[OPTIONS_MAX + 1] = {NULL};
    PQconninfoOption *options;
    size_t count = 0;

    if (!connect_words_check(where, &options, error))
        return false;
    name_it(centre, options);
    for (const PQconninfoOption *row = options; row->keyword != NULL && count < OPTIONS_MAX; row++)
        if (row->val != NULL) {
            keywords[count] = row->keyword;
            values[count++] = row->val;
        }
    centre->connection = PQconnectdbParams(keywords, values, 0);
    PQconninfoFree(options);
    if (centre->connection == NULL)
        return error_set(error, "%s: not enough memory to call it", centre->name);
    return PQstatus(centre->connection) == CONNECTION_OK ||
        connect_words_failed(centre->name, PQerrorMessage(centre->connection), error);
}

/* What the server says meanwhile is not for the terminal. */
static void say_nothing(void *context, const PGresult *notice)
{
    (void)context;
    (void)notice;
}

static bool check_schema(struct centre *centre, struct error *error)
{
    PGresult *answer = centre_ask(centre, "SELECT schema FROM lasthello.centre", 0, NULL, error);
    int64_t schema = 0;

    if (answer == NULL)
        return false;
    if (PQntuples(answer) == 1)
        schema = centre_number(answer, 0, 0);
    PQclear(answer);
    if (schema < centre_schema_number)
        return error_set(error,
            "%s: has the tables of an older lasthello (schema %d, this one writes %d); put them aside there "
            "(ALTER SCHEMA lasthello RENAME TO lasthello_old), and make new ones, to which each sensor sends "
            "all again: lasthello sync --print-schema | psql -d DATABASE",
            centre->name, (int)schema, centre_schema_number);
    return schema == centre_schema_number ||
        error_set(error,
            "%s: has the tables of a newer lasthello (schema %d, this one writes %d); update the sensor's",
            centre->name, (int)schema, centre_schema_number);
}

static bool prepare(struct centre *centre, struct error *error)
{
    if (PQsetnonblocking(centre->connection, 1) != 0)
        return connect_words_failed(centre->name, PQerrorMessage(centre->connection), error);
    PQsetNoticeReceiver(centre->connection, say_nothing, NULL);
    return centre_run(centre, "SET statement_timeout = '60s'", 0, NULL, NULL, error) &&
        centre_run(centre, "SET lock_timeout = '20s'", 0, NULL, NULL, error) && check_schema(centre, error);
}

struct centre *centre_open(const char *where, struct error *error)
{
    struct centre *centre = calloc(1, sizeof(*centre));

    if (centre == NULL) {
        error_set(error, "not enough memory to call the centre");
        return NULL;
    }
    if (dial(centre, where, error) && prepare(centre, error))
        return centre;
    centre_close(centre);
    return NULL;
}

void centre_close(struct centre *centre)
{
    if (centre == NULL)
        return;
    PQfinish(centre->connection);
    free(centre);
}

bool centre_is_named(const char *word)
{
    return strncmp(word, "postgresql://", 13) == 0 || strncmp(word, "postgres://", 11) == 0;
}

const char *centre_name(const struct centre *centre)
{
    return centre->name;
}

int centre_socket(const struct centre *centre)
{
    return PQsocket(centre->connection);
}

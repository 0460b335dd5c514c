/* SPDX-License-Identifier: BSD-2-Clause */
/* sending_clear.c: what only forgotten observations referred to is deleted at a sensor without a trace
 * (profiles, hellos, names of hosts). The centre then has more rows of this epoch than the sensor, and
 * those that the sensor has no more go there, too, as long as nothing refers to them that a lost file had
 * told. */
#include "sending.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define DELETED_AT_ONCE 500

static const struct {
    const char *table, *still_used; /* what refers to its rows at the centre */
} referred[] = {
    {"profile", "SELECT profile FROM lasthello.observation WHERE sensor = $1"},
    {"certificate",
        "SELECT certificate FROM lasthello.observation WHERE sensor = $1 AND certificate IS NOT NULL"},
    {"path", "SELECT path FROM lasthello.observation WHERE sensor = $1 AND path IS NOT NULL"},
    {"hello", "SELECT hello FROM lasthello.profile WHERE sensor = $1 AND hello IS NOT NULL"},
    {"answer", "SELECT answer FROM lasthello.profile WHERE sensor = $1 AND answer IS NOT NULL"},
};
#define REFERRED_COUNT (sizeof(referred) / sizeof(referred[0]))

#define STATEMENT_BYTES 512

/* ---- ids ---------------------------------------------------------------------------------------------- */

/* Which ids of the answer the inventory has no more. `gone` has room for all of them. */
static bool find_gone(struct sending *sending, const char *table, const PGresult *answer, int64_t *gone,
    size_t *count, struct error *error)
{
    char sql[STATEMENT_BYTES];
    struct query query;
    enum row row = ROW_END;

    snprintf(sql, sizeof(sql), "SELECT 1 FROM %s WHERE id = :id", table);
    if (!query_open(&query, sending->db, sql, error))
        return false;
    for (int i = 0; i < PQntuples(answer) && row != ROW_FAILED; i++) {
        query_name_number(&query, ":id", centre_number(answer, i, 0));
        row = query_row(&query, error);
        if (row == ROW_END)
            gone[(*count)++] = centre_number(answer, i, 0);
        query_reset(&query);
    }
    query_close(&query);
    return row != ROW_FAILED;
}

/* To be freed. */
static char *make_deletion(size_t which, const int64_t *ids, size_t count)
{
    char *text = NULL;
    size_t len;
    FILE *sql = open_memstream(&text, &len);

    if (sql == NULL)
        return NULL;
    fprintf(sql, "DELETE FROM lasthello.%s WHERE sensor = $1 AND epoch = $2 AND id NOT IN (%s) AND id IN (",
        referred[which].table, referred[which].still_used);
    for (size_t i = 0; i < count; i++)
        fprintf(sql, "%s%" PRId64, i == 0 ? "" : ", ", ids[i]);
    fputc(')', sql);
    return fclose(sql) == 0 ? text : NULL;
}

static bool delete_ids(
    struct sending *sending, size_t which, const int64_t *ids, size_t count, struct error *error)
{
    bool done = true;

    for (size_t i = 0; done && i < count; i += DELETED_AT_ONCE) {
        char *sql = make_deletion(which, ids + i, count - i < DELETED_AT_ONCE ? count - i : DELETED_AT_ONCE);

        done = sql == NULL ? error_set(error, "not enough memory to clear the centre")
                           : sending_run(sending, sql, 0, NULL, NULL, error);
        free(sql);
    }
    return done;
}

static bool clear_table(struct sending *sending, size_t which, struct error *error)
{
    char sql[STATEMENT_BYTES];
    PGresult *answer;
    int64_t *gone;
    size_t count = 0;
    bool done;

    snprintf(sql, sizeof(sql), "SELECT id FROM lasthello.%s WHERE sensor = $1 AND epoch = $2",
        referred[which].table);
    answer = sending_ask(sending, sql, 0, NULL, error);
    if (answer == NULL)
        return false;
    gone = calloc((size_t)PQntuples(answer) + 1, sizeof(*gone));
    done = gone == NULL ? error_set(error, "not enough memory to clear the centre")
                        : find_gone(sending, referred[which].table, answer, gone, &count, error) &&
            delete_ids(sending, which, gone, count, error);
    free(gone);
    PQclear(answer);
    return done;
}

/* ---- names of hosts ----------------------------------------------------------------------------------- */

static bool delete_name(struct sending *sending, const PGresult *answer, int row, struct error *error)
{
    const char *const values[] = {sending->uuid, PQgetvalue(answer, row, 0), PQgetvalue(answer, row, 1),
        PQgetvalue(answer, row, 2)};

    return centre_run(sending->centre,
        "DELETE FROM lasthello.host_name WHERE sensor = $1 AND host = $2 AND name = $3 AND source = $4", 4,
        values, NULL, error);
}

static bool clear_names_of(
    struct sending *sending, const PGresult *answer, struct query *query, struct error *error)
{
    for (int i = 0; i < PQntuples(answer); i++) {
        enum row row;

        query_name_number(query, ":host", centre_number(answer, i, 0));
        query_name_text(query, ":name", PQgetvalue(answer, i, 1));
        query_name_text(query, ":source", PQgetvalue(answer, i, 2));
        row = query_row(query, error);
        query_reset(query);
        if (row == ROW_FAILED || (row == ROW_END && !delete_name(sending, answer, i, error)))
            return false;
    }
    return true;
}

/* In a later epoch a session that was lost may have told a name: it stays. */
static bool clear_names(struct sending *sending, struct error *error)
{
    struct query query;
    PGresult *answer;
    bool done;

    if (sending->epoch > 1)
        return true;
    if (!query_open(&query, sending->db,
            "SELECT 1 FROM host_name WHERE host = :host AND name = :name AND source = :source", error))
        return false;
    answer = sending_ask(sending,
        "SELECT host, name, source FROM lasthello.host_name WHERE sensor = $1 AND epoch = $2",
        0, NULL, error);
    done = answer != NULL && clear_names_of(sending, answer, &query, error);
    PQclear(answer);
    query_close(&query);
    return done;
}

/* ---- all ---------------------------------------------------------------------------------------------- */

static const char counts_here[] =
    "SELECT (SELECT count(*) FROM profile), (SELECT count(*) FROM certificate), (SELECT count(*) FROM path), "
    "(SELECT count(*) FROM hello), (SELECT count(*) FROM answer), (SELECT count(*) FROM host_name)";
#define OF(table)  "(SELECT count(*) FROM lasthello." table " WHERE sensor = $1 AND epoch = $2)"
#define SESSIONS   OF("profile") ", " OF("certificate") ", " OF("path")
#define HANDSHAKES OF("hello") ", " OF("answer")
static const char counts_there[] = "SELECT " SESSIONS ", " HANDSHAKES ", " OF("host_name");

static bool compare(struct sending *sending, bool has_more[REFERRED_COUNT + 1], struct error *error)
{
    PGresult *answer = sending_ask(sending, counts_there, 0, NULL, error);
    struct query query;
    bool done = answer != NULL && query_open(&query, sending->db, counts_here, error);

    if (done) {
        done = query_row(&query, error) == ROW_ONE;
        for (int i = 0; done && i <= (int)REFERRED_COUNT; i++)
            has_more[i] = centre_number(answer, 0, i) > query_number(&query, i);
        query_close(&query);
    }
    PQclear(answer);
    return done;
}

bool sending_clear(struct sending *sending, struct error *error)
{
    bool has_more[REFERRED_COUNT + 1] = {false};

    if (!compare(sending, has_more, error))
        return false;
    for (size_t i = 0; i < REFERRED_COUNT; i++)
        if (has_more[i] && !clear_table(sending, i, error))
            return false;
    return !has_more[REFERRED_COUNT] || clear_names(sending, error);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* sending_readings.c: the readings that have changed, with what belongs to them.
 *
 * A reading's row is sent after its observations, in the same transaction: its revision at the centre
 * tells up to where they have come, and so from where to go on after a connection that broke. */
#include "sending.h"

#include <lasthello/schema.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASKED_AT_ONCE         500
#define MICROSECONDS_A_MINUTE 60000000
#define NO_DAY                INT64_MIN

/* A reading here, and what the centre has of it. */
struct pair {
    int64_t id, revision, moved, kept_from; /* kept_from: NO_DAY: nothing was forgotten */
    bool is_interface, is_over;
    bool is_pending; /* it does not count: perhaps another one has all of it */
    bool is_there, is_buried;
    int64_t there_epoch, there_revision, there_moved, there_ended, there_kept_from;
};

struct pairs {
    struct pair *rows;
    size_t count, size;
};

static const char changed_sql[] =
    "SELECT id, revision, moved, coalesce(kept_from, :none), kind = 'interface', owner IS NULL, "
    "state IN ('pending', 'waiting') FROM reading WHERE revision > :from ORDER BY id";
static const char gone_sql[] =
    "SELECT reading, 0, 0, :none, 0, 0, 1 FROM tombstone WHERE revision > :from ORDER BY reading";

#define OF_READING "sensor = $1 AND id " SQL_IDS_OF("$3::bigint") " AND source = $3" /* there */
#define IN_READING "id " SQL_IDS_OF(":id") " AND source = :id"                       /* here */

/* ---- here ------------------------------------------------------------------------------------------ */

static struct pair *add(struct pairs *pairs)
{
    if (pairs->count == pairs->size) {
        const size_t size = 2 * pairs->size + 64;
        struct pair *grown = reallocarray(pairs->rows, size, sizeof(*grown));

        if (grown == NULL)
            return NULL;
        pairs->rows = grown;
        pairs->size = size;
    }
    return &pairs->rows[pairs->count++];
}

static bool list(
    struct sending *sending, const char *sql, int64_t from, struct pairs *pairs, struct error *error)
{
    struct query query;
    enum row row = ROW_FAILED;
    struct pair *pair = NULL;

    if (!query_open(&query, sending->db, sql, error))
        return false;
    query_name_number(&query, ":from", from);
    query_name_number(&query, ":none", NO_DAY);
    while ((row = query_row(&query, error)) == ROW_ONE && (pair = add(pairs)) != NULL)
        *pair = (struct pair){
            .id = query_number(&query, 0),
            .revision = query_number(&query, 1),
            .moved = query_number(&query, 2),
            .kept_from = query_number(&query, 3),
            .is_interface = query_number(&query, 4) != 0,
            .is_over = query_number(&query, 5) != 0,
            .is_pending = query_number(&query, 6) != 0,
            .there_kept_from = NO_DAY,
        };
    query_close(&query);
    if (row == ROW_ONE)
        return error_set(error, "%s: not enough memory to list its readings", sending->db->path);
    return row == ROW_END;
}

/* ---- there ------------------------------------------------------------------------------------------- */

static int compare(const void *one, const void *other)
{
    const int64_t a = ((const struct pair *)one)->id, b = ((const struct pair *)other)->id;

    return (a > b) - (a < b);
}

static void note_there(struct pairs *pairs, const PGresult *answer)
{
    for (int i = 0; i < PQntuples(answer); i++) {
        const struct pair key = {.id = centre_number(answer, i, 0)};
        struct pair *pair = bsearch(&key, pairs->rows, pairs->count, sizeof(key), compare);

        if (pair == NULL)
            continue;
        pair->is_buried = pair->is_buried || centre_number(answer, i, 6) != 0;
        pair->is_there = pair->is_there || centre_number(answer, i, 6) == 0;
        if (centre_number(answer, i, 6) != 0)
            continue;
        pair->there_epoch = centre_number(answer, i, 1);
        pair->there_revision = centre_number(answer, i, 2);
        pair->there_moved = centre_number(answer, i, 3);
        pair->there_ended = centre_number(answer, i, 4);
        pair->there_kept_from = PQgetisnull(answer, i, 5) ? NO_DAY : centre_number(answer, i, 5);
    }
}

/* "SELECT ... IN ($2, $3, ...)"; to be freed. */
static char *make_question(size_t count)
{
    char *text = NULL;
    size_t len;
    FILE *sql = open_memstream(&text, &len);

    if (sql == NULL)
        return NULL;
    fprintf(sql, "SELECT id, epoch, revision, moved, ended, kept_from, 0 FROM lasthello.reading "
                 "WHERE sensor = $1 AND id IN (");
    for (size_t i = 0; i < count; i++)
        fprintf(sql, "%s$%zu", i == 0 ? "" : ", ", i + 2);
    fprintf(sql, ") UNION ALL SELECT reading, 0, 0, 0, 0, NULL, 1 FROM lasthello.tombstone "
                 "WHERE sensor = $1 AND reading IN (");
    for (size_t i = 0; i < count; i++)
        fprintf(sql, "%s$%zu", i == 0 ? "" : ", ", i + 2);
    fputc(')', sql);
    return fclose(sql) == 0 ? text : NULL;
}

static bool ask_about(
    struct sending *sending, struct pairs *pairs, size_t first, size_t count, struct error *error)
{
    char ids[ASKED_AT_ONCE][24];
    const char *values[ASKED_AT_ONCE + 1] = {sending->uuid};
    char *question = make_question(count);
    PGresult *answer;

    if (question == NULL)
        return error_set(error, "not enough memory to ask the centre about readings");
    for (size_t i = 0; i < count; i++) {
        snprintf(ids[i], sizeof(ids[i]), "%" PRId64, pairs->rows[first + i].id);
        values[i + 1] = ids[i];
    }
    answer = centre_ask(sending->centre, question, (int)count + 1, values, error);
    free(question);
    if (answer == NULL)
        return false;
    note_there(pairs, answer);
    PQclear(answer);
    return true;
}

static bool ask_about_all(struct sending *sending, struct pairs *pairs, struct error *error)
{
    for (size_t i = 0; i < pairs->count; i += ASKED_AT_ONCE)
        if (!ask_about(sending, pairs, i, pairs->count - i < ASKED_AT_ONCE ? pairs->count - i : ASKED_AT_ONCE,
                error))
            return false;
    return true;
}

/* ---- one reading ------------------------------------------------------------------------------------- */

static bool delete_each(
    struct sending *sending, const char *const *sql, int64_t id, int64_t day, struct error *error)
{
    for (; *sql != NULL; sql++)
        if (!sending_run(sending, *sql, 2, (const int64_t[]){id, day}, NULL, error))
            return false;
    return true;
}

/* What a reading has, all of it. The epoch and the day are told to each statement alike. */
#define UNUSED " AND $2::bigint IS NOT NULL AND $4::bigint IS NOT NULL"

static bool drop(struct sending *sending, int64_t id, struct error *error)
{
    static const char *const deletions[] = {
        "DELETE FROM lasthello.observation WHERE " OF_READING UNUSED,
        "DELETE FROM lasthello.fate WHERE sensor = $1 AND source = $3" UNUSED,
        "DELETE FROM lasthello.unknown WHERE sensor = $1 AND source = $3" UNUSED,
        "DELETE FROM lasthello.blind WHERE sensor = $1 AND source = $3" UNUSED,
        "DELETE FROM lasthello.reading WHERE sensor = $1 AND id = $3" UNUSED,
        NULL,
    };

    return delete_each(sending, deletions, id, 0, error);
}

static bool clear(struct sending *sending, int64_t id, struct error *error)
{
    static const char *const deletions[] = {
        "DELETE FROM lasthello.observation WHERE " OF_READING UNUSED,
        "DELETE FROM lasthello.blind WHERE sensor = $1 AND source = $3" UNUSED,
        NULL,
    };

    return delete_each(sending, deletions, id, 0, error);
}

static bool forget(struct sending *sending, int64_t id, int64_t day, struct error *error)
{
    static const char *const deletions[] = {
        "DELETE FROM lasthello.observation WHERE " OF_READING " AND day < $4 AND $2::bigint IS NOT NULL",
        "DELETE FROM lasthello.blind WHERE sensor = $1 AND source = $3 AND minute < $4 * 1440 "
        "AND $2::bigint IS NOT NULL",
        NULL,
    };

    return delete_each(sending, deletions, id, day, error);
}

/* Up to which revision a reading with very many changed rows is sent now. */
static bool find_cut(struct sending *sending, const struct pair *pair, struct span *span, struct error *error)
{
    static const char sql[] =
        "SELECT revision FROM observation WHERE " IN_READING " AND revision > :from "
        "ORDER BY revision LIMIT 1 OFFSET :rows";
    struct query query;
    enum row row = ROW_FAILED;

    span->upto = pair->revision;
    if (pair->revision - span->from < CUT_REVISIONS)
        return true;
    if (query_open(&query, sending->db, sql, error)) {
        query_name_number(&query, ":id", pair->id);
        query_name_number(&query, ":from", span->from);
        query_name_number(&query, ":rows", CUT_ROWS);
        row = query_row(&query, error);
    }
    if (row == ROW_ONE)
        span->upto = query_number(&query, 0);
    query_close(&query);
    return row != ROW_FAILED;
}

static bool send_rows(struct sending *sending, const struct span *span, struct error *error)
{
    for (enum sent_table table = SENT_BY_REVISION; table < SENT_TABLE_COUNT; table++)
        if (!rows_out_send(&sending->out, &sending->changes, table, span, error))
            return false;
    return true;
}

static bool count_here(struct sending *sending, int64_t id, int64_t *count, struct error *error)
{
    static const char sql[] =
        "SELECT (SELECT count(*) FROM observation WHERE " IN_READING ") + "
        "(SELECT count(*) FROM pending WHERE source = :id)";
    struct query query;
    bool done = query_open(&query, sending->db, sql, error);

    if (!done)
        return false;
    query_name_number(&query, ":id", id);
    done = query_row(&query, error) == ROW_ONE;
    *count = done ? query_number(&query, 0) : 0;
    query_close(&query);
    return done;
}

/* What was left to a better reading has gone without a trace: then the centre has more rows of this one. */
static bool has_too_many(struct sending *sending, int64_t id, bool *too_many, struct error *error)
{
    int64_t here = 0;
    PGresult *answer = sending_ask(sending,
        "SELECT count(*) FROM lasthello.observation WHERE " OF_READING " AND $2::bigint IS NOT NULL", 1, &id,
        error);

    if (answer == NULL)
        return false;
    *too_many = count_here(sending, id, &here, error) && centre_number(answer, 0, 0) > here;
    PQclear(answer);
    return true;
}

static bool send_again(struct sending *sending, const struct pair *pair, struct error *error)
{
    const struct span all = {
        .from = -1, .upto = pair->revision, .reading = pair->id, .day = sending->first_day};

    return clear(sending, pair->id, error) && send_rows(sending, &all, error);
}

static bool check_count(struct sending *sending, const struct pair *pair, struct error *error)
{
    bool too_many = false;

    if (pair->is_interface || !pair->is_over || !pair->is_there || pair->there_epoch != sending->epoch)
        return true;
    return has_too_many(sending, pair->id, &too_many, error) &&
        (!too_many || send_again(sending, pair, error));
}

/* The minute that the centre has heard of last may have grown. */
static int64_t minute_of(int64_t microseconds)
{
    return microseconds / MICROSECONDS_A_MINUTE - 1;
}

/* `is_whole`: with all that it has. */
static bool send_one(struct sending *sending, const struct pair *pair, bool *is_whole, struct error *error)
{
    const bool is_known = pair->is_there && pair->there_epoch == sending->epoch;
    const bool has_moved = is_known && pair->there_moved != pair->moved;
    const bool goes_on = is_known && !has_moved;
    struct span span = {
        .from = goes_on ? pair->there_revision : -1,
        .reading = pair->id,
        .minute = goes_on ? minute_of(pair->there_ended) : INT64_MIN,
        .day = sending->first_day,
    };

    *is_whole = true;
    if (is_known && pair->there_revision >= pair->revision)
        return true;
    if ((has_moved && !clear(sending, pair->id, error)) || !find_cut(sending, pair, &span, error) ||
        !send_rows(sending, &span, error))
        return false;
    *is_whole = span.upto == pair->revision;
    if (pair->is_there && pair->kept_from > pair->there_kept_from &&
        !forget(sending, pair->id, pair->kept_from, error))
        return false;
    return !*is_whole || check_count(sending, pair, error);
}

/* A reading that counts no more, or not yet, is not at the centre. */
static bool carry(struct sending *sending, const struct pair *pair, bool *is_whole, struct error *error)
{
    *is_whole = true;
    if (pair->is_pending)
        return !pair->is_there || drop(sending, pair->id, error);
    return pair->is_buried || send_one(sending, pair, is_whole, error);
}

/* ---- all of them ------------------------------------------------------------------------------------- */

static bool carry_all(struct sending *sending, const struct pairs *pairs, bool *is_whole, struct error *error)
{
    const uint64_t enough = sending->out.sent + PORTION_ROWS;

    *is_whole = true;
    for (size_t i = 0; i < pairs->count && *is_whole; i++) {
        if (!carry(sending, &pairs->rows[i], is_whole, error))
            return false;
        *is_whole = *is_whole && (i + 1 == pairs->count || sending->out.sent < enough);
    }
    return true;
}

static bool carry_listed(
    struct sending *sending, const char *sql, int64_t from, bool *is_whole, struct error *error)
{
    struct pairs pairs = {0};
    const bool done = list(sending, sql, from, &pairs, error) && ask_about_all(sending, &pairs, error) &&
        carry_all(sending, &pairs, is_whole, error);

    free(pairs.rows);
    return done;
}

bool sending_readings(struct sending *sending, bool *is_whole, struct error *error)
{
    return carry_listed(sending, gone_sql, sending->small_from, is_whole, error) &&
        carry_listed(sending, changed_sql, sending->cursor, is_whole, error);
}

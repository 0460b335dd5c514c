/* SPDX-License-Identifier: BSD-2-Clause */
/* gathering.c: the observations of readings that are not gathered yet become contacts. They are put in the
 * order of clients, so that each page of a table is touched once. */
#include "contacts.h"
#include "row_id.h"

#include <lasthello/pages.h>

/* That are sorted at a time, 120 bytes each: each chunk writes nearly all pages of the contacts again. */
#define CHUNK_ROWS   ((size_t)1 << 20)
#define ROWS_BYTES   (CHUNK_ROWS * sizeof(struct contact_row))
#define SORTED_BYTES (2 * CHUNK_ROWS * sizeof(struct sorted))

#define LOOSE "gathered = 0 AND state = 'counts' AND owner IS NULL"

/* Of loose readings, place by place (row_id_first_in): ids of readings are of 64 bits, of observations
 * of 63. */
static const char loose_sql[] =
    "WITH loose AS MATERIALIZED (SELECT id FROM reading WHERE " LOOSE "), place AS MATERIALIZED "
    "(SELECT DISTINCT (id & 9223372036854775807) >> :shift << :shift AS first FROM loose) "
    "SELECT o.client, o.server, o.profile, o.certificate, o.path, o.first_seen, o.last_seen, o.day, "
    "o.sessions, o.short_lived, o.id "
    "FROM place p CROSS JOIN observation o ON o.id BETWEEN p.first AND p.first + (1 << :shift) - 1 "
    "WHERE o.source IN (SELECT id FROM loose)";

/* Rows that are sorted and put together. */
struct chunk {
    struct contact_row *rows;
    struct sorted *sorted; /* twice as many: sort_by_id wants room */
    size_t count;
};

static bool open_chunk(struct chunk *chunk, const struct db *db, struct error *error)
{
    *chunk = (struct chunk){.rows = pages_take(ROWS_BYTES), .sorted = pages_take(SORTED_BYTES)};
    return (chunk->rows != NULL && chunk->sorted != NULL) ||
        error_set(error, "%s: not enough memory to gather what was stored", db->path);
}

static void close_chunk(struct chunk *chunk)
{
    pages_give(chunk->rows, ROWS_BYTES);
    pages_give(chunk->sorted, SORTED_BYTES);
}

/* A row of loose_sql. */
static void add_row(struct chunk *chunk, const struct query *query)
{
    struct contact_row *row = &chunk->rows[chunk->count];

    *row = (struct contact_row){
        .client = query_number(query, 0),
        .server = query_number(query, 1),
        .profile = query_number(query, 2),
        .certificate = query_number(query, 3),
        .path = query_number(query, 4),
        .first_seen = query_number(query, 5),
        .last_seen = query_number(query, 6),
        .day = query_number(query, 7),
        .sessions = query_number(query, 8),
        .short_lived = query_number(query, 9),
        .observation = query_number(query, 10),
    };
    chunk->sorted[chunk->count++] = (struct sorted){(uint64_t)row->client, row};
}

static bool put_chunk(struct contacts *contacts, struct chunk *chunk, struct error *error)
{
    const size_t count = chunk->count;

    chunk->count = 0;
    return contact_rows_put(
        &contacts->rows, sort_by_id(chunk->sorted, chunk->sorted + CHUNK_ROWS, count), count, error);
}

static bool gather_rows(
    struct contacts *contacts, struct query *loose, struct chunk *chunk, struct error *error)
{
    enum row row;

    while ((row = query_row(loose, error)) == ROW_ONE) {
        add_row(chunk, loose);
        if (chunk->count == CHUNK_ROWS && !put_chunk(contacts, chunk, error))
            return false;
    }
    return row == ROW_END && put_chunk(contacts, chunk, error);
}

static bool gather_loose(struct contacts *contacts, struct error *error)
{
    struct db *db = &contacts->upserts->db;
    struct query loose = {0};
    struct chunk chunk;
    bool done = open_chunk(&chunk, db, error) && query_open(&loose, db, loose_sql, error);

    if (done) {
        query_name_number(&loose, ":shift", 63 - SOURCE_BITS);
        done = gather_rows(contacts, &loose, &chunk, error);
    }
    query_close(&loose);
    close_chunk(&chunk);
    return done && db_run(db, "UPDATE reading SET gathered = 1 WHERE " LOOSE, error);
}

bool contacts_gather(struct contacts *contacts, bool now, struct error *error)
{
    struct upserts *upserts = contacts->upserts;
    int64_t flows = 0;

    if (!now && contacts->loose < (uint64_t)contacts->gather_from)
        return true;
    if (!db_number(
            &upserts->db, "SELECT coalesce(sum(flows), 0) FROM reading WHERE " LOOSE, &flows, error))
        return false;
    contacts->loose = 0;
    if (flows < contacts->gather_from)
        return true;
    if (upserts_begin(upserts, error) && gather_loose(contacts, error) && upserts_commit(upserts, error))
        return true;
    upserts_give_up(upserts);
    return false;
}

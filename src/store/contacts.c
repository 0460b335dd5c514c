/* SPDX-License-Identifier: BSD-2-Clause */
/* contacts.c: observations are gathered into contacts, and taken out of them. */
#include "contacts.h"

#include "row_id.h"

#include <lasthello/day_counts.h>
#include <lasthello/utc.h>

#include <stdio.h>

#define CHUNK_ROWS      250000  /* that are sorted at a time */
#define INDEX_ROWS_MAX  1500000 /* that the index by server is made of at once, in memory: 63 bytes each */
#define INDEX_SQL_BYTES 256     /* of the statement that makes it */
#define WATCHED_FROM    50000   /* connections that a run that watches gathers, in a quarter of a second */

enum statement {
    ADD,
    LIST,
    AMEND,
    IS_GATHERED,
    TOUCH,
    UNLIST,
    TOUCHED_DELETE,
    TOUCHED_MAKE,
    TOUCHED_CLEAR,
    UNFOLLOW,
    PLACES,
    SPAN_END,
    SPAN_PUT,
    SPANS_ADD,
    SPANS_LIST,
    SPANS_CLEAR,
    ALL_FOLLOWED,
    STATEMENT_COUNT,
};
_Static_assert(STATEMENT_COUNT <= CONTACTS_STATEMENTS_MAX, "each has its place");

#define DAYS_OF(day, sessions, short_lived)                              \
    day " || ':' || " sessions " || CASE WHEN " short_lived " > 0 THEN " \
        "'/' || " short_lived " ELSE '' END"
#define DAYS_OBSERVED DAYS_OF("o.day", "o.sessions", "o.short_lived")
#define DAYS_ADDED    DAYS_OF(":day", ":sessions", ":short_lived")
#define PUT_CONTACT                                                                                      \
    "INSERT INTO contact (client, server, profile, certificate, path, first_seen, last_seen, sessions, " \
    "short_lived, days, last_observation, revision) "
#define OF_OBSERVATION                                                                        \
    "SELECT o.client, o.server, o.profile, coalesce(o.certificate, 0), coalesce(o.path, 0), " \
    "o.first_seen, o.last_seen, o.sessions, o.short_lived, " DAYS_OBSERVED ", o.id, :revision "
#define IN_ORDER "ORDER BY o.client, o.server, o.profile, o.certificate, o.path "
/* Merging does not depend on the order in which rows come. */
#define MERGE                                                                                        \
    "ON CONFLICT (client, server, profile, certificate, path) DO UPDATE SET "                        \
    "first_seen = min(first_seen, excluded.first_seen), "                                            \
    "last_observation = iif((excluded.last_seen, excluded.last_observation) > "                      \
    "(last_seen, last_observation), "                                                                \
    "excluded.last_observation, last_observation), last_seen = max(last_seen, excluded.last_seen), " \
    "sessions = sessions + excluded.sessions, short_lived = short_lived + excluded.short_lived, "    \
    "days = merge_days(days, excluded.days), "                                                       \
    "revision = excluded.revision"
#define OF_READING "id BETWEEN :first AND :last AND source = :id"
#define LOOSE      "gathered = 0 AND state = 'counts' AND owner IS NULL"
#define OF_SPANS                                                                    \
    "FROM temp.span s CROSS JOIN observation o ON o.id BETWEEN s.first AND s.last " \
    "CROSS JOIN reading r ON r.id = o.source AND r.gathered = 0 AND r.state = 'counts' AND r.owner IS NULL "

const char contacts_touched_delete[] =
    "DELETE FROM contact WHERE client IN (SELECT client FROM temp.touched)";
const char contacts_touched_make[] =
    PUT_CONTACT OF_OBSERVATION "FROM temp.touched t CROSS JOIN client_observation c ON c.client = t.client "
                               "CROSS JOIN observation o ON o.id = c.observation WHERE true " MERGE;
const char contacts_touched_clear[] = "DELETE FROM temp.touched";

static const char *const statements[STATEMENT_COUNT] = {
    [ADD] =
        PUT_CONTACT "VALUES (:client, :server, :profile, :certificate, :path, :first_seen, :last_seen, "
                    ":sessions, :short_lived, " DAYS_ADDED ", :id, :revision) " MERGE,
    [LIST] = "INSERT OR IGNORE INTO client_observation (client, observation) VALUES (:client, :id)",
    [AMEND] =
        "UPDATE contact SET short_lived = contact.short_lived + :short_lived, revision = :revision, "
        "days = merge_days(contact.days, o.day || ':0/' || :short_lived), "
        "last_observation = iif((:last_seen, o.id) > (contact.last_seen, contact.last_observation), o.id, "
        "contact.last_observation), last_seen = max(contact.last_seen, :last_seen) "
        "FROM observation o JOIN reading r ON r.id = o.source AND r.gathered = 1 WHERE o.id = :id "
        "AND contact.client = o.client AND contact.server = o.server AND contact.profile = o.profile "
        "AND contact.certificate = coalesce(o.certificate, 0) AND contact.path = coalesce(o.path, 0)",
    [IS_GATHERED] = "SELECT 1 FROM reading WHERE id = :id AND gathered = 1",
    [TOUCH] = "INSERT OR IGNORE INTO temp.touched (client) SELECT client FROM observation WHERE " OF_READING,
    [UNLIST] = "DELETE FROM client_observation WHERE (client, observation) IN "
               "(SELECT client, id FROM observation WHERE " OF_READING ")",
    [TOUCHED_DELETE] = contacts_touched_delete,
    [TOUCHED_MAKE] = contacts_touched_make,
    [TOUCHED_CLEAR] = contacts_touched_clear,
    [UNFOLLOW] = "UPDATE reading SET gathered = 0 WHERE id = :id",
    /* ids of readings are of 64 bits, of observations of 63; see row_id_first_in */
    [PLACES] = "SELECT DISTINCT (id & 9223372036854775807) >> :shift << :shift FROM reading WHERE " LOOSE
               " ORDER BY 1",
    [SPAN_END] = "SELECT max(id), count(*) "
                 "FROM (SELECT id FROM observation WHERE id BETWEEN :first AND :last "
                 "ORDER BY id LIMIT :rows)",
    [SPAN_PUT] = "INSERT INTO temp.span (first, last) VALUES (:first, :last)",
    [SPANS_ADD] = PUT_CONTACT OF_OBSERVATION OF_SPANS "WHERE true " IN_ORDER MERGE,
    [SPANS_LIST] = "INSERT OR IGNORE INTO client_observation (client, observation) "
                   "SELECT o.client, o.id " OF_SPANS "ORDER BY o.client, o.id",
    [SPANS_CLEAR] = "DELETE FROM temp.span",
    [ALL_FOLLOWED] = "UPDATE reading SET gathered = 1 WHERE " LOOSE,
};

static const char tables[] = "CREATE TEMPORARY TABLE touched (client INTEGER PRIMARY KEY);"
                             "CREATE TEMPORARY TABLE span (first INTEGER PRIMARY KEY, last INTEGER NOT NULL)";

bool contacts_open(struct contacts *contacts, struct upserts *upserts, struct error *error)
{
    static const struct db_function merge_days = {"merge_days", day_counts_room, day_counts_merge};

    *contacts = (struct contacts){.upserts = upserts};
    return db_define(&upserts->db, &merge_days, error) && db_run(&upserts->db, tables, error) &&
        db_number(&upserts->db, "SELECT gather_from FROM inventory", &contacts->gather_from, error);
}

void contacts_watch(struct contacts *contacts)
{
    if (contacts->gather_from > WATCHED_FROM)
        contacts->gather_from = WATCHED_FROM;
}

void contacts_close(struct contacts *contacts)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        query_close(&contacts->queries[i]);
}

/* Prepared when it is first needed; NULL: it cannot be. */
static struct query *prepare(struct contacts *contacts, enum statement which, struct error *error)
{
    struct query *query = &contacts->queries[which];

    if (query->statement == NULL && !query_open(query, &contacts->upserts->db, statements[which], error))
        return NULL;
    query_offer_number(query, ":revision", contacts->upserts->revision);
    return query;
}

/* ---- one reading -------------------------------------------------------------------------------- */

static struct query *about(struct contacts *contacts, enum statement which, uint64_t id, struct error *error)
{
    struct query *query = prepare(contacts, which, error);

    if (query == NULL)
        return NULL;
    query_offer_number(query, ":id", (int64_t)id);
    query_offer_number(query, ":first", (int64_t)row_id_first_in(id));
    query_offer_number(query, ":last", (int64_t)row_id_last_in(id));
    return query;
}

static bool run(struct contacts *contacts, enum statement which, uint64_t id, struct error *error)
{
    struct query *query = about(contacts, which, id, error);

    return query != NULL && query_run(query, error);
}

bool contacts_add(struct contacts *contacts, const struct observation_row *row, struct error *error)
{
    struct query *query = prepare(contacts, ADD, error);

    if (query == NULL)
        return false;
    query_name_number(query, ":day", utc_day(row->first.time_ns));
    query_name_number(query, ":client", (int64_t)row->client);
    query_name_number(query, ":server", (int64_t)row->server);
    query_name_number(query, ":profile", (int64_t)row->profile);
    query_name_number(query, ":certificate", (int64_t)row->certificate);
    query_name_number(query, ":path", (int64_t)row->path);
    query_name_number(query, ":first_seen", utc_microseconds(row->first.time_ns));
    query_name_number(query, ":last_seen", utc_microseconds(row->last.time_ns));
    query_name_number(query, ":sessions", (int64_t)row->sessions);
    query_name_number(query, ":short_lived", (int64_t)row->short_lived);
    query_name_number(query, ":id", (int64_t)row->id);
    if (!query_run(query, error))
        return false;
    query = prepare(contacts, LIST, error);
    if (query == NULL)
        return false;
    query_name_number(query, ":client", (int64_t)row->client);
    query_name_number(query, ":id", (int64_t)row->id);
    return query_run(query, error);
}

bool contacts_amend(struct contacts *contacts, const struct amendment_row *row, struct error *error)
{
    struct query *query = prepare(contacts, AMEND, error);

    if (query == NULL)
        return false;
    query_name_number(query, ":last_seen", utc_microseconds(row->last.time_ns));
    query_name_number(query, ":short_lived", (int64_t)row->short_lived);
    query_name_number(query, ":id", (int64_t)row->id);
    return query_run(query, error);
}

static enum row is_gathered(struct contacts *contacts, uint64_t reading, struct error *error)
{
    struct query *query = about(contacts, IS_GATHERED, reading, error);
    enum row row;

    if (query == NULL)
        return ROW_FAILED;
    row = query_row(query, error);
    query_reset(query);
    return row;
}

bool contacts_withdraw(struct contacts *contacts, uint64_t reading, struct error *error)
{
    static const enum statement steps[] = {
        TOUCH, UNLIST, TOUCHED_DELETE, TOUCHED_MAKE, TOUCHED_CLEAR, UNFOLLOW};
    const enum row row = is_gathered(contacts, reading, error);
    bool done = row != ROW_FAILED;

    for (size_t i = 0; done && row == ROW_ONE && i < sizeof(steps) / sizeof(steps[0]); i++)
        done = run(contacts, steps[i], reading, error);
    if (row == ROW_ONE)
        contacts->loose = (uint64_t)contacts->gather_from; /* what stays of it is gathered again, soon */
    return done;
}

/* ---- all that are over -------------------------------------------------------------------------- */

/* So many ids of observations, from `first` on, at most to `last`. */
struct span {
    int64_t first, last;
    int64_t rows;
};

/* Shortens the span to a chunk. */
static bool find_end(struct contacts *contacts, struct span *span, struct error *error)
{
    struct query *query = prepare(contacts, SPAN_END, error);
    enum row row;

    if (query == NULL)
        return false;
    query_name_number(query, ":first", span->first);
    query_name_number(query, ":last", span->last);
    query_name_number(query, ":rows", CHUNK_ROWS);
    row = query_row(query, error);
    if (row == ROW_ONE && query_number(query, 1) == CHUNK_ROWS)
        span->last = query_number(query, 0);
    span->rows = row == ROW_ONE ? query_number(query, 1) : 0;
    query_reset(query);
    return row == ROW_ONE;
}

static bool put_span(struct contacts *contacts, const struct span *span, struct error *error)
{
    struct query *query = prepare(contacts, SPAN_PUT, error);

    if (query == NULL)
        return false;
    query_name_number(query, ":first", span->first);
    query_name_number(query, ":last", span->last);
    return query_run(query, error);
}

static bool gather_spans(struct contacts *contacts, int64_t *rows, struct error *error)
{
    *rows = 0;
    return run(contacts, SPANS_ADD, 0, error) && run(contacts, SPANS_LIST, 0, error) &&
        run(contacts, SPANS_CLEAR, 0, error);
}

/* The rows of the readings that lie together at `place`, by chunks. */
static bool gather_place(struct contacts *contacts, int64_t place, int64_t *rows, struct error *error)
{
    const int64_t last = (int64_t)row_id_last_in((uint64_t)place);
    struct span span = {.first = place, .last = last};

    for (bool more = true; more; span = (struct span){.first = span.last + 1, .last = last}) {
        if (!find_end(contacts, &span, error) || !put_span(contacts, &span, error))
            return false;
        *rows += span.rows;
        if (*rows >= CHUNK_ROWS && !gather_spans(contacts, rows, error))
            return false;
        more = span.last < last;
    }
    return true;
}

static bool gather_places(struct contacts *contacts, struct error *error)
{
    struct query *places = prepare(contacts, PLACES, error);
    int64_t rows = 0;
    enum row row = ROW_FAILED;
    bool done = places != NULL;

    if (done)
        query_name_number(places, ":shift", 63 - SOURCE_BITS);
    while (done && (row = query_row(places, error)) == ROW_ONE)
        done = gather_place(contacts, query_number(places, 0), &rows, error);
    if (places != NULL)
        query_reset(places);
    return done && row == ROW_END && gather_spans(contacts, &rows, error);
}

/* Of an empty table: drops the index by server, and says by what statement it is made again; otherwise that
 * is empty, and the index stays. */
static bool put_index_off(struct contacts *contacts, char sql[INDEX_SQL_BYTES], struct error *error)
{
    static const char ask[] =
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND name = 'contact_by_server' "
        "AND length(CAST(sql AS BLOB)) < :room AND NOT EXISTS (SELECT 1 FROM contact)";
    struct db *db = &contacts->upserts->db;
    struct query query;
    enum row row;

    if (!query_open(&query, db, ask, error))
        return false;
    query_name_number(&query, ":room", INDEX_SQL_BYTES);
    row = query_row(&query, error);
    snprintf(sql, INDEX_SQL_BYTES, "%s", row == ROW_ONE ? query_text(&query, 0) : "");
    query_close(&query);
    return row != ROW_FAILED && (row == ROW_END || db_run(db, "DROP INDEX contact_by_server", error));
}

/* The text is the file's own: only its first statement is run, as SQLite does with a schema's. */
static bool make_index(struct contacts *contacts, const char *sql, struct error *error)
{
    struct query query;
    const bool made =
        query_open(&query, &contacts->upserts->db, sql, error) && query_run(&query, error);

    query_close(&query);
    return made;
}

/* Rows come in the order of clients. Each changes another page of the index by server, which would leave the
 * cache and be written again for nearly every row; what is sorted first is written once. */
static bool gather_all(struct contacts *contacts, int64_t flows, struct error *error)
{
    char index[INDEX_SQL_BYTES] = "";

    return (flows > INDEX_ROWS_MAX || put_index_off(contacts, index, error)) &&
        gather_places(contacts, error) && (index[0] == '\0' || make_index(contacts, index, error)) &&
        run(contacts, ALL_FOLLOWED, 0, error);
}

static bool count_loose(struct contacts *contacts, int64_t *flows, struct error *error)
{
    return db_number(&contacts->upserts->db,
        "SELECT coalesce(sum(flows), 0) FROM reading WHERE " LOOSE, flows, error);
}

bool contacts_gather(struct contacts *contacts, bool now, struct error *error)
{
    struct upserts *upserts = contacts->upserts;
    int64_t flows = 0;

    if (!now && contacts->loose < (uint64_t)contacts->gather_from)
        return true;
    if (!count_loose(contacts, &flows, error))
        return false;
    contacts->loose = 0;
    if (flows < contacts->gather_from)
        return true;
    if (upserts_begin(upserts, error) && gather_all(contacts, flows, error) && upserts_commit(upserts, error))
        return true;
    upserts_give_up(upserts);
    return false;
}

/* ---- of another inventory ----------------------------------------------------------------------- */

bool contacts_take(struct contacts *contacts, struct error *error)
{
    static const char add[] =
        PUT_CONTACT "SELECT client, server, profile, certificate, path, first_seen, last_seen, sessions, "
                    "short_lived, days, last_observation, :revision FROM other.contact WHERE true " MERGE;
    static const char *const steps[] = {
        add,
        "INSERT OR IGNORE INTO client_observation (client, observation) "
        "SELECT client, observation FROM other.client_observation",
        "UPDATE main.reading SET gathered = 1 WHERE id IN (SELECT id FROM other.reading WHERE gathered = 1)",
    };
    bool done = true;

    for (size_t i = 0; done && i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct query query;

        done = query_open(&query, &contacts->upserts->db, steps[i], error);
        query_offer_number(&query, ":revision", contacts->upserts->revision);
        done = done && query_run(&query, error);
        query_close(&query);
    }
    return done;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* reading_union.c: the readings of one inventory into another. Taken are those that no tombstone tells of and
 * that count there or are covered by another one (merged.h); of two states of one that grows, the further. */
#include "reading_union.h"

#include <lasthello/schema.h>

#include <stdlib.h>

/* How far a reading got. */
#define PROGRESS(row) \
    "(" row ".settled, " row ".ended, " row ".packets, " row ".length, " row ".unstored)"
#define MERGED  "o.state IN ('counts', 'covered') "
#define FOREVER "-9000000" /* a day before all others */
#define OF_ID   "id " SQL_IDS_OF(":id") " AND source = :id"

static const char buried_sql[] =
    "SELECT r.id FROM other.tombstone t CROSS JOIN main.reading r ON r.id = t.reading WHERE r.owner IS NULL";

/* Readings of which more was forgotten there. */
static const char shortened_sql[] =
    "SELECT r.id FROM other.reading o CROSS JOIN main.reading r ON r.id = o.id "
    "WHERE o.kept_from > coalesce(r.kept_from, " FOREVER ")";
static const char *const shorten_sql[] = {
    "UPDATE main.reading SET kept_from = o.kept_from, revision = :revision FROM other.reading o "
    "WHERE main.reading.id = :id AND o.id = :id",
    "DELETE FROM main.observation WHERE " OF_ID " AND day < "
    "(SELECT kept_from FROM main.reading WHERE id = :id)",
    "DELETE FROM main.pending WHERE " OF_ID " AND day < "
    "(SELECT kept_from FROM main.reading WHERE id = :id)",
    "DELETE FROM main.blind WHERE source = :id AND "
    "minute < (SELECT kept_from * 1440 FROM main.reading WHERE id = :id)",
    NULL,
};

/* One that is settled changes no more; whether one that is pending here counts is decided where it is
 * read. */
static const char take_sql[] =
    "INSERT INTO temp.taken (id, first_day) SELECT o.id, "
    "max(coalesce(o.kept_from, " FOREVER "), coalesce(r.kept_from, " FOREVER ")) "
    "FROM other.reading o LEFT JOIN main.reading r ON r.id = o.id "
    "WHERE " MERGED "AND o.id NOT IN (SELECT reading FROM main.tombstone) AND (r.id IS NULL OR "
    "(r.state = 'counts' AND r.owner IS NULL AND (r.settled = 0 OR " PROGRESS("o") " > " PROGRESS("r") ")))";
/* Of equal captures the first name. */
static const char names_sql[] =
    "UPDATE main.reading SET name = o.name, revision = :revision FROM other.reading o "
    "WHERE o.id = main.reading.id AND " MERGED "AND o.name < main.reading.name";

#define OF_TAKEN "o.id " SQL_IDS_OF("t.id") " AND o.source = t.id"
/* Those in `contact`, of whose observations something will change. */
#define BRINGS_NEWS(table)                                                                 \
    "EXISTS (SELECT 1 FROM other." table " o LEFT JOIN main.observation m ON m.id = o.id " \
    "WHERE " OF_TAKEN " AND o.day >= t.first_day AND "                                     \
    "(m.id IS NULL OR o.first_seen < m.first_seen OR o.last_seen > m.last_seen OR "        \
    "o.sessions > m.sessions OR o.short_lived > m.short_lived OR o.gaps > m.gaps))"
static const char changing_sql[] =
    "SELECT t.id FROM temp.taken t CROSS JOIN main.reading r ON r.id = t.id WHERE r.gathered = 1 "
    "AND (" BRINGS_NEWS("observation") " OR " BRINGS_NEWS("pending") ")";
static const char whole_sql[] =
    "SELECT NOT EXISTS (SELECT 1 FROM other.reading o WHERE o.gathered = 1 AND (o.id IN (SELECT id FROM "
    "main.reading) OR o.id NOT IN (SELECT id FROM temp.taken)))";

/* A statement for all columns, whatever they are: `gathered` follows from what is done here. */
static const char make_readings_sql[] =
    "SELECT 'INSERT INTO main.reading (' || group_concat(name) || ') SELECT ' || group_concat("
    "CASE name WHEN 'owner' THEN 'NULL' WHEN 'gathered' THEN '0' WHEN 'revision' THEN ':revision' "
    "WHEN 'state' THEN '''counts''' WHEN 'kept_from' THEN 'nullif(t.first_day, " FOREVER ")' "
    "ELSE 'o.' || name END) || "
    "' FROM other.reading o CROSS JOIN temp.taken t ON t.id = o.id WHERE true "
    "ON CONFLICT (id) DO UPDATE SET ' || "
    "(SELECT group_concat(name || ' = ' || CASE name WHEN 'name' THEN 'min(name, excluded.name)' "
    "ELSE 'excluded.' || name END) FROM pragma_table_info('reading') "
    "WHERE name NOT IN ('id', 'gathered')) || "
    "' WHERE " PROGRESS("excluded") " > " PROGRESS("reading") "' FROM pragma_table_info('reading')";

static const char taken_sql[] = "SELECT id FROM temp.taken";
static const char forget_taken_sql[] = "DELETE FROM temp.taken";

static bool run_about(struct union_step *step, const char *sql, int64_t id, struct error *error)
{
    struct query query;
    bool done = query_open(&query, merged_db(step->merged), sql, error);

    if (done) {
        query_offer_number(&query, ":revision", step->revision);
        query_offer_number(&query, ":id", id);
        done = query_run(&query, error);
        step->changes = db_changes(merged_db(step->merged));
    }
    query_close(&query);
    return done;
}

bool union_run(struct union_step *step, const char *sql, struct error *error)
{
    return run_about(step, sql, 0, error);
}

/* ---- each of some readings ---------------------------------------------------------------------- */

struct ids {
    int64_t *rows;
    size_t count, room;
};

static bool add_id(struct ids *ids, int64_t id)
{
    if (ids->count == ids->room) {
        const size_t room = 2 * ids->room + 64;
        int64_t *grown = reallocarray(ids->rows, room, sizeof(*grown));

        if (grown == NULL)
            return false;
        ids->rows = grown;
        ids->room = room;
    }
    ids->rows[ids->count++] = id;
    return true;
}

static bool collect(struct union_step *step, const char *sql, struct ids *ids, struct error *error)
{
    struct db *db = merged_db(step->merged);
    struct query query;
    bool has_memory = true;
    enum row row = ROW_FAILED;

    if (query_open(&query, db, sql, error))
        while (has_memory && (row = query_row(&query, error)) == ROW_ONE)
            has_memory = add_id(ids, query_number(&query, 0));
    query_close(&query);
    if (!has_memory)
        return error_set(error, "%s: not enough memory to compare readings", db->path);
    return row == ROW_END;
}

/* Does it with each reading that the statement yields; they may change it. */
static bool for_each(struct union_step *step, const char *sql,
    bool (*act)(struct union_step *step, int64_t id, struct error *error), struct error *error)
{
    struct ids ids = {0};
    bool done = collect(step, sql, &ids, error);

    for (size_t i = 0; done && i < ids.count; i++)
        done = act(step, ids.rows[i], error);
    free(ids.rows);
    return done;
}

static bool drop(struct union_step *step, int64_t id, struct error *error)
{
    return merged_drop(step->merged, id, error);
}

static bool shorten(struct union_step *step, int64_t id, struct error *error)
{
    bool done = merged_withdraw(step->merged, id, error);

    for (size_t i = 0; done && shorten_sql[i] != NULL; i++)
        done = run_about(step, shorten_sql[i], id, error);
    return done;
}

static bool withdraw(struct union_step *step, int64_t id, struct error *error)
{
    return merged_withdraw(step->merged, id, error);
}

static bool mark(struct union_step *step, int64_t id, struct error *error)
{
    return merged_mark(step->merged, id, error);
}

bool reading_union_bury(struct union_step *step, struct error *error)
{
    return for_each(step, buried_sql, drop, error) && for_each(step, shortened_sql, shorten, error);
}

bool reading_union_take(struct union_step *step, struct error *error)
{
    struct query made;
    bool done = union_run(step, take_sql, error) && union_run(step, names_sql, error) &&
        for_each(step, changing_sql, withdraw, error) &&
        db_number(merged_db(step->merged), whole_sql, &step->is_whole, error) &&
        query_open(&made, merged_db(step->merged), make_readings_sql, error);

    if (!done)
        return false;
    done = query_row(&made, error) == ROW_ONE && union_run(step, query_text(&made, 0), error);
    query_close(&made);
    return done;
}

bool reading_union_mark(struct union_step *step, struct error *error)
{
    return for_each(step, taken_sql, mark, error) && union_run(step, forget_taken_sql, error);
}

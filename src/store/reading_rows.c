/* SPDX-License-Identifier: BSD-2-Clause */
/* reading_rows.c: the statements about readings. */
#include "reading_rows.h"

#include "row_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum statement {
    STATE,
    FACTS,
    RIVALS,
    RUNNING,
    PUT_MARK,
    DELETE_MARK,
    SHARING,
    PUT_ANCHOR,
    DELETE_ANCHOR,
    CONCLUDE,
    COPY_PENDING,
    DELETE_PENDING,
    COPY_COUNTING,
    DELETE_COUNTING,
    SET_STATE,
    DELETE_FATES,
    DELETE_UNKNOWN,
    DELETE_BLIND,
    DELETE_READING,
    BURY,
    FOLLOW_READING,
    FOLLOW,
    FOLLOW_PENDING,
    TOUCH,
    RENAME,
    SET_ASIDE,
    LEAVE,
    UNREAD,
    STATEMENT_COUNT,
};
_Static_assert(STATEMENT_COUNT <= ROWS_STATEMENTS_MAX, "each has its place");

#define OF_READING "id BETWEEN :first AND :last AND source = :id"

/* Of a reading, what a better one has of the same client and server, too. */
#define IN_BOTH                                                                                        \
    OF_READING                                                                                         \
    " AND (day, client, server, (SELECT port FROM profile k WHERE k.id = observation.profile)) IN "    \
    "(SELECT b.day, b.client, b.server, k.port FROM observation b JOIN profile k ON k.id = b.profile " \
    "WHERE b.id BETWEEN :better_first AND :better_last AND b.source = :better)"

static const char *const statements[STATEMENT_COUNT] = {
    [STATE] = "SELECT state = 'counts', gathered FROM reading WHERE id = :id",
    [FACTS] = reading_facts_sql,
    [RIVALS] =
        "SELECT reading FROM reading_mark WHERE level = :level AND mark = :mark AND is_last >= :is_last "
        "AND reading <> :id",
    [RUNNING] = "SELECT id, owner FROM reading WHERE owner IS NOT NULL",
    [PUT_MARK] = "INSERT OR IGNORE INTO reading_mark (level, mark, is_last, reading) "
                 "VALUES (:level, :mark, :is_last, :id)",
    [DELETE_MARK] = "DELETE FROM reading_mark WHERE level = :level AND mark = :mark AND reading = :id "
                    "AND is_last IN (0, 1)",
    /* what is in very many readings tells nothing */
    [SHARING] = "SELECT reading FROM reading_anchor WHERE anchor = :anchor AND reading <> :id LIMIT 64",
    [PUT_ANCHOR] = "INSERT OR IGNORE INTO reading_anchor (anchor, reading) VALUES (:anchor, :id)",
    [DELETE_ANCHOR] = "DELETE FROM reading_anchor WHERE anchor = :anchor AND reading = :id",
    [CONCLUDE] =
        "UPDATE reading SET owner = NULL, settled = :settled, unstored = unstored + :lost, "
        "complete = :complete AND unstored + :lost = 0, packets_before = :before, packets_after = :after, "
        "revision = :revision WHERE id = :id",
    /* the two tables have the same columns (test_schema.c) */
    [COPY_PENDING] = "INSERT OR REPLACE INTO observation SELECT * FROM pending WHERE " OF_READING
                     " ORDER BY id",
    [DELETE_PENDING] = "DELETE FROM pending WHERE " OF_READING,
    [COPY_COUNTING] = "INSERT OR REPLACE INTO pending SELECT * FROM observation WHERE " OF_READING
                      " ORDER BY id",
    [DELETE_COUNTING] = "DELETE FROM observation WHERE " OF_READING,
    [SET_STATE] = "UPDATE reading SET state = :state, revision = :revision WHERE id = :id",
    [DELETE_FATES] = "DELETE FROM fate WHERE source = :id",
    [DELETE_UNKNOWN] = "DELETE FROM unknown WHERE source = :id",
    [DELETE_BLIND] = "DELETE FROM blind WHERE source = :id",
    [DELETE_READING] = "DELETE FROM reading WHERE id = :id",
    [BURY] = "INSERT OR REPLACE INTO tombstone (reading, replaced_by, revision) VALUES (:id, :by, :revision)",
    [FOLLOW_READING] = "UPDATE reading SET revision = :revision "
                       "WHERE id IN (SELECT source FROM observation WHERE last_source = :id)",
    [TOUCH] = "UPDATE reading SET revision = :revision WHERE id = :id",
    [FOLLOW] =
        "UPDATE observation SET last_source = nullif(:by, source), last_packet = last_packet + :before, "
        "revision = :revision WHERE last_source = :id",
    [FOLLOW_PENDING] =
        "UPDATE pending SET last_source = nullif(:by, source), last_packet = last_packet + :before "
        "WHERE last_source = :id",
    [RENAME] = "UPDATE reading SET name = :name, revision = :revision WHERE id = :id",
    [SET_ASIDE] = "INSERT OR REPLACE INTO pending SELECT * FROM observation WHERE " IN_BOTH,
    [LEAVE] = "DELETE FROM observation WHERE " IN_BOTH,
    [UNREAD] =
        "SELECT u.id FROM reading u, reading r WHERE r.id = :id AND u.place = r.place AND u.length = 0 "
        "AND u.id <> r.id",
};

bool reading_rows_open(struct reading_rows *rows, struct upserts *upserts, struct error *error)
{
    *rows = (struct reading_rows){.upserts = upserts};
    return contacts_open(&rows->contacts, upserts, error);
}

void reading_rows_close(struct reading_rows *rows)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        query_close(&rows->queries[i]);
    contacts_close(&rows->contacts);
}

/* The statement, about a reading; NULL: it cannot be prepared. */
static struct query *about(struct reading_rows *rows, enum statement which, uint64_t id, struct error *error)
{
    struct query *query = &rows->queries[which];

    if (query->statement == NULL && !query_open(query, &rows->upserts->db, statements[which], error))
        return NULL;
    query_offer_number(query, ":id", (int64_t)id);
    query_offer_number(query, ":first", (int64_t)row_id_first_in(id));
    query_offer_number(query, ":last", (int64_t)row_id_last_in(id));
    query_offer_number(query, ":revision", rows->upserts->revision);
    return query;
}

static bool run(struct reading_rows *rows, enum statement which, uint64_t id, struct error *error)
{
    struct query *query = about(rows, which, id, error);

    return query != NULL && query_run(query, error);
}

bool reading_state(struct reading_rows *rows, uint64_t id, enum reading_state *state, struct error *error)
{
    struct query *query = about(rows, STATE, id, error);
    enum row row;

    *state = READING_NONE;
    if (query == NULL)
        return false;
    row = query_row(query, error);
    if (row == ROW_ONE)
        *state = query_number(query, 0) == 0 ? READING_PENDING
            : query_number(query, 1) == 0    ? READING_COUNTS
                                             : READING_GATHERED;
    query_reset(query);
    return row != ROW_FAILED;
}

/* ---- facts -------------------------------------------------------------------------------------- */

enum row reading_find(
    struct reading_rows *rows, uint64_t id, struct reading_facts *facts, struct error *error)
{
    struct query *query = about(rows, FACTS, id, error);
    enum row row;

    if (query == NULL)
        return ROW_FAILED;
    row = query_row(query, error);
    if (row == ROW_ONE)
        reading_facts_read(query, id, facts);
    query_reset(query);
    return row;
}

/* ---- lists -------------------------------------------------------------------------------------- */

/* The ids that a statement yields. */
static bool collect(struct reading_rows *rows, struct query *query, struct id_list *list, struct error *error)
{
    bool has_memory = true;
    enum row row = ROW_END;

    while (has_memory && (row = query_row(query, error)) == ROW_ONE)
        has_memory = id_list_add(list, (uint64_t)query_number(query, 0));
    query_reset(query);
    if (!has_memory)
        return error_set(error, "%s: not enough memory to compare readings", rows->upserts->db.path);
    return row != ROW_FAILED;
}

/* Two captures that merely have a packet in common, as those of a switch's frames, share one anchor. */
static bool sharing(struct reading_rows *rows, uint64_t id, const struct capture_anchors *anchors,
    struct id_list *list, struct error *error)
{
    struct query *query = about(rows, SHARING, id, error);

    if (query == NULL)
        return false;
    for (unsigned i = 0; i < anchors->count; i++) {
        query_name_number(query, ":anchor", (int64_t)anchors->anchors[i].hash);
        if (!collect(rows, query, list, error))
            return false;
    }
    id_list_keep_repeated(list, CAPTURE_ANCHORS_SURE);
    return true;
}

bool reading_list(struct reading_rows *rows, const char *sql, struct id_list *list, struct error *error)
{
    struct query query;
    const bool done =
        query_open(&query, &rows->upserts->db, sql, error) && collect(rows, &query, list, error);

    query_close(&query);
    return done;
}

/* Those at least as long share the mark of its last level; a shorter one shares that of its own
 * last level. */
static bool beginning_alike(struct reading_rows *rows, uint64_t id, const struct capture_marks *marks,
    struct id_list *rivals, struct error *error)
{
    const unsigned levels = capture_marks_levels(marks);

    for (unsigned level = 0; level < levels; level++) {
        struct query *query = about(rows, RIVALS, id, error);

        if (query == NULL)
            return false;
        query_name_number(query, ":level", level);
        query_name_number(query, ":mark", capture_marks_at_level(marks, level));
        query_offer_number(query, ":is_last", level + 1 < levels);
        if (!collect(rows, query, rivals, error))
            return false;
    }
    return true;
}

bool reading_rivals(struct reading_rows *rows, uint64_t id, const struct capture_marks *marks,
    const struct capture_anchors *anchors, struct id_list *rivals, struct error *error)
{
    if ((anchors != NULL && !sharing(rows, id, anchors, rivals, error)) ||
        !beginning_alike(rows, id, marks, rivals, error))
        return false;
    id_list_keep_repeated(rivals, 1);
    return true;
}

bool reading_broken_off(struct reading_rows *rows, struct id_list *broken_off, struct error *error)
{
    struct query *query = about(rows, RUNNING, 0, error);
    bool has_memory = true;
    enum row row = ROW_END;

    if (query == NULL)
        return false;
    while (has_memory && (row = query_row(query, error)) == ROW_ONE)
        if (owner_is_gone(&rows->upserts->owner, (uint64_t)query_number(query, 1)))
            has_memory = id_list_add(broken_off, (uint64_t)query_number(query, 0));
    query_reset(query);
    if (!has_memory)
        return error_set(error, "%s: not enough memory to compare readings", rows->upserts->db.path);
    return row != ROW_FAILED;
}

/* ---- marks -------------------------------------------------------------------------------------- */

static bool run_mark(struct reading_rows *rows, enum statement which, uint64_t id,
    const struct capture_marks *marks, unsigned level, struct error *error)
{
    struct query *query = about(rows, which, id, error);

    if (query == NULL)
        return false;
    query_name_number(query, ":level", level);
    query_name_number(query, ":mark", capture_marks_at_level(marks, level));
    query_offer_number(query, ":is_last", level + 1 == capture_marks_levels(marks));
    return query_run(query, error);
}

static bool delete_marks(
    struct reading_rows *rows, uint64_t id, const struct capture_marks *marks, struct error *error)
{
    for (unsigned level = 0; level < capture_marks_levels(marks); level++)
        if (!run_mark(rows, DELETE_MARK, id, marks, level, error))
            return false;
    return true;
}

/* What was put before said "last" of another level. */
bool reading_put_marks(struct reading_rows *rows, uint64_t id, const struct capture_marks *marks,
    bool is_first, struct error *error)
{
    if (!is_first && !delete_marks(rows, id, marks, error))
        return false;
    for (unsigned level = 0; level < capture_marks_levels(marks); level++)
        if (!run_mark(rows, PUT_MARK, id, marks, level, error))
            return false;
    return true;
}

/* ---- anchors ------------------------------------------------------------------------------------ */

static bool run_anchors(struct reading_rows *rows, enum statement which, uint64_t id,
    const struct capture_anchors *anchors, struct error *error)
{
    struct query *query = about(rows, which, id, error);
    bool done = query != NULL;

    for (unsigned i = 0; done && i < anchors->count; i++) {
        query_name_number(query, ":anchor", (int64_t)anchors->anchors[i].hash);
        done = query_run(query, error);
    }
    return done;
}

bool reading_put_anchors(
    struct reading_rows *rows, uint64_t id, const struct capture_anchors *anchors, struct error *error)
{
    return run_anchors(rows, PUT_ANCHOR, id, anchors, error);
}

/* ---- what becomes of a reading ------------------------------------------------------------------ */

bool reading_conclude(
    struct reading_rows *rows, const struct conclusion *conclusion, uint64_t lost, struct error *error)
{
    struct query *query = about(rows, CONCLUDE, conclusion->source, error);

    if (query == NULL)
        return false;
    query_name_number(query, ":settled", !conclusion->broken_off);
    query_name_number(query, ":lost", (int64_t)lost);
    query_name_number(query, ":complete", conclusion->complete);
    query_name_number(query, ":before", (int64_t)conclusion->before);
    query_name_number(query, ":after", (int64_t)conclusion->after);
    return query_run(query, error);
}

bool reading_touch(struct reading_rows *rows, uint64_t id, struct error *error)
{
    return run(rows, TOUCH, id, error);
}

static bool set_state(struct reading_rows *rows, uint64_t id, const char *state, struct error *error)
{
    struct query *query = about(rows, SET_STATE, id, error);

    if (query == NULL)
        return false;
    query_name_text(query, ":state", state);
    return query_run(query, error);
}

bool reading_promote(struct reading_rows *rows, uint64_t id, struct error *error)
{
    return run(rows, COPY_PENDING, id, error) && run(rows, DELETE_PENDING, id, error) &&
        set_state(rows, id, "counts", error);
}

static bool set_aside(struct reading_rows *rows, uint64_t id, const char *state, struct error *error)
{
    return contacts_withdraw(&rows->contacts, id, error) && run(rows, COPY_COUNTING, id, error) &&
        run(rows, DELETE_COUNTING, id, error) && set_state(rows, id, state, error);
}

bool reading_demote(struct reading_rows *rows, uint64_t id, struct error *error)
{
    return set_aside(rows, id, "waiting", error);
}

static bool run_by(
    struct reading_rows *rows, enum statement which, uint64_t id, uint64_t by, struct error *error)
{
    struct query *query = about(rows, which, id, error);

    if (query == NULL)
        return false;
    query_name_number(query, ":by", (int64_t)by);
    return query_run(query, error);
}

bool reading_drop(struct reading_rows *rows, const struct reading_facts *facts, struct error *error)
{
    static const enum statement deletions[] = {DELETE_FATES, DELETE_UNKNOWN, DELETE_BLIND, DELETE_READING};

    if (!contacts_withdraw(&rows->contacts, facts->id, error) ||
        !run(rows, DELETE_COUNTING, facts->id, error) || !run(rows, DELETE_PENDING, facts->id, error) ||
        !delete_marks(rows, facts->id, &facts->marks, error) ||
        !run_anchors(rows, DELETE_ANCHOR, facts->id, &facts->anchors, error))
        return false;
    for (size_t i = 0; i < sizeof(deletions) / sizeof(deletions[0]); i++)
        if (!run(rows, deletions[i], facts->id, error))
            return false;
    return true;
}

/* Sessions that went on into a reading went on into the one that includes it. */
static bool follow(
    struct reading_rows *rows, uint64_t id, const struct inclusion *inclusion, struct error *error)
{
    static const enum statement both[] = {FOLLOW, FOLLOW_PENDING};

    if (!run(rows, FOLLOW_READING, id, error))
        return false;
    for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
        struct query *query = about(rows, both[i], id, error);

        if (query == NULL)
            return false;
        query_name_number(query, ":by", (int64_t)inclusion->by);
        query_name_number(query, ":before", (int64_t)inclusion->packets_before);
        if (!query_run(query, error))
            return false;
    }
    return true;
}

bool reading_replace(struct reading_rows *rows, const struct reading_facts *facts,
    const struct inclusion *inclusion, struct error *error)
{
    return reading_drop(rows, facts, error) &&
        (!facts->has_counted || run_by(rows, BURY, facts->id, inclusion->by, error)) &&
        follow(rows, facts->id, inclusion, error);
}

bool reading_rename(struct reading_rows *rows, uint64_t id, const char *name, struct error *error)
{
    struct query *query = about(rows, RENAME, id, error);

    if (query == NULL)
        return false;
    query_name_text(query, ":name", name);
    return query_run(query, error);
}

static bool run_on_both(struct reading_rows *rows, enum statement which, uint64_t worse, uint64_t better,
    struct error *error)
{
    struct query *query = about(rows, which, worse, error);

    if (query == NULL)
        return false;
    query_name_number(query, ":better", (int64_t)better);
    query_name_number(query, ":better_first", (int64_t)row_id_first_in(better));
    query_name_number(query, ":better_last", (int64_t)row_id_last_in(better));
    return query_run(query, error);
}

bool reading_leave_to(struct reading_rows *rows, uint64_t worse, uint64_t better, struct error *error)
{
    return contacts_withdraw(&rows->contacts, worse, error) &&
        run_on_both(rows, LEAVE, worse, better, error) && reading_touch(rows, worse, error);
}

bool reading_cover(
    struct reading_rows *rows, uint64_t id, const struct inclusion *inclusion, struct error *error)
{
    return set_aside(rows, id, "covered", error) && follow(rows, id, inclusion, error);
}

bool reading_uncover(struct reading_rows *rows, uint64_t id, struct error *error)
{
    return contacts_withdraw(&rows->contacts, id, error) && reading_promote(rows, id, error);
}

bool reading_cover_common(struct reading_rows *rows, uint64_t worse, uint64_t better, struct error *error)
{
    return contacts_withdraw(&rows->contacts, worse, error) &&
        run_on_both(rows, SET_ASIDE, worse, better, error) &&
        run_on_both(rows, LEAVE, worse, better, error) && reading_touch(rows, worse, error);
}

bool reading_delete_unread(struct reading_rows *rows, uint64_t id, struct error *error)
{
    struct query *query = about(rows, UNREAD, id, error);
    struct id_list unread = {0};
    bool done = query != NULL && collect(rows, query, &unread, error);

    for (size_t i = 0; done && i < unread.count; i++)
        done = run(rows, DELETE_READING, unread.ids[i], error) &&
            run_by(rows, BURY, unread.ids[i], id, error);
    id_list_free(&unread);
    return done;
}

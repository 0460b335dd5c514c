/* SPDX-License-Identifier: BSD-2-Clause */
/* apply.c: the rows of `report verdicts`, written into the inventory for its views: those that do not stand
 * there already. */
#include "applied_row.h"
#include "growing.h"

#include <lasthello/schema.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* All rows are ready before the inventory is locked: a sensor waits for as long as they are copied. Beyond
 * the cache they wait in a file. */
static const char ready_sql[] = "PRAGMA temp_store = FILE; PRAGMA temp.cache_size = -16384; "
                                "CREATE TEMPORARY TABLE ready AS SELECT * FROM applied_verdict LIMIT 0";
static const char insert_sql[] =
    "INSERT INTO temp.ready (" APPLIED_COLUMNS ") "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char standing_sql[] = "SELECT " APPLIED_COLUMNS ", rowid FROM applied_verdict";
/* What it is the state of: another `policy apply` may come in between. */
static const char state_sql[] =
    "SELECT coalesce((SELECT max(rowid) FROM applied_verdict), 0) || ' ' || "
    "coalesce((SELECT day || ' ' || applied FROM judgement_day), 'never')";
static const char delete_sql[] = "DELETE FROM applied_verdict WHERE rowid = ?";
static const char replace_sql[] =
    "INSERT INTO applied_verdict SELECT * FROM temp.ready; DELETE FROM judgement_day";
static const char day_sql[] = "INSERT INTO judgement_day (id, day, applied) VALUES (1, ?, ?)";

#define STATE_BYTES 80
#define TIMES_MAX   5 /* that others may come in between */

/* A row that stands in the inventory. */
struct standing {
    uint64_t hash; /* of all that it says */
    int64_t rowid; /* 0: it stays */
};

struct applying {
    struct db db;
    struct hash_key key;
    struct standing *standing; /* by hash; then by rowid */
    size_t count, room;
    char state[STATE_BYTES]; /* before they were read */
};

static uint64_t hash_row(const struct hash_key *key, const struct applied_row *row)
{
    uint64_t hash = hash_quick(key, row->numbers, sizeof(row->numbers));

    for (enum applied_text i = 0; i < APPLIED_TEXTS; i++) {
        const char *text = row->texts[i] == NULL ? "" : row->texts[i];

        hash = hash_quick_pair(key, hash, hash_quick(key, text, strlen(text)));
    }
    return hash;
}

/* ---- what stands there ------------------------------------------------------------------------------- */

static struct applied_row read_row(const struct query *query)
{
    struct applied_row row;

    for (enum applied_number i = 0; i < APPLIED_NUMBERS; i++) {
        const bool may_lack = i >= APPLIED_DAYS_LEFT;

        row.numbers[i] =
            may_lack && query_text(query, (int)i) == NULL ? NO_DAY : query_number(query, (int)i);
    }
    for (enum applied_text i = 0; i < APPLIED_TEXTS; i++)
        row.texts[i] = query_text(query, APPLIED_NUMBERS + (int)i);
    return row;
}

static bool keep_standing(struct applying *applying, const struct query *query, struct error *error)
{
    const struct applied_row row = read_row(query);
    struct standing *grown =
        growing_reserve(applying->standing, applying->count, 1, &applying->room, sizeof(*grown));

    if (grown == NULL)
        return error_set(error, "not enough memory for what was judged before");
    applying->standing = grown;
    grown[applying->count++] = (struct standing){.hash = hash_row(&applying->key, &row),
        .rowid = query_number(query, APPLIED_NUMBERS + APPLIED_TEXTS)};
    return true;
}

static int compare_hashes(const void *one_of, const void *other_of)
{
    const struct standing *one = one_of, *other = other_of;

    return (one->hash > other->hash) - (one->hash < other->hash);
}

static int compare_rowids(const void *one_of, const void *other_of)
{
    const struct standing *one = one_of, *other = other_of;

    return (one->rowid > other->rowid) - (one->rowid < other->rowid);
}

static bool read_state(struct applying *applying, char state[STATE_BYTES], struct error *error)
{
    struct query query;
    const bool read =
        query_open(&query, &applying->db, state_sql, error) && query_row(&query, error) == ROW_ONE;

    if (read)
        snprintf(state, STATE_BYTES, "%s", query_text(&query, 0));
    query_close(&query);
    return read;
}

static bool load_standing(struct applying *applying, struct error *error)
{
    struct query query = {0};
    enum row row = ROW_FAILED;

    applying->count = 0;
    if (read_state(applying, applying->state, error) &&
        query_open(&query, &applying->db, standing_sql, error))
        while ((row = query_row(&query, error)) == ROW_ONE && keep_standing(applying, &query, error))
            ;
    query_close(&query);
    if (applying->count > 0)
        qsort(applying->standing, applying->count, sizeof(applying->standing[0]), compare_hashes);
    return row == ROW_END;
}

/* Does a row that says all of it stand there? It stays then. */
static bool stands(struct applying *applying, const struct applied_row *row)
{
    const struct standing wanted = {.hash = hash_row(&applying->key, row)};
    struct standing *found = applying->count == 0 ? NULL
                                                  : bsearch(&wanted, applying->standing, applying->count,
                                                        sizeof(wanted), compare_hashes);

    if (found == NULL || found->rowid == 0)
        return false;
    found->rowid = 0;
    return true;
}

/* ---- what is to stand there -------------------------------------------------------------------------- */

static bool put(struct query *insert, const struct applied_row *row, struct error *error)
{
    for (enum applied_number i = 0; i < APPLIED_NUMBERS; i++)
        if (row->numbers[i] == NO_DAY)
            query_put_text(insert, i, NULL);
        else
            query_put_number(insert, i, row->numbers[i]);
    for (enum applied_text i = 0; i < APPLIED_TEXTS; i++)
        query_put_text(insert, APPLIED_NUMBERS + (size_t)i, row->texts[i]);
    return query_run(insert, error);
}

static bool make_rows(struct applying *applying, struct inventory *inventory,
    const struct checked_filters *checked, uint64_t *count, struct error *error)
{
    struct applied_maker maker = {.next = 0};
    struct query insert = {0};
    struct applied_row made;
    enum row row = ROW_FAILED;

    *count = 0;
    if (moment_begin(inventory, checked, error) && applied_maker_open(&maker, inventory, checked, error) &&
        query_open(&insert, &applying->db, insert_sql, error))
        while ((row = applied_maker_next(&maker, checked, &made, error)) == ROW_ONE &&
            (stands(applying, &made) || put(&insert, &made, error)))
            (*count)++;
    query_close(&insert);
    applied_maker_close(&maker);
    moment_end(inventory);
    return row == ROW_END;
}

static bool delete_standing(struct applying *applying, struct error *error)
{
    struct query query;
    bool done = query_open(&query, &applying->db, delete_sql, error);

    if (applying->count > 0) /* in the order in which they lie there */
        qsort(applying->standing, applying->count, sizeof(applying->standing[0]), compare_rowids);
    for (size_t i = 0; done && i < applying->count; i++)
        if (applying->standing[i].rowid != 0) {
            query_put_number(&query, 0, applying->standing[i].rowid);
            done = query_run(&query, error);
        }
    query_close(&query);
    return done;
}

static bool write_day(struct db *db, int64_t day, struct error *error)
{
    struct query query;
    bool written = query_open(&query, db, day_sql, error);

    if (written) {
        query_put_number(&query, 0, day);
        query_put_number(&query, 1, time(NULL));
        written = query_run(&query, error);
    }
    query_close(&query);
    return written;
}

/* ROW_END: another one came in between, and nothing is written. */
static enum row write_rows(struct applying *applying, int64_t today, struct error *error)
{
    struct db *db = &applying->db;
    char state[STATE_BYTES];

    if (!db_run(db, "BEGIN IMMEDIATE", error) || !read_state(applying, state, error))
        return ROW_FAILED;
    if (strcmp(state, applying->state) != 0)
        return db_run(db, "ROLLBACK; DELETE FROM temp.ready", error) ? ROW_END : ROW_FAILED;
    return delete_standing(applying, error) && db_run(db, replace_sql, error) &&
            write_day(db, today, error) && db_run(db, "COMMIT", error)
        ? ROW_ONE
        : ROW_FAILED;
}

static bool apply(struct applying *applying, struct inventory *inventory,
    const struct checked_filters *checked, uint64_t *count, struct error *error)
{
    enum row written = ROW_END;

    for (unsigned i = 0; i < TIMES_MAX && written == ROW_END; i++) {
        if (!load_standing(applying, error) || !make_rows(applying, inventory, checked, count, error))
            return false;
        written = write_rows(applying, checked->today, error);
    }
    if (written == ROW_END)
        return error_set(
            error, "%s: others judge it at the same time, again and again; try again", applying->db.path);
    return written == ROW_ONE;
}

bool inventory_apply(const char *path, const struct policies *policies, const struct filters *as_of,
    uint64_t *count, struct error *error)
{
    struct inventory *inventory = inventory_open(path, error);
    struct applying applying = {.count = 0};
    struct checked_filters checked;
    bool applied;

    if (inventory == NULL)
        return false;
    hash_key_random(&applying.key);
    inventory_judge_by(inventory, policies);
    applied = filters_check(as_of, time(NULL), &checked, error) &&
        db_open(&applying.db, path, DB_WRITE, error) &&
        schema_check(&applying.db, &schema_migrations, error) && db_run(&applying.db, ready_sql, error) &&
        apply(&applying, inventory, &checked, count, error);
    db_close(&applying.db);
    inventory_close(inventory);
    free(applying.standing);
    return applied;
}

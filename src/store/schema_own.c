/* SPDX-License-Identifier: BSD-2-Clause */
/* schema_own.c: does a file hold the tables, indexes and views of its schema, and nothing else? What stands
 * in a schema is run or looked at whenever its tables are: a view in the place of a table has no end, a
 * trigger writes. */
#include "schema_own.h"

#include <lasthello/text.h>

#include <string.h>

#define NAME_SHOWN 128

/* What SQLite itself keeps for its planner (ANALYZE) is no harm. */
static const char every_row[] =
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT IN ('sqlite_stat1', 'sqlite_stat4')";
static const char same_row[] =
    "SELECT count(*) FROM sqlite_master WHERE type IS ?1 AND name IS ?2 AND tbl_name IS ?3 AND sql IS ?4";

static bool fail_strange(const struct db *db, const struct query *row, struct error *error)
{
    const char *raw = query_text(row, 1), *type = query_text(row, 0);
    char name[NAME_SHOWN], kind[16];

    raw = raw == NULL ? "" : raw;
    type = type == NULL ? "thing" : type;
    text_visible((struct bytes){(const uint8_t *)raw, strlen(raw)}, name, sizeof(name));
    text_visible((struct bytes){(const uint8_t *)type, strlen(type)}, kind, sizeof(kind));
    return error_set(error,
        "%s: holds the %s '%s', which an inventory has not, or not like this; where it is yours, drop it, "
        "or keep it in another file",
        db->path, kind, name);
}

static bool fail_missing(const struct db *db, const struct query *row, struct error *error)
{
    return error_set(error, "%s: lacks its %s '%s', or has another in its place; restore a copy", db->path,
        query_text(row, 0), query_text(row, 1));
}

/* Is each row of the one schema in the other? If not, the sentence is about the file, which is `db`. */
static bool is_contained(struct db *one, struct db *other, const struct db *db,
    bool (*fail)(const struct db *db, const struct query *row, struct error *error), struct error *error)
{
    struct query rows = {0}, same = {0};
    bool contained = query_open(&rows, one, every_row, error) && query_open(&same, other, same_row, error);
    enum row row = ROW_END;

    while (contained && (row = query_row(&rows, error)) == ROW_ONE) {
        for (int i = 0; i < 4; i++)
            query_put_text(&same, (size_t)i, query_text(&rows, i));
        contained = query_row(&same, error) == ROW_ONE;
        if (contained && query_number(&same, 0) == 0)
            contained = fail(db, &rows, error);
        contained = query_run(&same, error) && contained;
    }
    query_close(&rows);
    query_close(&same);
    return contained && row != ROW_FAILED;
}

bool schema_is_own(struct db *db, struct db *model, struct error *error)
{
    return is_contained(db, model, db, fail_strange, error) &&
        is_contained(model, db, db, fail_missing, error);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* db_attach.c: a second database in the same connection, to be read only. */
#include "db_attach.h"

#include "db_uri.h"

#include <stdlib.h>

static bool attach(struct db *db, const char *path, const char *how, struct error *error)
{
    struct query query;
    char *uri = db_uri(path, how);
    bool attached = uri != NULL && query_open(&query, db, "ATTACH :uri AS other", error);

    if (attached) {
        query_name_text(&query, ":uri", uri);
        attached = query_run(&query, error);
        query_close(&query);
    }
    free(uri);
    if (attached && db_run(db, "SELECT 1 FROM other.sqlite_master", error))
        return true;
    if (attached)
        db_detach(db);
    return false;
}

/* Has it the tables of this one, and nothing else, now that nobody can exchange it any more? */
static bool has_same_schema(struct db *db, const char *path, struct error *error)
{
#define ROWS "SELECT type, name, tbl_name, sql FROM "
#define OWN  " WHERE name NOT LIKE 'sqlite_stat_'"
    static const char sql[] =
        "SELECT (SELECT count(*) FROM (" ROWS "main.sqlite_master" OWN " EXCEPT " ROWS
        "other.sqlite_master)) + (SELECT count(*) FROM (" ROWS "other.sqlite_master" OWN " EXCEPT " ROWS
        "main.sqlite_master))";
    int64_t differences = 0;

    return db_number(db, sql, &differences, error) &&
        (differences == 0 ||
            error_set(error, "%s: has another schema than the inventory that it is merged into", path));
}

bool db_limit_pages(struct db *db, const char *schema, struct error *error)
{
    struct query query;
    bool done = query_open(&query, db,
        "SELECT page_count * page_size FROM pragma_page_count(:schema), pragma_page_size(:schema)", error);

    if (!done)
        return false;
    query_name_text(&query, ":schema", schema);
    done = query_row(&query, error) == ROW_ONE;
    if (done)
        db_limit_work_by(db, query_number(&query, 0));
    query_close(&query);
    return done;
}

bool db_attach(struct db *db, const char *path, bool strange, struct error *error)
{
    db->work_left = 0;
    if (!attach(db, path, "mode=ro", error) && !attach(db, path, "immutable=1", error))
        return error_set(error, "%s: cannot be opened once more; try again", path);
    if ((!strange || db_limit_pages(db, "other", error)) && has_same_schema(db, path, error))
        return true;
    db_detach(db);
    return false;
}

bool db_is_spent(const struct db *db)
{
    return db->work_left < 0;
}

void db_detach(struct db *db)
{
    struct error ignored;

    db_limit_no_work(db);
    db->work_left = 0;
    db_run(db, "DETACH other", &ignored);
}

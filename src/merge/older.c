/* SPDX-License-Identifier: BSD-2-Clause */
/* older.c: what is read is not written to: it may be another one's, and a sensor's that is older. */
#include "older.h"

#include <unistd.h>

bool older_find(const char *path, const struct migrations *migrations)
{
    struct error ignored;
    struct db db;
    int64_t application = 0, version = 0;
    const bool is_read = db_open(&db, path, DB_READ, &ignored) &&
        db_number(&db, "PRAGMA application_id", &application, &ignored) &&
        db_number(&db, "PRAGMA user_version", &version, &ignored);

    db_close(&db);
    return is_read && application == APPLICATION_ID && version >= SCHEMA_FIRST &&
        version < schema_newest(migrations);
}

static bool copy_file(const char *from, const char *to, struct error *error)
{
    struct db db;
    struct query query;
    bool done = db_open(&db, from, DB_READ, error) && query_open(&query, &db, "VACUUM INTO :to", error);

    if (done) {
        query_name_text(&query, ":to", to);
        done = query_run(&query, error);
        query_close(&query);
    }
    db_close(&db);
    return done;
}

bool older_copy(
    struct draft *copy, const char *path, const struct migrations *migrations, struct error *error)
{
    struct db db = {0};
    const bool done = draft_aside(copy, error) && copy_file(path, copy->path, error) &&
        db_open(&db, copy->path, DB_WRITE, error) && schema_bring_up(&db, migrations, error);

    db_close(&db);
    return done;
}

void older_end(struct draft *copy)
{
    draft_end(copy);
    if (copy->target[0] != '\0')
        rmdir(copy->target);
}

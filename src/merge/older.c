/* SPDX-License-Identifier: BSD-2-Clause */
/* older.c: what is read is not written to: it may be another one's, and a sensor's that is older. */
#include "older.h"

#include <fcntl.h>
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

/* What was copied there before goes. */
static bool make_empty(const char *copy, const char *path, struct error *error)
{
    const int file = db_files_open(copy, O_RDWR | O_TRUNC | O_CLOEXEC);

    if (file < 0)
        return error_set(error,
            "%s: is of an older schema, and cannot be copied to be brought up to date; set TMPDIR to another "
            "folder",
            path);
    close(file);
    return true;
}

bool older_copy(const char *copy, const char *path, const struct migrations *migrations, struct error *error)
{
    struct db db = {0};
    const bool done = make_empty(copy, path, error) && copy_file(path, copy, error) &&
        db_open(&db, copy, DB_WRITE, error) && schema_bring_up(&db, migrations, error);

    db_close(&db);
    return done;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* schema.c: application_id, user_version and what leads from one version to the next. */
#include "schema_own.h"

#include <lasthello/schema.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char *const schema_sql[]; /* schema.sql, by lines */

static const char *const *const rows[] = {
    schema_sql,
};
const struct migrations schema_migrations = {rows, sizeof(rows) / sizeof(rows[0])};

enum owner {
    OWNER_NOBODY, /* an empty database */
    OWNER_US,
    OWNER_OTHER,
};

static bool read_owner(struct db *db, enum owner *owner, struct error *error)
{
    int64_t application, tables;

    if (!db_number(db, "PRAGMA application_id", &application, error) ||
        !db_number(db, "SELECT count(*) FROM sqlite_master", &tables, error))
        return false;
    if (application == APPLICATION_ID)
        *owner = OWNER_US;
    else
        *owner = application == 0 && tables == 0 ? OWNER_NOBODY : OWNER_OTHER;
    return true;
}

/* What this program must leave alone. */
static bool refuse(const struct db *db, enum owner owner, int64_t version,
    const struct migrations *migrations, struct error *error)
{
    if (owner == OWNER_OTHER)
        return error_set(error, "%s: is another program's database; name another file", db->path);
    if (owner == OWNER_US && version < SCHEMA_FIRST)
        return error_set(error,
            "%s: was made by a version that was never released: read the captures again, into a new file",
            db->path);
    if (version > schema_newest(migrations))
        return error_set(error,
            "%s: was made by a newer lasthello (schema %" PRId64 ", this one knows %d); use that one",
            db->path, version, schema_newest(migrations));
    return true;
}

static char *join(const char *const *lines)
{
    size_t len = 1;
    char *text, *end;

    for (const char *const *line = lines; *line != NULL; line++)
        len += strlen(*line);
    end = text = malloc(len);
    if (text == NULL)
        return NULL;
    *end = '\0';
    for (; *lines != NULL; lines++)
        end = stpcpy(end, *lines);
    return text;
}

static bool migrate(struct db *db, const char *const *lines, int64_t version, struct error *error)
{
    char *sql = join(lines);
    char marks[96];
    bool done;

    snprintf(marks, sizeof(marks), "PRAGMA application_id = %d; PRAGMA user_version = %" PRId64,
        APPLICATION_ID, version);
    if (sql == NULL)
        return error_set(error, "%s: not enough memory to make its tables", db->path);
    done = db_run(db, sql, error) && db_run(db, marks, error);
    free(sql);
    return done;
}

/* Makes the tables of a version in an empty database, and leads to another. */
static bool migrate_to(
    struct db *db, const struct migrations *migrations, int64_t from, int64_t to, struct error *error)
{
    for (; from < to; from++)
        if (!migrate(db, migrations->rows[from + 1 - SCHEMA_FIRST], from + 1, error))
            return false;
    return true;
}

/* Has the file the schema of this version, which is known, and nothing beside it? */
static bool check_own(
    struct db *db, const struct migrations *migrations, int64_t version, struct error *error)
{
    struct db model;
    bool own;

    if (!db_open(&model, ":memory:", DB_WRITE, error))
        return false;
    own =
        migrate_to(&model, migrations, SCHEMA_FIRST - 1, version, error) && schema_is_own(db, &model, error);
    db_close(&model);
    return own;
}

bool schema_check(struct db *db, const struct migrations *migrations, struct error *error)
{
    enum owner owner;
    int64_t version;

    if (!read_owner(db, &owner, error) || !db_number(db, "PRAGMA user_version", &version, error))
        return false;
    if (owner == OWNER_NOBODY)
        return error_set(error, "%s: is empty, no inventory yet; fill it first: lasthello read -o %s FILE",
            db->path, db->path);
    if (!refuse(db, owner, version, migrations, error))
        return false;
    if (version < schema_newest(migrations))
        return error_set(error,
            "%s: was made by an older lasthello; bring it up to date by writing to it once: "
            "lasthello read -o %s FILE",
            db->path, db->path);
    return check_own(db, migrations, version, error);
}

static bool migrate_all(struct db *db, const struct migrations *migrations, struct error *error)
{
    enum owner owner;
    int64_t version;

    /* asked again under the lock: another process may have been faster */
    if (!read_owner(db, &owner, error) || !db_number(db, "PRAGMA user_version", &version, error) ||
        !refuse(db, owner, version, migrations, error))
        return false;
    if (owner == OWNER_NOBODY)
        version = SCHEMA_FIRST - 1;
    return migrate_to(db, migrations, version, schema_newest(migrations), error);
}

bool schema_bring_up(struct db *db, const struct migrations *migrations, struct error *error)
{
    enum owner owner;
    int64_t version;

    if (!read_owner(db, &owner, error) || !db_number(db, "PRAGMA user_version", &version, error) ||
        !refuse(db, owner, version, migrations, error))
        return false;
    if (owner == OWNER_US && !check_own(db, migrations, version, error))
        return false;
    if (owner == OWNER_US && version == schema_newest(migrations))
        return true;
    if (db_run(db, "BEGIN IMMEDIATE", error) && migrate_all(db, migrations, error) &&
        db_run(db, "COMMIT", error))
        return true;
    db_roll_back(db);
    return false;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* db.c: SQLite and its result codes. */
#include <lasthello/db.h>
#include <lasthello/utc.h>

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUSY_MS   10000
#define READER_MS 500 /* how long db_reuse_wal waits for those who read */

/* What the operating system says, if it does. */
static const char *reason(const struct db *db)
{
    int system_error = db->handle == NULL ? 0 : sqlite3_system_errno(db->handle);

    if (system_error != 0)
        return strerror(system_error);
    return db->handle == NULL ? "not enough memory" : sqlite3_errmsg(db->handle);
}

static bool fail_read_only(const struct db *db, struct error *error)
{
    return error_set(error,
        "%s: no permission to write it or in its folder; change the permissions, or name another file",
        db->path);
}

/* SQLite tries a second time, to read only, and then knows no more why it could not make the file. */
static bool fail_to_open(const struct db *db, struct error *error)
{
    const int given = db_files_failure();
    char path[PATH_MAX];
    const char *folder;

    snprintf(path, sizeof(path), "%s", db->path);
    folder = dirname(path);
    if (given == ELOOP)
        return error_set(error,
            "%s: its path goes through a symbolic link of another user, which is not followed; name the file itself",
            db->path);
    if (given != 0 ? !db_files_has(db->path) : access(db->path, F_OK) != 0 && access(folder, W_OK) != 0)
        return error_set(error,
            "%s: cannot be made in folder %s (%s); make the folder, change its permissions, or name another file",
            db->path, folder, strerror(given != 0 ? given : errno));
    if (given == EACCES || given == EPERM || given == EROFS)
        return fail_read_only(db, error);
    return error_set(error,
        "%s: cannot be opened (%s); check the path, and the permissions of the file and its folder", db->path,
        reason(db));
}

static bool fail(const struct db *db, struct error *error)
{
    int code = db->handle == NULL ? SQLITE_NOMEM : sqlite3_errcode(db->handle);

    switch (code & 0xff) {
    case SQLITE_FULL:
        return error_set(error, "%s: the disk is full; free some space, what was stored stays", db->path);
    case SQLITE_IOERR:
        return error_set(error,
            "%s: cannot be read or written (%s); check the disk and its limits, what was stored stays", db->path,
            reason(db));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_set(error,
            "%s: another program has kept it locked for %d seconds; end that program, or name another file",
            db->path, BUSY_MS / 1000);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return fail_read_only(db, error);
    case SQLITE_CANTOPEN:
        return fail_to_open(db, error);
    case SQLITE_NOTADB:
        return error_set(error, "%s: is no inventory, and no SQLite file at all; name another file", db->path);
    case SQLITE_CORRUPT:
        return error_set(
            error, "%s: is damaged; restore a copy, or save what is left: sqlite3 %s .recover", db->path, db->path);
    default:
        return error_set(error, "%s: %s; name another file, and report this", db->path, reason(db));
    }
}

/* Names with ?, # and % in a URI. */
static char *immutable_uri(const char *path)
{
    char *uri = malloc(3 * strlen(path) + sizeof("file:?immutable=1"));
    char *end = uri;

    if (uri == NULL)
        return NULL;
    end = stpcpy(end, "file:");
    for (; *path != '\0'; path++)
        end += snprintf(end, 4, strchr("?#%", *path) != NULL ? "%%%02X" : "%c", *path);
    snprintf(end, sizeof("?immutable=1"), "?immutable=1");
    return uri;
}

/* A copy without its -wal in a folder that may not be written to: nobody can be writing to it either. */
static bool open_immutable(struct db *db)
{
    char *uri = immutable_uri(db->path);
    int code;

    sqlite3_close(db->handle);
    db->handle = NULL;
    code = uri == NULL
        ? SQLITE_NOMEM
        : sqlite3_open_v2(uri, &db->handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
    free(uri);
    return code == SQLITE_OK;
}

/* What is kept of the rows that are worst so far. */
struct worst {
    sqlite3_int64 badness, kept; /* badness 0: no row yet */
};

/* Is the row as bad as the worst? What was kept of better ones is forgotten. */
static bool is_worst(struct worst *worst, sqlite3_int64 badness)
{
    if (worst == NULL || badness < worst->badness)
        return false;
    if (badness > worst->badness)
        *worst = (struct worst){.badness = badness};
    return true;
}

/* sum_of_worst(badness, number): of the rows with the highest badness, which is at least 1. */
static void sum_worst(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct worst *worst = sqlite3_aggregate_context(context, sizeof(*worst));

    (void)count;
    if (is_worst(worst, sqlite3_value_int64(values[0])))
        worst->kept += sqlite3_value_int64(values[1]);
}

/* least_of_worst(badness, number), of numbers that are not 0. */
static void keep_least_of_worst(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct worst *worst = sqlite3_aggregate_context(context, sizeof(*worst));
    sqlite3_int64 value = sqlite3_value_int64(values[1]);

    (void)count;
    if (is_worst(worst, sqlite3_value_int64(values[0])) && (worst->kept == 0 || value < worst->kept))
        worst->kept = value;
}

static void answer_worst(sqlite3_context *context)
{
    const struct worst *worst = sqlite3_aggregate_context(context, sizeof(*worst));

    if (worst != NULL)
        sqlite3_result_int64(context, worst->kept);
}

/* all_bits(): the bits that any of the numbers has. */
static void keep_bits(sqlite3_context *context, int count, sqlite3_value **values)
{
    sqlite3_int64 *kept = sqlite3_aggregate_context(context, sizeof(*kept));

    (void)count;
    if (kept != NULL)
        *kept |= sqlite3_value_int64(values[0]);
}

static void answer_kept(sqlite3_context *context)
{
    sqlite3_int64 *kept = sqlite3_aggregate_context(context, sizeof(*kept));

    if (kept != NULL)
        sqlite3_result_int64(context, *kept);
}

/* utc(): microseconds since 1970 as ISO 8601, in a tenth of the time that strftime() and printf() take. */
static void write_utc(sqlite3_context *context, int count, sqlite3_value **values)
{
    char text[UTC_BYTES];

    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    utc_text(sqlite3_value_int64(values[0]), text);
    sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

static void add_functions(struct db *db)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;

    sqlite3_create_function(db->handle, "utc", 1, flags, NULL, write_utc, NULL, NULL);
    sqlite3_create_function(db->handle, "all_bits", 1, flags, NULL, NULL, keep_bits, answer_kept);
    sqlite3_create_function(db->handle, "sum_of_worst", 2, flags, NULL, NULL, sum_worst, answer_worst);
    sqlite3_create_function(db->handle, "least_of_worst", 2, flags, NULL, NULL, keep_least_of_worst, answer_worst);
}

static int touch(struct db *db)
{
    return sqlite3_exec(db->handle, "SELECT 1 FROM sqlite_master", NULL, NULL, NULL);
}

static bool open_for_reading(struct db *db)
{
    int code = sqlite3_open_v2(db->path, &db->handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);

    if (code != SQLITE_OK)
        return false;
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    code = touch(db) & 0xff;
    if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY)
        return code == SQLITE_OK;
    return open_immutable(db) && touch(db) == SQLITE_OK;
}

static bool open_for_writing(struct db *db)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* nobody asks, and each allocation would take a lock for it */
    if (sqlite3_open_v2(db->path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
            NULL) != SQLITE_OK)
        return false;
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    return touch(db) == SQLITE_OK;
}

bool db_open(struct db *db, const char *path, enum db_mode mode, struct error *error)
{
    *db = (struct db){.path = strdup(path)};
    if (db->path == NULL)
        return error_set(error, "%s: not enough memory to open it", path);
    if (!(mode == DB_WRITE ? open_for_writing(db) : open_for_reading(db)))
        fail(db, error);
    else if (mode == DB_WRITE && sqlite3_db_readonly(db->handle, "main") == 1)
        fail_read_only(db, error); /* SQLite opens for reading what may not be written */
    else {
        add_functions(db);
        return true;
    }
    db_close(db);
    return false;
}

void db_close(struct db *db)
{
    sqlite3_close(db->handle);
    free(db->path);
    *db = (struct db){0};
}

bool db_run(struct db *db, const char *sql, struct error *error)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail(db, error);
}

bool db_number(struct db *db, const char *sql, int64_t *number, struct error *error)
{
    struct query query;
    bool found = query_open(&query, db, sql, error) && query_row(&query, error) == ROW_ONE;

    if (found)
        *number = query_number(&query, 0);
    query_close(&query);
    return found;
}

int64_t db_changes(const struct db *db)
{
    return sqlite3_changes(db->handle);
}

void db_keep_wal(struct db *db)
{
    int on = 1;

    sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
}

bool db_reuse_wal(struct db *db)
{
    int frames = 0, code;

    sqlite3_busy_timeout(db->handle, READER_MS);
    code = sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_RESTART, &frames, NULL);
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    return code == SQLITE_OK && frames > 0;
}

void db_roll_back(struct db *db)
{
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

bool query_open(struct query *query, struct db *db, const char *sql, struct error *error)
{
    *query = (struct query){.db = db};
    return sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &query->statement, NULL) == SQLITE_OK ||
        fail(db, error);
}

void query_close(struct query *query)
{
    sqlite3_finalize(query->statement);
    *query = (struct query){0};
}

/* Binding fails for want of memory or of a parameter; running the query then says so. */
void query_put_number(struct query *query, int64_t number)
{
    sqlite3_bind_int64(query->statement, ++query->filled, number);
}

void query_put_reference(struct query *query, uint64_t id)
{
    if (id == 0)
        sqlite3_bind_null(query->statement, ++query->filled);
    else
        sqlite3_bind_int64(query->statement, ++query->filled, (int64_t)id);
}

void query_put_text(struct query *query, const char *text)
{
    if (text == NULL || text[0] == '\0')
        sqlite3_bind_null(query->statement, ++query->filled);
    else
        sqlite3_bind_text(query->statement, ++query->filled, text, -1, SQLITE_STATIC);
}

void query_name_number(struct query *query, const char *name, int64_t number)
{
    int parameter = sqlite3_bind_parameter_index(query->statement, name);

    if (parameter > 0)
        sqlite3_bind_int64(query->statement, parameter, number);
}

void query_name_text(struct query *query, const char *name, const char *text)
{
    int parameter = sqlite3_bind_parameter_index(query->statement, name);

    if (parameter > 0)
        sqlite3_bind_text(query->statement, parameter, text, -1, SQLITE_TRANSIENT);
}

bool query_run(struct query *query, struct error *error)
{
    int code;

    do
        code = sqlite3_step(query->statement);
    while (code == SQLITE_ROW);
    if (code != SQLITE_DONE)
        fail(query->db, error);
    sqlite3_reset(query->statement);
    query->filled = 0;
    return code == SQLITE_DONE;
}

enum row query_row(struct query *query, struct error *error)
{
    int code = sqlite3_step(query->statement);

    if (code == SQLITE_ROW)
        return ROW_ONE;
    if (code == SQLITE_DONE)
        return ROW_END;
    fail(query->db, error);
    return ROW_FAILED;
}

const char *query_column(const struct query *query, int column)
{
    return sqlite3_column_name(query->statement, column);
}

const char *query_text(const struct query *query, int column)
{
    return (const char *)sqlite3_column_text(query->statement, column);
}

int64_t query_number(const struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* db.c: SQLite and its result codes. */
#include <lasthello/db.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORK_STEPS    100000     /* of SQLite's machine, after which the work is looked at */
#define WORK_AT_LEAST 50000000LL /* steps of the questions to a small file */
#define WORK_A_BYTE   60LL       /* one takes some 5 steps a byte */
#define SHM_LOCK_BYTE 128

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

/* What the operating system said when the file was to be opened; `missing`: there is none. */
static int why_not_opened(const struct db *db, const char *folder, bool *missing)
{
    const int given = db_files_failure();
    struct stat about;

    if (given != 0) {
        *missing = db_files_stat(db->path, &about) != 0;
        return given;
    }
    *missing = access(db->path, F_OK) != 0 && errno == ENOENT;
    if (*missing && access(folder, F_OK) != 0)
        return errno;
    return access(*missing ? folder : db->path, *missing ? W_OK : R_OK) == 0 ? 0 : errno;
}

static bool fail_to_make(const struct db *db, const char *folder, int why, struct error *error)
{
    switch (why) {
    case ENOENT:
    case ENOTDIR:
        return error_set(error, "%s: there is no folder %s; make it, or name another file", db->path, folder);
    case EACCES:
    case EPERM:
    case EROFS:
        return error_set(error,
            "%s: no permission to write in folder %s; change its permissions, or name another file", db->path,
            folder);
    default:
        return error_set(error, "%s: cannot be made in folder %s (%s); name another file", db->path, folder,
            strerror(why));
    }
}

/* SQLite tries a second time, to read only, and then knows no more why it could not make the file. */
static bool fail_to_open(const struct db *db, struct error *error)
{
    char path[PATH_MAX];
    const char *folder;
    bool missing;
    int why;

    snprintf(path, sizeof(path), "%s", db->path);
    folder = dirname(path);
    why = why_not_opened(db, folder, &missing);
    if (why == ELOOP)
        return error_set(error,
            "%s: its path goes through a symbolic link of another user, which is not followed; name the file "
            "itself",
            db->path);
    if (db->mode == DB_READ && (why == EACCES || why == EPERM))
        return error_set(error,
            "%s: no permission to read it; change the permissions of the file and its folder, or ask as its "
            "owner",
            db->path);
    if (missing && why != 0)
        return fail_to_make(db, folder, why, error);
    if (why == EACCES || why == EPERM || why == EROFS)
        return fail_read_only(db, error);
    if (why == EISDIR)
        return error_set(
            error, "%s: is a folder; name the inventory in it, as %s/inventory.db", db->path, db->path);
    return error_set(error,
        "%s: cannot be opened (%s); check the path, and the permissions of the file and its folder", db->path,
        why != 0 ? strerror(why) : reason(db));
}

static bool fail_damaged(const struct db *db, struct error *error)
{
    return error_set(error, "%s: is damaged; restore a copy, or save what is left: sqlite3 %s .recover",
        db->path, db->path);
}

static bool fail(const struct db *db, struct error *error)
{
    int code = db->handle == NULL ? SQLITE_NOMEM : sqlite3_errcode(db->handle);

    switch (code & 0xff) {
    case SQLITE_FULL:
        return error_set(error, "%s: the disk is full; free some space, what was stored stays", db->path);
    case SQLITE_IOERR:
        return error_set(error,
            "%s: cannot be read or written (%s); check the disk and its limits, what was stored stays",
            db->path, reason(db));
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
        return error_set(
            error, "%s: is no inventory, and no SQLite file at all; name another file", db->path);
    case SQLITE_CORRUPT:
        return fail_damaged(db, error);
    case SQLITE_INTERRUPT:
        return error_set(error,
            "%s: to answer takes far more work than a file of its size has use for; it is damaged, or was "
            "made to do harm",
            db->path);
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
    code = uri == NULL ? SQLITE_NOMEM
                       : sqlite3_open_v2(uri, &db->handle,
                             SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
    free(uri);
    return code == SQLITE_OK;
}

/* A file may come from a stranger, or from a sensor that was taken over: nothing that its schema names is
 * run, and cells that are longer than their page are noticed. */
static void distrust(struct db *db)
{
    static const struct {
        int option, value;
    } rows[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        sqlite3_db_config(db->handle, rows[i].option, rows[i].value, NULL);
    sqlite3_exec(db->handle, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
}

static int stop_when_spent(void *budget)
{
    int64_t *left = budget;

    return --*left < 0;
}

void db_limit_work(struct db *db)
{
    struct stat about;
    const int64_t bytes = db_files_stat(db->path, &about) == 0 ? about.st_size : 0;

    db->work_left = (WORK_AT_LEAST + WORK_A_BYTE * bytes) / WORK_STEPS;
    sqlite3_progress_handler(db->handle, WORK_STEPS, stop_when_spent, &db->work_left);
}

void db_refuse_views(struct db *db)
{
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
}

/* Does a file with bytes stand beside the database? */
static bool has_beside(const struct db *db, const char *end)
{
    char path[PATH_MAX];
    struct stat about;

    snprintf(path, sizeof(path), "%s%s", db->path, end);
    return db_files_stat(path, &about) == 0 && about.st_size > 0;
}

/* Is nobody using the -wal? Each connection holds a shared lock on this byte of the -shm (SQLite's
 * os_unix.c). */
static bool is_unused(const struct db *db)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = SHM_LOCK_BYTE, .l_len = 1};
    char path[PATH_MAX];
    bool unused;
    int shm;

    snprintf(path, sizeof(path), "%s-shm", db->path);
    shm = db_files_open(path, O_RDONLY | O_CLOEXEC);
    if (shm < 0)
        return true;
    unused = fcntl(shm, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
    close(shm);
    return unused;
}

/* The last one to write did not end in good order: what it left is looked through once. */
static bool check_whole(struct db *db)
{
    sqlite3_stmt *statement = NULL;
    bool whole = sqlite3_prepare_v2(db->handle, "PRAGMA quick_check(1)", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW &&
        strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;

    sqlite3_finalize(statement);
    return whole;
}

static int touch(struct db *db)
{
    return sqlite3_exec(db->handle, "SELECT 1 FROM sqlite_master", NULL, NULL, NULL);
}

/* `is_unread`: a part of it lies in a file beside it that may not be used. */
static bool open_for_reading(struct db *db, bool *is_unread)
{
    int code = sqlite3_open_v2(db->path, &db->handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);

    if (code != SQLITE_OK)
        return false;
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    code = touch(db) & 0xff;
    if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY)
        return code == SQLITE_OK;
    if (has_beside(db, "-wal") || has_beside(db, "-journal")) {
        *is_unread = true;
        return false;
    }
    return open_immutable(db) && touch(db) == SQLITE_OK;
}

static bool open_for_writing(struct db *db)
{
    if (sqlite3_open_v2(db->path, &db->handle,
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return false;
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    return touch(db) == SQLITE_OK;
}

static bool fail_unread(const struct db *db, struct error *error)
{
    return error_set(error,
        "%s: what was stored last lies in the -wal file beside it, which cannot be used without the right to "
        "write there; "
        "copy both to a folder of your own, and ask there",
        db->path);
}

static bool open_file(struct db *db, enum db_mode mode, struct error *error)
{
    const bool was_left = strcmp(db->path, ":memory:") != 0 && has_beside(db, "-wal") && is_unused(db);
    bool is_unread = false;

    if (!(mode == DB_WRITE ? open_for_writing(db) : open_for_reading(db, &is_unread)))
        return is_unread ? fail_unread(db, error) : fail(db, error);
    if (mode == DB_WRITE && sqlite3_db_readonly(db->handle, "main") == 1)
        return fail_read_only(db, error); /* SQLite opens for reading what may not be written */
    if (was_left && !check_whole(db))
        return fail_damaged(db, error);
    distrust(db);
    return true;
}

bool db_open(struct db *db, const char *path, enum db_mode mode, struct error *error)
{
    *db = (struct db){.path = strdup(path), .mode = mode};
    db_configure();
    if (db->path == NULL)
        return error_set(error, "%s: not enough memory to open it", path);
    if (open_file(db, mode, error))
        return true;
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
    return sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &query->statement, NULL) ==
        SQLITE_OK ||
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

void query_reset(struct query *query)
{
    sqlite3_reset(query->statement);
    query->filled = 0;
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

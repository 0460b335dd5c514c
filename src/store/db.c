/* SPDX-License-Identifier: BSD-2-Clause */
/* db.c: SQLite and its result codes. */
#include "db_attach.h"
#include "db_failures.h"
#include "db_uri.h"

#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define WORK_STEPS    100000     /* of SQLite's machine, after which the work is looked at */
#define WORK_AT_LEAST 50000000LL /* steps of the questions to a small file */
#define WORK_A_BYTE   60LL       /* one takes some 5 steps a byte */
#define SHM_LOCK_BYTE 128

#define STEP_MS   5   /* after which a lock is tried again */
#define READER_MS 500 /* how long db_reuse_wal waits for those who read */

/* A copy without its -wal in a folder that may not be written to: nobody can be writing to it either. */
static bool open_immutable(struct db *db)
{
    char *uri = db_uri(db->path, "immutable=1");
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

void db_interrupt(struct db *db)
{
    atomic_store(&db->is_interrupted, true);
    sqlite3_interrupt(db->handle);
}

void db_limit_work_by(struct db *db, int64_t bytes)
{
    db->work_left = (WORK_AT_LEAST + WORK_A_BYTE * bytes) / WORK_STEPS;
    sqlite3_progress_handler(db->handle, WORK_STEPS, stop_when_spent, &db->work_left);
}

void db_limit_work(struct db *db)
{
    struct stat about;

    db_limit_work_by(db, db_files_stat(db->path, &about) == 0 ? about.st_size : 0);
}

void db_limit_no_work(struct db *db)
{
    sqlite3_progress_handler(db->handle, 0, NULL, NULL);
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

    db_files_beside(db->path, end, path);
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

    db_files_beside(db->path, "-shm", path);
    shm = db_files_open(path, O_RDONLY | O_CLOEXEC);
    if (shm < 0)
        return true;
    unused = fcntl(shm, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
    close(shm);
    return unused;
}

bool db_check_pages(struct db *db, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    bool whole = sqlite3_prepare_v2(db->handle, "PRAGMA quick_check(1)", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW &&
        strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;

    sqlite3_finalize(statement);
    return whole || db_fail_damaged(db, error);
}

/* SQLite's own handler hears no interrupt. */
static int wait_for_lock(void *context, int steps)
{
    const struct timespec pause = {.tv_nsec = STEP_MS * 1000000L};
    struct db *db = context;

    if (steps >= DB_BUSY_MS / STEP_MS || atomic_load(&db->is_interrupted))
        return 0;
    nanosleep(&pause, NULL);
    return 1;
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
    sqlite3_busy_handler(db->handle, wait_for_lock, db);
    code = touch(db) & 0xff;
    if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY)
        return code == SQLITE_OK;
    if (has_beside(db, "-wal") || has_beside(db, "-journal")) {
        *is_unread = true;
        return false;
    }
    return open_immutable(db) && touch(db) == SQLITE_OK;
}

/* Others may be attached to it, by a URI (db_attach); its own path is none. */
static bool open_for_writing(struct db *db)
{
    const bool is_uri = strncmp(db->path, "file:", 5) == 0;

    if (sqlite3_open_v2(db->path, &db->handle,
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                (is_uri ? 0 : SQLITE_OPEN_URI),
            NULL) != SQLITE_OK)
        return false;
    sqlite3_busy_timeout(db->handle, DB_BUSY_MS);
    return touch(db) == SQLITE_OK;
}

static bool fail_unread(const struct db *db, struct error *error)
{
    const char *end = has_beside(db, "-wal") ? "-wal" : "-journal";
    char path[PATH_MAX];
    int file;

    db_files_beside(db->path, end, path);
    file = db_files_open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return error_set(error,
            "%s: what was stored last lies in the %s file beside it, which may not be read; ask as the user "
            "who wrote it",
            db->path, end);
    close(file);
    return error_set(error,
        "%s: what was stored last lies in the %s file beside it, which cannot be used without the right to "
        "write there; copy both to a folder of your own, and ask there",
        db->path, end);
}

/* A pipe, of which nothing comes, is not waited for. */
static bool is_special(const struct db *db)
{
    struct stat about;

    return db_files_stat(db->path, &about) == 0 &&
        (S_ISFIFO(about.st_mode) || S_ISCHR(about.st_mode) || S_ISSOCK(about.st_mode));
}

static bool open_file(struct db *db, enum db_mode mode, struct error *error)
{
    /* to close a descriptor of the -shm gives up the locks of all connections of this process (fcntl(2)) */
    const bool was_left = mode != DB_READ_BESIDE && strcmp(db->path, ":memory:") != 0 &&
        has_beside(db, "-wal") && is_unused(db);
    bool is_unread = false;

    if (is_special(db))
        return error_set(error, "%s: is no file; name the inventory", db->path);
    if (!(mode == DB_WRITE ? open_for_writing(db) : open_for_reading(db, &is_unread)))
        return is_unread ? fail_unread(db, error) : db_fail(db, error);
    if (mode == DB_WRITE && sqlite3_db_readonly(db->handle, "main") == 1)
        return db_fail_read_only(db, error); /* SQLite opens for reading what may not be written */
    /* the last one to write did not end in good order: what it left is looked through once */
    if (was_left && !db_check_pages(db, error))
        return false;
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

static void call(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct db_function *function = sqlite3_user_data(context);
    const char *one = (const char *)sqlite3_value_text(values[0]);
    const char *other = (const char *)sqlite3_value_text(values[count - 1]);
    char *made = one == NULL || other == NULL ? NULL : sqlite3_malloc64(function->room(one, other));

    if (made == NULL) {
        sqlite3_result_error_nomem(context);
        return;
    }
    function->make(one, other, made);
    sqlite3_result_text(context, made, -1, sqlite3_free);
}

bool db_define(struct db *db, const struct db_function *function, struct error *error)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;

    return sqlite3_create_function(db->handle, function->name, 2, flags, (void *)(uintptr_t)function, call,
               NULL, NULL) == SQLITE_OK ||
        db_fail(db, error);
}

bool db_run(struct db *db, const char *sql, struct error *error)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK || db_fail(db, error);
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
    sqlite3_busy_timeout(db->handle, DB_BUSY_MS);
    return code == SQLITE_OK && frames > 0;
}

void db_roll_back(struct db *db)
{
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

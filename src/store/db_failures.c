/* SPDX-License-Identifier: BSD-2-Clause */
/* db_failures.c: why a database cannot be opened or written, as SQLite, its files and folders tell. */
#include "db_failures.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the operating system says, if it does. */
static const char *reason(const struct db *db)
{
    int system_error = db->handle == NULL ? 0 : sqlite3_system_errno(db->handle);

    if (system_error != 0)
        return strerror(system_error);
    return db->handle == NULL ? "not enough memory" : sqlite3_errmsg(db->handle);
}

bool db_fail_read_only(const struct db *db, struct error *error)
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
    if (db->mode == DB_READ && missing)
        return error_set(error, "%s: no such inventory; check the path", db->path);
    if (missing && why != 0)
        return fail_to_make(db, folder, why, error);
    if (why == EACCES || why == EPERM || why == EROFS)
        return db_fail_read_only(db, error);
    if (why == EISDIR)
        return error_set(
            error, "%s: is a folder; name the inventory in it, as %s/inventory.db", db->path, db->path);
    return error_set(error,
        "%s: cannot be opened (%s); check the path, and the permissions of the file and its folder", db->path,
        why != 0 ? strerror(why) : reason(db));
}

bool db_fail_damaged(const struct db *db, struct error *error)
{
    return error_set(error, "%s: is damaged; restore a copy, or save what is left: sqlite3 %s .recover",
        db->path, db->path);
}

bool db_fail(const struct db *db, struct error *error)
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
            db->path, DB_BUSY_MS / 1000);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return db_fail_read_only(db, error);
    case SQLITE_CANTOPEN:
        return fail_to_open(db, error);
    case SQLITE_NOTADB:
        return error_set(
            error, "%s: is no inventory, and no SQLite file at all; name another file", db->path);
    case SQLITE_CORRUPT:
        return db_fail_damaged(db, error);
    case SQLITE_INTERRUPT:
        return error_set(error,
            "%s: to answer takes far more work than a file of its size has use for; it is damaged, or was "
            "made to do harm",
            db->path);
    default:
        return error_set(error, "%s: %s; name another file, and report this", db->path, reason(db));
    }
}

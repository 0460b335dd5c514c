/* SPDX-License-Identifier: BSD-2-Clause */
/* db_files.c: SQLite's files, opened by somebody else. SQLite lets the system calls be replaced that it
 * makes; in their place its files are asked for by number, and every other path is refused. */
#include <lasthello/db.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A database whose files are given. */
struct given {
    const char *path;     /* as it is opened */
    char whole[PATH_MAX]; /* as SQLite makes it whole; of one alone its last name, which does for it */
    const struct db_files *files;
};

static struct given given[DB_PLACES_MAX];
static size_t given_count;
static _Thread_local int failure;

/* Which of the files of `database` that is; negative: none. */
static int file_of(const char *path, const char *database)
{
    static const char *const ends[] = {
        [DB_FILE_MAIN] = "", [DB_FILE_WAL] = "-wal", [DB_FILE_SHM] = "-shm", [DB_FILE_JOURNAL] = "-journal"};
    const size_t len = strlen(database);

    if (len == 0 || strncmp(path, database, len) != 0)
        return -1;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (strcmp(path + len, ends[i]) == 0)
            return (int)i;
    return -1;
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* Whose file that is, and which; NULL: nobody's. */
static const struct db_files *giver_of(const char *path, enum db_file *file)
{
    int found = -1;

    if (given_count == 1 && (found = file_of(last_name(path), last_name(given[0].path))) >= 0) {
        *file = (enum db_file)found;
        return given[0].files;
    }
    for (size_t i = 0; i < given_count; i++) {
        found = file_of(path, given[i].whole);
        if (found < 0)
            found = file_of(path, given[i].path);
        if (found >= 0) {
            *file = (enum db_file)found;
            return given[i].files;
        }
    }
    return NULL;
}

/* As system calls do. */
static int answer(int got)
{
    if (got >= 0)
        return got;
    errno = -got;
    return -1;
}

static int refuse(void)
{
    errno = EACCES;
    return -1;
}

static int give_open(const char *path, int flags, int mode)
{
    enum db_file file;
    const struct db_files *giver = giver_of(path, &file);
    int got;

    (void)mode;
    if (giver == NULL)
        return refuse();
    got = giver->open(giver->context, file, flags);
    if (file == DB_FILE_MAIN)
        failure = got >= 0 ? 0 : failure == 0 ? -got
                                              : failure; /* SQLite tries again in another way */
    return answer(got);
}

static int give_stat(const char *path, struct stat *about)
{
    enum db_file file;
    const struct db_files *giver = giver_of(path, &file);

    return giver == NULL ? refuse() : answer(giver->look(giver->context, file, about));
}

/* SQLite looks for links on the way; who opens the files has done so. */
static int give_lstat(const char *path, struct stat *about)
{
    (void)path;
    (void)about;
    errno = ENOENT;
    return -1;
}

static int give_access(const char *path, int mode)
{
    struct stat about;

    (void)mode;
    return give_stat(path, &about);
}

static int give_unlink(const char *path)
{
    enum db_file file;
    const struct db_files *giver = giver_of(path, &file);

    return giver == NULL ? refuse() : answer(giver->remove(giver->context, file));
}

void db_configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static sqlite3_vfs *put_calls(bool are_given)
{
    const struct {
        const char *call;
        sqlite3_syscall_ptr function;
    } rows[] = {
        {"open", (sqlite3_syscall_ptr)give_open},
        {"stat", (sqlite3_syscall_ptr)give_stat},
        {"lstat", (sqlite3_syscall_ptr)give_lstat},
        {"access", (sqlite3_syscall_ptr)give_access},
        {"unlink", (sqlite3_syscall_ptr)give_unlink},
    };
    sqlite3_vfs *vfs;

    db_configure();
    vfs = sqlite3_vfs_find(NULL);
    for (size_t i = 0; vfs != NULL && i < sizeof(rows) / sizeof(rows[0]); i++)
        vfs->xSetSystemCall(vfs, rows[i].call, are_given ? rows[i].function : NULL);
    return vfs;
}

void db_files_use(const char *path, const struct db_files *files)
{
    given_count = files != NULL;
    given[0] = (struct given){.path = path, .files = files};
    failure = 0;
    put_calls(files != NULL);
}

void db_files_use_several(const struct db_place *places, size_t count)
{
    sqlite3_vfs *vfs = put_calls(count > 0);

    given_count = count;
    failure = 0;
    for (size_t i = 0; i < count; i++) {
        given[i] = (struct given){.path = places[i].path, .files = &places[i].files};
        if (vfs == NULL || places[i].path[0] == '\0' ||
            vfs->xFullPathname(vfs, given[i].path, PATH_MAX, given[i].whole) != SQLITE_OK)
            given[i].whole[0] = '\0';
    }
}

void db_files_beside(const char *database, const char *end, char path[PATH_MAX])
{
    char *place = given_count == 0 ? realpath(database, NULL) : NULL;

    snprintf(path, PATH_MAX, "%s%s", place == NULL ? database : place, end);
    free(place);
}

int db_files_open(const char *path, int flags)
{
    return given_count > 0 ? give_open(path, flags, 0) : open(path, flags);
}

int db_files_stat(const char *path, struct stat *about)
{
    return given_count > 0 ? give_stat(path, about) : stat(path, about);
}

int db_files_failure(void)
{
    return given_count == 0 ? 0 : failure;
}

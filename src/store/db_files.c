/* SPDX-License-Identifier: BSD-2-Clause */
/* db_files.c: SQLite's files, opened by somebody else. SQLite lets the system calls be replaced that it
 * makes; in their place its files are asked for by number, and every other path is refused. */
#include <lasthello/db.h>

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *name; /* of the database, without its folder */
static const struct db_files *giver;
static _Thread_local int failure;

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* Which of its files that is; negative: none. */
static int file_of(const char *path)
{
    static const char *const ends[] = {
        [DB_FILE_MAIN] = "", [DB_FILE_WAL] = "-wal", [DB_FILE_SHM] = "-shm", [DB_FILE_JOURNAL] = "-journal"};
    const char *last = last_name(path);
    const size_t len = strlen(name);

    if (strncmp(last, name, len) != 0)
        return -1;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (strcmp(last + len, ends[i]) == 0)
            return (int)i;
    return -1;
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
    const int file = file_of(path);
    int got;

    (void)mode;
    if (file < 0)
        return refuse();
    got = giver->open(giver->context, (enum db_file)file, flags);
    if (file == DB_FILE_MAIN)
        failure = got >= 0 ? 0 : failure == 0 ? -got
                                              : failure; /* SQLite tries again in another way */
    return answer(got);
}

static int give_stat(const char *path, struct stat *about)
{
    const int file = file_of(path);

    return file < 0 ? refuse() : answer(giver->look(giver->context, (enum db_file)file, about));
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
    const int file = file_of(path);

    return file < 0 ? refuse() : answer(giver->remove(giver->context, (enum db_file)file));
}

void db_configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

void db_files_use(const char *path, const struct db_files *files)
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
    name = path == NULL ? NULL : last_name(path);
    giver = files;
    failure = 0;
    for (size_t i = 0; vfs != NULL && i < sizeof(rows) / sizeof(rows[0]); i++)
        vfs->xSetSystemCall(vfs, rows[i].call, files == NULL ? NULL : rows[i].function);
}

int db_files_open(const char *path, int flags)
{
    return giver != NULL ? give_open(path, flags, 0) : open(path, flags);
}

int db_files_stat(const char *path, struct stat *about)
{
    return giver != NULL ? give_stat(path, about) : stat(path, about);
}

int db_files_failure(void)
{
    return giver == NULL ? 0 : failure;
}

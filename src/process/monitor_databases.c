/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor_databases.c: the files of databases, opened for a process without rights. */
#include "monitor_line.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATABASE_MODE 0640

static const char *const ends[INVENTORY_FILES] = {"", "-wal", "-shm", "-journal"};

static int answer_of(int result)
{
    return result < 0 ? -errno : result;
}

/* SQLite follows links to a database, and keeps its other files beside the one that they lead to. What is
 * written is reached by no link. */
static bool path_of(const struct monitor_database *database, enum inventory_file file, char path[PATH_MAX])
{
    char *place = database->is_written ? NULL : realpath(database->path, NULL);
    const int len = snprintf(path, PATH_MAX, "%s%s", place == NULL ? database->path : place, ends[file]);

    free(place);
    return len < PATH_MAX;
}

static bool has_wal(const struct monitor_database *database)
{
    char path[PATH_MAX];
    struct stat about;

    return path_of(database, INVENTORY_WAL, path) && stat(path, &about) == 0 && about.st_size > 0;
}

/* Of a database that is read, the -shm file alone is written to: its locks and its index. It is made where a
 * -wal file needs it, and never where a link of a stranger leads. */
static int open_to_read(
    const struct monitor_database *database, const char *path, enum inventory_file file, int flags)
{
    if ((flags & O_ACCMODE) == O_RDONLY) /* a named pipe must not make us wait */
        return answer_of(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (file != INVENTORY_SHM)
        return -EACCES;
    return answer_of(
        open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (has_wal(database) ? O_CREAT : 0), DATABASE_MODE));
}

/* Like SQLite, which as root gives the files beside the database its owner and its mode. */
static int open_beside(const char *database, const char *path, int flags)
{
    struct stat about;
    int descriptor;

    if (stat(database, &about) != 0)
        return -errno;
    descriptor = open(path, flags, about.st_mode & 0777);
    if (descriptor < 0 || (flags & O_CREAT) == 0 || geteuid() != 0 ||
        fchown(descriptor, about.st_uid, about.st_gid) == 0)
        return answer_of(descriptor);
    close(descriptor);
    return -EPERM;
}

static int open_to_write(const char *database, const char *path, enum inventory_file file, int flags)
{
    const int kept = (flags & (O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC)) | O_CLOEXEC | O_NOFOLLOW;

    return file == INVENTORY_DATABASE ? answer_of(open(path, kept, DATABASE_MODE))
                                      : open_beside(database, path, kept);
}

static int look_at(const char *path, struct reply *reply)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return -errno;
    reply_with_look(reply, &about);
    return 0;
}

int databases_answer(const struct monitor_files *files, const struct request *request, struct reply *reply)
{
    const size_t number = request->index / INVENTORY_FILES;
    const enum inventory_file file = request->index % INVENTORY_FILES;
    const struct monitor_database *database;
    char path[PATH_MAX];

    if (number >= files->database_count || files->databases[number].path == NULL)
        return -EINVAL;
    database = &files->databases[number];
    if (!path_of(database, file, path))
        return -ENAMETOOLONG;
    if (request->wanted == WANTED_DATABASE_LOOK)
        return look_at(path, reply);
    if (request->wanted == WANTED_DATABASE_REMOVE)
        return !database->is_written || file == INVENTORY_DATABASE ? -EACCES : answer_of(unlink(path));
    return database->is_written ? open_to_write(database->path, path, file, request->flags)
                                : open_to_read(database, path, file, request->flags);
}

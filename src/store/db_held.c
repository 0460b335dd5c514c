/* SPDX-License-Identifier: BSD-2-Clause */
/* db_held.c: the files of a database, opened before there are no rights left for it. */
#include <lasthello/db.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHM_MODE 0640

static const char *const ends[] = {
    [DB_FILE_MAIN] = "", [DB_FILE_WAL] = "-wal", [DB_FILE_SHM] = "-shm", [DB_FILE_JOURNAL] = "-journal"};

static bool allows(int descriptor, int flags)
{
    return (flags & O_ACCMODE) == O_RDONLY || (fcntl(descriptor, F_GETFL) & O_ACCMODE) == O_RDWR;
}

static int give(void *context, enum db_file file, int flags)
{
    struct db_held *held = context;

    for (int i = 0; i < DB_HELD_TIMES; i++) {
        const int descriptor = held->descriptors[file][i];

        if (descriptor < 0)
            continue;
        if (!allows(descriptor, flags))
            return -EACCES;
        held->descriptors[file][i] = -1;
        return descriptor;
    }
    return held->failures[file] != 0 ? -held->failures[file] : -EMFILE;
}

static int look(void *context, enum db_file file, struct stat *about)
{
    const struct db_held *held = context;

    if (!held->is_there[file])
        return -held->failures[file];
    *about = held->about[file];
    return 0;
}

static int refuse_removal(void *context, enum db_file file)
{
    (void)context;
    (void)file;
    return -EACCES;
}

static bool has_bytes(const struct db_held *held, enum db_file file)
{
    return held->failures[file] == 0 && held->about[file].st_size > 0;
}

static int open_one(const struct db_held *held, enum db_file file, const char *path)
{
    const int flags = O_CLOEXEC | (file == DB_FILE_SHM && has_bytes(held, DB_FILE_WAL) ? O_CREAT : 0);
    int descriptor = -1;

    /* as root, too: where a link of a stranger leads nothing is written */
    if (file == DB_FILE_SHM)
        descriptor = open(path, O_RDWR | O_NOFOLLOW | flags, SHM_MODE);
    return descriptor >= 0 ? descriptor : open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static void open_file(struct db_held *held, enum db_file file, const char *database)
{
    char path[PATH_MAX];

    db_files_beside(database, ends[file], path);
    for (int i = 0; i < DB_HELD_TIMES; i++) {
        held->descriptors[file][i] = -1;
        if (file == DB_FILE_SHM && i >= DB_HELD_WRITTEN)
            continue;
        held->descriptors[file][i] = open_one(held, file, path);
        if (held->descriptors[file][i] < 0)
            held->failures[file] = errno;
    }
    /* a -wal that may not be opened is not one that is not there */
    held->is_there[file] = (held->failures[file] == 0 ? fstat(held->descriptors[file][0], &held->about[file])
                                                      : stat(path, &held->about[file])) == 0;
    if (!held->is_there[file] && held->failures[file] == 0)
        held->failures[file] = errno;
}

void db_held_use(struct db_held *held, const char *path)
{
    *held =
        (struct db_held){.files = {.context = held, .open = give, .look = look, .remove = refuse_removal}};
    for (enum db_file file = DB_FILE_MAIN; file <= DB_FILE_JOURNAL; file++)
        open_file(held, file, path);
    db_files_use(path, &held->files);
}

int db_held_written(const struct db_held *held, unsigned i)
{
    return i < DB_HELD_WRITTEN ? held->descriptors[DB_FILE_SHM][i] : -1;
}

void db_held_close(struct db_held *held)
{
    if (held->files.context == NULL)
        return;
    db_files_use(NULL, NULL);
    for (enum db_file file = DB_FILE_MAIN; file <= DB_FILE_JOURNAL; file++)
        for (int i = 0; i < DB_HELD_TIMES; i++)
            if (held->descriptors[file][i] >= 0)
                close(held->descriptors[file][i]);
}

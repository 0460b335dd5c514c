/* SPDX-License-Identifier: BSD-2-Clause */
/* run_inventory.c: between SQLite, which may open nothing, and the monitor. */
#include "run_inventory.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static_assert((int)INVENTORY_DATABASE == DB_FILE_MAIN && (int)INVENTORY_WAL == DB_FILE_WAL &&
        (int)INVENTORY_SHM == DB_FILE_SHM && (int)INVENTORY_JOURNAL == DB_FILE_JOURNAL,
    "one number for a file on both sides");

static int open_file(void *context, enum db_file file, int flags)
{
    struct run_inventory *inventory = context;
    const int descriptor = monitor_inventory(inventory->monitor, (enum inventory_file)file,
        (flags & O_CREAT) != 0);
    struct stat about;

    if (descriptor < 0 || fstat(descriptor, &about) != 0)
        return descriptor;
    pthread_mutex_lock(&inventory->lock);
    inventory->opened[file].device = about.st_dev;
    inventory->opened[file].inode = about.st_ino;
    if (file == DB_FILE_MAIN && about.st_size > inventory->bytes)
        inventory->bytes = about.st_size;
    pthread_mutex_unlock(&inventory->lock);
    return descriptor;
}

static int look_at_file(void *context, enum db_file file, struct stat *about)
{
    struct run_inventory *inventory = context;

    return monitor_inventory_look(inventory->monitor, (enum inventory_file)file, about);
}

static int remove_file(void *context, enum db_file file)
{
    struct run_inventory *inventory = context;

    pthread_mutex_lock(&inventory->lock);
    inventory->opened[file].inode = 0;
    pthread_mutex_unlock(&inventory->lock);
    return monitor_inventory_remove(inventory->monitor, (enum inventory_file)file);
}

void run_inventory_use(struct run_inventory *inventory, struct monitor *monitor, const char *path)
{
    *inventory = (struct run_inventory){
        .monitor = monitor,
        .files = {.context = inventory, .open = open_file, .look = look_at_file, .remove = remove_file},
    };
    pthread_mutex_init(&inventory->lock, NULL);
    db_files_use(path, &inventory->files);
}

void run_inventory_release(struct run_inventory *inventory)
{
    if (inventory->monitor == NULL)
        return;
    db_files_use(NULL, NULL);
    pthread_mutex_destroy(&inventory->lock);
}

/* A database never gets shorter, whatever SQLite does to it: it is not vacuumed. */
static bool is_cut_short(struct run_inventory *inventory, int file, const struct stat *about)
{
    if (file != INVENTORY_DATABASE)
        return false;
    if (about->st_size > inventory->bytes)
        inventory->bytes = about->st_size;
    return about->st_size < inventory->bytes;
}

/* The journal comes and goes. */
bool run_inventory_is_there(struct run_inventory *inventory)
{
    bool is_there = true;

    for (int file = INVENTORY_DATABASE; is_there && file <= INVENTORY_SHM; file++) {
        struct stat about;
        int failed;

        pthread_mutex_lock(&inventory->lock);
        if (inventory->opened[file].inode != 0) {
            failed = monitor_inventory_look(inventory->monitor, (enum inventory_file)file, &about);
            is_there = failed == 0 ? about.st_ino == inventory->opened[file].inode &&
                    about.st_dev == inventory->opened[file].device && !is_cut_short(inventory, file, &about)
                                   : failed != -ENOENT && failed != -ENOTDIR && failed != -ELOOP;
        }
        pthread_mutex_unlock(&inventory->lock);
    }
    return is_there;
}

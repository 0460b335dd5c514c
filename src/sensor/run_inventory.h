/* SPDX-License-Identifier: BSD-2-Clause */
/* run_inventory.h: the inventory's files, which the monitor opens, and whether they are still where they
 * were. */
#ifndef LASTHELLO_RUN_INVENTORY_H
#define LASTHELLO_RUN_INVENTORY_H

#include <lasthello/db.h>
#include <lasthello/process.h>

#include <pthread.h>

struct run_inventory {
    struct monitor *monitor;
    struct db_files files;
    pthread_mutex_t lock; /* of what follows: the writer opens, the main thread looks */
    struct {
        dev_t device;
        ino_t inode; /* 0: not opened */
    } opened[INVENTORY_FILES];
    off_t bytes; /* of the database, as many as it ever had */
};

/* run_inventory_use: SQLite's files come from the monitor from now on. run_inventory_release ends that. */
void run_inventory_use(struct run_inventory *inventory, struct monitor *monitor, const char *path);
void run_inventory_release(struct run_inventory *inventory);

/* run_inventory_is_there: is what is written to still what the path names? False: it was deleted, moved,
 * replaced or cut short; what is written from then on, nobody will find. */
bool run_inventory_is_there(struct run_inventory *inventory);

#endif

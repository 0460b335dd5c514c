/* SPDX-License-Identifier: BSD-2-Clause */
/* asked_inventory.h: the inventory that a report is about, or several as one. */
#ifndef LASTHELLO_ASKED_INVENTORY_H
#define LASTHELLO_ASKED_INVENTORY_H

#include <lasthello/db.h>
#include <lasthello/error.h>

#include <stdbool.h>
#include <stddef.h>

#define ASKED_NAME_BYTES 512

struct asked_inventory {
    const char **paths; /* as they were given */
    size_t count;
    size_t left_out;             /* that could not be read, and were named */
    char name[ASKED_NAME_BYTES]; /* for people */
    char path[4096];             /* to be opened */
    int merged;                  /* descriptor of what they were merged into; 0: none */
    struct db_held held;
};

/* asked_inventory_check has a first look at one path: is there a file, and no centre? */
bool asked_inventory_check(const char *path, struct error *error);

void asked_inventory_add(struct asked_inventory *asked, const char *path);
/* asked_inventory_find has a first look; DEFAULT_INVENTORY where none was given. */
bool asked_inventory_find(struct asked_inventory *asked, struct error *error);
/* asked_inventory_hold merges several, and opens the files; then, where it `shuts` the process in, no rights
 * are left. */
bool asked_inventory_hold(struct asked_inventory *asked, bool shuts, struct error *error);
void asked_inventory_close(struct asked_inventory *asked);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* inventory_open.h: an inventory that is open for reading, and the moment that an answer is of. */
#ifndef LASTHELLO_QUERY_INVENTORY_OPEN_H
#define LASTHELLO_QUERY_INVENTORY_OPEN_H

#include "filters.h"

#include <lasthello/db.h>

struct inventory {
    struct db db;
    const struct policies *policies; /* NULL: none */
    const struct assets *assets;     /* NULL: none */
    const struct hash_key *hide_by;  /* NULL: everybody is shown as they are */
    const struct remedies *remedies; /* NULL: none */
};

/* moment_begin begins a transaction, in which nothing of the inventory changes, with the tables `judged` of
 * its profiles (sql/judged.sql) and `asked_host` of its hosts (sql/asked_host.sql) for these filters.
 * moment_end ends it, whatever came of it. */
bool moment_begin(struct inventory *inventory, const struct checked_filters *checked, struct error *error);
void moment_end(struct inventory *inventory);

/* judged_fill and asked_hosts_fill make and fill the tables; moment_begin calls them. */
bool judged_fill(struct inventory *inventory, const struct checked_filters *checked, struct error *error);
bool asked_one_fill(struct inventory *inventory, const struct checked_filters *checked, struct error *error);
bool asked_hosts_fill(
    struct inventory *inventory, const struct checked_filters *checked, struct error *error);

#endif

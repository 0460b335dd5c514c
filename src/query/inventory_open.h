/* SPDX-License-Identifier: BSD-2-Clause */
/* inventory_open.h: an inventory that is open for reading, and the moment that an answer is of. */
#ifndef LASTHELLO_QUERY_INVENTORY_OPEN_H
#define LASTHELLO_QUERY_INVENTORY_OPEN_H

#include "filters.h"

#include <lasthello/db.h>

struct inventory {
    struct db db;
    const struct policies *policies; /* NULL: none */
};

/* moment_begin begins a transaction, in which nothing of the inventory changes, with the table `judged` of
 * its profiles (sql/judged.sql) for these filters. moment_end ends it, whatever came of it. */
bool moment_begin(struct inventory *inventory, const struct checked_filters *checked, struct error *error);
void moment_end(struct inventory *inventory);

/* judged_fill makes and fills the table; moment_begin calls it. */
bool judged_fill(struct inventory *inventory, const struct checked_filters *checked, struct error *error);

#endif

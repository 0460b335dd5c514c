/* SPDX-License-Identifier: BSD-2-Clause */
/* change_tables.h: what became of clients since a day, and what servers did before and since, in one walk,
 * for sql/changes.sql. */
#ifndef LASTHELLO_QUERY_CHANGE_TABLES_H
#define LASTHELLO_QUERY_CHANGE_TABLES_H

#include "inventory_open.h"

/* change_tables_fill makes and fills the tables of sql/change_seen.sql. After moment_begin. */
bool change_tables_fill(
    struct inventory *inventory, const struct checked_filters *checked, struct error *error);

#endif

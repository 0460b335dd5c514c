/* SPDX-License-Identifier: BSD-2-Clause */
/* day_tables.h: how many clients and sessions were seen on each day, in one walk, for sql/days.sql and
 * trend.sql. */
#ifndef LASTHELLO_QUERY_DAY_TABLES_H
#define LASTHELLO_QUERY_DAY_TABLES_H

#include "inventory_open.h"

/* day_tables_fill makes and fills the tables of sql/day_seen.sql. After moment_begin. */
bool day_tables_fill(struct inventory *inventory, const struct checked_filters *checked, struct error *error);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* server_tables.h: what contacts say of servers, in one walk, for sql/servers.sql. */
#ifndef LASTHELLO_QUERY_SERVER_TABLES_H
#define LASTHELLO_QUERY_SERVER_TABLES_H

#include "inventory_open.h"

/* server_tables_fill makes and fills the tables of sql/server_seen.sql. After moment_begin. */
bool server_tables_fill(
    struct inventory *inventory, const struct checked_filters *checked, struct error *error);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* server_tables.h: what contacts say of servers, in one walk, for sql/servers.sql and suites.sql. */
#ifndef LASTHELLO_QUERY_SERVER_TABLES_H
#define LASTHELLO_QUERY_SERVER_TABLES_H

#include "inventory_open.h"

/* Of what clients are counted: each once. */
enum server_part {
    SERVER_PORTS,  /* and services */
    SERVER_SUITES, /* of them */
};

/* server_tables_fill makes and fills the tables of sql/server_seen.sql. After moment_begin. */
bool server_tables_fill(struct inventory *inventory, const struct checked_filters *checked,
    enum server_part part, struct error *error);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* schema.h: whose database is this, and how old is its schema? */
#ifndef LASTHELLO_SCHEMA_H
#define LASTHELLO_SCHEMA_H

#include <lasthello/address.h>
#include <lasthello/db.h>

#include <stddef.h>

#define APPLICATION_ID 0x6c684c4f /* "lhLO" */

/* In SQL: between which ids the observations of a reading lie, whose ids begin with bits of the reading's
 * (src/store/row_id.h). SQLite and PostgreSQL both read it. */
#define SQL_IDS_OF(reading)                                                                               \
    "BETWEEN (" reading " & 9223372036854775807) >> 50 << 50 AND ((" reading " & 9223372036854775807) | " \
    "1125899906842623)"

#define SCHEMA_FIRST 2 /* the first version that was released: nothing leads from version 1 to it */

/* Each row is a list of lines of SQL, ended by NULL. The first makes version SCHEMA_FIRST in an
 * empty file, each other one leads from the version before it to the next. What was released is
 * never changed: a new version is a new row. */
struct migrations {
    const char *const *const *rows;
    size_t count;
};

static inline int schema_newest(const struct migrations *migrations)
{
    return SCHEMA_FIRST + (int)migrations->count - 1;
}

extern const struct migrations schema_migrations;

/* The id of the host with an address at a site (a NUL-terminated name), in every inventory: its row is found
 * without looking through all of them. */
int64_t schema_host_id(const char *site, const struct address *address);

/* schema_check: is this an inventory that this program can read, with its own tables and views and
 * nothing else? */
bool schema_check(struct db *db, const struct migrations *migrations, struct error *error);
/* schema_bring_up makes an empty file an inventory, and an older inventory a new one, all steps or none.
 * Another program's database, a newer schema, and one older than SCHEMA_FIRST are refused and left alone. */
bool schema_bring_up(struct db *db, const struct migrations *migrations, struct error *error);

#endif

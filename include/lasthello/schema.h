/* SPDX-License-Identifier: BSD-2-Clause */
/* schema.h: whose database is this, and how old is its schema? */
#ifndef LASTHELLO_SCHEMA_H
#define LASTHELLO_SCHEMA_H

#include <lasthello/db.h>

#include <stddef.h>

#define APPLICATION_ID 0x6c684c4f /* "lhLO" */

/* A migration leads from the version before it to the next: lines of SQL, ended by NULL. The first makes the schema
 * of version 1 in an empty file. What was published is never changed: a new version is a new row. */
struct migrations {
    const char *const *const *rows;
    size_t count;
};
extern const struct migrations schema_migrations;

/* schema_check: is this an inventory that this program can read? */
bool schema_check(struct db *db, const struct migrations *migrations, struct error *error);
/* schema_bring_up makes an empty file an inventory, and an older inventory a new one, each step whole or not at
 * all. Another program's database and a newer schema are refused and left alone. */
bool schema_bring_up(struct db *db, const struct migrations *migrations, struct error *error);

#endif

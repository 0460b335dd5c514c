/* SPDX-License-Identifier: BSD-2-Clause */
/* db_failures.h: what is wrong with a database, one sentence each. All answer false. */
#ifndef LASTHELLO_STORE_DB_FAILURES_H
#define LASTHELLO_STORE_DB_FAILURES_H

#include <lasthello/db.h>

#define DB_BUSY_MS 10000 /* how long a lock is waited for */

/* What SQLite said last. */
bool db_fail(const struct db *db, struct error *error);
bool db_fail_read_only(const struct db *db, struct error *error);
bool db_fail_damaged(const struct db *db, struct error *error);

#endif

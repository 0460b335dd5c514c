/* SPDX-License-Identifier: BSD-2-Clause */
/* db_attach.h: what db.c and db_attach.c have in common. */
#ifndef LASTHELLO_STORE_DB_ATTACH_H
#define LASTHELLO_STORE_DB_ATTACH_H

#include <lasthello/db.h>

/* db_limit_work in proportion to so many bytes, or to the size of "main" or "other"; without a bound. */
void db_limit_work_by(struct db *db, int64_t bytes);
bool db_limit_pages(struct db *db, const char *schema, struct error *error);
void db_limit_no_work(struct db *db);

#endif

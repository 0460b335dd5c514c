/* SPDX-License-Identifier: BSD-2-Clause */
/* schema_own.h: what a file's schema may hold. */
#ifndef LASTHELLO_STORE_SCHEMA_OWN_H
#define LASTHELLO_STORE_SCHEMA_OWN_H

#include <lasthello/db.h>

/* schema_is_own compares the schema of a file with that of `model`, which was made by us in the same
 * version. False: it holds something else, which the sentence names, or lacks something. Only the list of
 * both schemas is read. */
bool schema_is_own(struct db *db, struct db *model, struct error *error);

#endif

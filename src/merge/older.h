/* SPDX-License-Identifier: BSD-2-Clause */
/* older.h: an inventory of an older schema, as a copy that has the newest. */
#ifndef LASTHELLO_MERGE_OLDER_H
#define LASTHELLO_MERGE_OLDER_H

#include <lasthello/schema.h>

/* older_find: is the file at `path` an inventory of a schema before the newest, which can be brought up? What
 * cannot be read is none. */
bool older_find(const char *path, const struct migrations *migrations);
/* older_copy makes the file `copy` a copy of it, and brings that up to date; it stays as it is itself. */
bool older_copy(
    const char *copy, const char *path, const struct migrations *migrations, struct error *error);

#endif

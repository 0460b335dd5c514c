/* SPDX-License-Identifier: BSD-2-Clause */
/* db_uri.h: the name of a file for SQLite. */
#ifndef LASTHELLO_STORE_DB_URI_H
#define LASTHELLO_STORE_DB_URI_H

/* A URI of the file, to be opened in this way ("immutable=1"); to be freed, NULL: no memory. */
char *db_uri(const char *path, const char *how);

#endif

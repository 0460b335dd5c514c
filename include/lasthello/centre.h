/* SPDX-License-Identifier: BSD-2-Clause */
/* centre.h: the PostgreSQL in which the inventories of many sensors come together. */
#ifndef LASTHELLO_CENTRE_H
#define LASTHELLO_CENTRE_H

/* centre_schema: the script that makes it (src/centre/schema.sql), by lines; NULL ends them. The number is
 * that of the schema: a centre says in its table `centre` which one it has. */
extern const char *const centre_schema[];
extern const int centre_schema_number;

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* upsert_sql.h: statements made from lists of columns. */
#ifndef LASTHELLO_STORE_UPSERT_SQL_H
#define LASTHELLO_STORE_UPSERT_SQL_H

#include <lasthello/facts.h>

#define UPSERT_SQL_BYTES   4096
#define UPSERT_COLUMNS_MAX 64
#define UPSERT_OR_NOTHING  " ON CONFLICT (id) DO NOTHING" /* merging does not depend on the order of rows */

/* A statement. One that did not fit is cut, and SQLite refuses it: nothing is written by half of one. */
struct upsert_sql {
    size_t len;
    char text[UPSERT_SQL_BYTES];
};

/* Of `rows` rows of a table of what repeats: id, a column for each fact in their order, revision; a row that
 * stands stays as it is. */
void upsert_sql_repeated(struct upsert_sql *sql, const struct fact_list *list, size_t rows);
/* Of `rows` rows at once: `begin` says into which table, `end` what happens to those that stand. The
 * parameter of a column stands at row * column_count + column (query_put_number). */
void upsert_sql_rows(struct upsert_sql *sql, const char *begin, const char *const *columns,
    size_t column_count, size_t rows, const char *end);

#endif

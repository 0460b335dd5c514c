/* SPDX-License-Identifier: BSD-2-Clause */
/* table.h: rows as aligned text, fitted to the terminal if there is one. */
#ifndef LASTHELLO_REPORT_TABLE_H
#define LASTHELLO_REPORT_TABLE_H

#include <lasthello/inventory.h>

#include <stdio.h>

/* Where a table goes. */
struct table_view {
    size_t width; /* of the terminal; 0: no terminal, everything is written */
    size_t height;
    bool colors;
};

/* table_view_of looks at the stream: is it a terminal, how wide, and does the user want colours (NO_COLOR,
 * TERM=dumb)? */
struct table_view table_view_of(FILE *out);

struct table;

struct table *table_open(const struct column *columns, size_t count);
/* table_add copies a row. NULL stands as `?`, or as nothing in columns that are wide_only or may be none. False: no
 * memory. */
bool table_add(struct table *table, const char *const *values);
size_t table_row_count(const struct table *table);
/* table_write leaves out what the terminal has no room for, wide_only columns first, then the others by rank, each
 * time from the right, and says so; of a cell of the first column that is wider than half the terminal it shows the
 * end. Lines have no trailing blanks. False: no memory. */
bool table_write(FILE *out, struct table *table, const struct table_view *view);
void table_close(struct table *table);

#endif

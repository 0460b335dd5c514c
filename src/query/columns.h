/* SPDX-License-Identifier: BSD-2-Clause */
/* columns.h: what the columns of answers hold. */
#ifndef LASTHELLO_QUERY_COLUMNS_H
#define LASTHELLO_QUERY_COLUMNS_H

#include <lasthello/questions.h>

/* column_kind_of: what a column of this name holds, in whichever answer. */
enum column_kind column_kind_of(const char *name);

/* A row of an answer. row_value finds a column, which must be there: the names are those of
 * sql/. */
struct row_values {
    const struct column *columns;
    struct value *values;
    size_t count;
};
struct value *row_value(const struct row_values *row, const char *name);

#endif

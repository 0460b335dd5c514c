/* SPDX-License-Identifier: BSD-2-Clause */
/* kept_rows.h: rows of an answer that outlive it. */
#ifndef LASTHELLO_REPORT_KEPT_ROWS_H
#define LASTHELLO_REPORT_KEPT_ROWS_H

#include "cell.h"

#include <lasthello/report.h>

/* A copy of a row's values; the caller frees it with values_free. NULL: no memory. */
struct value *values_copy(const struct value *values, size_t count);
void values_free(struct value *values, size_t count);

/* The first rows of an answer, or the last, and how many there were. Zeroed before the first use. */
struct kept_rows {
    struct column *columns; /* the names are ours, too */
    size_t column_count;
    struct value **rows;
    size_t count, all;
};

/* kept_rows_ask asks and keeps the first rows, at most `most`; kept_rows_ask_last the last. kept_rows_close
 * frees them, also after a failure. */
bool kept_rows_ask(struct kept_rows *kept, const struct report *report, enum question question, size_t most,
    struct error *error);
bool kept_rows_ask_last(struct kept_rows *kept, const struct report *report, enum question question,
    size_t most, struct error *error);
void kept_rows_close(struct kept_rows *kept);

/* kept_rows_drop takes the first rows away. */
void kept_rows_drop(struct kept_rows *kept, size_t count);

/* The same by hand: room for `most` rows of an answer, a row more, and only the first `most` of them. False:
 * no memory. */
bool kept_rows_open(struct kept_rows *kept, const struct rows *rows, size_t most);
bool kept_rows_add(struct kept_rows *kept, const struct value *values);
void kept_rows_cut(struct kept_rows *kept, size_t most);

/* The value of a row by the column's name; NULL: the answer has no such column, or nothing is known. */
const struct value *kept_value(const struct kept_rows *kept, size_t row, const char *name);
/* The same as text for people (cell_exact, cell_shown); it lives until the next call with this cell. */
const char *kept_shown(
    const struct kept_rows *kept, size_t row, const char *name, struct cell *cell, char out[CELL_BYTES]);

#endif

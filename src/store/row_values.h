/* SPDX-License-Identifier: BSD-2-Clause */
/* row_values.h: a row of what repeats while it waits in a ledger: the values of its columns, in their order.
 * What is a number is kept as one, of 8 bytes, and need not be read from digits again; all else as text. */
#ifndef LASTHELLO_STORE_ROW_VALUES_H
#define LASTHELLO_STORE_ROW_VALUES_H

#include "row_id.h"

/* Writes the values of the row that the sheet was written of; returns their length, at most SHEET_BYTES. */
size_t row_values_write(char out[SHEET_BYTES], const struct sheet *sheet, enum fact_table table,
    const struct session *session, const struct references *references);

/* Is the value of such a column a number? 0 is unknown, and of a flag that it is not set. */
bool row_values_has_number(enum fact_type type);
/* The next value. Text that is unknown is empty. */
uint64_t row_values_number(const char **values);
const char *row_values_text(const char **values);

#endif

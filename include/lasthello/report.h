/* SPDX-License-Identifier: BSD-2-Clause */
/* report.h: rows as text for people and machines: tables, CSV, JSON. */
#ifndef LASTHELLO_REPORT_H
#define LASTHELLO_REPORT_H

#include <lasthello/error.h>
#include <lasthello/inventory.h>

#include <stdio.h>

enum report_format {
    FORMAT_TABLE,
    FORMAT_CSV,
    FORMAT_JSON, /* one array of objects */
};

/* report_rows writes all rows; at most `limit` (0: all) of a table, then how many more there are (`more_hint` goes on
 * from there: " of them: COMMAND"). */
bool report_rows(FILE *out, enum report_format format, struct rows *rows, size_t limit, const char *more_hint,
    struct error *error);
/* report_summary writes the first screen: who breaks, what to do, how far to trust it. Asks the inventory itself. */
bool report_summary(FILE *out, enum report_format format, struct inventory *inventory, const char *path,
    const struct filters *filters, struct error *error);

#endif

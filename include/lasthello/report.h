/* SPDX-License-Identifier: BSD-2-Clause */
/* report.h: rows and sessions as text for people and machines: tables, CSV, JSON; and the events file. */
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

/* event_line writes one session as one JSON object and a newline in the words of the Elastic Common Schema: flat
 * dotted keys, unknown is absent. */
struct event_context {
    const char *observer;
    const char *source;       /* name of the file or interface of the first packet */
    const char *community_id; /* NULL: absent */
};
/* Returns a text that the caller frees; NULL: no memory. */
char *event_line(const struct session *session, const struct event_context *context);

#endif

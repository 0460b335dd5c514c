/* SPDX-License-Identifier: BSD-2-Clause */
/* rows_out.h: rows on their way to a table of the centre, many in one statement. */
#ifndef LASTHELLO_CENTRE_ROWS_OUT_H
#define LASTHELLO_CENTRE_ROWS_OUT_H

#include "changes.h"
#include "connect.h"

struct rows_out {
    struct centre *centre;
    const char *sensor; /* its uuid */
    char epoch[24];
    enum sent_table table;
    const char *columns;
    int column_count;
    int row_count;
    char *texts; /* one after the other */
    size_t texts_len, texts_size;
    size_t *places; /* of each value in the texts; PLACE_NONE: not known */
    const char **values;
    uint64_t sent; /* rows, since it was opened */
};

bool rows_out_open(struct rows_out *out, struct centre *centre, const char *sensor, struct error *error);
void rows_out_close(struct rows_out *out);

/* rows_out_send sends all rows that the query yields to the table. */
bool rows_out_send(struct rows_out *out, struct changes *changes, enum sent_table table,
    const struct span *span, struct error *error);

#endif

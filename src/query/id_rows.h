/* SPDX-License-Identifier: BSD-2-Clause */
/* id_rows.h: rows in memory, each found by its id, of as many as there are. */
#ifndef LASTHELLO_QUERY_ID_ROWS_H
#define LASTHELLO_QUERY_ID_ROWS_H

#include "id_map.h"

/* All zero but the size of a row: empty. */
struct id_rows {
    size_t row_bytes;
    void *rows; /* in the order in which their ids came */
    size_t count, room;
    struct id_map index;
};

/* id_rows_put returns the id's row. A new one is the last, of zeros, and pointers to the others no longer
 * hold. NULL: no memory. */
void *id_rows_put(struct id_rows *rows, int64_t id, bool *is_new);
/* NULL: the id has no row. */
void *id_rows_find(const struct id_rows *rows, int64_t id);
void id_rows_close(struct id_rows *rows);

#endif

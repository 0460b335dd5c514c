/* SPDX-License-Identifier: BSD-2-Clause */
/* id_rows.c: an array, and the place of each id in it. */
#include "id_rows.h"

#include "growing.h"

#include <string.h>

static void *row_at(const struct id_rows *rows, size_t number)
{
    return (char *)rows->rows + number * rows->row_bytes;
}

void *id_rows_put(struct id_rows *rows, int64_t id, bool *is_new)
{
    void *grown = growing_reserve(rows->rows, rows->count, 1, &rows->room, rows->row_bytes);
    uint32_t *number = grown == NULL ? NULL : id_map_put(&rows->index, id);

    rows->rows = grown == NULL ? rows->rows : grown;
    if (number == NULL)
        return NULL;
    *is_new = rows->index.count > rows->count;
    if (*is_new) {
        *number = (uint32_t)rows->count++;
        memset(row_at(rows, *number), 0, rows->row_bytes);
    }
    return row_at(rows, *number);
}

void *id_rows_find(const struct id_rows *rows, int64_t id)
{
    const uint32_t *number = id_map_find(&rows->index, id);

    return number == NULL ? NULL : row_at(rows, *number);
}

void id_rows_close(struct id_rows *rows)
{
    free(rows->rows);
    id_map_close(&rows->index);
    *rows = (struct id_rows){.row_bytes = rows->row_bytes};
}

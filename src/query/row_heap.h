/* SPDX-License-Identifier: BSD-2-Clause */
/* row_heap.h: rows of which the worst is taken first: a million are not sorted for the ten that are read. */
#ifndef LASTHELLO_QUERY_ROW_HEAP_H
#define LASTHELLO_QUERY_ROW_HEAP_H

#include <stddef.h>

/* Negative: `one` comes first. */
typedef int row_order(const void *one, const void *other);

/* row_heap_make orders so many rows of so many bytes. row_heap_take puts the first into `out`, and, behind
 * the rest, which stand in order, into its last place; there is one. */
void row_heap_make(void *rows, size_t count, size_t bytes, row_order *order);
void row_heap_take(void *rows, size_t count, size_t bytes, row_order *order, void *out);

#endif

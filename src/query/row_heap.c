/* SPDX-License-Identifier: BSD-2-Clause */
/* row_heap.c: a binary heap. */
#include "row_heap.h"

#include <string.h>

static void swap(char *one, char *other, size_t bytes)
{
    char kept[64];

    for (size_t at = 0; at < bytes; at += sizeof(kept)) {
        const size_t some = bytes - at < sizeof(kept) ? bytes - at : sizeof(kept);

        memcpy(kept, one + at, some);
        memcpy(one + at, other + at, some);
        memcpy(other + at, kept, some);
    }
}

/* The row at `at` goes down to its place. */
static void sift_down(char *rows, size_t count, size_t bytes, row_order *order, size_t at)
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        child += child + 1 < count && order(rows + (child + 1) * bytes, rows + child * bytes) < 0;
        if (order(rows + at * bytes, rows + child * bytes) <= 0)
            return;
        swap(rows + at * bytes, rows + child * bytes, bytes);
        at = child;
    }
}

void row_heap_make(void *rows, size_t count, size_t bytes, row_order *order)
{
    for (size_t at = count / 2; at > 0; at--)
        sift_down(rows, count, bytes, order, at - 1);
}

void row_heap_take(void *rows, size_t count, size_t bytes, row_order *order, void *out)
{
    char *last = (char *)rows + (count - 1) * bytes;

    memcpy(out, rows, bytes);
    memmove(rows, last, bytes);
    memcpy(last, out, bytes);
    sift_down(rows, count - 1, bytes, order, 0);
}

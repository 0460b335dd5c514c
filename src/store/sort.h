/* SPDX-License-Identifier: BSD-2-Clause */
/* sort.h: rows in the order of their ids, so that each page of a table is touched once. */
#ifndef LASTHELLO_STORE_SORT_H
#define LASTHELLO_STORE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* The id stands here too, so that sorting does not touch the rows. */
struct sorted {
    uint64_t id;
    const void *row;
};

/* sort_by_id sorts `rows` with the help of `spare`, as long, and returns the one of both that then
 * holds them. */
struct sorted *sort_by_id(struct sorted *rows, struct sorted *spare, size_t count);

#define SORTED_AHEAD 8

/* sorted_expect asks the processor to fetch the row that comes SORTED_AHEAD after this one: in the
 * order of their ids rows lie anywhere. */
static inline void sorted_expect(const struct sorted *rows, size_t at, size_t count)
{
    if (at + SORTED_AHEAD >= count)
        return;
    __builtin_prefetch(rows[at + SORTED_AHEAD].row);
    __builtin_prefetch((const char *)rows[at + SORTED_AHEAD].row + 64);
}

#endif

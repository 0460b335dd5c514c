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

/* sort_by_id sorts `rows` with the help of `spare`, as long, and returns the one of both that then holds them. */
struct sorted *sort_by_id(struct sorted *rows, struct sorted *spare, size_t count);

#endif

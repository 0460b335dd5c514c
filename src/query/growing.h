/* SPDX-License-Identifier: BSD-2-Clause */
/* growing.h: rows in memory, of as many as there are. */
#ifndef LASTHELLO_QUERY_GROWING_H
#define LASTHELLO_QUERY_GROWING_H

#include <stddef.h>
#include <stdlib.h>

/* growing_reserve returns the rows, moved perhaps, with room for so many more; NULL: no memory, and `rows`
 * stay where they are. */
static inline void *growing_reserve(void *rows, size_t count, size_t more, size_t *room, size_t bytes)
{
    const size_t wanted = 2 * *room + more + 16;
    void *grown = rows;

    if (count + more <= *room)
        return rows;
    grown = reallocarray(rows, wanted, bytes);
    *room = grown == NULL ? *room : wanted;
    return grown;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* shelf.h: equal rows, each known by its id, kept once; memory is taken at the start. */
#ifndef LASTHELLO_STORE_SHELF_H
#define LASTHELLO_STORE_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHELF_NUMBER_BITS 18
#define SHELF_ROWS_MAX    ((1u << SHELF_NUMBER_BITS) - 1)

/* Where a row is found: its number, from 1, and above that a part of its hash, so that a look-up in vain hardly ever
 * touches a row. 0: free. */
typedef uint32_t shelf_slot;

/* Rows lie one after the other in the order they came; each begins with its id, a uint64_t, never 0. */
struct shelf {
    uint8_t *rows;
    shelf_slot *index; /* open addressing, at least half free; begins small and doubles */
    size_t row_bytes;
    uint32_t count;
    uint32_t limit;
    unsigned bits;       /* of the hash: they choose one of so many slots in use */
    uint64_t multiplier; /* random: ids are hashes that anybody can compute, and crowd on purpose */
};

/* shelf_open takes memory for `limit` rows, at most SHELF_ROWS_MAX; the kernel lends the pages when they are first
 * used. */
bool shelf_open(struct shelf *shelf, size_t row_bytes, uint32_t limit);
void shelf_close(struct shelf *shelf);
void shelf_clear(struct shelf *shelf);

/* shelf_find: the row, or NULL. */
void *shelf_find(const struct shelf *shelf, uint64_t id);
/* shelf_put finds the row, or adds one with its id and all else as it was left (`is_new`): fill it. NULL: full. */
void *shelf_put(struct shelf *shelf, uint64_t id, bool *is_new);

/* shelf_expect asks the processor to fetch what a look-up of the id will read first. */
static inline void shelf_expect(const struct shelf *shelf, uint64_t id)
{
    __builtin_prefetch(&shelf->index[id * shelf->multiplier >> (64 - shelf->bits)]);
}

static inline void *shelf_row(const struct shelf *shelf, uint32_t number)
{
    return shelf->rows + number * shelf->row_bytes;
}

static inline bool shelf_has_room(const struct shelf *shelf, uint32_t rows)
{
    return shelf->limit - shelf->count >= rows;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* id_table.h: equal rows, each known by its id, kept once; memory is taken at the start. */
#ifndef LASTHELLO_ID_TABLE_H
#define LASTHELLO_ID_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ID_TABLE_NUMBER_BITS 18
#define ID_TABLE_ROWS_MAX    ((1u << ID_TABLE_NUMBER_BITS) - 1)

/* Where a row is found: its number, from 1, and above that a part of its hash, so that a look-up in
 * vain hardly ever touches a row. 0: free. */
typedef uint32_t id_slot;

/* Rows lie one after the other in the order they came; each begins with its id, a uint64_t, never 0. */
struct id_table {
    uint8_t *rows;
    id_slot *index; /* open addressing, at least half free; begins small and doubles */
    size_t row_bytes;
    uint32_t count;
    uint32_t limit;
    unsigned bits;       /* of the hash: they choose one of so many slots in use */
    uint64_t multiplier; /* random: ids are hashes that anybody can compute, and crowd on purpose */
};

/* id_table_open takes memory for `limit` rows, at most ID_TABLE_ROWS_MAX (more is refused: false);
 * the kernel lends the pages when they are first used. */
bool id_table_open(struct id_table *table, size_t row_bytes, uint32_t limit);
void id_table_close(struct id_table *table);
void id_table_clear(struct id_table *table);

/* id_table_find: the row, or NULL. */
void *id_table_find(const struct id_table *table, uint64_t id);
/* id_table_put finds the row, or adds one with its id and all else as it was left (`is_new`): fill
 * it. NULL: full. */
void *id_table_put(struct id_table *table, uint64_t id, bool *is_new);

static inline void *id_table_row(const struct id_table *table, uint32_t number)
{
    return table->rows + number * table->row_bytes;
}

/* Where a look-up of the id begins. */
static inline id_slot *id_table_first_slot(const struct id_table *table, uint64_t id)
{
    return &table->index[id * table->multiplier >> (64 - table->bits)];
}

/* id_table_expect asks the processor to fetch what a look-up of the id will read first, */
static inline void id_table_expect(const struct id_table *table, uint64_t id)
{
    __builtin_prefetch(id_table_first_slot(table, id));
}

/* ... _row, a little later, the row that is probably found there. */
static inline void id_table_expect_row(const struct id_table *table, uint64_t id)
{
    const id_slot slot = *id_table_first_slot(table, id);

    if (slot != 0)
        __builtin_prefetch(id_table_row(table, (slot & ID_TABLE_ROWS_MAX) - 1), 1);
}

static inline bool id_table_has_room(const struct id_table *table, uint32_t rows)
{
    return table->limit - table->count >= rows;
}

#endif

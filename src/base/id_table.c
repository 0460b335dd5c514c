/* SPDX-License-Identifier: BSD-2-Clause */
/* id_table.c: rows in an array, found through an index half empty. */
#include <lasthello/hash.h>
#include <lasthello/id_table.h>
#include <lasthello/pages.h>

#include <string.h>

#define BITS_AT_START 10

static size_t slots_of(unsigned bits)
{
    return (size_t)1 << bits;
}

static size_t index_bytes(uint32_t limit)
{
    unsigned bits = BITS_AT_START;

    while (slots_of(bits) < 2 * (size_t)limit)
        bits++;
    return slots_of(bits) * sizeof(id_slot);
}

static uint32_t hash_of(const struct id_table *table, uint64_t id)
{
    return (uint32_t)(id * table->multiplier >> 32);
}

bool id_table_open(struct id_table *table, size_t row_bytes, uint32_t limit)
{
    struct hash_key key;

    *table = (struct id_table){0};
    if (limit > ID_TABLE_ROWS_MAX) /* a slot has no bits for more */
        return false;
    hash_key_random(&key);
    *table = (struct id_table){
        .row_bytes = row_bytes, .limit = limit, .bits = BITS_AT_START, .multiplier = key.words[0] | 1};
    table->rows = pages_take(limit * row_bytes);
    table->index = pages_take(index_bytes(limit));
    if (table->rows != NULL && table->index != NULL)
        return true;
    id_table_close(table);
    return false;
}

void id_table_close(struct id_table *table)
{
    pages_give(table->rows, table->limit * table->row_bytes);
    pages_give(table->index, index_bytes(table->limit));
    *table = (struct id_table){0};
}

static void empty_index(struct id_table *table)
{
    memset(table->index, 0, slots_of(table->bits) * sizeof(*table->index));
}

void id_table_clear(struct id_table *table)
{
    if (table->count > 0)
        empty_index(table);
    table->bits = BITS_AT_START;
    table->count = 0;
}

/* The highest bits of a hash choose the slot, the lowest ones stand in it. */
static id_slot make_slot(uint32_t hash, uint32_t row)
{
    return hash << ID_TABLE_NUMBER_BITS | (row + 1);
}

static void *row_in(const struct id_table *table, id_slot slot)
{
    return id_table_row(table, (slot & ID_TABLE_ROWS_MAX) - 1);
}

static bool holds(const struct id_table *table, id_slot slot, uint32_t hash, uint64_t id)
{
    return (slot ^ hash << ID_TABLE_NUMBER_BITS) <= ID_TABLE_ROWS_MAX &&
        *(const uint64_t *)row_in(table, slot) == id;
}

/* The slot that holds the id, or the free one where it belongs. */
static id_slot *slot_of(const struct id_table *table, uint64_t id)
{
    const size_t mask = slots_of(table->bits) - 1;
    const uint32_t hash = hash_of(table, id);
    size_t at = hash >> (32 - table->bits);

    while (table->index[at] != 0 && !holds(table, table->index[at], hash, id))
        at = (at + 1) & mask;
    return &table->index[at];
}

void *id_table_find(const struct id_table *table, uint64_t id)
{
    const id_slot slot = *slot_of(table, id);

    return slot == 0 ? NULL : row_in(table, slot);
}

/* Half full, the index doubles: the rows are laid out anew. */
static void grow(struct id_table *table)
{
    empty_index(table);
    table->bits++;
    for (uint32_t i = 0; i < table->count; i++) {
        const uint64_t id = *(const uint64_t *)id_table_row(table, i);

        *slot_of(table, id) = make_slot(hash_of(table, id), i);
    }
}

void *id_table_put(struct id_table *table, uint64_t id, bool *is_new)
{
    id_slot *slot = slot_of(table, id);
    void *row;

    *is_new = *slot == 0;
    if (*slot != 0)
        return row_in(table, *slot);
    if (table->count == table->limit)
        return NULL;
    if (2 * (size_t)table->count == slots_of(table->bits)) {
        grow(table);
        slot = slot_of(table, id);
    }
    *slot = make_slot(hash_of(table, id), table->count);
    row = id_table_row(table, table->count++);
    *(uint64_t *)row = id;
    return row;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* shelf.c: rows in an array, found through an index half empty. */
#include "shelf.h"

#include <lasthello/hash.h>

#include <stdlib.h>
#include <string.h>

#define BITS_AT_START 10

static size_t slots_of(unsigned bits)
{
    return (size_t)1 << bits;
}

static uint32_t hash_of(const struct shelf *shelf, uint64_t id)
{
    return (uint32_t)(id * shelf->multiplier >> 32);
}

bool shelf_open(struct shelf *shelf, size_t row_bytes, uint32_t limit)
{
    unsigned bits = BITS_AT_START;
    struct hash_key key;

    hash_key_random(&key);
    *shelf = (struct shelf){
        .row_bytes = row_bytes, .limit = limit, .bits = BITS_AT_START, .multiplier = key.words[0] | 1};
    while (slots_of(bits) < 2 * (size_t)limit)
        bits++;
    shelf->rows = calloc(limit, row_bytes);
    shelf->index = calloc(slots_of(bits), sizeof(*shelf->index));
    if (shelf->rows != NULL && shelf->index != NULL)
        return true;
    shelf_close(shelf);
    return false;
}

void shelf_close(struct shelf *shelf)
{
    free(shelf->rows);
    free(shelf->index);
    *shelf = (struct shelf){0};
}

static void empty_index(struct shelf *shelf)
{
    memset(shelf->index, 0, slots_of(shelf->bits) * sizeof(*shelf->index));
}

void shelf_clear(struct shelf *shelf)
{
    if (shelf->count > 0)
        empty_index(shelf);
    shelf->bits = BITS_AT_START;
    shelf->count = 0;
}

/* The highest bits of a hash choose the slot, the lowest ones stand in it. */
static shelf_slot make_slot(uint32_t hash, uint32_t row)
{
    return hash << SHELF_NUMBER_BITS | (row + 1);
}

static void *row_in(const struct shelf *shelf, shelf_slot slot)
{
    return shelf_row(shelf, (slot & SHELF_ROWS_MAX) - 1);
}

static bool holds(const struct shelf *shelf, shelf_slot slot, uint32_t hash, uint64_t id)
{
    return (slot ^ hash << SHELF_NUMBER_BITS) <= SHELF_ROWS_MAX && *(const uint64_t *)row_in(shelf, slot) == id;
}

/* The slot that holds the id, or the free one where it belongs. */
static shelf_slot *slot_of(const struct shelf *shelf, uint64_t id)
{
    const size_t mask = slots_of(shelf->bits) - 1;
    const uint32_t hash = hash_of(shelf, id);
    size_t at = hash >> (32 - shelf->bits);

    while (shelf->index[at] != 0 && !holds(shelf, shelf->index[at], hash, id))
        at = (at + 1) & mask;
    return &shelf->index[at];
}

void *shelf_find(const struct shelf *shelf, uint64_t id)
{
    const shelf_slot slot = *slot_of(shelf, id);

    return slot == 0 ? NULL : row_in(shelf, slot);
}

/* Half full, the index doubles: the rows are laid out anew. */
static void grow(struct shelf *shelf)
{
    empty_index(shelf);
    shelf->bits++;
    for (uint32_t i = 0; i < shelf->count; i++) {
        const uint64_t id = *(const uint64_t *)shelf_row(shelf, i);

        *slot_of(shelf, id) = make_slot(hash_of(shelf, id), i);
    }
}

void *shelf_put(struct shelf *shelf, uint64_t id, bool *is_new)
{
    shelf_slot *slot = slot_of(shelf, id);
    void *row;

    *is_new = *slot == 0;
    if (*slot != 0)
        return row_in(shelf, *slot);
    if (shelf->count == shelf->limit)
        return NULL;
    if (2 * (size_t)shelf->count == slots_of(shelf->bits)) {
        grow(shelf);
        slot = slot_of(shelf, id);
    }
    *slot = make_slot(hash_of(shelf, id), shelf->count);
    row = shelf_row(shelf, shelf->count++);
    *(uint64_t *)row = id;
    return row;
}

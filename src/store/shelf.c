/* SPDX-License-Identifier: BSD-2-Clause */
/* shelf.c: rows in an array, found through an index half empty. */
#include "shelf.h"

#include <lasthello/hash.h>

#include <stdlib.h>
#include <string.h>

#define SPARSE 16 /* with fewer rows than this part of the slots, each is freed by itself */

static size_t index_slots(const struct shelf *shelf)
{
    return (size_t)1 << (64 - shelf->shift);
}

bool shelf_open(struct shelf *shelf, size_t row_bytes, uint32_t limit)
{
    struct hash_key key;

    hash_key_random(&key);
    *shelf = (struct shelf){.row_bytes = row_bytes, .limit = limit, .shift = 63, .multiplier = key.words[0] | 1};
    while (index_slots(shelf) < 2 * (size_t)limit)
        shelf->shift--;
    shelf->rows = calloc(limit, row_bytes);
    shelf->index = calloc(index_slots(shelf), sizeof(*shelf->index));
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

/* Frees the slot of one row; slots before it may be free already. */
static void free_slot(struct shelf *shelf, uint64_t id)
{
    const size_t mask = index_slots(shelf) - 1;
    size_t slot = id * shelf->multiplier >> shelf->shift;

    while (shelf->index[slot].id != id)
        slot = (slot + 1) & mask;
    shelf->index[slot].id = 0;
}

void shelf_clear(struct shelf *shelf)
{
    if (shelf->count > index_slots(shelf) / SPARSE)
        memset(shelf->index, 0, index_slots(shelf) * sizeof(*shelf->index));
    else
        for (uint32_t i = 0; i < shelf->count; i++)
            free_slot(shelf, *(const uint64_t *)shelf_row(shelf, i));
    shelf->count = 0;
}

/* The slot that holds the id, or the free one where it belongs. */
static struct shelf_slot *slot_of(const struct shelf *shelf, uint64_t id)
{
    const size_t mask = index_slots(shelf) - 1;
    size_t slot = id * shelf->multiplier >> shelf->shift;

    while (shelf->index[slot].id != 0 && shelf->index[slot].id != id)
        slot = (slot + 1) & mask;
    return &shelf->index[slot];
}

void *shelf_find(const struct shelf *shelf, uint64_t id)
{
    const struct shelf_slot *slot = slot_of(shelf, id);

    return slot->id == 0 ? NULL : shelf_row(shelf, slot->number);
}

void *shelf_put(struct shelf *shelf, uint64_t id, bool *is_new)
{
    struct shelf_slot *slot = slot_of(shelf, id);
    void *row;

    *is_new = slot->id == 0;
    if (slot->id != 0)
        return shelf_row(shelf, slot->number);
    if (shelf->count == shelf->limit)
        return NULL;
    *slot = (struct shelf_slot){id, shelf->count++};
    row = shelf_row(shelf, slot->number);
    *(uint64_t *)row = id;
    return row;
}

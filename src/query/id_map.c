/* SPDX-License-Identifier: BSD-2-Clause */
/* id_map.c: slots that double. */
#include "id_map.h"

#include <lasthello/hash.h>

#include <stdlib.h>

#define SLOTS_AT_START 256

struct id_slot {
    int64_t id;
    uint32_t number;
    bool is_used;
};

void id_map_close(struct id_map *map)
{
    free(map->slots);
    *map = (struct id_map){0};
}

/* The id's slot, or the one where it would go; there is an empty one. */
static struct id_slot *slot_of(const struct id_map *map, int64_t id)
{
    size_t at = ((uint64_t)id * map->multiplier >> 32) & (map->slot_count - 1);

    while (map->slots[at].is_used && map->slots[at].id != id)
        at = (at + 1) & (map->slot_count - 1);
    return &map->slots[at];
}

static bool grow(struct id_map *map)
{
    struct id_map grown = {.slot_count = map->slot_count == 0 ? SLOTS_AT_START : 2 * map->slot_count,
        .count = map->count};
    struct hash_key key;

    hash_key_random(&key);
    grown.multiplier = key.words[0] | 1;
    grown.slots = calloc(grown.slot_count, sizeof(*grown.slots));
    if (grown.slots == NULL)
        return false;
    for (size_t i = 0; i < map->slot_count; i++)
        if (map->slots[i].is_used)
            *slot_of(&grown, map->slots[i].id) = map->slots[i];
    free(map->slots);
    *map = grown;
    return true;
}

uint32_t *id_map_put(struct id_map *map, int64_t id)
{
    struct id_slot *slot;

    if (map->count == UINT32_MAX || (2 * map->count >= map->slot_count && !grow(map)))
        return NULL;
    slot = slot_of(map, id);
    if (!slot->is_used) {
        *slot = (struct id_slot){.id = id, .is_used = true};
        map->count++;
    }
    return &slot->number;
}

uint32_t *id_map_find(const struct id_map *map, int64_t id)
{
    struct id_slot *slot = map->slot_count == 0 ? NULL : slot_of(map, id);

    return slot == NULL || !slot->is_used ? NULL : &slot->number;
}

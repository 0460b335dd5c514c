/* SPDX-License-Identifier: BSD-2-Clause */
/* id_map.h: a number for each id, of as many ids as there are. */
#ifndef LASTHELLO_QUERY_ID_MAP_H
#define LASTHELLO_QUERY_ID_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: empty. */
struct id_map {
    struct id_slot *slots; /* a power of two of them, at most half of them used */
    size_t slot_count, count;
    uint64_t multiplier; /* random: the ids may be those of an inventory that was made to do harm */
};

void id_map_close(struct id_map *map);
/* The id's number, 0 when it is new. NULL: no memory, also where so many ids are there that none is left. */
uint32_t *id_map_put(struct id_map *map, int64_t id);
/* NULL: the id is not there. */
uint32_t *id_map_find(const struct id_map *map, int64_t id);

#endif

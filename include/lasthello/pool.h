/* SPDX-License-Identifier: BSD-2-Clause */
/* pool.h: equal blocks of memory, reserved once, taken and given back without ever calling malloc.
 *
 * The address space is reserved at the start; the kernel lends a page only when it is first touched,
 * so a large limit costs nothing until it is needed. */
#ifndef LASTHELLO_POOL_H
#define LASTHELLO_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What several pools may take together: blocks of one that were taken once are its own from then on. */
struct pool_budget {
    size_t bytes_left;
};

struct pool {
    uint8_t *memory;
    struct pool_budget *budget; /* NULL: all blocks are its own */
    size_t block_bytes;         /* rounded up so that every block is aligned to 16 */
    size_t charged_bytes;       /* what a block takes of the budget */
    size_t count;               /* blocks in all */
    size_t fresh;               /* blocks that were never taken begin here */
    size_t taken;               /* blocks now in use */
    void *free_list;
};

/* pool_open reserves `count` blocks of `block_bytes`. False if the address space is exhausted. */
bool pool_open(struct pool *pool, size_t block_bytes, size_t count);
/* pool_share lets a pool that was just opened take from a budget, as others do, so many bytes a block: with
 * what its owner keeps for it elsewhere. The budget outlives them. */
void pool_share(struct pool *pool, struct pool_budget *budget, size_t charged_bytes);
void pool_close(struct pool *pool);

/* pool_has_room: pool_take will not fail, */
bool pool_has_room(const struct pool *pool);
/* ... _beside: not even where another pool of the same budget takes a block before. */
bool pool_has_room_beside(const struct pool *pool, const struct pool *other);
/* pool_take lends a block, its contents undefined; NULL if there is no room: give something up. */
void *pool_take(struct pool *pool);
/* pool_give takes a block back; NULL is nothing. */
void pool_give(struct pool *pool, void *block);

#endif

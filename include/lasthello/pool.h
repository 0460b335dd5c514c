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

struct pool {
    uint8_t *memory;
    size_t block_bytes; /* rounded up so that every block is aligned to 16 */
    size_t count;       /* blocks in all */
    size_t fresh;       /* blocks that were never taken begin here */
    size_t taken;       /* blocks now in use */
    void *free_list;
};

/* pool_open reserves `count` blocks of `block_bytes`. False if the address space is exhausted. */
bool pool_open(struct pool *pool, size_t block_bytes, size_t count);
void pool_close(struct pool *pool);

/* pool_take lends a block, its contents undefined; NULL if all are in use: give something up. */
void *pool_take(struct pool *pool);
/* pool_give takes a block back; NULL is nothing. */
void pool_give(struct pool *pool, void *block);

#endif

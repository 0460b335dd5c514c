/* SPDX-License-Identifier: BSD-2-Clause */
/* pool.c: equal blocks in one reserved mapping; given-back blocks form a list through themselves. */
#include <lasthello/pages.h>
#include <lasthello/pool.h>

#define BLOCK_ALIGNMENT 16

bool pool_open(struct pool *pool, size_t block_bytes, size_t count)
{
    block_bytes = (block_bytes + BLOCK_ALIGNMENT - 1) / BLOCK_ALIGNMENT * BLOCK_ALIGNMENT;
    *pool = (struct pool){.block_bytes = block_bytes, .count = count};
    if (count == 0)
        return true;
    pool->memory = pages_take(block_bytes * count);
    return pool->memory != NULL;
}

void pool_close(struct pool *pool)
{
    pages_give(pool->memory, pool->block_bytes * pool->count);
    *pool = (struct pool){0};
}

void *pool_take(struct pool *pool)
{
    void *block = pool->free_list;

    if (block != NULL)
        pool->free_list = *(void **)block;
    else if (pool->fresh < pool->count)
        block = pool->memory + pool->block_bytes * pool->fresh++;
    if (block != NULL)
        pool->taken++;
    return block;
}

void pool_give(struct pool *pool, void *block)
{
    if (block == NULL)
        return;
    *(void **)block = pool->free_list;
    pool->free_list = block;
    pool->taken--;
}

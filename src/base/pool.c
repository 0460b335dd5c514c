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

void pool_share(struct pool *pool, struct pool_budget *budget, size_t charged_bytes)
{
    pool->budget = budget;
    pool->charged_bytes = charged_bytes;
}

void pool_close(struct pool *pool)
{
    pages_give(pool->memory, pool->block_bytes * pool->count);
    *pool = (struct pool){0};
}

/* Is there a block that was never taken, if others need so much of the budget? */
static bool has_fresh(const struct pool *pool, size_t of_others)
{
    return pool->fresh < pool->count &&
        (pool->budget == NULL || pool->budget->bytes_left >= pool->charged_bytes + of_others);
}

bool pool_has_room(const struct pool *pool)
{
    return pool->free_list != NULL || has_fresh(pool, 0);
}

bool pool_has_room_beside(const struct pool *pool, const struct pool *other)
{
    return pool->free_list != NULL || has_fresh(pool, other->free_list == NULL ? other->charged_bytes : 0);
}

static void *take_fresh(struct pool *pool)
{
    if (!has_fresh(pool, 0))
        return NULL;
    if (pool->budget != NULL)
        pool->budget->bytes_left -= pool->charged_bytes;
    return pool->memory + pool->block_bytes * pool->fresh++;
}

void *pool_take(struct pool *pool)
{
    void *block = pool->free_list;

    if (block != NULL)
        pool->free_list = *(void **)block;
    else
        block = take_fresh(pool);
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

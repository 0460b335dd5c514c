/* SPDX-License-Identifier: BSD-2-Clause */
/* pool.c: equal blocks in one reserved mapping; given-back blocks form a list through themselves. */
#include <lasthello/pool.h>

#include <sys/mman.h>

#define BLOCK_ALIGNMENT 16

bool pool_open(struct pool *pool, size_t block_bytes, size_t count)
{
    void *memory;

    block_bytes = (block_bytes + BLOCK_ALIGNMENT - 1) / BLOCK_ALIGNMENT * BLOCK_ALIGNMENT;
    *pool = (struct pool){.block_bytes = block_bytes, .count = count};
    if (count == 0)
        return true;
    memory = mmap(NULL, block_bytes * count, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    pool->memory = memory;
    return true;
}

void pool_use_large_pages(const struct pool *pool)
{
    if (pool->memory != NULL)
        (void)madvise(pool->memory, pool->block_bytes * pool->count, MADV_HUGEPAGE); /* no kernel needs to */
}

void pool_close(struct pool *pool)
{
    if (pool->memory != NULL)
        munmap(pool->memory, pool->block_bytes * pool->count);
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

/* SPDX-License-Identifier: BSD-2-Clause */
/* pages.c: mappings of which all but the first part may be large pages. */
#include <lasthello/pages.h>

#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_BYTES ((size_t)2 << 20)
#define FIRST_BYTES ((size_t)128 << 10)
#define MMAP_MAX    65536 /* glibc's own M_MMAP_MAX */

static size_t round_up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

/* What is reserved: the first part and, where the table can fill one, whole large pages. */
static size_t span_of(size_t bytes)
{
    return bytes < LARGE_BYTES ? FIRST_BYTES * (1 + (bytes - 1) / FIRST_BYTES)
                               : FIRST_BYTES + round_up(bytes - FIRST_BYTES, LARGE_BYTES);
}

static void use_large(uint8_t *memory, size_t bytes)
{
    (void)madvise(memory, bytes, MADV_HUGEPAGE); /* no kernel needs to */
}

/* The first part ends where a large page can begin. */
static uint8_t *reserve(size_t span)
{
    uint8_t *memory = mmap(NULL, span + LARGE_BYTES, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    const uintptr_t first_end = (uintptr_t)memory + FIRST_BYTES;
    const size_t before = round_up(first_end, LARGE_BYTES) - first_end;

    if (memory == MAP_FAILED)
        return NULL;
    if (before > 0)
        munmap(memory, before);
    munmap(memory + before + span, LARGE_BYTES - before);
    return memory + before;
}

void *pages_take(size_t bytes)
{
    const size_t span = span_of(bytes);
    uint8_t *memory = reserve(span);

    if (memory != NULL && bytes >= LARGE_BYTES)
        use_large(memory + FIRST_BYTES, span - FIRST_BYTES);
    return memory;
}

void pages_give(void *memory, size_t bytes)
{
    if (memory != NULL)
        munmap(memory, span_of(bytes));
}

bool pages_for_heap(size_t bytes)
{
    uint8_t *room;
    size_t before;

    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_MMAP_MAX, 0); /* on top of the heap, not beside it */
    room = malloc(bytes + LARGE_BYTES);
    mallopt(M_MMAP_MAX, MMAP_MAX);
    if (room == NULL)
        return false;
    before = round_up((uintptr_t)room, LARGE_BYTES) - (uintptr_t)room;
    use_large(room + before, bytes);
    free(room);
    return true;
}

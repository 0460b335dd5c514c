/* SPDX-License-Identifier: BSD-2-Clause */
/* block.c: which files are of which block. */
#include "block.h"

#include <lasthello/flow.h>

/* A file is of the block in whose share of all bytes it begins. An empty one has a place, too. */
static void find_files(struct file_run *run, unsigned block, unsigned count)
{
    uint64_t all = 0, before = 0;

    for (size_t i = 0; i < run->count; i++)
        all += run->captures[i].bytes + 1;
    run->begin = run->end = run->count;
    for (size_t i = 0; i < run->count; i++) {
        const uint64_t of = before / (all / count + 1) + 1;

        if (of >= block && i < run->begin)
            run->begin = i;
        if (of > block && i < run->end)
            run->end = i;
        before += run->captures[i].bytes + 1;
    }
}

/* At least one file: what the one before had lost it says itself. */
static void find_lead(struct file_run *run)
{
    const int64_t first_ns = run->begin < run->count ? run->captures[run->begin].first_ns : 0;

    run->lead = run->begin;
    while (run->lead > 0 && run->begin < run->end &&
        (run->lead == run->begin || first_ns - run->captures[run->lead].first_ns < FLOW_IDLE_NS))
        run->lead--;
}

void block_cut(struct file_runs *runs, unsigned block, unsigned count)
{
    runs->file_count = runs->copies;
    runs->bytes_in_all = 0;
    for (size_t i = 0; i < runs->count; i++) {
        struct file_run *run = &runs->rows[i];

        find_files(run, block, count);
        find_lead(run);
        runs->file_count += run->end - run->begin;
        for (size_t at = run->lead; at < run->end; at++)
            runs->bytes_in_all += run->captures[at].bytes;
    }
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* sort.c: a radix sort from the last byte to the first: ids are hashes, and comparing them would
 * miss the cache. */
#include "sort.h"

#define DIGITS 8
#define VALUES 256

static size_t digit_of(uint64_t id, size_t digit)
{
    return id >> 8 * digit & (VALUES - 1);
}

static void count_digits(const struct sorted *rows, size_t count, size_t counts[DIGITS][VALUES])
{
    for (size_t i = 0; i < count; i++)
        for (size_t digit = 0; digit < DIGITS; digit++)
            counts[digit][digit_of(rows[i].id, digit)]++;
}

/* From how often each value stands, to where its first row goes. */
static void place(size_t values[VALUES])
{
    size_t next = 0;

    for (size_t value = 0; value < VALUES; value++) {
        size_t count = values[value];

        values[value] = next;
        next += count;
    }
}

struct sorted *sort_by_id(struct sorted *rows, struct sorted *spare, size_t count)
{
    size_t counts[DIGITS][VALUES] = {0};

    count_digits(rows, count, counts);
    for (size_t digit = 0; digit < DIGITS && count > 1; digit++) {
        struct sorted *full = spare;

        if (counts[digit][digit_of(rows[0].id, digit)] == count) /* all are equal here */
            continue;
        place(counts[digit]);
        for (size_t i = 0; i < count; i++)
            spare[counts[digit][digit_of(rows[i].id, digit)]++] = rows[i];
        spare = rows;
        rows = full;
    }
    return rows;
}

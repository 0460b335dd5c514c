/* SPDX-License-Identifier: BSD-2-Clause */
/* day_counts.h: how many sessions there were on each day, as one text, so that a contact tells its days
 * without a look at its observations.
 *
 *     20423:3,5/1,20429:2
 *
 * On day 20423 (since 1970, UTC) 3 sessions; on the day after it 5, of which 1 was short-lived; on day 20429
 * 2. */
#ifndef LASTHELLO_DAY_COUNTS_H
#define LASTHELLO_DAY_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct day_count {
    int64_t day;
    int64_t sessions, short_lived;
};

/* A text on its way: {.rest = text}. */
struct day_counts {
    const char *rest;
    bool is_inside; /* one was read */
    int64_t day;    /* after that */
};

/* day_counts_next reads the next day. False: there is none, or the text goes on in another form (an inventory
 * may come from a stranger). No count is negative, and days grow. */
bool day_counts_next(struct day_counts *counts, struct day_count *count);

/* day_counts_add adds to a day of the text, where the text has room for DAY_COUNT_BYTES more. The same counts
 * make the same text, in whichever order they are added. */
#define DAY_COUNT_BYTES 72
void day_counts_add(char *text, const struct day_count *more);

/* day_counts_merge adds all of `other` to what `one` has, in `out`, which has room for day_counts_room. */
size_t day_counts_room(const char *one, const char *other);
void day_counts_merge(const char *one, const char *other, char *out);

#endif

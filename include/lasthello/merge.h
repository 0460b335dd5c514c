/* SPDX-License-Identifier: BSD-2-Clause */
/* merge.h: several inventories become one: the union of their readings, of each capture the one that counts.
 *
 * In whatever order they come, grouped, and one of them twice: what the views and reports say of the result
 * is the same. What a tombstone of any of them tells to be replaced or forgotten is in none of it. */
#ifndef LASTHELLO_MERGE_H
#define LASTHELLO_MERGE_H

#include <lasthello/error.h>

#include <stdbool.h>
#include <stddef.h>

/* What is merged. Another process reads them, which gives its rights up before (process.h). */
struct merge_inputs {
    const char *const *paths;
    size_t count;
    bool keeps_rights; /* it does not: where there can be no sandbox */
};

/* merge_into merges the inputs into that at `output`, which is made where there is none; what
 * it has stays, as if it were one of them. It is whole at any time: a merge that is broken off changes
 * nothing. One that cannot be read is named on standard error, counted in `left_out`, and the others are
 * merged without it. False: nothing was merged. */
bool merge_into(const char *output, const struct merge_inputs *inputs, size_t *left_out, struct error *error);

/* merge_aside merges them into a file in the folder for such (TMPDIR, else /var/tmp), whose name is gone when
 * it is done, to be read at once: its descriptor, or -1. */
int merge_aside(const struct merge_inputs *inputs, size_t *left_out, struct error *error);

#endif

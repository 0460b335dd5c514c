/* SPDX-License-Identifier: BSD-2-Clause */
/* union.h: the rows of one inventory into another. */
#ifndef LASTHELLO_MERGE_UNION_H
#define LASTHELLO_MERGE_UNION_H

#include <lasthello/merged.h>

/* union_prepare: once, before the first. */
bool union_prepare(struct merged *merged, struct error *error);

enum union_source {
    UNION_STRANGE, /* perhaps made to do harm */
    UNION_OURS,    /* a draft: what was to be finished is finished in the same transaction */
};
/* union_add adds the inventory at `path`, in one transaction: all of it, or nothing. `is_input_bad`: where it
 * fails, it is that inventory which cannot be read, and others may be added. */
bool union_add(struct merged *merged, const char *path, enum union_source source, bool *is_input_bad,
    struct error *error);
/* union_finish: after the last. */
bool union_finish(struct merged *merged, struct error *error);

#endif

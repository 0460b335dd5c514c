/* SPDX-License-Identifier: BSD-2-Clause */
/* draft.h: an inventory that is being made beside the place where it is to stand. */
#ifndef LASTHELLO_MERGE_DRAFT_H
#define LASTHELLO_MERGE_DRAFT_H

#include <lasthello/process.h>

#include <limits.h>

struct draft {
    struct safe_place place; /* where it is to stand */
    int file;                /* of the draft, locked; negative: none */
    bool is_there;           /* something stands in its place already */
    char name[sizeof(((struct safe_place *)0)->name)];
    char path[PATH_MAX];   /* of the draft */
    char target[PATH_MAX]; /* of the place */
};

/* draft_begin makes the empty file OUTPUT.merging; what a merge that was broken off has left begins anew.
 * False: it cannot be made, or another merge is at work on it. */
bool draft_begin(struct draft *draft, const char *output, struct error *error);
/* draft_place puts the draft where it is to stand, if still nothing is there. */
bool draft_place(struct draft *draft, const char *output, struct error *error);
/* draft_end removes what is left of the draft. */
void draft_end(struct draft *draft);

/* draft_aside makes it in a new folder, `target`, in that for such files; draft_aside_end removes both, also
 * after a failure. */
bool draft_aside(struct draft *draft, struct error *error);
void draft_aside_end(struct draft *draft);

#endif

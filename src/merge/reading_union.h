/* SPDX-License-Identifier: BSD-2-Clause */
/* reading_union.h: which readings of another inventory are taken, and what becomes of those here. */
#ifndef LASTHELLO_MERGE_READING_UNION_H
#define LASTHELLO_MERGE_READING_UNION_H

#include <lasthello/merged.h>

/* One inventory being added. */
struct union_step {
    struct merged *merged;
    int64_t revision;
    int64_t changes;  /* rows that the last statement changed */
    int64_t is_whole; /* not 0: all its gathered readings are taken and new; so may be their contacts */
};

/* union_run runs a statement with :revision and, where it has one, :id. */
bool union_run(struct union_step *step, const char *sql, struct error *error);

/* In this order, within a transaction. reading_union_bury drops what a tombstone tells of, and what was
 * forgotten; reading_union_take fills temp.taken and stores its readings' own rows; reading_union_mark
 * comes after all others. */
bool reading_union_bury(struct union_step *step, struct error *error);
bool reading_union_take(struct union_step *step, struct error *error);
bool reading_union_mark(struct union_step *step, struct error *error);

#endif

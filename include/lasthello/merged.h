/* SPDX-License-Identifier: BSD-2-Clause */
/* merged.h: an inventory that others are merged into, and what the store sees to then: that of several
 * readings of a capture the one counts that has what the others have, and that `contact` follows.
 *
 * The rows themselves are put into it by whoever merges, in SQL: merged_begin, and where readings were merged
 * into it before merged_uncover; then for each reading whose observations are to change merged_withdraw, the
 * rows, merged_mark for each new reading; then merged_cover, merged_commit, and merged_gather in the end. */
#ifndef LASTHELLO_MERGED_H
#define LASTHELLO_MERGED_H

#include <lasthello/db.h>

#include <stdbool.h>
#include <stdint.h>

struct merged;

/* merged_open opens or makes the inventory at `path`; sentences call it `name`. `is_draft`: nobody else opens
 * it before it is whole, and it is worth nothing before; merged_finish makes it one that is. */
struct merged *merged_open(const char *path, const char *name, bool is_draft, struct error *error);
void merged_close(struct merged *merged);
struct db *merged_db(struct merged *merged);

/* Rows that the transaction changes get its revision. */
bool merged_begin(struct merged *merged, int64_t *revision, struct error *error);
bool merged_commit(struct merged *merged, struct error *error);
void merged_give_up(struct merged *merged);

/* merged_withdraw takes the reading's observations out of `contact`. */
bool merged_withdraw(struct merged *merged, int64_t reading, struct error *error);
/* merged_drop deletes a reading of which a tombstone tells. */
bool merged_drop(struct merged *merged, int64_t reading, struct error *error);
/* merged_mark lets the reading be found by its marks. */
bool merged_mark(struct merged *merged, int64_t reading, struct error *error);
/* merged_take_contacts puts the contacts of the attached inventory (db_attach) to those that are there: its
 * gathered readings were all just put in, and none of them was here before. */
bool merged_take_contacts(struct merged *merged, struct error *error);
/* merged_cover lets those readings count that have what others of their capture have, and those others not:
 * they are `covered`, and what they have stands aside, because what covers them may be forgotten. It follows
 * from the readings that are there, however they came. merged_uncover lets all count again. */
bool merged_cover(struct merged *merged, struct error *error);
bool merged_uncover(struct merged *merged, struct error *error);
/* merged_clear deletes what repeats and is of no observation. */
bool merged_clear(struct merged *merged, struct error *error);

/* merged_gather gathers what was merged into `contact`, in a transaction of its own, where it is much. */
bool merged_gather(struct merged *merged, struct error *error);

#endif

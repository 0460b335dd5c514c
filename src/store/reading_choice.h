/* SPDX-License-Identifier: BSD-2-Clause */
/* reading_choice.h: which of several readings of a capture counts. */
#ifndef LASTHELLO_STORE_READING_CHOICE_H
#define LASTHELLO_STORE_READING_CHOICE_H

#include "reading_rows.h"

/* reading_may_be_copy: does another reading begin as these marks do, or have several of these anchors? */
bool reading_may_be_copy(struct reading_rows *rows, uint64_t id, const struct capture_marks *marks,
    const struct capture_anchors *anchors, bool *may_be, struct error *error);

/* reading_choose compares a reading that has just ended with all that may be of the same capture.
 * What has nothing of its own goes; what neither includes nor is included stays beside the other,
 * and common clients and servers are left to the better one. `is_known`: the reading itself had
 * nothing that was not stored already. */
bool reading_choose(struct reading_rows *rows, uint64_t id, bool *is_known, struct error *error);

#endif

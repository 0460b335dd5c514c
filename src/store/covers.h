/* SPDX-License-Identifier: BSD-2-Clause */
/* covers.h: of readings that come from several inventories, those that count.
 *
 * What reading_choice.h decides at the end of each reading, and for ever, is decided here of all that are
 * there, and anew with each merge: a reading that another inventory has, too, may be gone from it by the next
 * time. So nothing is deleted, and order is nothing. */
#ifndef LASTHELLO_STORE_COVERS_H
#define LASTHELLO_STORE_COVERS_H

#include "reading_rows.h"

/* covers_find sets those aside that another one includes, and of the others what a better one has, too.
 * covers_lift puts all back. Both within a transaction that the caller began. */
bool covers_find(struct reading_rows *rows, struct error *error);
bool covers_lift(struct reading_rows *rows, struct error *error);

#endif

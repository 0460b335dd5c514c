/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_sums.h: the numbers of the first screen about clients and servers, counted in one walk. */
#ifndef LASTHELLO_QUERY_CONTACT_SUMS_H
#define LASTHELLO_QUERY_CONTACT_SUMS_H

#include "contact_walk.h"

/* contact_sums_add adds to the summary what contacts tell of. After moment_begin. */
bool contact_sums_add(struct inventory *inventory, const struct checked_filters *checked,
    struct summary *summary, struct error *error);

#endif

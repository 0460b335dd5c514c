/* SPDX-License-Identifier: BSD-2-Clause */
/* tally.h: the numbers of the first screen about clients and servers, counted in one walk. */
#ifndef LASTHELLO_QUERY_TALLY_H
#define LASTHELLO_QUERY_TALLY_H

#include "contact_walk.h"

/* tally_contacts adds to the summary what contacts tell of. After moment_begin. */
bool tally_contacts(struct inventory *inventory, const struct checked_filters *checked,
    struct summary *summary, struct error *error);

#endif

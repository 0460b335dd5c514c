/* SPDX-License-Identifier: BSD-2-Clause */
/* advice.h: what an old client may be, and what helps then, by the remedies, in the columns of its row. */
#ifndef LASTHELLO_QUERY_ADVICE_H
#define LASTHELLO_QUERY_ADVICE_H

#include "columns.h"

#include <lasthello/remedy.h>

#define OTHER_HELP_BYTES 4096 /* what has no room is left out, a whole line at a time */

/* The texts of a row, until the next one. */
struct advice {
    bool is_better_beside; /* the client negotiated TLS 1.2 or later on a port of mail that begins with TLS */
    char told[REMEDY_TOLD_BYTES];
    char other_help[OTHER_HELP_BYTES]; /* a line each */
};

/* advise sets the columns may_be, helps and told_by of a row of sql/clients.sql by the first remedy that
 * fits, and `with_others` the column other_help by the others. */
void advise(const struct row_values *row, const struct remedies *remedies, bool with_others,
    struct advice *advice);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* pull.h: rows of the centre into an inventory that has nothing else. */
#ifndef LASTHELLO_CENTRE_PULL_H
#define LASTHELLO_CENTRE_PULL_H

#include "connect.h"

#include <lasthello/db.h>

/* Which rows of a sensor. */
struct pull_scope {
    const char *sensor; /* its uuid */
    /* those that changed after this revision of this epoch, and what observations among them refer to; or
     * those of one reading alone */
    int64_t epoch, revision;
    int64_t reading;
    bool is_reading;
};

/* pull_rows puts them into the tables of an inventory. Within a transaction at the centre. */
bool pull_rows(struct centre *centre, const struct pull_scope *scope, struct db *db, struct error *error);

#endif

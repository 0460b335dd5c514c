/* SPDX-License-Identifier: BSD-2-Clause */
/* changes.h: the rows of an inventory that have changed, as texts. */
#ifndef LASTHELLO_CENTRE_CHANGES_H
#define LASTHELLO_CENTRE_CHANGES_H

#include "sent_tables.h"

#include <lasthello/db.h>

#define COLUMNS_MAX       64
#define COLUMN_LIST_BYTES 1024

/* Which rows of a table: those of a reading, or all. */
struct span {
    int64_t from, upto; /* revisions: beyond the one, up to the other */
    int64_t reading;
    int64_t minute; /* of `blind`: from this one on */
    int64_t day;    /* of observations: from this one on */
};

struct changes {
    struct db *db;
    struct query queries[SENT_TABLE_COUNT];
    char columns[SENT_TABLE_COUNT][COLUMN_LIST_BYTES]; /* of the centre's rows, behind sensor and epoch */
    int column_counts[SENT_TABLE_COUNT];
};

bool changes_open(struct changes *changes, struct db *db, struct error *error);
void changes_close(struct changes *changes);

/* changes_ask: the query yields the rows, each with the columns of the list; query_reset ends it. */
struct query *changes_ask(struct changes *changes, enum sent_table table, const struct span *span);

#endif

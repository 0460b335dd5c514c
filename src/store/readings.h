/* SPDX-License-Identifier: BSD-2-Clause */
/* readings.h: from a ledger into the inventory, so that a capture that is read twice counts once.
 *
 * A reading whose first packets no other one has counts at once, and grows with each ledger. One
 * that may be a copy is pending, and its observations stand aside, until it ends: then its marks
 * decide (reading_choice.c). All of that lies in the database, in the transaction of the ledger
 * that told it: a crash leaves readings that are not over, and the next writer ends them with what
 * they had. */
#ifndef LASTHELLO_STORE_READINGS_H
#define LASTHELLO_STORE_READINGS_H

#include "reading_rows.h"

/* What could not be stored of a reading that is not over, so that it is told as soon as there is
 * room for that. */
struct loss {
    uint64_t id; /* the reading's */
    uint64_t sessions;
    struct source_record *record; /* the newest that could not be stored; NULL: none */
    struct conclusion conclusion; /* where source is not 0 */
};

struct readings {
    struct upserts upserts;
    struct reading_rows rows;
    struct id_table losses;
    uint64_t known; /* readings that have nothing that was not stored already */
};

bool readings_open(struct readings *readings, const char *path, struct error *error);
void readings_close(struct readings *readings);
void readings_asked(struct readings *readings, const struct reading_asked *asked);

/* readings_recover ends the readings of processes that are gone. Before the first ledger. */
bool readings_recover(struct readings *readings, struct error *error);

/* readings_store stores a ledger in one transaction: all of it, or nothing. What is lost is
 * remembered with its reading, which is then not complete, and told in its row as soon as there is
 * room for that. */
bool readings_store(struct readings *readings, const struct ledger *ledger, struct error *error);
/* readings_finish: no more ledgers come. What could not be stored is tried once more. */
bool readings_finish(struct readings *readings, struct error *error);

/* The newest day (days since 1970) of which the inventory tells; far in the past where there is none. */
bool readings_newest_day(struct readings *readings, int64_t *day, struct error *error);
/* readings_forget deletes observations of days before `before_day`, and in the end what only they
 * referred to; when their hosts were first and last seen is kept. One call is a short step, from
 * `place` on, 0 at first, and 0 again when it is done. */
bool readings_forget(struct readings *readings, int64_t before_day, int64_t *place, struct error *error);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* readings.h: from a ledger into the inventory, so that a source that is read twice counts once.
 *
 * The first reading of a source is stored as it comes. A later one (the same file again, a longer or a cut copy) is
 * staged beside it, and replaces it when it is over and saw as much or more; until then, and after a crash, the
 * first one counts. */
#ifndef LASTHELLO_STORE_READINGS_H
#define LASTHELLO_STORE_READINGS_H

#include "upserts.h"

enum reading_state {
    READING_UNDECIDED, /* the inventory was not asked yet */
    READING_DIRECT,    /* nobody knew the source: what is learnt is stored as it comes */
    READING_STAGED,    /* it stands beside what is stored */
    READING_ELSEWHERE, /* another process reads the source at this moment: what is learnt here is left out */
    READING_REPLACED,  /* another worker's reading of the same source has taken its place: it counts no longer */
};

struct reading {
    uint64_t source;
    unsigned worker;
    enum reading_state state;
    bool over;                    /* to be forgotten when the transaction is committed */
    uint64_t packets;             /* so far: fewer mean that another reading has begun */
    uint64_t lost;                /* sessions that could not be stored */
    bool owed;                    /* its record could not be stored, and is to be when there is room */
    struct source_record *record; /* of a staged one, or one that is owed, the newest */
};

struct readings {
    struct upserts upserts;
    struct reading *rows;
    size_t count, size;
    uint64_t known; /* readings, now over, of sources that were stored already */
    bool refused;   /* a reading was left out, and nobody was told */
};

bool readings_open(struct readings *readings, const char *path, struct error *error);
void readings_close(struct readings *readings);

/* readings_store stores a worker's ledger in one transaction: all of it, or nothing. What is lost is remembered
 * with its source, which is then not complete, and told in its row as soon as there is room for that. */
bool readings_store(struct readings *readings, unsigned worker, const struct ledger *ledger, struct error *error);
/* Was a reading left out, because another process reads the same source? Said once. */
bool readings_refused(struct readings *readings, struct error *error);
/* readings_finish concludes readings that were broken off: the larger one counts. The rows of sources that could not be
 * stored are tried once more. */
bool readings_finish(struct readings *readings, struct error *error);
/* readings_forget deletes observations older than `days` before `today` (days since 1970); when their hosts were
 * first and last seen is kept. One call is a short step, from `place` on, 0 at first, and 0 again when it is done. */
bool readings_forget(
    struct readings *readings, int64_t today, unsigned days, int64_t *place, struct error *error);

#endif

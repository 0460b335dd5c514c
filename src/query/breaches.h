/* SPDX-License-Identifier: BSD-2-Clause */
/* breaches.h: which policies each kind of session offends: the rows of `breach` (sql/judged.sql). */
#ifndef LASTHELLO_QUERY_BREACHES_H
#define LASTHELLO_QUERY_BREACHES_H

#include <lasthello/db.h>
#include <lasthello/verdict.h>

struct breaches {
    struct db *db;
    const struct policies *policies; /* NULL: none */
    struct query insert;
};

bool breaches_open(
    struct breaches *breaches, struct db *db, const struct policies *policies, struct error *error);
void breaches_close(struct breaches *breaches);

/* breaches_put writes those of a row of sql/profiles.sql, by the policies that ask for its facts alone.
 * `judged` is that of verdict_of_profile. */
bool breaches_put(struct breaches *breaches, const struct query *profile, const struct profile_facts *facts,
    const struct judgement *judged, struct error *error);
/* breaches_put_variants writes those by policies that ask for the server's address, or its certificate. */
bool breaches_put_variants(struct breaches *breaches, struct error *error);

#endif

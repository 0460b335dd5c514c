/* SPDX-License-Identifier: BSD-2-Clause */
/* tally.h: how many sessions of each service, version and outcome there were: counters that one thread adds
 * to and another reads. They name no host. */
#ifndef LASTHELLO_TALLY_H
#define LASTHELLO_TALLY_H

#include <lasthello/session.h>

#include <stdatomic.h>

#define TALLY_SERVICES_MAX 12 /* the registry has fewer; what is beyond counts as the last */

struct tally {
    _Atomic(const char *) services[TALLY_SERVICES_MAX]; /* names in static storage; NULL: free */
    atomic_ullong sessions[TALLY_SERVICES_MAX][VERSION_COUNT][OUTCOME_COUNT];
};

/* tally_note counts a settled session by the version that was negotiated, else by the best offered. */
void tally_note(struct tally *tally, const struct session *session);

/* tally_add adds what `part` has to `sum`. The order of services may differ. */
void tally_add(struct tally *sum, const struct tally *part);

#endif

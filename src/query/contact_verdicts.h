/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_verdicts.h: what holds of a client's contacts as of a day. */
#ifndef LASTHELLO_QUERY_CONTACT_VERDICTS_H
#define LASTHELLO_QUERY_CONTACT_VERDICTS_H

#include "contact_walk.h"

/* contact_verdicts_put sets the verdict of all contacts of the client that the walk has come to: that of
 * their profile, but refusals before the last failing_days are history, old TLS that ended at once again and
 * again in these days is perhaps refused at its login, and what was seen of a provider behind a middlebox is
 * not the provider's. sql/verdict_offence.sql says the same of sessions, with each policy. */
void contact_verdicts_put(struct contact_walk *walk);

#endif

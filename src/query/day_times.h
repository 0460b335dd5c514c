/* SPDX-License-Identifier: BSD-2-Clause */
/* day_times.h: the moments, and the evidence, of a part of a contact, of which the walk knows days alone:
 * looked up when a row is shown. */
#ifndef LASTHELLO_QUERY_DAY_TIMES_H
#define LASTHELLO_QUERY_DAY_TIMES_H

#include "contact_list.h"

/* Which contact of its client first did what a row says, and when: microseconds since 1970. */
struct first_contact {
    int64_t client, server, profile, certificate, path;
    int64_t seen;
    bool is_day; /* of `seen` the day is known alone */
};

struct first_contact first_contact_of(const struct contact *contact);

/* day_times_open prepares it. day_times_first and day_times_last put moments in the place of days, where
 * days are known alone; the latter also finds the evidence. */
bool day_times_open(struct query *query, struct inventory *inventory, struct error *error);
bool day_times_first(struct query *query, struct first_contact *first, struct error *error);
bool day_times_last(struct query *query, struct contact *contact, struct error *error);

#endif

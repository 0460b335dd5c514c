/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_walk.h: through all contacts of an inventory, a client at a time.
 *
 * Where the days that are asked for leave nothing out, contacts are read as they stand (table `contact`): as
 * fast as SQLite yields rows, and with the memory of one client. Else they are put together from the
 * observations of those days, which takes longer, and memory for all contacts, and says the same. A client
 * may have several contacts that are equal in all that tells contacts apart: whoever counts adds them. */
#ifndef LASTHELLO_QUERY_CONTACT_WALK_H
#define LASTHELLO_QUERY_CONTACT_WALK_H

#include "judged_profiles.h"

struct contact {
    int64_t client, server, certificate, path; /* ids; of the last two 0: nothing is known of it */
    int64_t first_seen, last_seen, sessions, short_lived;
    int64_t last_observation; /* id: its evidence */
    const struct judged_profile *profile;
    enum verdict verdict; /* as of the day that is asked for (contact_verdicts.h) */
    bool is_inspected;    /* its client meets a middlebox in the place of a provider's server */
    bool is_asked;        /* by all filters; else it is there for what else is known of its client */
};

/* From when on refusals and short sessions count, and how many of these are none by chance. */
struct verdict_days {
    int64_t recent_from; /* microseconds since 1970 */
    int64_t short_sessions;
};

struct contact_walk {
    struct verdict_days days;
    struct judged_profiles profiles;
    struct id_map middleboxes; /* certificates that lead to no public CA */
    struct query query;
    struct contact *contacts; /* of the client that the walk has come to */
    size_t count, room;
    struct contact next; /* of the client after that one */
    /* of some days: put together from observations, which come in no order, and then by client */
    bool is_put_together;
    struct contact *all;
    size_t all_count, all_room, all_next;
    bool has_next, is_over;
};

/* contact_walk_open: after moment_begin. contact_walk_close: also after a failure. */
bool contact_walk_open(struct contact_walk *walk, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error);
void contact_walk_close(struct contact_walk *walk);
/* The next client: walk->contacts, at least one. Contacts that neither are asked for nor show that their
 * client does better are left out. */
enum row contact_walk_client(struct contact_walk *walk, struct error *error);

#endif

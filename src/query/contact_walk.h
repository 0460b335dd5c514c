/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_walk.h: through all contacts of an inventory, a client at a time: as fast as SQLite yields rows,
 * and with the memory of one client.
 *
 * Where the days that are asked for leave something out, contacts are cut to them, by the sessions that
 * they have on each day. A client may have several contacts that are equal in all that tells contacts
 * apart: whoever counts adds them. */
#ifndef LASTHELLO_QUERY_CONTACT_WALK_H
#define LASTHELLO_QUERY_CONTACT_WALK_H

#include "contact_list.h"

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
    bool has_since;
    int64_t since_day, until_day; /* of what is asked for */
    bool has_row, is_over;        /* the query's row is of the next client; it has no more */
    struct contact_list list;
    struct contact *contacts; /* of the client that the walk has come to */
    size_t count;
};

/* contact_walk_open: after moment_begin. contact_walk_close: also after a failure. */
bool contact_walk_open(struct contact_walk *walk, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error);
void contact_walk_close(struct contact_walk *walk);
/* The next client: walk->contacts, at least one. Contacts that neither are asked for nor show that their
 * client does better are left out. */
enum row contact_walk_client(struct contact_walk *walk, struct error *error);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_walk.h: through all contacts of an inventory, a client at a time: as fast as SQLite yields rows,
 * and with the memory of one client.
 *
 * Where the days that are asked for leave something out, contacts are cut to them, by the sessions that
 * they have on each day. A client may have several contacts that are equal in all that tells contacts
 * apart: whoever counts adds them. */
#ifndef LASTHELLO_QUERY_CONTACT_WALK_H
#define LASTHELLO_QUERY_CONTACT_WALK_H

#include "machines.h"
#include "target_told.h"

struct contact_walk {
    const struct policies *policies; /* NULL: none */
    struct judged_profiles profiles;
    struct id_map middleboxes; /* certificates that lead to no public CA */
    struct query query;
    bool has_since;
    int64_t since_day, until_day; /* of what is asked for */
    bool has_row, is_over;        /* the query's row is of the next client; it has no more */
    struct machines machines;     /* none: each address is a client */
    struct contact_list list;
    struct contact_list aside; /* of clients with several addresses, which come last */
    size_t aside_next;
    struct contact *contacts; /* of the client that the walk has come to, by target */
    size_t count;
    struct teller teller;
    struct target_told *tolds; /* of its targets */
    size_t told_room;
};

enum walk_by {
    WALK_BY_ADDRESS,
    WALK_BY_MACHINE, /* several addresses of one client come together */
};

/* contact_walk_open: after moment_begin. contact_walk_close: also after a failure. */
bool contact_walk_open(struct contact_walk *walk, struct inventory *inventory,
    const struct checked_filters *checked, enum walk_by by, struct error *error);
void contact_walk_close(struct contact_walk *walk);
/* The next client: walk->contacts, at least one. Contacts that neither are asked for nor show that their
 * client does better are left out. */
enum row contact_walk_client(struct contact_walk *walk, struct error *error);
/* contact_walk_all calls `add` for each client. False: the walk or `add` failed. */
bool contact_walk_all(struct contact_walk *walk, bool (*add)(void *context, struct error *error),
    void *context, struct error *error);

#endif

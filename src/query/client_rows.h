/* SPDX-License-Identifier: BSD-2-Clause */
/* client_rows.h: a row for each client, service, and provider or server name, the worst first.
 *
 * All of them are found in one walk, as numbers; what is shown of a row is looked up when it is its turn, so
 * that the first rows of a million cost little more than the walk. */
#ifndef LASTHELLO_QUERY_CLIENT_ROWS_H
#define LASTHELLO_QUERY_CLIENT_ROWS_H

#include "contact_walk.h"
#include "day_times.h"

struct client_row {
    /* of its sessions with the worst verdict (of those that break, with the first day) the latest */
    struct contact worst;
    struct first_contact first; /* of those with that verdict and day */
    int64_t sessions;           /* the same */
    int64_t all_sessions;
    size_t better; /* number of the client's facts, from 1 on; 0: it does not do better, or is not old */
};

struct client_rows {
    struct contact_walk walk;
    struct client_row *rows; /* a heap: the worst is the first; behind it those that were taken */
    size_t count, taken, room;
    struct client_facts *betters;
    size_t better_count, better_room;
    struct id_map macs; /* of a path's client, a number for each address */
    bool has_macs;
};

/* client_rows_open walks. `worst_only`: of old TLS, and of what a policy
 * ends, alone. client_rows_close: also after a failure. */
bool client_rows_open(struct client_rows *rows, struct inventory *inventory,
    const struct checked_filters *checked, bool worst_only, struct error *error);
void client_rows_close(struct client_rows *rows);
/* Takes the worst row out of those that are left; false: there is none. */
bool client_rows_take(struct client_rows *rows, struct client_row *row);
/* Once more the one that was taken as the `place`th, from 0 on. */
struct client_row client_rows_taken(const struct client_rows *rows, size_t place);
/* What else is known of its client. */
struct client_facts client_rows_facts(const struct client_rows *rows, const struct client_row *row);

#endif

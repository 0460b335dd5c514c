/* SPDX-License-Identifier: BSD-2-Clause */
/* client_turns.h: what is remembered of each client, and what it turned to since. */
#ifndef LASTHELLO_QUERY_CLIENT_TURNS_H
#define LASTHELLO_QUERY_CLIENT_TURNS_H

#include "contact_walk.h"

#include <lasthello/client_counts.h>

/* A client that turned, until its names are looked up. */
struct turn_found {
    enum turn turn;
    int64_t days, client, server, profile;
};

/* client_turns_begin: a look begins. client_turns_see compares the client that the walk has come to with what
 * is remembered of it, and remembers what it is now. `worst`: of its verdicts. False: no memory.
 * client_turns_end: the look was complete. */
void client_turns_begin(struct client_memory *memory, const struct checked_filters *checked);
bool client_turns_see(struct client_memory *memory, const struct contact_walk *walk, enum verdict worst);
void client_turns_end(struct client_memory *memory);
/* What was found in this look: at most TURNS_TOLD_MAX, and how many more. */
size_t client_turns_found(
    const struct client_memory *memory, const struct turn_found **found, uint64_t *untold);

#endif

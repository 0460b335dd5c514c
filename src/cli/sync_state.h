/* SPDX-License-Identifier: BSD-2-Clause */
/* sync_state.h: how far the centre is behind an inventory, in a small file beside it, INVENTORY.sync:
 * `sync` writes it, `report` reads it. What has been sent is no part of it: the centre knows that. */
#ifndef LASTHELLO_CLI_SYNC_STATE_H
#define LASTHELLO_CLI_SYNC_STATE_H

#include <lasthello/error.h>

#include <stdint.h>

#define SYNC_TEXT_BYTES 512

struct sync_state {
    char centre[SYNC_TEXT_BYTES]; /* its name */
    char why[SYNC_TEXT_BYTES];    /* the last try failed; "": it did not */
    int64_t whole;                /* when the centre had all, in seconds since 1970; 0: never */
    int64_t tried;                /* when it was tried last */
    int64_t revision;             /* of the inventory, that the centre had then */
    int64_t pause;                /* seconds to the next try */
};

/* sync_state_write replaces the file. */
bool sync_state_write(const char *inventory, const struct sync_state *state, struct error *error);
/* sync_state_read: false: there is none, or none that can be read. */
bool sync_state_read(const char *inventory, struct sync_state *state);
/* sync_state_find: what somebody who asks these inventories should know: since when the centre is behind;
 * it stays as it is where the centre has all, or nobody sends them. */
void sync_state_find(const char *const *inventories, size_t count, struct error *told);

#endif

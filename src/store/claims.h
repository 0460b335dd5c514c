/* SPDX-License-Identifier: BSD-2-Clause */
/* claims.h: which process reads a source into an inventory: two that did at once would count it twice. * A claim is
 * a lock on one byte of the inventory's file, far beyond its end, that the kernel lifts when its process ends,
 * however it ends. Where a file system knows no such locks, every claim is granted. */
#ifndef LASTHELLO_STORE_CLAIMS_H
#define LASTHELLO_STORE_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

struct claims {
    int file;
    bool alone; /* no other process had the inventory open for writing; nor can it, until claims_share */
};

/* claims_open may wait for another process that has just opened the inventory; false: it cannot be opened. */
bool claims_open(struct claims *claims, const char *path);
void claims_share(struct claims *claims);
/* claims_close must come after SQLite's own close: it lifts all locks of the process on this file (fcntl(2)). */
void claims_close(struct claims *claims);

/* claims_take: false if another process has the source. Taking it again changes nothing. */
bool claims_take(const struct claims *claims, uint64_t source);
void claims_give(const struct claims *claims, uint64_t source);

#endif

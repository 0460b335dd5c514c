/* SPDX-License-Identifier: BSD-2-Clause */
/* owner_lock.h: whose reading is this, and is that process still at work?
 *
 * A process that writes an inventory draws a number, and locks one byte of the file far beyond its end, which
 * the kernel lifts when the process ends, however it ends. The lock is one for writing: whoever may only read
 * the file can neither take such a lock nor be mistaken for somebody who has. Where a file system knows no
 * such locks, every process is believed to be at work. */
#ifndef LASTHELLO_STORE_OWNER_LOCK_H
#define LASTHELLO_STORE_OWNER_LOCK_H

#include <stdbool.h>
#include <stdint.h>

struct owner_lock {
    int file; /* 0: none */
    uint64_t owner;
    bool is_held;
};

/* owner_lock_open draws a number. False: the inventory cannot be opened. */
bool owner_lock_open(struct owner_lock *lock, const char *path);
/* owner_lock_take tries again where somebody's lock was in the way. */
void owner_lock_take(struct owner_lock *lock);
/* owner_is_gone: the process with that number has ended. */
bool owner_is_gone(const struct owner_lock *lock, uint64_t owner);
/* owner_lock_close must come after SQLite's own close: it lifts all locks of the process on this
 * file (fcntl(2)). */
void owner_lock_close(struct owner_lock *lock);

#endif

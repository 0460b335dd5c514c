/* SPDX-License-Identifier: BSD-2-Clause */
/* owner_lock.c: locks on bytes beyond the end of the inventory, a byte a process. */
#include "owner_lock.h"

#include <lasthello/db.h>
#include <lasthello/ledger.h>

#include <fcntl.h>
#include <unistd.h>

#define FIRST_OWNER ((int64_t)1 << 62) /* SQLite's own locks lie at 1 GiB */

static struct flock byte_of(uint64_t owner, short type)
{
    return (struct flock){
        .l_type = type, .l_whence = SEEK_SET, .l_start = FIRST_OWNER | (int64_t)(owner >> 2), .l_len = 1};
}

bool owner_lock_open(struct owner_lock *lock, const char *path)
{
    *lock = (struct owner_lock){.file = db_files_open(path, O_RDWR | O_CLOEXEC), .owner = source_id_new()};
    if (lock->file < 0)
        return false;
    owner_lock_take(lock);
    return true;
}

/* The lock belongs to the open file, not to the process, so that closing another one does not lift it. */
void owner_lock_take(struct owner_lock *lock)
{
    struct flock byte = byte_of(lock->owner, F_WRLCK);

    if (!lock->is_held && lock->file > 0)
        lock->is_held = fcntl(lock->file, F_OFD_SETLK, &byte) == 0;
}

/* A lock for reading would be refused by one for writing alone. */
bool owner_is_gone(const struct owner_lock *lock, uint64_t owner)
{
    struct flock byte = byte_of(owner, F_RDLCK);

    return owner != lock->owner && fcntl(lock->file, F_OFD_GETLK, &byte) == 0 && byte.l_type == F_UNLCK;
}

void owner_lock_close(struct owner_lock *lock)
{
    if (lock->file > 0)
        close(lock->file);
    *lock = (struct owner_lock){0};
}

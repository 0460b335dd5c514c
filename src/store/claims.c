/* SPDX-License-Identifier: BSD-2-Clause */
/* claims.c: locks on bytes beyond the end of the inventory, a byte a source. */
#include "claims.h"

#include <lasthello/db.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* SQLite's own locks lie at 1 GiB. */
#define FIRST_SOURCE ((int64_t)1 << 62)
#define WRITERS      (FIRST_SOURCE - 1)

static int64_t byte_of(uint64_t source)
{
    return FIRST_SOURCE | (int64_t)(source >> 2);
}

/* The lock belongs to the open file, not to the process, so that closing another one does not lift it. */
static bool set_lock(const struct claims *claims, int command, short type, int64_t byte)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};

    return fcntl(claims->file, command, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

bool claims_open(struct claims *claims, const char *path)
{
    *claims = (struct claims){.file = db_files_open(path, O_RDWR | O_CLOEXEC)};
    if (claims->file < 0)
        return false;
    claims->alone = set_lock(claims, F_OFD_SETLK, F_WRLCK, WRITERS);
    if (!claims->alone)
        set_lock(claims, F_OFD_SETLKW, F_RDLCK, WRITERS);
    return true;
}

void claims_share(struct claims *claims)
{
    if (claims->alone)
        set_lock(claims, F_OFD_SETLK, F_RDLCK, WRITERS);
    claims->alone = false;
}

void claims_close(struct claims *claims)
{
    if (claims->file > 0)
        close(claims->file);
    *claims = (struct claims){0};
}

bool claims_take(const struct claims *claims, uint64_t source)
{
    return set_lock(claims, F_OFD_SETLK, F_WRLCK, byte_of(source));
}

void claims_give(const struct claims *claims, uint64_t source)
{
    set_lock(claims, F_OFD_SETLK, F_UNLCK, byte_of(source));
}

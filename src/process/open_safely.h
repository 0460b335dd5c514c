/* SPDX-License-Identifier: BSD-2-Clause */
/* open_safely.h: opening, with all rights, a file that is to be written: where somebody else may have put a
 * symbolic link, or a file of his, into the path. */
#ifndef LASTHELLO_OPEN_SAFELY_H
#define LASTHELLO_OPEN_SAFELY_H

#include <stdbool.h>
#include <sys/stat.h>

/* A file where its folder is known: no link is left on the way. */
struct safe_place {
    int folder; /* a descriptor (O_PATH) */
    char name[256];
};

/* safe_place_find walks along `path`. It follows a symbolic link only where root or the user who runs this
 * owns it: else -ELOOP. 0, or -errno of what cannot be walked through. The file itself need not exist.
 * safe_place_close gives the folder back. */
int safe_place_find(const char *path, struct safe_place *place);
void safe_place_close(struct safe_place *place);

/* safe_place_open opens it with `flags` of open(2), as long as it is no link; `mode` not 0: where there is
 * none, it is made new, with that mode. A descriptor or -errno. */
int safe_place_open(const struct safe_place *place, int flags, mode_t mode);

/* open_to_append opens a file of lines, without waiting: an ordinary file, which is made where there is none,
 * a named pipe (-ENXIO: nobody reads it), a terminal. -EPERM: it belongs to a stranger, neither root nor the
 * user who runs this. */
int open_to_append(const char *path);

#endif

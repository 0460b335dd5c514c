/* SPDX-License-Identifier: BSD-2-Clause */
/* scratch.c: a folder of one's own for what is needed for a while. */
#include <lasthello/scratch.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool scratch_folder_make(char path[SCRATCH_PATH_BYTES], const char *purpose, struct error *error)
{
    const char *parent = getenv("TMPDIR");

    if (parent == NULL || parent[0] == '\0')
        parent = "/var/tmp";
    errno = ENAMETOOLONG;
    if (snprintf(path, SCRATCH_PATH_BYTES, "%s/lasthello-XXXXXX", parent) < SCRATCH_PATH_BYTES &&
        mkdtemp(path) != NULL)
        return true;
    path[0] = '\0';
    return error_set(error, "%s: no folder can be made there for %s (%s); set TMPDIR to another one", parent,
        purpose, strerror(errno));
}

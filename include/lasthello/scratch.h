/* SPDX-License-Identifier: BSD-2-Clause */
/* scratch.h: a folder of one's own for what is needed for a while. */
#ifndef LASTHELLO_SCRATCH_H
#define LASTHELLO_SCRATCH_H

#include <lasthello/error.h>

#include <limits.h>

#define SCRATCH_PATH_BYTES (PATH_MAX / 2) /* names of files in it have room behind it */

/* scratch_folder_make makes a new folder that nobody else may enter, in $TMPDIR or, where that is not
 * set, in /var/tmp, and writes its path. `purpose` says what for. The caller removes it. False: error
 * says why, and the path is empty. */
bool scratch_folder_make(char path[SCRATCH_PATH_BYTES], const char *purpose, struct error *error);

#endif

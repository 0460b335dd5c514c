/* SPDX-License-Identifier: BSD-2-Clause */
/* replacement.h: a file that others read whole while it is written anew: beside it, then in its place. */
#ifndef LASTHELLO_REPLACEMENT_H
#define LASTHELLO_REPLACEMENT_H

/* replacement_open makes an empty file, PATH.new, that everybody may read; one that was left there goes. A
 * descriptor or -errno: of the way to it as safe_place_find has it. */
int replacement_open(const char *path);
/* replacement_done puts it in the place of `path`. 0 or -errno. */
int replacement_done(const char *path);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* output_file.h: a report that goes into a file: whole, or not at all. */
#ifndef LASTHELLO_OUTPUT_FILE_H
#define LASTHELLO_OUTPUT_FILE_H

#include <lasthello/error.h>

#include <stdbool.h>

/* output_file_begin makes standard output a new file beside `path`, and goes on in a new process. The one
 * that was there waits for its end, puts the new file in the place of the old one if it ended well, removes
 * it if not, and ends in the same way: a report that fails leaves the one of yesterday as it was. False: the
 * file cannot be made, or what stands at `path` is no file of this user, or somebody else put a symbolic link
 * on the way. To be called before the sandbox: its process could not rename. */
bool output_file_begin(const char *path, struct error *error);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* ini_file.h: a file of [section] and word = text lines, read whole; what libinih would change silently is
 * refused. */
#ifndef LASTHELLO_INI_FILE_H
#define LASTHELLO_INI_FILE_H

#include <lasthello/error.h>

#define INI_TEXT_BYTES 200                /* of a line, as libinih reads it; a longer one is refused */
#define INI_FILE_BYTES ((size_t)64 << 10) /* a file that has as many is refused */

struct ini_file {
    const char *path;
    const char *kind; /* for a sentence: "a policy" */
    /* Is given each line. NULL: it is understood; else what is wrong with it. */
    const char *(*take)(
        void *context, const char *section, const char *word, const char *text, unsigned line);
    void *context;
    unsigned section_line; /* of the [section] that is read; 0: none yet */
    unsigned lines;        /* how many there are, afterwards */
};

/* ini_file_read reads the file at `path`, which is to be an ordinary one. False with a sentence that has file
 * and line at the first thing that is wrong. */
bool ini_file_read(struct ini_file *file, struct error *error);

#endif

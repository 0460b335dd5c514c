/* SPDX-License-Identifier: BSD-2-Clause */
/* chains.h: which files to read, and which of them continue each other. */
#ifndef LASTHELLO_CHAINS_H
#define LASTHELLO_CHAINS_H

#include <lasthello/error.h>

#include <stddef.h>
#include <stdint.h>

/* Files that may continue each other, in order: a folder's; or one file alone. */
struct chain {
    char **paths;
    size_t count;
};

struct chains {
    struct chain *rows;
    size_t count;
    size_t file_count;
    size_t skipped;        /* files in folders that are no captures */
    uint64_t bytes_in_all; /* of the regular files, as stored */
};

/* chains_add adds a file, "-" for standard input, or a folder with all its subfolders, each a chain of its own. A folder
 * without captures is an error; what could be added before stays. */
bool chains_add(struct chains *chains, const char *path, struct error *error);
void chains_free(struct chains *chains);

#endif

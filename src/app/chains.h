/* SPDX-License-Identifier: BSD-2-Clause */
/* chains.h: which files to read, and which of them continue each other. */
#ifndef LASTHELLO_CHAINS_H
#define LASTHELLO_CHAINS_H

#include "monitor.h"

#include <lasthello/error.h>

#include <stddef.h>
#include <stdint.h>

struct capture {
    char *path;
    size_t number;    /* by which the monitor knows it */
    int64_t first_ns; /* of a folder's files, once they are in order */
};

/* Files that may continue each other, in order: a folder's; or one file alone. */
struct chain {
    struct capture *captures;
    size_t count;
    const char *folder; /* as named on the command line; NULL: a file named by itself */
};

struct chains {
    struct chain *rows;
    size_t count;
    size_t file_count;
    size_t left_out;       /* files in folders that are no captures */
    uint64_t bytes_in_all; /* of the regular files, as stored */
};

/* chains_add adds a file, "-" for standard input, or a folder with all its subfolders, each a chain of its own.
 * Nothing of a file is read. A folder that cannot be listed is an error; what could be added before stays. */
bool chains_add(struct chains *chains, const char *path, struct error *error);

/* chains_paths lists all paths by their numbers, for the monitor: `file_count` of them. NULL: no memory. The array
 * is freed by the caller, the paths are the chains'. */
const char **chains_paths(const struct chains *chains);

/* chains_order puts each folder's files in the order of their first packets, and leaves out what is no capture. */
void chains_order(struct chains *chains, struct monitor *monitor);

/* chains_is_empty: was there no capture at all in the folder named `folder` on the command line? */
bool chains_is_empty(const struct chains *chains, const char *folder);
void chains_free(struct chains *chains);

#endif

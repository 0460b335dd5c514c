/* SPDX-License-Identifier: BSD-2-Clause */
/* file_runs.h: which files to read, and which of them continue each other. */
#ifndef LASTHELLO_FILE_RUNS_H
#define LASTHELLO_FILE_RUNS_H

#include <lasthello/error.h>
#include <lasthello/process.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture {
    char *path;
    size_t number;    /* by which the monitor knows it */
    uint64_t place;   /* a hash of where it lies, whatever the way there; 0: nowhere (standard input) */
    int64_t first_ns; /* of a folder's files, once they are in order: of the first packet */
    uint64_t hash;    /* likewise; 0: no packet */
    uint64_t bytes;   /* as stored; 0: not known */
};

/* Files that may continue each other, in order: a folder's; or one file alone. */
struct file_run {
    struct capture *captures;
    size_t count;
    const char *folder; /* as named on the command line; NULL: a file named by itself */
    size_t begin, end;  /* which of them are to be read; nothing after `end` where that is `count` */
    size_t lead;        /* from where on they are read to know what is open at `begin` */
    bool is_tap;        /* two files, which are the two directions of one link: read as one, by time */
};

struct file_runs {
    struct file_run *rows;
    size_t count, room;
    size_t file_count;
    size_t copies;         /* files in folders that have nothing that another one of the folder has not */
    size_t notes;          /* files in folders that are text */
    char note_names[256];  /* the first of those */
    uint64_t bytes_in_all; /* of the regular files, as stored */
};

/* file_runs_add adds a file, "-" for standard input, or a folder with all its subfolders, each a
 * run of its own. Nothing of a file is read. False: a folder cannot be listed, or there is no
 * memory, which has been printed; what could be added stays. */
bool file_runs_add(struct file_runs *runs, const char *path);

/* file_runs_add_tap adds a pair of files, "a+b". False: there is no "+" between two names, or no
 * memory, which has been printed. */
bool file_runs_add_tap(struct file_runs *runs, const char *pair);

/* file_runs_paths lists all paths by their numbers, for the monitor: `file_count` of them. NULL: no
 * memory. The array is freed by the caller, the paths are the runs'. */
const char **file_runs_paths(const struct file_runs *runs);

/* file_runs_order puts each folder's files in the order of their first packets. What is text is
 * left out, and so are copies within a folder: a capture that stood twice in the order would tear
 * apart what it and the next one share. */
void file_runs_order(struct file_runs *runs, struct monitor *monitor);

/* file_runs_is_empty: was there nothing to read at all in the folder named `folder` on the command line? */
bool file_runs_is_empty(const struct file_runs *runs, const char *folder);
void file_runs_free(struct file_runs *runs);

#endif

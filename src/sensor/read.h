/* SPDX-License-Identifier: BSD-2-Clause */
/* read.h: capture files and folders of them, into the inventory. */
#ifndef LASTHELLO_READ_H
#define LASTHELLO_READ_H

#include "sensor_options.h"

#include <stdbool.h>
#include <stddef.h>

#define READ_TAPS_MAX 16

struct read_options {
    struct sensor_options sensor;
    const char *filter;              /* BPF; NULL: none */
    unsigned jobs;                   /* files and folders at the same time */
    const char *taps[READ_TAPS_MAX]; /* pairs of files, "a+b" */
    size_t tap_count;
    char **arguments; /* files, folders, "-" */
    size_t argument_count;
    bool show_progress;
};

/* read_captures lists the files; then another process reads them, and this one opens them for it.
 * Returns the exit status; every failure has been printed. */
int read_captures(const struct read_options *options);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* read_files.h: one worker that reads files, a run of them after the other. */
#ifndef LASTHELLO_READ_FILES_H
#define LASTHELLO_READ_FILES_H

#include "file_runs.h"
#include "run.h"

/* What the workers share. */
struct read_job {
    const struct read_options *options;
    bool *is_folder;    /* each argument */
    bool is_incomplete; /* a folder could not be listed */
    char rules[64];     /* by what sessions are judged */
    struct file_runs file_runs;
    atomic_size_t next_file_run;
    atomic_size_t files_read;
    atomic_ullong bytes_read;
};

/* read_work is a worker's thread; its run's work is the job. */
void *read_work(void *worker);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* watch.h: what the workers of `lasthello watch` do. */
#ifndef LASTHELLO_WATCH_H
#define LASTHELLO_WATCH_H

#include "run.h"

#define TRYING_AGAIN "; trying again every second"

/* What all workers of the run share. Worker i has link i / threads. */
struct watching {
    const struct watch_options *options;
    struct fanout *fanouts[WORKERS_MAX]; /* of each link; NULL: one thread */
    struct source *sources[WORKERS_MAX]; /* of each worker; NULL: could not be opened */
    bool awaited[WORKERS_MAX];           /* ... and is waited for */
    uint64_t ports[PORT_WORDS];
    char *filter;
    int64_t started_ns; /* one time for all threads: their order is that of their names */
    bool shows_rates;
    int64_t shown_ns; /* when rates were last shown, and of how many packets */
    uint64_t shown_packets;
    int64_t metrics_ns; /* when they were last written, monotonic clock; 0: not yet */
    bool metrics_failed;
    struct watch_clients *clients; /* NULL: nobody looks at them */
    int64_t deadlines_told;        /* the day, since 1970, on which they were last looked at */
};

/* watch_deadlines_tell says, once on a UTC day, which policies have 30 days, 7 or one left. */
void watch_deadlines_tell(struct watching *watching, int64_t now_ns);

/* What was told of drops of one source. */
struct drops {
    uint64_t known;  /* packets, as far as they were looked at */
    int64_t told_ns; /* when they were last told of, monotonic clock */
};

/* watch_drops_tell says it of the first that are dropped, and later at most once an hour. `dropped`: so
 * far. */
void watch_drops_tell(struct drops *drops, const char *source, uint64_t dropped, int64_t monotonic_ns);

/* watch_open opens a source for each worker, while there are still the rights for it. An interface that
 * cannot be opened is told. It is a failure of the run, unless it is down, or this sensor began because one
 * was waited for: then it is waited for. */
void watch_open(struct watching *watching, struct run *run);

/* watch_work is a worker's thread: it captures until a signal says stop. An interface that goes down is
 * waited for; when one that is gone was made anew, the run ends for another one to begin. The run's `work` is
 * the struct watching. */
void *watch_work(void *worker);

#endif

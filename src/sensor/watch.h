/* SPDX-License-Identifier: BSD-2-Clause */
/* watch.h: what the workers of `lasthello watch` do. */
#ifndef LASTHELLO_WATCH_H
#define LASTHELLO_WATCH_H

#include "run.h"

#define LINK_NAME_BYTES 64
#define TRYING_AGAIN    "; trying again every second"

/* What a worker watches: an interface, or the two of a passive tap. */
struct watched_link {
    char name[LINK_NAME_BYTES]; /* "eth1", or "eth1+eth2" */
    unsigned first, count;      /* of `interfaces` */
};

/* What all workers of the run are told. Worker i has link i / threads. */
struct watching {
    struct sensor_options sensor;
    const char *interfaces[WORKERS_MAX];
    struct watched_link links[WORKERS_MAX];
    struct fanout *fanouts[WORKERS_MAX]; /* of each link; NULL: one thread */
    struct source *sources[WORKERS_MAX]; /* of each worker; NULL: could not be opened */
    bool awaited[WORKERS_MAX];           /* ... and is waited for */
    unsigned interface_count, link_count;
    unsigned threads; /* of each link; 1 where one is a tap */
    int buffer_mib;
    int snapshot_len;
    int block_ms;
    bool shunts;
    uint64_t ports[PORT_WORDS];
    char *filter;
    int64_t started_ns; /* one time for all threads: their order is that of their names */
    int64_t shown_ns;   /* when rates were last shown, and of how many packets */
    uint64_t shown_packets;
};

/* watch_run watches as told, until SIGINT or SIGTERM, and returns the exit status. What it says carries the
 * time. */
int watch_run(struct watching *watching);

/* watch_open opens a source for each worker, while there are still the rights for it. An interface that
 * cannot be opened is told. It is a failure of the run, unless it is down, or this sensor began because one
 * was waited for: then it is waited for. */
void watch_open(struct watching *watching, struct run *run);

/* watch_work is a worker's thread: it captures until a signal says stop. An interface that goes down is
 * waited for; when one that is gone was made anew, the run ends for another one to begin. The run's `work` is
 * the struct watching. */
void *watch_work(void *worker);

#endif

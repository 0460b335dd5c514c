/* SPDX-License-Identifier: BSD-2-Clause */
/* run.h: the workers of one run of `read` or `watch`: what they share, their threads, and the signals. */
#ifndef LASTHELLO_RUN_H
#define LASTHELLO_RUN_H

#include "pipeline.h"
#include "run_inventory.h"

#include <lasthello/process.h>
#include <lasthello/sensor.h>

#include <pthread.h>
#include <stdatomic.h>

struct run;

struct worker {
    struct run *run;
    unsigned index;
    pthread_t thread;
    struct recorder recorder;
    struct pipeline line;
    struct host_names *names; /* its own; of a live run the first worker's are for all */
    pthread_mutex_t lock;
    struct source *source; /* now being read, so that a signal can end it; NULL: none; under `lock` */
    atomic_ullong packets; /* for progress and SIGUSR1 */
    atomic_ullong sessions;
    atomic_ullong legacy;
    atomic_ullong dropped;
    atomic_ullong shunted;
    struct source_record shown;  /* what was known a second ago, under `lock`: live */
    atomic_llong last_packet_ns; /* when the last packet came; 0: none; live */
    atomic_ullong beats;         /* grows while the worker is alive, for the watchdog */
    unsigned long long beats_seen;
    atomic_bool begun;             /* it captures, or waits for its interface */
    _Atomic(const char *) awaited; /* the interface that it waits for; NULL: none */
    atomic_bool done;
};

struct run {
    struct shared shared;
    const struct sensor_options *options;
    struct monitor *monitor; /* who opens again what was named at the start */
    struct run_inventory inventory;
    char observer[64];
    struct worker *workers; /* until the run is closed */
    unsigned worker_count;
    atomic_bool stopping;              /* SIGINT or SIGTERM came */
    atomic_bool failed;                /* a source failed: exit status 1 */
    atomic_bool again;                 /* an interface was made anew: another sensor is to open it */
    atomic_uint working;               /* workers not done yet */
    bool inventory_gone;               /* it was deleted, moved, replaced or cut short: that was told */
    int64_t inventory_looked_ms;       /* when that was last looked at, monotonic clock */
    int64_t reconnected_ms;            /* when a socket of events was last tried again, likewise */
    unsigned long reconnected_lost;    /* events, then */
    bool loss_told;                    /* that something could not be stored */
    uint64_t unstored;                 /* sessions, when the run is closed */
    uint64_t known;                    /* readings of sources that the inventory held already, likewise */
    pthread_t main_thread;             /* waits for signals; the last worker wakes it */
    struct notifier notifier;          /* systemd, where it started us */
    void *work;                        /* the command's own */
    void (*progress)(struct run *run); /* called a few times a second; NULL: nothing to show */
};

/* run_open opens events and rules, and prepares `worker_count` workers. run_close closes what is open,
 * commits, and answers whether all was stored; a failure has then been printed. What was lost `unstored`
 * counts. */
bool run_open(struct run *run, const struct sensor_options *options, struct monitor *monitor,
    unsigned worker_count, bool patient);
bool run_close(struct run *run);

/* run_give_up_rights enters the sandbox, and opens the inventory there: what it holds, somebody else may have
 * written. From then on nothing can be opened but by the monitor. After everything else is open, before any
 * thread is started. A failure has been printed: read no packet then. */
bool run_give_up_rights(struct run *run);

/* run_tell_of_loss prints a sentence about what could not be stored, once, and makes the exit status 1. */
void run_tell_of_loss(struct run *run, const struct error *error);

/* run_restart ends the run, with everything kept, and asks the monitor for another one. */
void run_restart(struct run *run);

/* run_workers starts a thread for each worker, waits for all of them, and answers signals meanwhile: SIGINT
 * and SIGTERM end the run with everything kept, SIGUSR1 prints counters; of a live run, SIGHUP reopens the
 * events file, and systemd is told how it goes. */
bool run_workers(struct run *run, void *(*work)(void *worker));

/* The rules that name providers; NULL: none. */
const char *run_rules_path(const struct sensor_options *options);

/* run_fail prints a sentence about a source, once, and makes the exit status 1. */
void run_fail(struct run *run, const struct error *error);

/* worker_hold says which source is being read (NULL: none; before it is closed), so that signals can end
 * it. */
void worker_hold(struct worker *worker, struct source *source);

/* worker_begun: the worker of a live run captures, or waits for the interface `awaited` (NULL: none). */
void worker_begun(struct worker *worker, const char *awaited);

/* worker_done: the worker's thread ends. */
void worker_done(struct worker *worker);

/* worker_show publishes the worker's counters. */
void worker_show(struct worker *worker);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* run_signals.c: the main thread while workers work: signals that end or question them, the service manager,
 * the inventory, and the monitor. */
#include "run.h"

#include <lasthello/clock.h>
#include <lasthello/text.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WATCH_SIGNALS_MS      200
#define AWAIT_READER_MS       5
#define RECONNECT_MS          1000
#define LOOK_FOR_INVENTORY_MS 1000

static void print_counters(const struct run *run)
{
    char packets[COUNT_TEXT_BYTES], sessions[COUNT_TEXT_BYTES], legacy[COUNT_TEXT_BYTES],
        dropped[COUNT_TEXT_BYTES];
    char shunted[COUNT_TEXT_BYTES], held[COUNT_TEXT_BYTES + 64] = "";
    uint64_t sums[5] = {0};

    for (unsigned i = 0; i < run->worker_count; i++) {
        sums[0] += run->workers[i].packets;
        sums[1] += run->workers[i].sessions;
        sums[2] += run->workers[i].legacy;
        sums[3] += run->workers[i].dropped;
        sums[4] += run->workers[i].shunted;
    }
    if (sums[4] > 0)
        snprintf(held, sizeof(held), "%s of them in sessions offloaded to the kernel, ",
            count_text(sums[4], shunted));
    complain("%s packets seen, %s%s dropped; %s session%s, %s of them with old TLS",
        count_text(sums[0], packets), held, count_text(sums[3], dropped), count_text(sums[1], sessions),
        sums[1] == 1 ? "" : "s", count_text(sums[2], legacy));
}

static void stop(struct run *run)
{
    if (!atomic_exchange(&run->stopping, true) && !atomic_load(&run->again))
        notifier_tell(&run->notifier, "STOPPING=1");
    source_break_waits();
    for (unsigned i = 0; i < run->worker_count; i++) {
        struct worker *worker = &run->workers[i];

        pthread_mutex_lock(&worker->lock);
        if (worker->source != NULL)
            source_break(worker->source);
        pthread_mutex_unlock(&worker->lock);
    }
    if (run->shared.events != NULL)
        events_stop(run->shared.events);
}

void run_restart(struct run *run)
{
    if (atomic_load(&run->stopping))
        return;
    atomic_store(&run->again, true);
    stop(run);
}

/* What was told while the workers work. */
struct told {
    bool ready;          /* systemd was told that all workers have begun */
    const char *awaited; /* what it was told that is waited for; NULL: nothing */
};

static void tell_of_lost_sessions(struct run *run)
{
    struct error error = {0};
    uint64_t unstored;

    if (!run->loss_told && writer_failed(run->shared.writer, &error, &unstored))
        run_tell_of_loss(run, &error);
}

/* At once where it may go on for weeks; of files it is said at the end. */
static void tell_of_lost_events(const struct run *run)
{
    struct error news;

    if (run->shared.events != NULL && !run->shared.patient && events_news(run->shared.events, &news))
        complain("%s", news.text);
}

static bool is_socket(const char *events)
{
    return strncmp(events, "unix:", strlen("unix:")) == 0;
}

/* Whoever listened to a socket is gone: perhaps somebody does again. A file needs no such thing, and of a
 * named pipe a new reader is found by writing. A connection that was made since nothing was lost is left. */
static void reconnect_events(struct run *run)
{
    struct events *events = run->shared.events;
    const int64_t now_ms = clock_ns(CLOCK_MONOTONIC) / 1000000;
    struct error error;
    int descriptor;

    if (events == NULL || !is_socket(run->options->events) || now_ms - run->reconnected_ms < RECONNECT_MS ||
        !events_fail(events) || events_lost(events) == run->reconnected_lost)
        return;
    run->reconnected_ms = now_ms;
    descriptor = monitor_events(run->monitor);
    if (descriptor >= 0 && events_reopen(events, descriptor, &error))
        run->reconnected_lost = events_lost(events);
}

static void reopen_events(const struct run *run)
{
    struct error error;

    if (run->shared.events == NULL || strcmp(run->options->events, "-") == 0)
        return;
    if (events_reopen(run->shared.events, monitor_events(run->monitor), &error))
        complain("%s: opened again", run->options->events);
    else
        complain("%s; events still go into the old file", error.text);
}

/* Has every worker that is not done shown a sign of life since the last time it was asked? */
static bool all_alive(struct run *run)
{
    bool alive = true;

    for (unsigned i = 0; i < run->worker_count; i++)
        alive = alive &&
            (atomic_load(&run->workers[i].done) || run->workers[i].beats != run->workers[i].beats_seen);
    for (unsigned i = 0; alive && i < run->worker_count; i++)
        run->workers[i].beats_seen = run->workers[i].beats;
    return alive;
}

static bool all_begun(struct run *run)
{
    bool begun = true;

    for (unsigned i = 0; begun && i < run->worker_count; i++)
        begun = atomic_load(&run->workers[i].begun);
    return begun;
}

/* The first interface that is waited for; NULL: none. */
static const char *awaited_interface(struct run *run)
{
    const char *awaited = NULL;

    for (unsigned i = 0; awaited == NULL && i < run->worker_count; i++)
        awaited = atomic_load(&run->workers[i].awaited);
    return awaited;
}

/* A service that waits for its interface is ready, too: it waits as long as that takes, and neither a
 * time-out of systemd's nor the start of the machine should hang on a cable. What it does stands in its
 * status. */
static void tell_systemd(struct run *run, struct told *told)
{
    const bool ready = told->ready || all_begun(run);
    const char *awaited = awaited_interface(run);
    char state[128];

    if (ready && (!told->ready || awaited != told->awaited)) {
        snprintf(state, sizeof(state), "%sSTATUS=%s%s", told->ready ? "" : "READY=1\n",
            awaited == NULL ? "capturing" : "waiting for ", awaited == NULL ? "" : awaited);
        notifier_tell(&run->notifier, state);
        told->ready = true;
        told->awaited = awaited;
    }
    if (notifier_is_due(&run->notifier) && all_alive(run))
        notifier_tell(&run->notifier, "WATCHDOG=1");
}

static void answer_signal(struct run *run, int signal, const siginfo_t *info)
{
    if (signal == SIGUSR1)
        print_counters(run);
    else if (signal == SIGHUP && info->si_code != SI_KERNEL) /* SI_KERNEL: the terminal is gone */
        reopen_events(run);
    else if (signal > 0 && signal != SIGUSR2) { /* SIGUSR2: the last worker is done */
        atomic_store(&run->again, false);
        stop(run);
    }
}

/* What is written to a file that has no name any more is lost: a live run begins anew, with another file. */
static void look_for_inventory(struct run *run)
{
    const int64_t now_ms = clock_ns(CLOCK_MONOTONIC) / 1000000;

    if (run->inventory_gone || now_ms - run->inventory_looked_ms < LOOK_FOR_INVENTORY_MS)
        return;
    run->inventory_looked_ms = now_ms;
    if (run_inventory_is_there(&run->inventory))
        return;
    run->inventory_gone = true;
    complain("%s: was deleted, moved, replaced or cut short while it was written to; %s",
        run->options->inventory,
        run->shared.patient ? "read again, into a file that stays" : "beginning a new one");
    if (!run->shared.patient)
        run_restart(run);
    else if (!atomic_exchange(&run->failed, true))
        stop(run);
}

/* Are the files, and the monitor, still there? */
static void look_after(struct run *run)
{
    if (monitor_is_gone(run->monitor))
        stop(run);
    else if (!atomic_load(&run->stopping))
        look_for_inventory(run);
}

/* A slow reader of the events of files is waited for, until somebody stops the run. */
static bool awaits_reader(struct run *run)
{
    struct events *events = run->shared.events;

    if (!run->shared.patient || events == NULL || atomic_load(&run->stopping))
        return false;
    events_flush(events);
    return !events_are_written(events);
}

/* The next signal, or 0 when there was none for a while: a short one where only a reader is waited for. */
static int await_signal(struct run *run, const sigset_t *signals, siginfo_t *info)
{
    const long pause_ms = atomic_load(&run->working) > 0 ? WATCH_SIGNALS_MS : AWAIT_READER_MS;
    const struct timespec patience = {.tv_nsec = pause_ms * 1000000L};

    return sigtimedwait(signals, info, &patience);
}

static void answer_signals(struct run *run, const sigset_t *signals)
{
    struct told told = {0};

    while (atomic_load(&run->working) > 0 || awaits_reader(run)) {
        siginfo_t info;

        answer_signal(run, await_signal(run, signals, &info), &info);
        if (atomic_load(&run->stopping))
            stop(run); /* a source that was being opened when the signal came */
        if (run->progress != NULL)
            run->progress(run);
        look_after(run);
        tell_of_lost_sessions(run);
        tell_of_lost_events(run);
        reconnect_events(run);
        tell_systemd(run, &told);
    }
}

bool run_workers(struct run *run, void *(*work)(void *worker))
{
    unsigned started = 0;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    /* reading files, it means what it means to all programs: the terminal is gone */
    if (run->shared.patient) {
        pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
        sigdelset(&signals, SIGHUP);
    }
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN); /* a reader of events that goes away is an error to report, not an end */
    run->main_thread = pthread_self();
    atomic_store(&run->working, run->worker_count);
    for (; started < run->worker_count; started++) {
        if (pthread_create(&run->workers[started].thread, NULL, work, &run->workers[started]) == 0)
            continue;
        run_fail(run, &(struct error){"cannot start another thread; try fewer --jobs"});
        atomic_fetch_sub(&run->working, run->worker_count - started);
        break;
    }
    answer_signals(run, &signals);
    for (unsigned i = 0; i < started; i++)
        pthread_join(run->workers[i].thread, NULL);
    return started == run->worker_count;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* run.c: workers, what they share, and the signals that end or question them. */
#include "run.h"

#include <lasthello/text.h>

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define WATCH_SIGNALS_MS      200
#define LIBRARY_BYTES         ((size_t)52 << 20) /* nDPI 4.2 takes 25 MiB, its lists included; a thread's stack 8 */
#define AWAIT_READER_MS       5
#define LOOK_FOR_INVENTORY_MS 1000

static int64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

const char *run_rules_path(const struct sensor_options *options)
{
    if (options->rules != NULL)
        return options->rules;
    return access(LASTHELLO_DATADIR "/providers.txt", R_OK) == 0 ? LASTHELLO_DATADIR "/providers.txt" : NULL;
}

/* A named pipe takes nothing before somebody reads it. */
static int await_events_reader(const struct run *run)
{
    const struct timespec pause = {.tv_nsec = WATCH_SIGNALS_MS * 1000000L};
    int descriptor = monitor_events(run->monitor);

    if (descriptor == -ENXIO)
        complain("%s: waiting for somebody who reads this named pipe", run->options->events);
    while (descriptor == -ENXIO && !monitor_is_gone(run->monitor)) {
        nanosleep(&pause, NULL);
        descriptor = monitor_events(run->monitor);
    }
    return descriptor;
}

static bool open_events(struct run *run, struct error *error)
{
    const char *path = run->options->events;
    const int descriptor = strcmp(path, "-") == 0 ? -1 : await_events_reader(run);

    run->shared.events = events_open(path, descriptor, run->shared.patient, error);
    return run->shared.events != NULL;
}

static bool open_shared(struct run *run, struct error *error)
{
    const struct sensor_options *options = run->options;
    struct shared *shared = &run->shared;

    shared->providers = providers_open(run_rules_path(options), error);
    if (shared->providers == NULL)
        return false;
    return options->events == NULL || open_events(run, error);
}

static bool open_writer(struct run *run, struct error *error)
{
    const struct sensor_options *options = run->options;
    struct writer *writer;

    run_inventory_use(&run->inventory, run->monitor, options->inventory);
    writer = writer_open(options->inventory, run->worker_count, error);
    run->shared.writer = writer;
    if (writer != NULL && options->keep_days > 0)
        writer_keep(writer, options->keep_days, run->shared.patient);
    return writer != NULL && writer_start(writer, error) &&
        (run->shared.events == NULL || events_start(run->shared.events, error));
}

static bool open_workers(struct run *run, struct error *error)
{
    for (unsigned i = 0; i < run->worker_count; i++) {
        struct worker *worker = &run->workers[i];

        worker->run = run;
        worker->index = i;
        pthread_mutex_init(&worker->lock, NULL);
        if (!recorder_open(&worker->recorder, &run->shared, i, error))
            return false;
        if (!pipeline_open(&worker->line, &run->options->services, &worker->recorder,
                run->options->memory_bytes / run->worker_count, error))
            return false;
    }
    return true;
}

bool run_open(struct run *run, const struct sensor_options *options, struct monitor *monitor, unsigned worker_count,
    bool patient)
{
    struct error error = {0};

    /* only the writer's allocations are many; in an arena of its own each new page of SQLite would be a
     * system call */
    mallopt(M_ARENA_MAX, 1);
    *run = (struct run){.options = options, .monitor = monitor, .worker_count = worker_count};
    if (gethostname(run->observer, sizeof(run->observer) - 1) != 0)
        run->observer[0] = '\0';
    run->shared.site = options->site;
    run->shared.observer = run->observer;
    run->shared.patient = patient;
    run->shared.halves = halves_open(); /* without memory for it, they are not told of */
    notifier_open(&run->notifier);
    if (open_shared(run, &error) && open_workers(run, &error))
        return true;
    complain("%s", error.text);
    run_close(run);
    return false;
}

/* What is open already, and is written to. */
static void plan_written(const struct run *run, struct sandbox_plan *plan)
{
    const int open[] = {
        STDERR_FILENO,
        monitor_descriptor(run->monitor),
        run->notifier.fd,
        run->shared.events == NULL ? -1 : events_descriptor(run->shared.events),
    };
    size_t count = 0;

    for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
        if (open[i] >= 0)
            plan->written[count++] = open[i];
    plan->written[count] = -1;
}

static bool enter_sandbox(const struct run *run, struct error *error)
{
    struct sandbox_plan plan = {.user = run->options->user, .written = {-1}};
    const char *missing;

    if (!run->options->sandboxed) {
        complain("--no-sandbox: packets are read with all the rights of this process");
        return true;
    }
    plan_written(run, &plan);
    if (!sandbox_enter(&plan, &missing, error))
        return false;
    if (missing != NULL && !run->shared.patient && monitor_round(run->monitor) == 0)
        complain("this kernel has no %s: the sandbox is without it", missing);
    return true;
}

/* nDPI and libcrypto are started when they are first asked, and end the process where they find no memory
 * then. */
static bool try_memory(const struct run *run, struct error *error)
{
    void *volatile room = malloc(LIBRARY_BYTES * run->worker_count);

    free(room);
    return room != NULL ||
        error_set(error,
            "not enough memory: beside --memory, %zu MiB are needed for libraries; lower --memory, or raise the limit "
            "(ulimit -v)",
            LIBRARY_BYTES * run->worker_count >> 20);
}

bool run_give_up_rights(struct run *run)
{
    struct error error;

    /* Landlock and capabilities are a thread's: those that begin later inherit what is left */
    if (!enter_sandbox(run, &error) || !open_writer(run, &error) || !try_memory(run, &error)) {
        complain("%s", error.text);
        return false;
    }
    return !monitor_is_gone(run->monitor); /* it may have gone before its end became a signal again (prctl(2)) */
}

/* A sentence about what could not be stored, once. */
static void tell_of_loss(struct run *run, const struct error *error)
{
    if (!run->loss_told)
        complain("%s", error->text);
    run->loss_told = true;
    atomic_store(&run->failed, true);
}

static bool close_writer(struct run *run)
{
    struct writer *writer = run->shared.writer;
    struct error error = {0};
    bool failed;

    if (writer == NULL)
        return true;
    writer_end(writer);
    failed = writer_failed(writer, &error, &run->unstored);
    run->known = writer_known(writer);
    failed = !writer_close(writer, &error) || failed;
    run_inventory_release(&run->inventory);
    if (failed)
        tell_of_loss(run, &error);
    return !failed;
}

bool run_close(struct run *run)
{
    struct error error = {0};
    uint64_t no_room = 0;
    bool stored, written;

    for (unsigned i = 0; i < run->worker_count; i++) {
        no_room += run->workers[i].recorder.unstored;
        if (run->shared.writer != NULL)
            recorder_close(&run->workers[i].recorder);
        pipeline_close(&run->workers[i].line);
    }
    stored = close_writer(run);
    run->unstored += no_room;
    written = events_close(run->shared.events, &error);
    if (!written)
        complain("%s%s", error.text, run->shared.patient ? ": when it can be written, read again" : "");
    halves_tell(run->shared.halves, run->shared.patient);
    halves_close(run->shared.halves);
    run->shared.halves = NULL;
    providers_close(run->shared.providers);
    notifier_close(&run->notifier);
    return stored && written;
}

void run_fail(struct run *run, const struct error *error)
{
    atomic_store(&run->failed, true);
    complain("%s", error->text);
}

void worker_hold(struct worker *worker, struct source *source)
{
    pthread_mutex_lock(&worker->lock);
    worker->source = source;
    pthread_mutex_unlock(&worker->lock);
}

void worker_begun(struct worker *worker, const char *awaited)
{
    atomic_store(&worker->awaited, awaited);
    atomic_store(&worker->begun, true);
}

void worker_done(struct worker *worker)
{
    atomic_store(&worker->done, true);
    if (atomic_fetch_sub(&worker->run->working, 1) == 1)
        pthread_kill(worker->run->main_thread, SIGUSR2);
}

void worker_show(struct worker *worker)
{
    atomic_store_explicit(&worker->sessions, worker->recorder.sessions, memory_order_relaxed);
    atomic_store_explicit(&worker->legacy, worker->recorder.legacy, memory_order_relaxed);
    if (worker->line.source == NULL)
        return;
    atomic_store_explicit(&worker->dropped, worker->line.source->dropped, memory_order_relaxed);
    atomic_store_explicit(&worker->shunted, worker->line.source->shunted, memory_order_relaxed);
}

static void print_counters(const struct run *run)
{
    char packets[COUNT_TEXT_BYTES], sessions[COUNT_TEXT_BYTES], legacy[COUNT_TEXT_BYTES], dropped[COUNT_TEXT_BYTES];
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
        snprintf(held, sizeof(held), "%s of them in sessions offloaded to the kernel, ", count_text(sums[4], shunted));
    complain("%s packets seen, %s%s dropped; %s session%s, %s of them with old TLS", count_text(sums[0], packets),
        held, count_text(sums[3], dropped), count_text(sums[1], sessions), sums[1] == 1 ? "" : "s",
        count_text(sums[2], legacy));
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
    bool ready;          /* systemd, that all have begun, */
    const char *awaited; /* ... and what is waited for */
};

static void tell_of_lost_sessions(struct run *run)
{
    struct error error = {0};
    uint64_t unstored;

    if (!run->loss_told && writer_failed(run->shared.writer, &error, &unstored))
        tell_of_loss(run, &error);
}

/* At once where it may go on for weeks; of files it is said at the end. */
static void tell_of_lost_events(const struct run *run)
{
    struct error news;

    if (run->shared.events != NULL && !run->shared.patient && events_news(run->shared.events, &news))
        complain("%s", news.text);
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
        alive = alive && (atomic_load(&run->workers[i].done) || run->workers[i].beats != run->workers[i].beats_seen);
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
    const int64_t now_ms = monotonic_ms();

    if (run->inventory_gone || now_ms - run->inventory_looked_ms < LOOK_FOR_INVENTORY_MS)
        return;
    run->inventory_looked_ms = now_ms;
    if (run_inventory_is_there(&run->inventory))
        return;
    run->inventory_gone = true;
    complain("%s: was deleted, moved or replaced while it was written to; %s", run->options->inventory,
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
        tell_systemd(run, &told);
    }
}

bool run_workers(struct run *run, void *(*work)(void *worker))
{
    unsigned started = 0;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    if (run->shared.patient) { /* reading files, it means what it means to all programs: the terminal is gone */
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

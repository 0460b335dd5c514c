/* SPDX-License-Identifier: BSD-2-Clause */
/* run.c: workers, what they share, and the rights that are given up. */
#include "run.h"

#include <lasthello/journal.h>
#include <lasthello/pages.h>
#include <lasthello/text.h>

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define READER_LOOK_MS 200
#define NAMES_SHARE    32                 /* of --memory: one part in so many, beside it */
#define LIBRARY_BYTES  ((size_t)52 << 20) /* nDPI 4.2 takes 25 MiB, its lists included; a thread's stack 8 */
#define HEAP_BYTES     ((size_t)40 << 20) /* of these */

const char *run_rules_path(const struct sensor_options *options)
{
    if (options->rules != NULL)
        return options->rules;
    return access(LASTHELLO_DATADIR "/providers.txt", R_OK) == 0 ? LASTHELLO_DATADIR "/providers.txt" : NULL;
}

/* A named pipe takes nothing before somebody reads it. */
static int await_events_reader(const struct run *run)
{
    const struct timespec pause = {.tv_nsec = READER_LOOK_MS * 1000000L};
    int descriptor = monitor_events(run->monitor);

    if (descriptor == -ENXIO)
        complain("%s: waiting for somebody who reads this", run->options->events);
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

/* Without a list of CAs nobody tells a server from a middlebox; one that was named must be there. */
static bool open_trust(struct run *run, struct error *error)
{
    const char *named = run->options->cas;

    run->shared.trust = trust_open(named == NULL ? CA_CERTIFICATES : named);
    return run->shared.trust != NULL || named == NULL ||
        error_set(error, "%s: no file of certificates in PEM", named);
}

static bool open_shared(struct run *run, struct error *error)
{
    const struct sensor_options *options = run->options;
    struct shared *shared = &run->shared;

    shared->providers = providers_open(run_rules_path(options), error);
    if (shared->providers == NULL || !open_trust(run, error))
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

/* A live run hears a client's questions in one thread and its sessions perhaps in another; captures know
 * nothing of each other. */
static bool open_names(struct run *run, struct worker *worker, size_t memory_bytes, struct error *error)
{
    if (!run->options->hears_names)
        return true;
    if (run->shared.patient || worker->index == 0)
        worker->names = host_names_open(memory_bytes / NAMES_SHARE);
    worker->line.names = run->shared.patient ? worker->names : run->workers[0].names;
    return worker->line.names != NULL || error_set(error, "not enough memory for names; try --no-names");
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
                run->options->memory_bytes / run->worker_count, error) ||
            !open_names(run, worker, run->options->memory_bytes / run->worker_count, error))
            return false;
    }
    return true;
}

bool run_open(struct run *run, const struct sensor_options *options, struct monitor *monitor,
    unsigned worker_count, bool patient)
{
    struct error error = {0};

    /* only the writer's allocations are many; in an arena of its own each new page of SQLite would be a
     * system call */
    mallopt(M_ARENA_MAX, 1);
    *run = (struct run){.options = options, .monitor = monitor};
    run->workers = calloc(worker_count, sizeof(*run->workers));
    if (run->workers == NULL) {
        complain("no memory left to begin");
        return false;
    }
    run->worker_count = worker_count;
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
        journal_descriptor(),
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
 * then. What they and SQLite take is reserved for them. */
static bool try_memory(const struct run *run, struct error *error)
{
    void *volatile room = malloc(LIBRARY_BYTES * run->worker_count);

    free(room);
    return (room != NULL && pages_for_heap(HEAP_BYTES * run->worker_count)) ||
        error_set(error,
            "not enough memory: beside --memory, %zu MiB are needed for libraries; lower --memory, or "
            "raise the limit (ulimit -v)",
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
    /* it may have gone before its end became a signal again (prctl(2)) */
    return !monitor_is_gone(run->monitor);
}

/* A sentence about what could not be stored, once. */
void run_tell_of_loss(struct run *run, const struct error *error)
{
    if (!run->loss_told)
        journal_tell(&(struct happening){PRIORITY_ERROR, "inventory-not-stored",
                         {{"LASTHELLO_INVENTORY", run->options->inventory}}},
            "%s", error->text);
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
        run_tell_of_loss(run, &error);
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
        host_names_close(run->workers[i].names);
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
    trust_close(run->shared.trust);
    notifier_close(&run->notifier);
    free(run->workers);
    run->workers = NULL;
    run->worker_count = 0;
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
    pthread_mutex_lock(&worker->lock);
    worker->shown = *worker->line.source;
    pthread_mutex_unlock(&worker->lock);
    atomic_store_explicit(&worker->dropped, worker->line.source->dropped, memory_order_relaxed);
    atomic_store_explicit(&worker->shunted, worker->line.source->shunted, memory_order_relaxed);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* writer.c: the one thread that writes, and a mailbox of depth one for each worker.
 *
 * Each worker has two ledgers: one to merge into, and one that lies in the mailbox, is being stored, or is spare. */
#include "readings.h"

#include <lasthello/inventory.h>

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

struct mailbox {
    struct ledger *full;  /* handed over, not taken yet */
    struct ledger *spare; /* stored and emptied, for the worker's next exchange */
};

struct writer {
    pthread_t thread;
    bool started;
    bool ended;
    pthread_mutex_t lock; /* of all below but the readings, which are the thread's own */
    pthread_cond_t filled;
    pthread_cond_t emptied;
    struct mailbox *mailboxes;
    unsigned worker_count;
    bool closing;
    bool failed;
    bool last_failed;
    struct error first_failure;
    uint64_t unstored;
    uint64_t known;
    unsigned keep_days; /* 0: for ever */
    int64_t kept_day;   /* when old observations were last deleted */
    bool forgetting;    /* that has begun, and is not done */
    int64_t place;      /* as far as it has come; the thread's own */
    struct readings readings;
};

static void note_result(struct writer *writer, bool stored, uint64_t sessions, const struct error *error)
{
    writer->last_failed = !stored;
    if (stored)
        return;
    if (!writer->failed)
        writer->first_failure = *error;
    writer->failed = true;
    writer->unstored += sessions;
}

/* The mailbox of the next worker in turn that has handed something over. */
static bool next_mailbox(const struct writer *writer, unsigned *worker)
{
    for (unsigned i = 1; i <= writer->worker_count; i++) {
        unsigned candidate = (*worker + i) % writer->worker_count;

        if (writer->mailboxes[candidate].full == NULL)
            continue;
        *worker = candidate;
        return true;
    }
    return false;
}

static void store(struct writer *writer, unsigned worker)
{
    struct ledger *ledger = writer->mailboxes[worker].full;
    uint64_t sessions = ledger->sessions;
    struct error error = {0};
    bool stored;

    writer->mailboxes[worker].full = NULL;
    pthread_mutex_unlock(&writer->lock);
    stored = readings_store(&writer->readings, worker, ledger, &error);
    ledger_reset(ledger);
    pthread_mutex_lock(&writer->lock);
    note_result(writer, stored, sessions, &error);
    if (readings_refused(&writer->readings, &error))
        note_result(writer, false, 0, &error);
    writer->known = writer->readings.known;
    writer->mailboxes[worker].spare = ledger;
    pthread_cond_broadcast(&writer->emptied);
}

/* Once a day, and at the start; one step of it, so that no worker waits long. */
static void forget(struct writer *writer)
{
    int64_t today = clock_day(time(NULL));
    unsigned days = writer->keep_days;
    struct error error = {0};
    bool done;

    if (!writer->forgetting && (days == 0 || writer->kept_day == today))
        return;
    writer->kept_day = today;
    pthread_mutex_unlock(&writer->lock);
    done = readings_forget(&writer->readings, today, days, &writer->place, &error);
    pthread_mutex_lock(&writer->lock);
    writer->forgetting = writer->place != 0;
    if (!done)
        note_result(writer, false, 0, &error);
}

static void *run(void *argument)
{
    struct writer *writer = argument;
    struct error error = {0};
    unsigned worker = 0;

    pthread_mutex_lock(&writer->lock);
    for (;;) {
        if (next_mailbox(writer, &worker))
            store(writer, worker);
        else if (writer->closing)
            break;
        else if (!writer->forgetting)
            pthread_cond_wait(&writer->filled, &writer->lock);
        forget(writer);
    }
    pthread_mutex_unlock(&writer->lock);
    if (!readings_finish(&writer->readings, &error))
        note_result(writer, false, 0, &error);
    writer->known = writer->readings.known;
    return NULL;
}

/* Signals are the main thread's. */
bool writer_start(struct writer *writer, struct error *error)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    writer->started = pthread_create(&writer->thread, NULL, run, writer) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return writer->started ||
        error_set(error, "%s: no thread to write it; try fewer --jobs", writer->readings.upserts.db.path);
}

static bool open_mailboxes(struct writer *writer, unsigned workers)
{
    writer->mailboxes = calloc(workers, sizeof(*writer->mailboxes));
    if (writer->mailboxes == NULL)
        return false;
    writer->worker_count = workers;
    for (unsigned i = 0; i < workers; i++)
        if ((writer->mailboxes[i].spare = ledger_open()) == NULL)
            return false;
    return true;
}

static void free_writer(struct writer *writer)
{
    for (unsigned i = 0; i < writer->worker_count; i++) {
        ledger_close(writer->mailboxes[i].full);
        ledger_close(writer->mailboxes[i].spare);
    }
    free(writer->mailboxes);
    readings_close(&writer->readings);
    pthread_cond_destroy(&writer->emptied);
    pthread_cond_destroy(&writer->filled);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

struct writer *writer_open(const char *path, unsigned workers, struct error *error)
{
    struct writer *writer = calloc(1, sizeof(*writer));

    if (writer == NULL) {
        error_set(error, "%s: not enough memory to write it", path);
        return NULL;
    }
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->filled, NULL);
    pthread_cond_init(&writer->emptied, NULL);
    if (readings_open(&writer->readings, path, error)) {
        if (open_mailboxes(writer, workers))
            return writer;
        error_set(error, "%s: not enough memory to write it; try fewer --jobs", path);
    }
    free_writer(writer);
    return NULL;
}

void writer_keep(struct writer *writer, unsigned days)
{
    pthread_mutex_lock(&writer->lock);
    writer->keep_days = days;
    writer->kept_day = 0;
    pthread_cond_signal(&writer->filled);
    pthread_mutex_unlock(&writer->lock);
}

struct ledger *writer_exchange(struct writer *writer, unsigned worker, struct ledger *ledger)
{
    struct mailbox *mailbox = &writer->mailboxes[worker];
    struct ledger *next = ledger;

    pthread_mutex_lock(&writer->lock);
    if (mailbox->spare != NULL) {
        next = mailbox->spare;
        mailbox->spare = NULL;
        mailbox->full = ledger;
        pthread_cond_signal(&writer->filled);
    }
    pthread_mutex_unlock(&writer->lock);
    return next;
}

void writer_wait(struct writer *writer, unsigned worker)
{
    pthread_mutex_lock(&writer->lock);
    while (writer->mailboxes[worker].spare == NULL)
        pthread_cond_wait(&writer->emptied, &writer->lock);
    pthread_mutex_unlock(&writer->lock);
}

bool writer_failed(struct writer *writer, struct error *error, uint64_t *unstored)
{
    bool failed;

    pthread_mutex_lock(&writer->lock);
    failed = writer->failed;
    if (failed)
        *error = writer->first_failure;
    *unstored = writer->unstored;
    pthread_mutex_unlock(&writer->lock);
    return failed;
}

uint64_t writer_known(struct writer *writer)
{
    uint64_t known;

    pthread_mutex_lock(&writer->lock);
    known = writer->known;
    pthread_mutex_unlock(&writer->lock);
    return known;
}

void writer_end(struct writer *writer)
{
    if (writer->ended)
        return;
    writer->ended = true;
    pthread_mutex_lock(&writer->lock);
    writer->closing = true;
    pthread_cond_signal(&writer->filled);
    pthread_mutex_unlock(&writer->lock);
    if (writer->started)
        pthread_join(writer->thread, NULL);
    else
        run(writer);
}

bool writer_close(struct writer *writer, struct error *error)
{
    bool failed;

    writer_end(writer);
    failed = writer->last_failed;
    if (failed)
        *error = writer->first_failure;
    free_writer(writer);
    return !failed;
}

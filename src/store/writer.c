/* SPDX-License-Identifier: BSD-2-Clause */
/* writer.c: the one thread that writes, and a mailbox of depth one for each worker.
 *
 * Each worker has two ledgers: one to merge into, and one that lies in the mailbox, is being
 * stored, or is spare. */
#include "readings.h"

#include <lasthello/inventory.h>
#include <lasthello/thread.h>

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define DAY_NS          (SECONDS_A_DAY * NANOSECONDS)
#define JUMP_LASTS_NS   (600 * NANOSECONDS) /* until a clock that jumped by more than a day is believed */
#define FORGET_EVERY_NS (3600 * NANOSECONDS)

/* By how much the clock of this machine is ahead of the time since it was started. */
struct clock_ahead {
    bool known;
    int64_t ns;
    int64_t jumped_ns; /* since when it says something else; 0: it does not */
};

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
    int64_t stored_ns;
    unsigned keep_days; /* 0: for ever */
    bool keep_at_end;   /* else now and then */
    int64_t kept_ns;    /* when old observations were last looked for, by CLOCK_BOOTTIME; 0: never */
    bool forgetting;    /* that has begun, and is not done */
    int64_t place;      /* as far as it has come; this and the next two are the thread's own */
    int64_t kept_from;  /* the first day that is kept */
    struct clock_ahead clock;
    int64_t newest_at_start; /* day of which the inventory told before */
    struct readings readings;
};

static void note_result(struct writer *writer, bool stored, uint64_t sessions, const struct error *error)
{
    writer->last_failed = !stored;
    if (stored)
        writer->stored_ns = clock_ns(CLOCK_REALTIME);
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
    ledger_catch_up(ledger);
    stored = readings_store(&writer->readings, ledger, &error);
    ledger_reset(ledger);
    pthread_mutex_lock(&writer->lock);
    note_result(writer, stored, sessions, &error);
    writer->known = writer->readings.known;
    writer->mailboxes[worker].spare = ledger;
    pthread_cond_broadcast(&writer->emptied);
}

/* Does the clock say another day than it would if it had only gone on? It is believed when it has said so for
 * a while. */
static int64_t believed_day(struct writer *writer)
{
    const int64_t now = clock_ns(CLOCK_BOOTTIME), ahead = clock_ns(CLOCK_REALTIME) - now;
    const int64_t newest = writer->newest_at_start;
    struct clock_ahead *clock = &writer->clock;

    if (!clock->known)
        *clock = (struct clock_ahead){
            true, clock_day((now + ahead) / NANOSECONDS) > newest + 1 ? newest * DAY_NS - now : ahead, 0};
    if (ahead - clock->ns <= DAY_NS && clock->ns - ahead <= DAY_NS)
        *clock = (struct clock_ahead){true, ahead, 0};
    else if (clock->jumped_ns == 0)
        clock->jumped_ns = now;
    else if (now - clock->jumped_ns > JUMP_LASTS_NS)
        *clock = (struct clock_ahead){true, ahead, 0};
    return clock_day((now + clock->ns) / NANOSECONDS);
}

/* The first day that is kept: so many days before the newest one that the inventory tells of, and that the
 * clock knows. */
static bool first_kept_day(struct writer *writer, int64_t *day, struct error *error)
{
    int64_t newest, today;

    if (!readings_newest_day(&writer->readings, &newest, error))
        return false;
    today = writer->keep_at_end ? clock_day(time(NULL)) : believed_day(writer);
    *day = (today < newest ? today : newest) - writer->keep_days;
    return true;
}

/* One step, so that no worker waits long. */
static void forget_step(struct writer *writer)
{
    struct error error = {0};
    bool done = writer->place != 0 || first_kept_day(writer, &writer->kept_from, &error);

    done = done && readings_forget(&writer->readings, writer->kept_from, &writer->place, &error);
    pthread_mutex_lock(&writer->lock);
    writer->forgetting = writer->place != 0;
    if (!done)
        note_result(writer, false, 0, &error);
    pthread_mutex_unlock(&writer->lock);
}

/* Once an hour, and at the start. */
static bool is_time_to_forget(struct writer *writer)
{
    const int64_t now = clock_ns(CLOCK_BOOTTIME);

    if (writer->forgetting)
        return true;
    if (writer->keep_days == 0 || writer->keep_at_end ||
        (writer->kept_ns != 0 && now - writer->kept_ns < FORGET_EVERY_NS))
        return false;
    writer->kept_ns = now;
    return true;
}

static void forget(struct writer *writer)
{
    if (!is_time_to_forget(writer))
        return;
    pthread_mutex_unlock(&writer->lock);
    forget_step(writer);
    pthread_mutex_lock(&writer->lock);
}

/* Of files: when all is stored, also what was just read. */
static void forget_at_end(struct writer *writer)
{
    if (writer->keep_days == 0 || !writer->keep_at_end)
        return;
    do
        forget_step(writer);
    while (writer->forgetting);
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
    forget_at_end(writer);
    writer->known = writer->readings.known;
    return NULL;
}

bool writer_start(struct writer *writer, struct error *error)
{
    writer->started = thread_begin(&writer->thread, run, writer);
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
    if (readings_open(&writer->readings, path, error) && readings_recover(&writer->readings, error) &&
        readings_newest_day(&writer->readings, &writer->newest_at_start, error)) {
        if (open_mailboxes(writer, workers))
            return writer;
        error_set(error, "%s: not enough memory to write it; try fewer --jobs", path);
    }
    free_writer(writer);
    return NULL;
}

void writer_asked(struct writer *writer, const struct reading_asked *asked)
{
    pthread_mutex_lock(&writer->lock);
    readings_asked(&writer->readings, asked);
    pthread_mutex_unlock(&writer->lock);
}

void writer_keep(struct writer *writer, unsigned days, bool at_end)
{
    pthread_mutex_lock(&writer->lock);
    writer->keep_days = days;
    writer->keep_at_end = at_end;
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

int64_t writer_stored_ns(struct writer *writer)
{
    int64_t stored_ns;

    pthread_mutex_lock(&writer->lock);
    stored_ns = writer->stored_ns;
    pthread_mutex_unlock(&writer->lock);
    return stored_ns;
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

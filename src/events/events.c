/* SPDX-License-Identifier: BSD-2-Clause */
/* events.c: lines of many threads wait in a buffer, and one thread writes them: who reads them, or does not,
 * concerns that one alone. */
#include "event_file.h"

#include <lasthello/events.h>
#include <lasthello/thread.h>

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHUNK_BYTES  ((size_t)256 * 1024) /* written at once; no line is longer */
#define WAKE_BYTES   ((size_t)64 * 1024)  /* that wait before the thread is woken, unless events_flush does */
#define LOOK_MS      100                  /* how often a reader that stands still is looked at */
#define GRACE_MS     1000                 /* how long the last lines may take */
#define STANDS_STILL "its reader stands still"

struct events {
    pthread_mutex_t lock; /* of all but `file` and `chunk`, which are the thread's once it has started */
    pthread_cond_t filled;
    pthread_cond_t emptied;
    pthread_t thread;
    const char *name;
    bool waits;
    bool started, ended; /* the thread */
    bool stopping;       /* nobody waits for a reader */
    int64_t until_ms;    /* the last lines may take so long, monotonic clock; 0: it goes on */
    char *buffer;        /* whole lines, a ring */
    size_t first, used;  /* in it */
    bool writing;        /* some more lie in `chunk` */
    int next_fd;         /* to be gone on in; negative: none */
    bool fails;          /* the last lines were lost */
    bool told;           /* ... and that was said */
    unsigned long lost;
    struct error reason; /* of the first that was lost */
    struct event_file file;
    char *chunk; /* being written */
    size_t chunk_used, chunk_done;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static bool check_descriptor(const char *path, int descriptor, struct error *error)
{
    if (descriptor >= 0)
        return true;
    if (descriptor == -ELOOP)
        return error_set(error,
            "%s: the path goes through a symbolic link of another user, which is not followed; name the file "
            "itself",
            path);
    if (descriptor == -EPERM)
        return error_set(
            error, "%s: belongs to another user, and is not appended to; name a file of your own", path);
    if (descriptor == -ENXIO)
        return error_set(error, "%s: nobody reads this named pipe; start its reader first", path);
    return error_set(error,
        "%s: cannot be appended to (%s); check the path, and the permissions of file and folder", path,
        strerror(-descriptor));
}

static void note_lost(struct events *events, unsigned long lines, const char *why)
{
    if (lines == 0)
        return;
    if (events->lost == 0)
        error_set(&events->reason, "%s", why);
    events->lost += lines;
    events->fails = true;
}

/* ---- the buffer ---------------------------------------------------------------------------------- */

static void put(struct events *events, const char *bytes, size_t size)
{
    const size_t at = (events->first + events->used) % EVENTS_BUFFER_BYTES;
    const size_t to_end = EVENTS_BUFFER_BYTES - at, one = size < to_end ? size : to_end;

    memcpy(events->buffer + at, bytes, one);
    memcpy(events->buffer, bytes + one, size - one);
    events->used += size;
}

static void peek(const struct events *events, char *out, size_t size)
{
    const size_t to_end = EVENTS_BUFFER_BYTES - events->first, one = size < to_end ? size : to_end;

    memcpy(out, events->buffer + events->first, one);
    memcpy(out + one, events->buffer, size - one);
}

static void take(struct events *events, size_t size)
{
    events->first = (events->first + size) % EVENTS_BUFFER_BYTES;
    events->used -= size;
}

/* Moves lines from the buffer to the chunk, if that is empty. False: there are none. */
static bool fill_chunk(struct events *events)
{
    size_t size = events->used < CHUNK_BYTES ? events->used : CHUNK_BYTES;

    if (events->chunk_done < events->chunk_used)
        return true;
    peek(events, events->chunk, size);
    size = event_whole_lines(events->chunk, size);
    take(events, size);
    events->chunk_used = size;
    events->chunk_done = 0;
    events->writing = size > 0;
    pthread_cond_broadcast(&events->emptied);
    return size > 0;
}

/* ---- writing ------------------------------------------------------------------------------------- */

/* What waits, and is not waited for any more. */
static void give_up(struct events *events)
{
    const size_t rest = events->chunk_used - events->chunk_done;

    note_lost(events, event_count_lines(events->chunk + events->chunk_done, rest), STANDS_STILL);
    events->chunk_done = events->chunk_used;
    events->writing = false;
    while (events->used > 0 && fill_chunk(events)) {
        note_lost(events, event_count_lines(events->chunk, events->chunk_used), STANDS_STILL);
        events->chunk_done = events->chunk_used;
        events->writing = false;
    }
}

/* The other file gets what the old one did not take; but for the rest of a line whose beginning that has. */
static void change_file(struct events *events)
{
    const char *rest = events->chunk + events->chunk_done;
    const size_t size = events->chunk_used - events->chunk_done;
    const bool is_cut = size > 0 && events->chunk_done > 0 && rest[-1] != '\n';

    if (is_cut) {
        note_lost(events, 1, STANDS_STILL);
        events->chunk_done += (size_t)((const char *)memchr(rest, '\n', size) - rest) + 1;
    }
    if (!event_file_close(&events->file))
        note_lost(events, 1, strerror(errno)); /* at least */
    events->file = event_file_use(events->next_fd);
    events->next_fd = -1;
}

static void note_written(struct events *events, enum event_written written, size_t done, int why)
{
    const size_t rest = events->chunk_used - events->chunk_done - done;

    events->chunk_done += done;
    if (written == EVENT_WAITS)
        return;
    if (written == EVENT_FAILED)
        note_lost(events, event_count_lines(events->chunk + events->chunk_done, rest), strerror(why));
    else if (events->used == 0)
        events->fails = false;
    events->chunk_done = events->chunk_used;
    events->writing = false;
}

/* Writes the chunk, without the lock. False: it is not taken now. */
static bool write_chunk(struct events *events)
{
    enum event_written written;
    size_t done;
    int why;

    pthread_mutex_unlock(&events->lock);
    written = event_file_write(&events->file, events->chunk + events->chunk_done,
        events->chunk_used - events->chunk_done, &done);
    why = errno;
    pthread_mutex_lock(&events->lock);
    note_written(events, written, done, why);
    return written != EVENT_WAITS;
}

/* Writes what there is. False: a reader stands still. */
static bool write_all(struct events *events)
{
    while (fill_chunk(events))
        if (!write_chunk(events))
            return false;
    return true;
}

static void await_reader(struct events *events)
{
    pthread_mutex_unlock(&events->lock);
    event_file_await(&events->file, LOOK_MS);
    pthread_mutex_lock(&events->lock);
}

static void await_lines(struct events *events)
{
    while (events->used == 0 && !events->writing && events->next_fd < 0 && events->until_ms == 0)
        pthread_cond_wait(&events->filled, &events->lock);
}

/* `is_stuck`: the reader stands still. False: that was the end. */
static bool go_on(struct events *events, bool is_stuck)
{
    if (events->next_fd >= 0)
        change_file(events);
    else if (!is_stuck)
        return events->until_ms == 0;
    else if (events->until_ms != 0 && now_ms() >= events->until_ms)
        give_up(events);
    else
        await_reader(events);
    return true;
}

static void *run(void *argument)
{
    struct events *events = argument;

    pthread_mutex_lock(&events->lock);
    do
        await_lines(events);
    while (go_on(events, !write_all(events)));
    events->ended = true;
    pthread_cond_broadcast(&events->emptied);
    pthread_mutex_unlock(&events->lock);
    return NULL;
}

/* ---- the callers' side --------------------------------------------------------------------------- */

static void free_events(struct events *events)
{
    pthread_cond_destroy(&events->emptied);
    pthread_cond_destroy(&events->filled);
    pthread_mutex_destroy(&events->lock);
    free(events->chunk);
    free(events->buffer);
    free(events);
}

static void init_locks(struct events *events)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&events->lock, NULL);
    pthread_cond_init(&events->filled, NULL);
    pthread_cond_init(&events->emptied, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

struct events *events_open(const char *path, int descriptor, bool waits, struct error *error)
{
    const bool is_standard = strcmp(path, "-") == 0;
    struct events *events;

    if (!is_standard && !check_descriptor(path, descriptor, error))
        return NULL;
    events = calloc(1, sizeof(*events));
    if (events == NULL) {
        error_set(error, "not enough memory for the events file");
        return NULL;
    }
    init_locks(events);
    events->name = is_standard ? "standard output" : path;
    events->waits = waits;
    events->next_fd = -1;
    events->file = is_standard ? event_file_standard() : event_file_use(descriptor);
    events->buffer = malloc(EVENTS_BUFFER_BYTES);
    events->chunk = malloc(CHUNK_BYTES);
    if (events->buffer != NULL && events->chunk != NULL)
        return events;
    error_set(error, "not enough memory for the events file");
    free_events(events);
    return NULL;
}

bool events_start(struct events *events, struct error *error)
{
    events->started = thread_begin(&events->thread, run, events);
    return events->started || error_set(error, "%s: no thread to write it; try fewer --jobs", events->name);
}

int events_descriptor(const struct events *events)
{
    return events->file.fd;
}

bool events_reopen(struct events *events, int descriptor, struct error *error)
{
    if (strcmp(events->name, "standard output") == 0)
        return true;
    if (!check_descriptor(events->name, descriptor, error))
        return false;
    events_flush(events);
    pthread_mutex_lock(&events->lock);
    if (events->next_fd >= 0)
        event_file_close(&(struct event_file){.fd = events->next_fd});
    events->next_fd = descriptor;
    if (!events->started)
        change_file(events);
    pthread_cond_signal(&events->filled);
    pthread_mutex_unlock(&events->lock);
    return true;
}

static void append(struct events *events, const char *line, size_t size)
{
    while (events->waits && events->started && !events->stopping && size > EVENTS_BUFFER_BYTES - events->used)
        pthread_cond_wait(&events->emptied, &events->lock);
    if (size > CHUNK_BYTES)
        note_lost(events, 1, "too long");
    else if (size > EVENTS_BUFFER_BYTES - events->used)
        note_lost(events, 1, STANDS_STILL);
    else
        put(events, line, size);
    if (events->used >= WAKE_BYTES)
        pthread_cond_signal(&events->filled);
}

void events_write(struct events *events, const char *line)
{
    pthread_mutex_lock(&events->lock);
    if (line == NULL)
        note_lost(events, 1, "not enough memory");
    else
        append(events, line, strlen(line));
    pthread_mutex_unlock(&events->lock);
}

void events_flush(struct events *events)
{
    pthread_mutex_lock(&events->lock);
    if (!events->started)
        write_all(events);
    else if (events->used > 0)
        pthread_cond_signal(&events->filled);
    pthread_mutex_unlock(&events->lock);
}

void events_stop(struct events *events)
{
    pthread_mutex_lock(&events->lock);
    events->stopping = true;
    pthread_cond_broadcast(&events->emptied);
    pthread_mutex_unlock(&events->lock);
}

bool events_are_written(struct events *events)
{
    bool are_written;

    pthread_mutex_lock(&events->lock);
    are_written = events->used == 0 && !events->writing;
    pthread_mutex_unlock(&events->lock);
    return are_written;
}

bool events_news(struct events *events, struct error *news)
{
    bool is_new;

    pthread_mutex_lock(&events->lock);
    is_new = events->fails != events->told;
    if (is_new && events->fails)
        error_set(
            news, "%s: %s; events are lost until it can be written again", events->name, events->reason.text);
    else if (is_new)
        error_set(news, "%s: can be written again; events lost so far: %lu", events->name, events->lost);
    events->told = events->fails;
    pthread_mutex_unlock(&events->lock);
    return is_new;
}

/* False: it is stuck in a write that does not return, and is left to the end of the process. */
static bool end_thread(struct events *events)
{
    const int64_t until_ms = now_ms() + INT64_C(2) * GRACE_MS;
    const struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    int waited = 0;

    while (!events->ended && waited == 0)
        waited = pthread_cond_timedwait(&events->emptied, &events->lock, &until);
    if (!events->ended)
        note_lost(
            events, event_count_lines(events->buffer, events->used) + 1, "it does not return from a write");
    return events->ended;
}

static bool end_writing(struct events *events)
{
    bool ended = true;

    pthread_mutex_lock(&events->lock);
    events->until_ms = now_ms() + GRACE_MS;
    pthread_cond_signal(&events->filled);
    if (events->started)
        ended = end_thread(events);
    else if (!write_all(events))
        give_up(events);
    pthread_mutex_unlock(&events->lock);
    if (ended && events->started)
        pthread_join(events->thread, NULL);
    return ended;
}

bool events_fail(struct events *events)
{
    bool fails;

    pthread_mutex_lock(&events->lock);
    fails = events->fails;
    pthread_mutex_unlock(&events->lock);
    return fails;
}

unsigned long events_lost(struct events *events)
{
    unsigned long lost;

    pthread_mutex_lock(&events->lock);
    lost = events->lost;
    pthread_mutex_unlock(&events->lock);
    return lost;
}

bool events_close(struct events *events, struct error *error)
{
    bool ended, failed;

    if (events == NULL)
        return true;
    ended = end_writing(events);
    if (ended && !event_file_close(&events->file))
        note_lost(events, 1, strerror(errno)); /* at least: some file systems say so only here */
    failed = events->lost > 0;
    if (failed)
        error_set(error, "%s: events lost: %lu (%s)", events->name, events->lost, events->reason.text);
    if (ended)
        free_events(events);
    return !failed;
}

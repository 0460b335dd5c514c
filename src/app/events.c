/* SPDX-License-Identifier: BSD-2-Clause */
/* events.c: whole lines into one file, whoever writes them. */
#include "events.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)256 * 1024)

struct events {
    pthread_mutex_t lock;
    FILE *file;
    const char *name;
    unsigned long lost; /* lines */
    bool is_torn;       /* the last line may be half a one: a failed write took only what there was room for */
    struct error first;
};

static FILE *open_file(const char *path, int descriptor, struct error *error)
{
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "a");

    if (descriptor >= 0 && file == NULL)
        close(descriptor);
    if (file == NULL)
        error_set(error, "%s: cannot be appended to (%s); check the path, and the permissions of file and folder", path,
            strerror(descriptor < 0 ? -descriptor : errno));
    else
        setvbuf(file, NULL, _IOFBF, BUFFER_BYTES);
    return file;
}

static FILE *open_path(const char *path, struct error *error)
{
    int descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);

    return open_file(path, descriptor < 0 ? -errno : descriptor, error);
}

struct events *events_open(const char *path, struct error *error)
{
    struct events *events = calloc(1, sizeof(*events));

    if (events == NULL) {
        error_set(error, "not enough memory for the events file");
        return NULL;
    }
    events->name = strcmp(path, "-") == 0 ? "standard output" : path;
    events->file = strcmp(path, "-") == 0 ? stdout : open_path(path, error);
    if (events->file == NULL) {
        free(events);
        return NULL;
    }
    pthread_mutex_init(&events->lock, NULL);
    return events;
}

static void note_unmade(struct events *events)
{
    if (events->lost++ == 0)
        error_set(&events->first, "%s: not enough memory for an event; it is lost, the inventory has its session",
            events->name);
}

static void note_failure(struct events *events)
{
    if (events->lost++ == 0)
        error_set(&events->first, "%s: %s; events are lost from now on, the inventory is not%s", events->name,
            strerror(errno), errno == ENOSPC ? ": make room, then read again" : "");
    clearerr(events->file);
    events->is_torn = true;
}

bool events_reopen(struct events *events, int descriptor, struct error *error)
{
    FILE *old = events->file;
    FILE *file;

    if (old == stdout)
        return true;
    file = open_file(events->name, descriptor, error);
    if (file == NULL)
        return false;
    pthread_mutex_lock(&events->lock);
    events->file = file;
    if (fclose(old) == EOF)
        note_failure(events);
    events->is_torn = false;
    pthread_mutex_unlock(&events->lock);
    return true;
}

void events_write(struct events *events, const char *line)
{
    pthread_mutex_lock(&events->lock);
    if (events->is_torn)
        events->is_torn = fputc('\n', events->file) == EOF;
    if (line == NULL)
        note_unmade(events);
    else if (fputs(line, events->file) == EOF)
        note_failure(events);
    pthread_mutex_unlock(&events->lock);
}

void events_flush(struct events *events)
{
    pthread_mutex_lock(&events->lock);
    if (fflush(events->file) == EOF)
        note_failure(events);
    pthread_mutex_unlock(&events->lock);
}

bool events_failed(struct events *events, struct error *error)
{
    bool failed;

    pthread_mutex_lock(&events->lock);
    failed = events->lost > 0;
    if (failed)
        *error = events->first;
    pthread_mutex_unlock(&events->lock);
    return failed;
}

bool events_close(struct events *events, struct error *error)
{
    bool failed;

    if (events == NULL)
        return true;
    events_flush(events);
    failed = events_failed(events, error);
    if (events->file != stdout)
        fclose(events->file);
    pthread_mutex_destroy(&events->lock);
    free(events);
    return !failed;
}

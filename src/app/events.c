/* SPDX-License-Identifier: BSD-2-Clause */
/* events.c: whole lines into one file, whoever writes them. */
#include "events.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES ((size_t)256 * 1024)

struct events {
    pthread_mutex_t lock;
    FILE *file;
    const char *name;
    unsigned long lost; /* lines */
    struct error first;
};

struct events *events_open(const char *path, struct error *error)
{
    struct events *events = calloc(1, sizeof(*events));

    if (events == NULL) {
        error_set(error, "not enough memory for the events file");
        return NULL;
    }
    events->name = strcmp(path, "-") == 0 ? "standard output" : path;
    events->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "ae");
    if (events->file == NULL) {
        error_set(error, "%s: cannot be appended to (%s); check the path, and the permissions of the file and its folder", path, strerror(errno));
        free(events);
        return NULL;
    }
    pthread_mutex_init(&events->lock, NULL);
    setvbuf(events->file, NULL, _IOFBF, BUFFER_BYTES);
    return events;
}

static void note_failure(struct events *events)
{
    if (events->lost++ == 0)
        error_set(&events->first, "%s: %s; events are lost from here on, the inventory is not: make room, then read again", events->name, strerror(errno));
    clearerr(events->file);
}

void events_write(struct events *events, const char *line)
{
    pthread_mutex_lock(&events->lock);
    if (fputs(line, events->file) == EOF)
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

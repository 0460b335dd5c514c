/* SPDX-License-Identifier: BSD-2-Clause */
/* events.c: whole lines into one file, whoever writes them. */
#include <lasthello/events.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)256 * 1024)

struct events {
    pthread_mutex_t lock;
    int fd;
    const char *name;
    char *buffer; /* whole lines */
    size_t used;
    bool is_torn; /* half a line went out, and could not be taken back */
    bool fails;   /* the last lines could not be written */
    bool told;    /* ... and that was said */
    unsigned long lost;
    struct error reason; /* of the first that was lost */
};

static bool check_descriptor(const char *path, int descriptor, struct error *error)
{
    return descriptor >= 0 ||
        error_set(error, "%s: cannot be appended to (%s); check the path, and the permissions of file and folder", path,
            strerror(-descriptor));
}

static int open_path(const char *path)
{
    int descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);

    return descriptor < 0 ? -errno : descriptor;
}

struct events *events_open(const char *path, struct error *error)
{
    const bool is_standard = strcmp(path, "-") == 0;
    struct events *events = calloc(1, sizeof(*events));

    if (events == NULL || (events->buffer = malloc(BUFFER_BYTES)) == NULL) {
        error_set(error, "not enough memory for the events file");
        free(events);
        return NULL;
    }
    events->name = is_standard ? "standard output" : path;
    events->fd = is_standard ? STDOUT_FILENO : open_path(path);
    if (!check_descriptor(path, events->fd, error)) {
        free(events->buffer);
        free(events);
        return NULL;
    }
    pthread_mutex_init(&events->lock, NULL);
    return events;
}

static void note_lost(struct events *events, unsigned long lines, const char *why)
{
    if (events->lost == 0)
        error_set(&events->reason, "%s", why);
    events->lost += lines;
}

/* How much of it could be written; errno says why not all. */
static size_t write_bytes(int fd, const char *bytes, size_t size)
{
    size_t done = 0;

    while (done < size) {
        const ssize_t wrote = write(fd, bytes + done, size - done);

        if (wrote < 0 && errno != EINTR)
            break;
        done += wrote < 0 ? 0 : (size_t)wrote;
    }
    return done;
}

/* Readers of JSON lines stop at half a one. False: it is not the end of a file, but of a pipe, or somebody
 * else has appended since. */
static bool take_back(int fd, size_t torn)
{
    const off_t end = lseek(fd, 0, SEEK_CUR), rest = end - (off_t)torn;
    struct stat now;

    return rest >= 0 && fstat(fd, &now) == 0 && now.st_size == end && ftruncate(fd, rest) == 0 &&
        lseek(fd, rest, SEEK_SET) == rest;
}

static size_t whole_lines(const char *lines, size_t size)
{
    while (size > 0 && lines[size - 1] != '\n')
        size--;
    return size;
}

static unsigned long count_lines(const char *lines, size_t size)
{
    unsigned long count = 0;

    for (size_t i = 0; i < size; i++)
        count += lines[i] == '\n';
    return count;
}

static void write_lines(struct events *events, const char *lines, size_t size)
{
    size_t done = 0, whole;

    if (events->is_torn)
        events->is_torn = write_bytes(events->fd, "\n", 1) != 1;
    if (!events->is_torn)
        done = write_bytes(events->fd, lines, size);
    events->fails = done < size;
    if (!events->fails)
        return;
    whole = whole_lines(lines, done);
    note_lost(events, count_lines(lines + whole, size - whole), strerror(errno));
    if (done > whole)
        events->is_torn = !take_back(events->fd, done - whole);
}

static void flush(struct events *events)
{
    if (events->used > 0)
        write_lines(events, events->buffer, events->used);
    events->used = 0;
}

static void put(struct events *events, const char *line, size_t size)
{
    if (size > BUFFER_BYTES - events->used)
        flush(events);
    if (size > BUFFER_BYTES) {
        write_lines(events, line, size);
        return;
    }
    memcpy(events->buffer + events->used, line, size);
    events->used += size;
}

static void close_file(struct events *events)
{
    if (events->fd != STDOUT_FILENO && close(events->fd) != 0)
        note_lost(events, 1, strerror(errno)); /* at least: some file systems say so only here */
}

bool events_reopen(struct events *events, int descriptor, struct error *error)
{
    if (events->fd == STDOUT_FILENO)
        return true;
    if (!check_descriptor(events->name, descriptor, error))
        return false;
    pthread_mutex_lock(&events->lock);
    flush(events);
    close_file(events);
    events->fd = descriptor;
    events->is_torn = false;
    pthread_mutex_unlock(&events->lock);
    return true;
}

void events_write(struct events *events, const char *line)
{
    pthread_mutex_lock(&events->lock);
    if (line == NULL)
        note_lost(events, 1, "not enough memory");
    else
        put(events, line, strlen(line));
    pthread_mutex_unlock(&events->lock);
}

void events_flush(struct events *events)
{
    pthread_mutex_lock(&events->lock);
    flush(events);
    pthread_mutex_unlock(&events->lock);
}

bool events_news(struct events *events, struct error *news)
{
    bool is_new;

    pthread_mutex_lock(&events->lock);
    is_new = events->fails != events->told;
    if (is_new && events->fails)
        error_set(news, "%s: %s; events are lost until it can be written again, the inventory has their sessions",
            events->name, events->reason.text);
    else if (is_new)
        error_set(news, "%s: can be written again; events lost so far: %lu, the inventory has their sessions",
            events->name, events->lost);
    events->told = events->fails;
    pthread_mutex_unlock(&events->lock);
    return is_new;
}

bool events_close(struct events *events, struct error *error)
{
    bool failed;

    if (events == NULL)
        return true;
    flush(events);
    close_file(events);
    failed = events->lost > 0;
    if (failed)
        error_set(error, "%s: events lost: %lu (%s); the inventory has their sessions", events->name, events->lost,
            events->reason.text);
    pthread_mutex_destroy(&events->lock);
    free(events->buffer);
    free(events);
    return !failed;
}

int events_descriptor(const struct events *events)
{
    return events->fd;
}

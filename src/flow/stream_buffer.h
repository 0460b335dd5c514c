/* SPDX-License-Identifier: BSD-2-Clause */
/* stream_buffer.h: the bytes of one direction that wait: for missing ones, for the other side's, or
 * for a dissector that needs more.
 *
 * A buffer is one piece of memory, so that what is shown is one window and nothing has to be
 * gathered; it grows from 2 KiB over 16 KiB to STREAM_BYTES_MAX by moving to a larger one. What
 * waits to be shown is a sorted list of ranges, one a segment; each knows what its sender had
 * acknowledged. */
#ifndef LASTHELLO_FLOW_STREAM_BUFFER_H
#define LASTHELLO_FLOW_STREAM_BUFFER_H

#include <lasthello/flow.h>
#include <lasthello/pool.h>

#define BUFFER_SIZES      3
#define BUFFER_RANGES_MAX 24

/* How far the bytes of a range are believed. What is believed displaces what is less so. */
enum range_belief {
    RANGE_BELIEVED,
    RANGE_AHEAD,    /* its sender claims to have seen what the other side has not sent, as far as we know */
    RANGE_DOUBTFUL, /* perhaps padding: shown only once acknowledged, or followed by more */
};

struct range {
    uint32_t at, to; /* sequence numbers: of the first byte, and of the one after the last */
    uint32_t acknowledgement;
    bool acknowledges; /* else it depends on nothing */
    uint8_t belief;    /* enum range_belief */
    bool lost;         /* known never to come: the snapshot length cut it off */
};

struct stream_buffer {
    struct flow *owner;
    struct stream_buffer *older, *younger; /* of the same size */
    uint32_t base;                         /* sequence number of the first byte kept */
    uint32_t start;                        /* where that byte lies in `bytes` */
    uint32_t capacity;
    uint8_t size;
    uint8_t range_count;
    struct range ranges[BUFFER_RANGES_MAX];
    uint8_t bytes[];
};

struct buffers {
    struct buffer_size {
        struct pool pool;
        uint32_t capacity;
        struct stream_buffer *oldest, *youngest;
    } sizes[BUFFER_SIZES];
    unsigned scarce; /* sizes of which hardly any is left */
    uint64_t overlaps;
};

bool buffers_open(struct buffers *buffers, size_t memory_bytes);
void buffers_close(struct buffers *buffers);
/* buffers_needed returns the flow that has held the oldest buffer of a size of which hardly any is
 * left; NULL: there is room. */
struct flow *buffers_needed(const struct buffers *buffers);

enum inserted {
    INSERTED_NOTHING, /* all of it was there */
    INSERTED_NEW,
    INSERTED_NO_ROOM, /* nothing was changed; give up a hole, or this */
};

/* buffer_insert adds a segment's bytes (`range`, whose bytes `bytes` are, unless it is lost) to
 * *buffer, which is taken first where it is NULL. Nothing before `next` may be in the range. Bytes
 * that are there already win, where they are believed as much. */
enum inserted buffer_insert(struct buffers *buffers, struct stream_buffer **buffer, struct flow *owner,
    const struct range *range, struct bytes bytes);
/* buffer_append puts as many bytes as there is room for from the front of `bytes` behind those that
 * were shown, which end at `next`. No ranges wait. Returns how many; the first may be none. */
size_t buffer_append(struct buffers *buffers, struct stream_buffer **buffer, struct flow *owner,
    uint32_t next, struct bytes *bytes);
/* buffer_window shows what lies between base and `next`. */
struct bytes buffer_window(const struct stream_buffer *buffer, uint32_t next);
/* buffer_drop_before forgets the bytes before `sequence`, and what ranges say of them. A buffer
 * with nothing left (what was shown ends at `next`) is given back. */
void buffer_drop_before(
    struct buffers *buffers, struct stream_buffer **buffer, uint32_t sequence, uint32_t next);
/* buffer_shift takes the first range off the list. */
struct range buffer_shift(struct stream_buffer *buffer);
void buffer_give(struct buffers *buffers, struct stream_buffer **buffer);

#endif

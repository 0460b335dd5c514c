/* SPDX-License-Identifier: BSD-2-Clause */
/* capture_anchors.h: how a part of a capture is known again, wherever in it the part begins.
 *
 * The marks of a capture (capture_marks.h) go from its first packet on, and tell nothing of a part
 * that begins later. So the packets whose hashes are the smallest are noted, with their numbers and
 * the sum of the hashes up to there: any part of the capture notes the same ones among its own
 * packets, at the same distances, with the same sums between them. A capture of up to
 * CAPTURE_ANCHORS_MAX packets has them all. */
#ifndef LASTHELLO_CAPTURE_ANCHORS_H
#define LASTHELLO_CAPTURE_ANCHORS_H

#include <stdbool.h>
#include <stdint.h>

#define CAPTURE_ANCHORS_MAX  256
#define CAPTURE_ANCHORS_SURE 2 /* captures with fewer in common are two */

struct capture_anchor {
    uint64_t hash;
    uint64_t packet; /* its number, from 1; 0: several packets have this hash */
    uint64_t sum;    /* of the hashes of all packets up to and with it, modulo 2^64 */
};

struct capture_anchors {
    uint64_t packets, sum; /* of all */
    unsigned count;
    struct capture_anchor anchors[CAPTURE_ANCHORS_MAX]; /* by hash, ascending, each hash once */
};

void capture_anchors_begin(struct capture_anchors *anchors);
/* capture_anchors_add takes the hash of the next packet, which depends on this packet alone. */
void capture_anchors_add(struct capture_anchors *anchors, uint64_t hash);

/* capture_anchors_inside: are all packets of `part` in `whole`, one after the other? True is certain
 * from the first anchor of the part to its last one, and to its end where that is the end of the
 * whole; before and behind them, some 256th of the whole, only the number of packets was compared.
 * Of a part of less than a thirtieth of the whole too few anchors may be there: false. `before`, where
 * true: how many packets of the whole come before the part. */
bool capture_anchors_inside(
    const struct capture_anchors *part, const struct capture_anchors *whole, uint64_t *before);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* sequence.h: TCP sequence numbers are compared modulo 2^32 (RFC 9293 3.4). */
#ifndef LASTHELLO_FLOW_SEQUENCE_H
#define LASTHELLO_FLOW_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

#define SEQUENCE_AHEAD_MAX (1 << 20) /* further ahead than any window that mail needs: not of this stream */

static inline int32_t sequence_distance(uint32_t from, uint32_t to)
{
    return (int32_t)(to - from);
}

static inline bool sequence_before(uint32_t a, uint32_t b)
{
    return sequence_distance(a, b) > 0;
}

static inline uint32_t sequence_max(uint32_t a, uint32_t b)
{
    return sequence_before(a, b) ? b : a;
}

static inline uint32_t sequence_min(uint32_t a, uint32_t b)
{
    return sequence_before(a, b) ? a : b;
}

/* Is `sequence` at `from` or shortly after it? */
static inline bool sequence_follows(uint32_t from, uint32_t sequence)
{
    return sequence_distance(from, sequence) >= 0 && sequence_distance(from, sequence) < SEQUENCE_AHEAD_MAX;
}

#endif

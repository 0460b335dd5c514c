/* SPDX-License-Identifier: BSD-2-Clause */
/* capture_marks.h: how a capture is known again, wherever it lies and however it is stored.
 *
 * A running hash goes over every packet, before any filter: its time to the microsecond, its link
 * type, its length on the wire and its first CAPTURE_MARK_BYTES captured bytes. All of that a copy
 * has, also one that is compressed, written in another format (classic pcap drops nanoseconds) or
 * cut to that many bytes a packet. The hash is noted on the way, so that of two captures can be
 * said whether one is the beginning of the other, and not only whether they are equal. */
#ifndef LASTHELLO_CAPTURE_MARKS_H
#define LASTHELLO_CAPTURE_MARKS_H

#include <lasthello/wire.h>

#define CAPTURE_MARK_BYTES   50
#define CAPTURE_LEVELS       36                                     /* 1, 2, 4, ... 2^35 packets */
#define CAPTURE_STEPS        32                                     /* marks between two, after 32 packets */
#define CAPTURE_MARKS_MAX    (CAPTURE_STEPS * (CAPTURE_LEVELS - 5)) /* the last one: after 2^35 packets */
#define CAPTURE_SNAPSHOT_ALL UINT32_MAX

struct capture_marks {
    uint64_t packets;      /* before any filter */
    uint64_t hash;         /* over all of them; never 0 once there is one */
    uint64_t first;        /* over the first one */
    uint64_t last;         /* over the last one alone, and the site; not stored */
    uint64_t site;         /* hash of its name; not stored */
    uint64_t captured;     /* bytes of all packets */
    uint32_t snapshot_len; /* the shortest that a packet was cut to; CAPTURE_SNAPSHOT_ALL: none was cut */
    unsigned mark_count;
    uint64_t next_mark; /* the packet after which the next one is noted */
    /* the hash's upper half, after each of 32 packets, then 32 times a doubling */
    uint32_t marks[CAPTURE_MARKS_MAX];
};

/* capture_marks_begin: captures of two sites are two, whatever is in them. */
void capture_marks_begin(struct capture_marks *marks, const char *site);
void capture_marks_add(struct capture_marks *marks, const struct packet *packet);

/* capture_marks_agree compares the marks that both captures have: false says that they differ
 * before the shorter one ends. True is certain where both are equally long or the shorter ends at a
 * mark; else of all but its last packets, at most one of 32. */
bool capture_marks_agree(const struct capture_marks *one, const struct capture_marks *other);

/* capture_marks_contain: has `one` all that `other` has: the same packets and perhaps more, cut no
 * shorter? */
bool capture_marks_contain(const struct capture_marks *one, const struct capture_marks *other);

/* capture_marks_levels: how many of 1, 2, 4, ... packets it has; at most CAPTURE_LEVELS. */
unsigned capture_marks_levels(const struct capture_marks *marks);
/* The mark after 2^level packets. */
uint32_t capture_marks_at_level(const struct capture_marks *marks, unsigned level);

/* capture_marks_order sorts captures so that the beginning of others stands right before them: -1, 0 or 1. */
int capture_marks_order(const struct capture_marks *one, const struct capture_marks *other);

#endif

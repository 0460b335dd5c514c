/* SPDX-License-Identifier: BSD-2-Clause */
/* reading_facts.h: what decides between two readings of one capture. */
#ifndef LASTHELLO_STORE_READING_FACTS_H
#define LASTHELLO_STORE_READING_FACTS_H

#include <lasthello/capture_anchors.h>
#include <lasthello/capture_marks.h>

#include <stdbool.h>
#include <stdint.h>

#define PORTS_BYTES  1024
#define FILTER_BYTES 1024

struct reading_facts {
    uint64_t id;
    bool counts;         /* else it is pending */
    bool has_counted;    /* so others may have heard of it */
    bool running;        /* it is not over */
    bool settled;        /* all sessions that its packets tell of are stored */
    bool complete;       /* read to its end */
    bool is_filter_long; /* longer than what is kept of it here: equal to no other */
    bool discover;
    uint64_t unstored;      /* sessions that could not be stored */
    uint64_t lost;          /* ... and what there was no memory for */
    uint64_t before, after; /* packets of the files that it was read with */
    int64_t kept_from;      /* day: earlier ones were forgotten; INT64_MIN: none */
    char name[256];
    char ports[PORTS_BYTES];
    char filter[FILTER_BYTES];
    char rules[64];
    struct capture_marks marks;
    struct capture_anchors anchors;
};

/* reading_agrees: is one of the two a part of the other, or are they the same? */
bool reading_agrees(const struct reading_facts *one, const struct reading_facts *other);

/* reading_includes: does `one` have all that `other` has? Of two that agree, it is as long, its
 * packets are cut no shorter, it was asked for at least as much, and lost nothing more. */
bool reading_includes(const struct reading_facts *one, const struct reading_facts *other);

/* Where a reading stands in one that includes it. */
struct inclusion {
    uint64_t by;             /* id of the other; 0: of none */
    uint64_t packets_before; /* of the other, before the first of its own */
};

/* reading_inclusion: how `one`, which includes `other`, does. */
struct inclusion reading_inclusion(const struct reading_facts *one, const struct reading_facts *other);

/* reading_is_better: which one keeps what both have, where neither includes the other. A strict order. */
bool reading_is_better(const struct reading_facts *one, const struct reading_facts *other);

#endif

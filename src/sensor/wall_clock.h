/* SPDX-License-Identifier: BSD-2-Clause */
/* wall_clock.h: what time it is, as far as the machine's clock can be believed: it may be set, wrongly and
 * for seconds (a virtual machine that wakes, a time server gone mad), or rightly and for good. */
#ifndef LASTHELLO_WALL_CLOCK_H
#define LASTHELLO_WALL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define WALL_CLOCK_JUMP_NS   INT64_C(86400000000000) /* a change by more is doubted ... */
#define WALL_CLOCK_LASTS_NS  INT64_C(180000000000)   /* ... until it has lasted so long */
#define WALL_CLOCK_STEADY_NS INT64_C(60000000000)    /* within which a doubted clock must keep pace */

/* 2025-01-01: before, no clock was right */
#define WALL_CLOCK_BORN_NS (INT64_C(1735689600) * INT64_C(1000000000))

/* Two times: that of the run, which began by the clock of then and knows no jumps, so that what
 * happens can be compared; and the right one, as far as is known, by which things are stored: it is
 * `moved_ns` ahead. */
struct wall_clock {
    int64_t ahead_ns;   /* by how much it is ahead of the monotonic clock, as believed */
    int64_t moved_ns;   /* by how much it was set since the run began, all in all */
    int64_t begun_ns;   /* monotonic clock */
    int64_t doubted_ns; /* the same, as it now says and nobody believes yet; equal: it is believed */
    int64_t since_ns;   /* since when it says so, monotonic clock */
};

enum clock_news {
    CLOCK_AS_EXPECTED,
    CLOCK_DOUBTED,  /* it has jumped: times go on as before */
    CLOCK_RETURNED, /* from a jump that was not believed */
    CLOCK_SET,      /* the jump has lasted, and is believed, or the clock before could not be right */
};

/* wall_clock_begin believes what the clock says. */
void wall_clock_begin(struct wall_clock *clock, int64_t realtime_ns, int64_t monotonic_ns);
/* wall_clock_look reads both clocks, often. `change_ns`: of CLOCK_DOUBTED and CLOCK_SET, by how much it was
 * set. A time before 2025 is never believed after one that could be right, and any other at once after it. */
enum clock_news wall_clock_look(
    struct wall_clock *clock, int64_t realtime_ns, int64_t monotonic_ns, int64_t *change_ns);
/* wall_clock_end: the run ends. Of two clocks of which none has lasted the one is believed that was there for
 * longer: CLOCK_SET, or CLOCK_AS_EXPECTED. */
enum clock_news wall_clock_end(struct wall_clock *clock, int64_t monotonic_ns, int64_t *change_ns);
/* The time of the run. */
int64_t wall_clock_now(const struct wall_clock *clock, int64_t monotonic_ns);
/* wall_clock_of turns the time stamp of a packet, which the same clock gave, into the time of the run. */
int64_t wall_clock_of(const struct wall_clock *clock, int64_t stamp_ns, int64_t monotonic_ns);

#endif

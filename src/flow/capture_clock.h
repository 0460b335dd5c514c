/* SPDX-License-Identifier: BSD-2-Clause */
/* capture_clock.h: a clock that only grows, driven by timestamps that do not.
 *
 * It follows the highest timestamp seen, at most CLOCK_STEP_NS a packet. A jump further ahead
 * counts only once three packets in a row agree on it, and then as one step: a single absurd
 * timestamp changes nothing, and after a true pause live flows have time to show that they live
 * before they count as idle. Timestamps that ran back stop the clock until they have caught up, or
 * until a thousand packets in a row agree that time was set back. */
#ifndef LASTHELLO_FLOW_CAPTURE_CLOCK_H
#define LASTHELLO_FLOW_CAPTURE_CLOCK_H

#include <lasthello/wire.h>

#define CLOCK_STEP_NS        (600 * NANOSECONDS)
#define CLOCK_AHEAD_PACKETS  3
#define CLOCK_BEHIND_PACKETS 1000
#define CLOCK_TICK_SHIFT     24 /* a tick is 2^24 ns, 17 ms; 32 bits of them last two years of capture */

struct capture_clock {
    int64_t now_ns;  /* since the first packet */
    int64_t high_ns; /* the timestamp that `now_ns` stands for */
    int64_t suspect_ns;
    int suspects, behind;
    bool running;
};

void clock_advance(struct capture_clock *clock, int64_t time_ns);

static inline uint32_t clock_ticks(int64_t ns)
{
    return (uint32_t)(ns >> CLOCK_TICK_SHIFT);
}

/* clock_passed: have `ns` passed since the clock showed `since` ticks? */
static inline bool clock_passed(const struct capture_clock *clock, uint32_t since, int64_t ns)
{
    return clock_ticks(clock->now_ns) - since > clock_ticks(ns);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* wall_clock.c: the clock of the wall against the one that nobody can set. */
#include "wall_clock.h"

#include <stdlib.h>

static bool differ(int64_t one_ns, int64_t other_ns, int64_t by_ns)
{
    return llabs(one_ns - other_ns) > by_ns;
}

void wall_clock_begin(struct wall_clock *clock, int64_t realtime_ns, int64_t monotonic_ns)
{
    *clock = (struct wall_clock){.ahead_ns = realtime_ns - monotonic_ns, .since_ns = monotonic_ns};
    clock->doubted_ns = clock->ahead_ns;
}

enum clock_news wall_clock_look(
    struct wall_clock *clock, int64_t realtime_ns, int64_t monotonic_ns, int64_t *change_ns)
{
    const int64_t ahead_ns = realtime_ns - monotonic_ns;
    const bool was_doubted = clock->doubted_ns != clock->ahead_ns;

    *change_ns = ahead_ns - clock->ahead_ns;
    if (!differ(ahead_ns, clock->ahead_ns, WALL_CLOCK_JUMP_NS)) { /* time servers correct it all the time */
        clock->ahead_ns = ahead_ns;
        clock->doubted_ns = ahead_ns;
        return was_doubted ? CLOCK_RETURNED : CLOCK_AS_EXPECTED;
    }
    if (!was_doubted || differ(ahead_ns, clock->doubted_ns, WALL_CLOCK_STEADY_NS)) {
        clock->doubted_ns = ahead_ns;
        clock->since_ns = monotonic_ns;
        return was_doubted ? CLOCK_AS_EXPECTED : CLOCK_DOUBTED;
    }
    if (monotonic_ns - clock->since_ns < WALL_CLOCK_LASTS_NS)
        return CLOCK_AS_EXPECTED;
    clock->ahead_ns = ahead_ns;
    clock->doubted_ns = ahead_ns;
    return CLOCK_SET;
}

int64_t wall_clock_now(const struct wall_clock *clock, int64_t monotonic_ns)
{
    return monotonic_ns + clock->ahead_ns;
}

/* A packet that was captured before the jump waited in the ring: its stamp is right as it is. */
int64_t wall_clock_of(const struct wall_clock *clock, int64_t stamp_ns, int64_t monotonic_ns)
{
    const int64_t now_ns = wall_clock_now(clock, monotonic_ns);
    const int64_t moved_ns = stamp_ns - (clock->doubted_ns - clock->ahead_ns);

    if (!differ(stamp_ns, now_ns, WALL_CLOCK_JUMP_NS / 2))
        return stamp_ns;
    return differ(moved_ns, now_ns, WALL_CLOCK_JUMP_NS / 2) ? now_ns : moved_ns;
}

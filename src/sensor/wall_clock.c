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
    *clock = (struct wall_clock){
        .ahead_ns = realtime_ns - monotonic_ns,
        .since_ns = monotonic_ns,
        .begun_ns = monotonic_ns,
    };
    clock->doubted_ns = clock->ahead_ns;
}

static enum clock_news believe(struct wall_clock *clock, int64_t ahead_ns)
{
    clock->moved_ns += ahead_ns - clock->ahead_ns;
    clock->ahead_ns = ahead_ns;
    clock->doubted_ns = ahead_ns;
    return CLOCK_SET;
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
    if (clock->ahead_ns + monotonic_ns < WALL_CLOCK_BORN_NS && realtime_ns >= WALL_CLOCK_BORN_NS)
        return believe(clock, ahead_ns);
    if (!was_doubted || differ(ahead_ns, clock->doubted_ns, WALL_CLOCK_STEADY_NS)) {
        clock->doubted_ns = ahead_ns;
        clock->since_ns = monotonic_ns;
        return was_doubted ? CLOCK_AS_EXPECTED : CLOCK_DOUBTED;
    }
    if (monotonic_ns - clock->since_ns < WALL_CLOCK_LASTS_NS || realtime_ns < WALL_CLOCK_BORN_NS)
        return CLOCK_AS_EXPECTED;
    return believe(clock, ahead_ns);
}

enum clock_news wall_clock_end(struct wall_clock *clock, int64_t monotonic_ns, int64_t *change_ns)
{
    const bool is_longer = monotonic_ns - clock->since_ns > clock->since_ns - clock->begun_ns;

    *change_ns = clock->doubted_ns - clock->ahead_ns;
    if (*change_ns == 0 || !is_longer || clock->doubted_ns + monotonic_ns < WALL_CLOCK_BORN_NS)
        return CLOCK_AS_EXPECTED;
    return believe(clock, clock->doubted_ns);
}

int64_t wall_clock_now(const struct wall_clock *clock, int64_t monotonic_ns)
{
    return monotonic_ns + clock->ahead_ns - clock->moved_ns;
}

/* A packet that was captured before the jump waited in the ring: its stamp is right as it is. */
int64_t wall_clock_of(const struct wall_clock *clock, int64_t stamp_ns, int64_t monotonic_ns)
{
    const int64_t now_ns = wall_clock_now(clock, monotonic_ns);
    const int64_t before_ns = stamp_ns - clock->moved_ns;
    const int64_t since_ns = before_ns - (clock->doubted_ns - clock->ahead_ns);

    if (!differ(before_ns, now_ns, WALL_CLOCK_JUMP_NS / 2))
        return before_ns;
    return differ(since_ns, now_ns, WALL_CLOCK_JUMP_NS / 2) ? now_ns : since_ns;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* capture_clock.c: time of capture, made to grow. */
#include "capture_clock.h"

/* Differences as unsigned numbers: timestamps may be anything, and signed ones could overflow. */
static int64_t since(int64_t from_ns, int64_t to_ns)
{
    return (int64_t)((uint64_t)to_ns - (uint64_t)from_ns);
}

static bool is_near(int64_t a_ns, int64_t b_ns)
{
    return since(a_ns, b_ns) <= CLOCK_STEP_NS && since(b_ns, a_ns) <= CLOCK_STEP_NS;
}

static void note_far_ahead(struct capture_clock *clock, int64_t time_ns)
{
    clock->suspects = is_near(clock->suspect_ns, time_ns) ? clock->suspects + 1 : 1;
    clock->suspect_ns = time_ns;
    if (clock->suspects < CLOCK_AHEAD_PACKETS)
        return;
    clock->now_ns += CLOCK_STEP_NS;
    clock->high_ns = time_ns;
    clock->suspects = 0;
}

static void note_far_behind(struct capture_clock *clock, int64_t time_ns)
{
    if (++clock->behind < CLOCK_BEHIND_PACKETS)
        return;
    clock->high_ns = time_ns;
    clock->behind = 0;
}

void clock_advance(struct capture_clock *clock, int64_t time_ns)
{
    int64_t ahead = since(clock->high_ns, time_ns);

    if (!clock->running) {
        *clock = (struct capture_clock){.now_ns = clock->now_ns, .high_ns = time_ns, .running = true};
        return;
    }
    if (ahead > CLOCK_STEP_NS) {
        note_far_ahead(clock, time_ns);
        return;
    }
    clock->suspects = 0;
    if (ahead < -CLOCK_STEP_NS) {
        note_far_behind(clock, time_ns);
        return;
    }
    clock->behind = 0;
    if (ahead > 0) {
        clock->now_ns += ahead;
        clock->high_ns = time_ns;
    }
}

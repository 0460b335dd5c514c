/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_clock.c: what a run does when the machine's clock is set. */
#include "watch_clock.h"

#include <lasthello/clock.h>
#include <lasthello/error.h>
#include <lasthello/process.h>
#include <lasthello/utc.h>

#include <stdlib.h>
#include <time.h>

void watch_clock_begin(
    struct watch_clock *clock, struct source_record *record, struct recorder *recorder, const char *name)
{
    *clock = (struct watch_clock){.record = record, .recorder = recorder, .name = name};
    recorder->moved_ns = 0;
    wall_clock_begin(&clock->wall, clock_ns(CLOCK_REALTIME), clock_ns(CLOCK_MONOTONIC));
    clock->looked_ns = watch_clock_now(clock);
    if (name != NULL && clock->looked_ns < WALL_CLOCK_BORN_NS)
        complain(
            "%s: the clock is years behind; sessions are stored under the days it shows until it is set",
            name);
}

int64_t watch_clock_now(const struct watch_clock *clock)
{
    return wall_clock_now(&clock->wall, clock_ns(CLOCK_MONOTONIC));
}

static void say(const struct watch_clock *clock, const char *what, int64_t change_ns, const char *rest)
{
    if (clock->name != NULL)
        complain("%s: the clock %s by %lld days; %s", clock->name, what,
            llabs(change_ns) / (SECONDS_A_DAY * NANOSECONDS), rest);
}

static void say_it_was_set(const struct watch_clock *clock, int64_t change_ns)
{
    say(clock, change_ns > 0 ? "was set ahead" : "was set back", change_ns,
        "what was stored since the start moves along");
}

void watch_clock_look(struct watch_clock *clock)
{
    int64_t change_ns;

    switch (
        wall_clock_look(&clock->wall, clock_ns(CLOCK_REALTIME), clock_ns(CLOCK_MONOTONIC), &change_ns)) {
    case CLOCK_AS_EXPECTED:
        break;
    case CLOCK_DOUBTED:
        say(clock, change_ns > 0 ? "jumped ahead" : "jumped back", change_ns,
            "that is not believed before it has lasted for three minutes");
        break;
    case CLOCK_RETURNED:
        if (clock->name != NULL)
            complain("%s: the clock is back; all times are as if it had not jumped", clock->name);
        break;
    case CLOCK_SET:
        say_it_was_set(clock, change_ns);
    }
    clock->looked_ns = watch_clock_now(clock);
}

int64_t watch_clock_believe(struct watch_clock *clock, int64_t stamp_ns)
{
    const int64_t own_ns = stamp_ns - clock->wall.moved_ns;

    if (llabs(own_ns - clock->looked_ns) < WALL_CLOCK_JUMP_NS / 2)
        return own_ns;
    watch_clock_look(clock);
    return wall_clock_of(&clock->wall, stamp_ns, clock_ns(CLOCK_MONOTONIC));
}

/* A ledger is all of one clock or all of the other: what is in the inventory is moved by the writer, when it
 * is told of the first record of the new clock. */
void watch_clock_follow(struct watch_clock *clock)
{
    const int64_t change_ns = clock->wall.moved_ns - clock->recorder->moved_ns;

    if (change_ns == 0 || !ledger_is_empty(clock->recorder->ledger))
        return;
    clock->recorder->moved_ns = clock->wall.moved_ns;
    clock->record->moved_ns = clock->wall.moved_ns;
    clock->record->started_ns += change_ns;
    clock->record->ended_ns += change_ns;
}

void watch_clock_end(struct watch_clock *clock)
{
    struct recorder *recorder = clock->recorder;
    int64_t change_ns;

    if (wall_clock_end(&clock->wall, clock_ns(CLOCK_MONOTONIC), &change_ns) == CLOCK_SET)
        say_it_was_set(clock, change_ns);
    if (clock->wall.moved_ns == recorder->moved_ns)
        return;
    writer_wait(recorder->shared->writer, recorder->worker);
    recorder_exchange(recorder);
    watch_clock_follow(clock);
}

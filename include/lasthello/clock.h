/* SPDX-License-Identifier: BSD-2-Clause */
/* clock.h: the clocks of this machine, and the units of time. */
#ifndef LASTHELLO_CLOCK_H
#define LASTHELLO_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NANOSECONDS   1000000000LL /* a second */
#define SECONDS_A_DAY 86400

/* clock_ns reads a clock (CLOCK_REALTIME, CLOCK_MONOTONIC, ...) in nanoseconds. */
static inline int64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return now.tv_sec * NANOSECONDS + now.tv_nsec;
}

/* clock_day: the UTC day of a second since 1970, before 1970 too. */
static inline int64_t clock_day(int64_t seconds)
{
    return seconds / SECONDS_A_DAY - (seconds % SECONDS_A_DAY < 0);
}

#endif

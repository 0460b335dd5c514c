/* SPDX-License-Identifier: BSD-2-Clause */
/* utc.h: times and days as reports and events write them, a million a second. */
#ifndef LASTHELLO_UTC_H
#define LASTHELLO_UTC_H

#include <stdbool.h>
#include <stdint.h>

#define UTC_BYTES     40 /* 2026-11-24T16:24:50.123456Z, and any year that 64 bits of microseconds reach */
#define UTC_DAY_BYTES 16 /* 2026-12-31, with room for years that far */

/* A time before 1970 is rounded down as well, so that what is one unit apart stays so. */
static inline int64_t utc_floor(int64_t time, int64_t unit)
{
    return time / unit - (time % unit < 0);
}

/* Of nanoseconds since 1970: microseconds, and the day. */
static inline int64_t utc_microseconds(int64_t time_ns)
{
    return utc_floor(time_ns, 1000);
}

static inline int64_t utc_day(int64_t time_ns)
{
    return utc_floor(time_ns, 86400 * 1000000000LL);
}

/* utc_text writes microseconds since 1970 as ISO 8601. */
void utc_text(int64_t microseconds, char out[UTC_BYTES]);
/* utc_day_read reads a day as 2026-12-31, in days since 1970. False: that is none of the calendar. */
bool utc_day_read(const char *text, int64_t *day);
/* utc_day_text writes it. */
void utc_day_text(int64_t day, char out[UTC_DAY_BYTES]);

#endif

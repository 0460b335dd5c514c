/* SPDX-License-Identifier: BSD-2-Clause */
/* pcapng_clock.h: time stamps of pcapng interfaces, which may tick in any power of 10 or of 2. */
#ifndef LASTHELLO_CAPTURE_PCAPNG_CLOCK_H
#define LASTHELLO_CAPTURE_PCAPNG_CLOCK_H

#include <stdint.h>

/* How ticks become nanoseconds: by `shift` where it is not 0, else first `multiply`, then `divide`. */
struct clock {
    uint64_t multiply;
    uint64_t divide;
    unsigned shift; /* ticks are 2^-shift seconds */
    int64_t offset_s;
};

/* clock_of reads if_tsresol: ticks of 10^-n seconds, or of 2^-n where the highest bit is set. */
struct clock clock_of(uint8_t resolution);

/* clock_ns: since 1970-01-01. What is further away than TIME_NS_MAX becomes that. */
int64_t pcapng_time_ns(const struct clock *clock, uint64_t ticks);

#endif

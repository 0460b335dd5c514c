/* SPDX-License-Identifier: BSD-2-Clause */
/* pcapng_clock.c: time stamps of pcapng interfaces in nanoseconds, without losing a bit on the way. */
#include "pcapng_clock.h"

#include <lasthello/wire.h>

#define CLOCK_DIGITS_MAX 19 /* 10^19 is the largest power in 64 bits */

static uint64_t power_of_ten(unsigned exponent)
{
    uint64_t power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

struct clock clock_of(uint8_t resolution)
{
    unsigned exponent = resolution & 0x7f;
    struct clock clock = {.multiply = 1, .divide = 1};

    if ((resolution & 0x80) != 0 && exponent == 0)
        clock.multiply = NANOSECONDS;
    else if ((resolution & 0x80) != 0)
        clock.shift = exponent;
    else if (exponent <= 9)
        clock.multiply = power_of_ten(9 - exponent);
    else if (exponent - 9 <= CLOCK_DIGITS_MAX)
        clock.divide = power_of_ten(exponent - 9);
    else
        clock.multiply = 0; /* 2^64 ticks are no nanosecond */
    return clock;
}

static uint64_t binary_to_ns(uint64_t ticks, unsigned shift)
{
    uint64_t seconds = shift < 64 ? ticks >> shift : 0;
    uint64_t fraction = shift < 64 ? ticks & ((UINT64_C(1) << shift) - 1) : ticks;

    /* 32 bits of a fraction are finer than a nanosecond, and leave room to multiply */
    if (shift > 32) {
        fraction = shift - 32 < 64 ? fraction >> (shift - 32) : 0;
        shift = 32;
    }
    if (seconds > INT64_MAX / NANOSECONDS)
        return UINT64_MAX;
    return seconds * NANOSECONDS + (fraction * NANOSECONDS >> shift);
}

int64_t pcapng_time_ns(const struct clock *clock, uint64_t ticks)
{
    uint64_t ns;
    int64_t offset_ns;
    int64_t sum;

    if (clock->shift != 0)
        ns = binary_to_ns(ticks, clock->shift);
    else if (__builtin_mul_overflow(ticks, clock->multiply, &ns))
        ns = UINT64_MAX;
    if (clock->divide != 1)
        ns /= clock->divide;
    if (ns > INT64_MAX)
        ns = INT64_MAX;
    if (__builtin_mul_overflow(clock->offset_s, NANOSECONDS, &offset_ns) ||
        __builtin_add_overflow((int64_t)ns, offset_ns, &sum))
        return clock->offset_s < 0 ? -TIME_NS_MAX : TIME_NS_MAX;
    if (sum > TIME_NS_MAX)
        return TIME_NS_MAX;
    return sum < -TIME_NS_MAX ? -TIME_NS_MAX : sum;
}

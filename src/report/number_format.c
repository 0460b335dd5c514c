/* SPDX-License-Identifier: BSD-2-Clause */
/* number_format.c: numbers as people write them. */
#include "number_format.h"

#include <lasthello/text.h>

#include <stdio.h>

const char *share_text(uint64_t part, uint64_t whole, char out[NUMBER_BYTES])
{
    double percent = whole == 0 ? 0 : 100.0 * (double)part / (double)whole;

    if (part > 0 && percent < 1)
        snprintf(out, NUMBER_BYTES, "under 1%%");
    else if (part < whole && percent > 99)
        snprintf(out, NUMBER_BYTES, "over 99%%");
    else
        snprintf(out, NUMBER_BYTES, "%.0f%%", percent);
    return out;
}

const char *number_of(uint64_t number, const char *one, const char *many, char out[NUMBER_BYTES])
{
    char digits[NUMBER_BYTES];

    snprintf(out, NUMBER_BYTES, "%s %s", count_text(number, digits), number == 1 ? one : many);
    return out;
}

const char *duration_text(uint64_t seconds, char out[NUMBER_BYTES])
{
    static const struct {
        uint64_t seconds;
        const char *unit;
    } units[] = {{1, "s"}, {60, "min"}, {3600, "h"}, {86400, "days"}};
    const size_t count = sizeof(units) / sizeof(units[0]);
    char digits[NUMBER_BYTES];
    size_t i = 0;

    /* two of the next are the least that is told in it */
    while (i + 1 < count && seconds >= 2 * units[i + 1].seconds)
        i++;
    snprintf(out, NUMBER_BYTES, "%s %s", count_text(seconds / units[i].seconds, digits), units[i].unit);
    return out;
}

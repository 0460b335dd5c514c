/* SPDX-License-Identifier: BSD-2-Clause */
/* phrase.c: numbers as people write them. */
#include "phrase.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *phrase_number(uint64_t number, char out[PHRASE_BYTES])
{
    char digits[PHRASE_BYTES];
    size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, number), used = 0;

    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}

const char *phrase_share(uint64_t part, uint64_t whole, char out[PHRASE_BYTES])
{
    double percent = whole == 0 ? 0 : 100.0 * (double)part / (double)whole;

    if (part > 0 && percent < 1)
        snprintf(out, PHRASE_BYTES, "under 1%%");
    else if (part < whole && percent > 99)
        snprintf(out, PHRASE_BYTES, "over 99%%");
    else
        snprintf(out, PHRASE_BYTES, "%.0f%%", percent);
    return out;
}

const char *phrase_count(uint64_t number, const char *one, const char *many, char out[PHRASE_BYTES])
{
    char digits[PHRASE_BYTES];

    snprintf(out, PHRASE_BYTES, "%s %s", phrase_number(number, digits), number == 1 ? one : many);
    return out;
}

const char *phrase_duration(uint64_t seconds, char out[PHRASE_BYTES])
{
    static const struct {
        uint64_t seconds;
        const char *unit;
    } units[] = {{1, "s"}, {60, "min"}, {3600, "h"}, {86400, "days"}};
    const size_t count = sizeof(units) / sizeof(units[0]);
    char digits[PHRASE_BYTES];
    size_t i = 0;

    /* two of the next are the least that is told in it */
    while (i + 1 < count && seconds >= 2 * units[i + 1].seconds)
        i++;
    snprintf(out, PHRASE_BYTES, "%s %s", phrase_number(seconds / units[i].seconds, digits), units[i].unit);
    return out;
}

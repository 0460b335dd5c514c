/* SPDX-License-Identifier: BSD-2-Clause */
/* sparkline.c: a line of bars, or of digits. */
#include "sparkline.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

bool sparkline_speaks_utf8(void)
{
    static enum { UNKNOWN,
        NO,
        YES } speaks;

    if (speaks == UNKNOWN) {
        locale_t user = newlocale(LC_CTYPE_MASK, "", (locale_t)0);

        speaks = user != (locale_t)0 && strcmp(nl_langinfo_l(CODESET, user), "UTF-8") == 0 ? YES : NO;
        if (user != (locale_t)0)
            freelocale(user);
    }
    return speaks == YES;
}

/* 0 for 0; else from 1 to `steps`, rounded up. */
static unsigned step_of(uint64_t number, uint64_t most, unsigned steps)
{
    const bool is_there = number > 0;

    while (most > UINT64_MAX / steps / 2) { /* the product below is to fit */
        most /= 2;
        number /= 2;
    }
    return number == 0 ? is_there : (unsigned)((number * steps + most - 1) / most);
}

void sparkline_write(FILE *out, const uint64_t *numbers, size_t count, bool is_utf8)
{
    static const char *const bars[] = {".", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586",
        "\u2587", "\u2588"};
    static const char *const digits[] = {".", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    const unsigned steps =
        (unsigned)(is_utf8 ? sizeof(bars) / sizeof(bars[0]) : sizeof(digits) / sizeof(digits[0])) - 1;
    uint64_t most = 0;

    for (size_t i = 0; i < count; i++)
        most = numbers[i] > most ? numbers[i] : most;
    for (size_t i = 0; i < count; i++)
        fputs((is_utf8 ? bars : digits)[step_of(numbers[i], most, steps)], out);
}

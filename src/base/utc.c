/* SPDX-License-Identifier: BSD-2-Clause */
/* utc.c: a time is a day and a rest; most times in turn are of one day, whose text is kept. */
#include <lasthello/clock.h>
#include <lasthello/utc.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MICROSECONDS 1000000

/* The date of the last time that was asked for. */
struct date {
    int64_t day;
    char text[24];
};

static const char *date_of(int64_t day)
{
    static _Thread_local struct date last;
    time_t seconds = day * SECONDS_A_DAY;
    struct tm utc;

    if (last.text[0] != '\0' && last.day == day)
        return last.text;
    gmtime_r(&seconds, &utc);
    strftime(last.text, sizeof(last.text), "%Y-%m-%dT", &utc);
    last.day = day;
    return last.text;
}

/* Decimal digits, with zeros before them, and what ends them. */
static char *write_digits(char *out, int64_t number, int digits, char end)
{
    for (int i = digits - 1; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
    out[digits] = end;
    return out + digits + 1;
}

void utc_text(int64_t microseconds, char out[UTC_BYTES])
{
    int64_t fraction = microseconds % MICROSECONDS, seconds = microseconds / MICROSECONDS, day, second;
    char *end;

    if (fraction < 0) { /* before 1970: rounded down, not towards zero */
        fraction += MICROSECONDS;
        seconds--;
    }
    day = clock_day(seconds);
    second = seconds - day * SECONDS_A_DAY;
    end = stpcpy(out, date_of(day));
    end = write_digits(end, second / 3600, 2, ':');
    end = write_digits(end, second / 60 % 60, 2, ':');
    end = write_digits(end, second % 60, 2, '.');
    end = write_digits(end, fraction, 6, 'Z');
    *end = '\0';
}

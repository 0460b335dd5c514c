/* SPDX-License-Identifier: BSD-2-Clause */
/* utc_day.c: days as files and options name them. */
#include <lasthello/clock.h>
#include <lasthello/utc.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

/* 2026-12-31: digits where digits belong. */
static bool has_form(const char *text)
{
    static const char form[] = "dddd-dd-dd";

    if (strlen(text) != sizeof(form) - 1)
        return false;
    for (size_t i = 0; form[i] != '\0'; i++)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    return true;
}

bool utc_day_read(const char *text, int64_t *day)
{
    struct tm utc = {0}, normal;

    if (!has_form(text) || strptime(text, "%Y-%m-%d", &utc) == NULL)
        return false;
    normal = utc;
    *day = clock_day(timegm(&normal));
    return normal.tm_mday == utc.tm_mday; /* the 31st of February would be a day in March */
}

void utc_day_text(int64_t day, char out[UTC_DAY_BYTES])
{
    time_t seconds = (time_t)(day * SECONDS_A_DAY);
    struct tm utc;

    out[0] = '\0';
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(out, UTC_DAY_BYTES, "%Y-%m-%d", &utc);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* html_words.c: texts, numbers, days and verdicts as all parts of the page write them. */
#include "html_page.h"

#include <lasthello/clock.h>
#include <lasthello/text.h>

#include <string.h>
#include <time.h>

void page_text(struct html_page *page, const char *text)
{
    html_text(page->out, &page->cell, text);
}

void page_number(struct html_page *page, uint64_t number)
{
    char text[COUNT_TEXT_BYTES];

    fputs(count_text(number, text), page->out);
}

void day_in_words(int64_t day, char out[DAY_TEXT_BYTES])
{
    const time_t seconds = (time_t)(day * SECONDS_A_DAY);
    struct tm parts = {0};

    gmtime_r(&seconds, &parts);
    strftime(out, DAY_TEXT_BYTES, "%e %B %Y", &parts);
    if (out[0] == ' ')
        memmove(out, out + 1, strlen(out));
}

const char *verdict_class(enum verdict verdict)
{
    static const char *const classes[VERDICT_COUNT] = {
        [VERDICT_UNCONFIRMED] = "unknown",
        [VERDICT_SAFE] = "safe",
        [VERDICT_UNKNOWN] = "unknown",
        [VERDICT_EXPOSED] = "exposed",
        [VERDICT_FRAGILE] = "fragile",
        [VERDICT_LEGACY] = "legacy",
        [VERDICT_BREAKS] = "breaks",
        [VERDICT_LOGIN_REFUSED] = "login-refused",
        [VERDICT_FAILING] = "failing",
    };

    return classes[verdict];
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_deadlines.c: the log of a sensor says when the last day of a policy comes near. */
#include "watch.h"

#include <lasthello/clock.h>
#include <lasthello/journal.h>
#include <lasthello/utc.h>

#include <stdio.h>

/* How many days are left when that is said. */
static const int64_t told_days[] = {30, 7, 1};

static void tell_of(const struct deadline *deadline, int64_t today)
{
    char last[UTC_BYTES], left[32];

    for (size_t i = 0; i < sizeof(told_days) / sizeof(told_days[0]); i++) {
        if (deadline->day - today != told_days[i])
            continue;
        utc_text(deadline->day * SECONDS_A_DAY * 1000000LL, last);
        snprintf(left, sizeof(left), "%lld", (long long)told_days[i]);
        journal_tell(
            &(struct happening){PRIORITY_NOTICE, "policy-deadline",
                {{"LASTHELLO_POLICY", deadline->id}, {"LASTHELLO_DAYS_LEFT", left}}},
            "policy %s: %lld day%s left, the last is %.10s; who breaks then: lasthello report",
            deadline->id, (long long)told_days[i], told_days[i] == 1 ? "" : "s", last);
    }
}

void watch_deadlines_tell(struct watching *watching, int64_t now_ns)
{
    const int64_t today = utc_day(now_ns);

    if (today == watching->deadlines_told)
        return;
    watching->deadlines_told = today;
    for (size_t i = 0; i < watching->options->deadline_count; i++)
        tell_of(&watching->options->deadlines[i], today);
}

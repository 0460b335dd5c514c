/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_drops.c: the log of a sensor says that packets were dropped: not of each, which would be a line a
 * second. */
#include "watch.h"

#include <lasthello/journal.h>
#include <lasthello/text.h>

#include <inttypes.h>
#include <stdio.h>

#define DROPS_TOLD_NS (3600 * NANOSECONDS)

static void tell(const struct drops *drops, const char *source, uint64_t dropped)
{
    char text[COUNT_TEXT_BYTES], number[32];
    const struct happening happening = {PRIORITY_WARNING, "packets-dropped",
        {{"LASTHELLO_INTERFACE", source}, {"LASTHELLO_DROPPED", number}}};

    snprintf(number, sizeof(number), "%" PRIu64, dropped);
    count_text(dropped, text);
    if (drops->known == 0)
        journal_tell(&happening,
            "%s: first packets dropped: %s; give watch more --threads or --buffer, and see lasthello report "
            "coverage",
            source, text);
    else
        journal_tell(&happening, "%s: more packets dropped, %s so far; give watch more --threads or --buffer",
            source, text);
}

void watch_drops_tell(struct drops *drops, const char *source, uint64_t dropped, int64_t monotonic_ns)
{
    if (dropped == drops->known)
        return;
    if (drops->known == 0 || monotonic_ns - drops->told_ns >= DROPS_TOLD_NS) {
        tell(drops, source, dropped);
        drops->told_ns = monotonic_ns;
    }
    drops->known = dropped;
}

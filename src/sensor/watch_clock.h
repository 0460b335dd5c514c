/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_clock.h: the times of a run that watches, while the machine's clock is set: what happens has the time
 * of the run, what is stored the right one, as far as it is known; what was stored before moves along. */
#ifndef LASTHELLO_SENSOR_WATCH_CLOCK_H
#define LASTHELLO_SENSOR_WATCH_CLOCK_H

#include "recorder.h"
#include "wall_clock.h"

struct watch_clock {
    struct wall_clock wall;
    int64_t looked_ns; /* the time of the run when the clock was last read */
    struct source_record *record;
    struct recorder *recorder;
    const char *name; /* of the interface; NULL: somebody else says what becomes of the clock */
};

/* watch_clock_begin: a run begins, of which the record tells. */
void watch_clock_begin(
    struct watch_clock *clock, struct source_record *record, struct recorder *recorder, const char *name);
/* The time of the run: what is stored of it is recorder.moved_ns ahead. */
int64_t watch_clock_now(const struct watch_clock *clock);
/* watch_clock_look reads the machine's clock; at least once a second. */
void watch_clock_look(struct watch_clock *clock);
/* watch_clock_believe turns the time stamp of a packet into the time of the run. One that is half a day away
 * from now is looked at twice. */
int64_t watch_clock_believe(struct watch_clock *clock, int64_t stamp_ns);
/* watch_clock_follow: the ledger has just been handed over. Where the clock was set for good, times are right
 * from now on. */
void watch_clock_follow(struct watch_clock *clock);
/* watch_clock_end: the run ends. What it has stored, and will store, gets the times that are most
 * likely. */
void watch_clock_end(struct watch_clock *clock);

#endif

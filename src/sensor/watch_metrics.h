/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_metrics.h: the numbers of a run of `watch` for Prometheus: a file for the textfile collector. */
#ifndef LASTHELLO_WATCH_METRICS_H
#define LASTHELLO_WATCH_METRICS_H

#include "run.h"

/* watch_metrics_write writes the file that --metrics names, if it is due: every ten seconds. It appears
 * whole, in the place of the last one. That it cannot be written is told once, until it can again. */
void watch_metrics_write(struct run *run);

#endif

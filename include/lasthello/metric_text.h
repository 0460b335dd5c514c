/* SPDX-License-Identifier: BSD-2-Clause */
/* metric_text.h: lines in the text format of Prometheus (exposition format 0.0.4). */
#ifndef LASTHELLO_METRIC_TEXT_H
#define LASTHELLO_METRIC_TEXT_H

#include <stdint.h>
#include <stdio.h>

/* metric_head begins a family: its name, its type ("gauge", "counter") and what it tells. */
void metric_head(FILE *out, const char *name, const char *type, const char *help);
/* metric_quoted writes the value of a label, made visible (text_visible), with its quotation marks. */
void metric_quoted(FILE *out, const char *text);
/* metric_seconds writes nanoseconds since 1970, or of a span, as seconds, and ends the line. */
void metric_seconds(FILE *out, int64_t time_ns);

#endif

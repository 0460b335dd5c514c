/* SPDX-License-Identifier: BSD-2-Clause */
/* filter_options.h: what a report is about, on the command line: whose sessions, and of which days. */
#ifndef LASTHELLO_FILTER_OPTIONS_H
#define LASTHELLO_FILTER_OPTIONS_H

#include <argp.h>

/* As a child of a command's parser. The child's input must be the struct filters (questions.h). What a
 * service is it checks itself, the rest inventory_filters_check does. */
extern const struct argp filter_argp;

#endif

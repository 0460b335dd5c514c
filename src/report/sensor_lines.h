/* SPDX-License-Identifier: BSD-2-Clause */
/* sensor_lines.h: what is wrong with the sensors that a centre has heard of. */
#ifndef LASTHELLO_REPORT_SENSOR_LINES_H
#define LASTHELLO_REPORT_SENSOR_LINES_H

#include <lasthello/report.h>

/* sensor_lines_write writes a line for each thing that is wrong with one of them. False: the inventory cannot
 * be read. */
bool sensor_lines_write(FILE *out, struct inventory *inventory, struct error *error);

#endif

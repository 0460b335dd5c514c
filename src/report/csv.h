/* SPDX-License-Identifier: BSD-2-Clause */
/* csv.h: cells as RFC 4180 wants them, and as spreadsheets do no harm with them. */
#ifndef LASTHELLO_REPORT_CSV_H
#define LASTHELLO_REPORT_CSV_H

#include <stdio.h>

/* csv_cell writes one cell; NULL is an empty one. A text that a spreadsheet would take for a formula (it
 * begins with `=`, `+`, `-`, `@`, a tab or a carriage return) has an apostrophe put in front, unless it is
 * a number. */
void csv_cell(FILE *out, const char *text);

#endif

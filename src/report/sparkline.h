/* SPDX-License-Identifier: BSD-2-Clause */
/* sparkline.h: numbers as a line of one character each. */
#ifndef LASTHELLO_REPORT_SPARKLINE_H
#define LASTHELLO_REPORT_SPARKLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* sparkline_write writes bars in eighths of the largest number, where the terminal speaks UTF-8; else digits
 * from 1 to 9 for its ninths. What is not 0 shows; 0 is a point. */
void sparkline_write(FILE *out, const uint64_t *numbers, size_t count, bool is_utf8);

/* sparkline_speaks_utf8: does the user's locale? Opens files at its first call. */
bool sparkline_speaks_utf8(void);

#endif

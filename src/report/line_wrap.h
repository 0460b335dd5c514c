/* SPDX-License-Identifier: BSD-2-Clause */
/* line_wrap.h: sentences on a narrow terminal. */
#ifndef LASTHELLO_REPORT_LINE_WRAP_H
#define LASTHELLO_REPORT_LINE_WRAP_H

#include <stddef.h>

/* line_wrap copies a text of lines; one that is longer than `width` (0: none is) goes on in the next,
 * indented, at a blank. The caller frees it. NULL: no memory. */
char *line_wrap(const char *text, size_t width);
size_t line_wrap_count(const char *text);

#endif

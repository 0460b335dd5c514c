/* SPDX-License-Identifier: BSD-2-Clause */
/* fold.h: sentences on a narrow terminal. */
#ifndef LASTHELLO_REPORT_FOLD_H
#define LASTHELLO_REPORT_FOLD_H

#include <stddef.h>

/* fold_text copies a text of lines; one that is longer than `width` (0: none is) goes on in the next, indented, at
 * a blank. The caller frees it. NULL: no memory. */
char *fold_text(const char *text, size_t width);
size_t fold_line_count(const char *text);

#endif

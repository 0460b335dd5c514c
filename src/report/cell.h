/* SPDX-License-Identifier: BSD-2-Clause */
/* cell.h: a value as people read it in a table. */
#ifndef LASTHELLO_REPORT_CELL_H
#define LASTHELLO_REPORT_CELL_H

#include <lasthello/inventory.h>

#define CELL_BYTES 512

/* cell_text writes counts as 18,204, times to the minute, and in a list the first word of an item only where it is
 * another than before: "TLS 1.3, 1.2, SSL 3.0". Returns `out`, or `value` where nothing is to change or `out` is
 * too small. */
const char *cell_text(enum column_kind kind, const char *value, char out[CELL_BYTES]);

/* cell_tail keeps the end of a text, at most `width` columns of it, behind "...": of a path the end tells most.
 * Returns `text` itself if it fits. */
const char *cell_tail(const char *text, size_t width, char out[CELL_BYTES]);

#endif

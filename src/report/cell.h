/* SPDX-License-Identifier: BSD-2-Clause */
/* cell.h: a value as text: as programs read it, and as people do in a table. */
#ifndef LASTHELLO_REPORT_CELL_H
#define LASTHELLO_REPORT_CELL_H

#include <lasthello/questions.h>

#define CELL_BYTES 512

/* Room for a cell; it grows. Zeroed before the first use; cell_close frees it. */
struct cell {
    char text[CELL_BYTES];
    char *visible;
    size_t visible_size;
};

void cell_close(struct cell *cell);

/* cell_exact writes a value for programs: times to the microsecond, plain numbers, words for judgements,
 * all text made visible. NULL: not known, or no memory. The text lives until the next call. */
const char *cell_exact(struct cell *cell, enum column_kind kind, const struct value *value);

/* cell_shown makes the text of cell_exact one for people: counts as 18,204, times to the minute, and in a
 * list the first word of an item only where it is another than before: "TLS 1.3, 1.2, SSL 3.0". Returns
 * `out`, or `text` where nothing is to change or `out` is too small. */
const char *cell_shown(enum column_kind kind, const char *text, char out[CELL_BYTES]);

/* cell_tail keeps the end of a text, at most `width` columns of it, behind "...": of a path the end tells
 * most. Returns `text` itself if it fits, or if `out` is too small. */
const char *cell_tail(const char *text, size_t width, char out[CELL_BYTES]);

/* cell_wrapped makes lines of at most `width` of a text, at its blanks, as far as there are any. Returns
 * `out`. */
const char *cell_wrapped(const char *text, size_t width, char out[CELL_BYTES]);

/* visible_text: `text` itself, or, where something of it would not be seen or steers a terminal, a copy in
 * the cell. */
const char *visible_text(struct cell *cell, const char *text);

#endif

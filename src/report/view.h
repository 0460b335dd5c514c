/* SPDX-License-Identifier: BSD-2-Clause */
/* view.h: where a table goes. */
#ifndef LASTHELLO_REPORT_VIEW_H
#define LASTHELLO_REPORT_VIEW_H

#include <stdbool.h>
#include <stdio.h>

struct view {
    size_t width;  /* of the terminal, or COLUMNS; 0: everything is written */
    size_t height; /* 0: no terminal */
    bool colors;
};

/* view_of looks at the stream: is it a terminal, how wide, and does the user want colours (NO_COLOR,
 * TERM=dumb)? In a pipe COLUMNS is honoured. `wide`: the width does not matter. */
struct view view_of(FILE *out, bool wide);

#endif

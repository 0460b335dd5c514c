/* SPDX-License-Identifier: BSD-2-Clause */
/* html.h: text within HTML. */
#ifndef LASTHELLO_REPORT_HTML_H
#define LASTHELLO_REPORT_HTML_H

#include "cell.h"

#include <stdio.h>

/* html_text writes text, made visible first and then quoted, so that it stands as it is between tags and
 * within a quoted attribute (HTML 13.1.2.3, 13.1.4). NULL: nothing. */
void html_text(FILE *out, struct cell *cell, const char *text);

/* html_id writes what an id and a fragment can hold: all but letters, digits, '.', ':', '-' and '_' becomes
 * '_'. */
void html_id(FILE *out, const char *text);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* rows.h: what the summary needs of the writers of rows. */
#ifndef LASTHELLO_REPORT_ROWS_H
#define LASTHELLO_REPORT_ROWS_H

#include <lasthello/json.h>
#include <lasthello/report.h>

/* rows_object makes an object of one row; the caller closes it. NULL: no memory. */
struct json *rows_object(const struct rows *rows, const char *const *values);

#endif

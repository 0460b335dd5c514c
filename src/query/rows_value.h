/* SPDX-License-Identifier: BSD-2-Clause */
/* rows_value.h: the columns of an answer's row by name, also those that no report shows. */
#ifndef LASTHELLO_QUERY_ROWS_VALUE_H
#define LASTHELLO_QUERY_ROWS_VALUE_H

#include <lasthello/questions.h>

/* rows_value: of the row that was found last. The name is one of the question's .sql file. */
struct value *rows_value(const struct rows *rows, const char *name);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* columns.h: what the columns of answers hold. */
#ifndef LASTHELLO_QUERY_COLUMNS_H
#define LASTHELLO_QUERY_COLUMNS_H

#include <lasthello/questions.h>

/* column_kind_of: what a column of this name holds, in whichever answer. */
enum column_kind column_kind_of(const char *name);

#endif

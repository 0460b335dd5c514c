/* SPDX-License-Identifier: BSD-2-Clause */
/* titles.h: the words for columns, and what a narrow terminal keeps of them. */
#ifndef LASTHELLO_REPORT_TITLES_H
#define LASTHELLO_REPORT_TITLES_H

#include <lasthello/questions.h>

struct title {
    const char *name;    /* of a column (questions.h) */
    const char *title;   /* over a table: FIRST SEEN (UTC) */
    const char *meaning; /* in docs/fields.md, and in `coverage` as lines; NULL: the title says it */
    bool is_expected;    /* where nothing is known, a question mark stands */
};

/* title_at: the i-th of the table, in the order of docs/fields.md; NULL: there are no more. Facts of
 * sessions, which are columns, too, stand in the table of facts. */
const struct title *title_at(size_t i);
/* title_of: never NULL. */
const struct title *title_of(const char *name);

/* title_rank: how long a column of a question's table is kept where a terminal has no room, the highest
 * longest; 0: it is one of the further columns, the first to be left out. */
unsigned title_rank(enum question question, const char *name);

#endif

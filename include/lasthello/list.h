/* SPDX-License-Identifier: BSD-2-Clause */
/* list.h: values that a user separates by commas; blanks around them do not count. */
#ifndef LASTHELLO_LIST_H
#define LASTHELLO_LIST_H

#include <stdbool.h>

#define LIST_WORD_BYTES 256

/* list_word writes the first value, cut to fit, and moves to the next one; `*list` is NULL behind the last.
 * Returns `out`. */
const char *list_word(const char **list, char out[LIST_WORD_BYTES]);
/* list_word_place: which of `words` (with a NULL behind the last) it is, in capitals or not; -1: none. */
int list_word_place(const char *word, const char *const *words);
/* list_wants: is a text one of the list, in capitals or not? NULL as list: any is; as text: none is. */
bool list_wants(const char *list, const char *text);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* list.h: words in one text, with commas between them or what else stands there. Where a user wrote it,
 * blanks around the commas do not count. */
#ifndef LASTHELLO_LIST_H
#define LASTHELLO_LIST_H

#include <stdbool.h>
#include <stddef.h>

#define LIST_WORD_BYTES 256

/* list_word writes the first value, cut to fit, and moves to the next one; `*list` is NULL behind the last.
 * Returns `out`. */
const char *list_word(const char **list, char out[LIST_WORD_BYTES]);
/* list_word_place: which of `words` (with a NULL behind the last) it is, in capitals or not; -1: none. */
int list_word_place(const char *word, const char *const *words);
/* list_wants: is a text one of the list, in capitals or not? NULL as list: any is; as text: none is. */
bool list_wants(const char *list, const char *text);
/* list_add appends a word to the text in `out`, behind `between` where it is not the first. What has no
 * room is cut. */
void list_add(char *out, size_t out_size, const char *between, const char *word);

#endif

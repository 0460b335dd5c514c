/* SPDX-License-Identifier: BSD-2-Clause */
/* sentence.h: what every reader of files says when a file goes wrong midway. All answer false. */
#ifndef LASTHELLO_CAPTURE_SENTENCE_H
#define LASTHELLO_CAPTURE_SENTENCE_H

#include <lasthello/error.h>

#include <stdint.h>

#define COUNT_BYTES 27 /* 18,446,744,073,709,551,615 */

/* sentence_count writes 18232 as 18,232. */
void sentence_count(uint64_t count, char out[COUNT_BYTES]);

/* `read` packets were read; the file ends inside the next one. */
bool sentence_cut(struct error *error, const char *name, uint64_t read);

/* `read` packets were read; then came `problem`: "block length 7 is no multiple of 4". */
bool sentence_corrupt(struct error *error, const char *name, uint64_t read, const char *problem);

/* `read` packets were read; then reading failed for a reason that `error` has already. */
bool sentence_after(struct error *error, uint64_t read);

#endif

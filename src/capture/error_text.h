/* SPDX-License-Identifier: BSD-2-Clause */
/* error_text.h: what every reader of files says when a file goes wrong midway. All answer false. */
#ifndef LASTHELLO_CAPTURE_ERROR_TEXT_H
#define LASTHELLO_CAPTURE_ERROR_TEXT_H

#include <lasthello/error.h>

#include <stdint.h>

#define COUNT_BYTES 27 /* 18,446,744,073,709,551,615 */

/* error_text_count writes 18232 as 18,232. */
void error_text_count(uint64_t count, char out[COUNT_BYTES]);

/* `read` packets were read; the file ends inside the next one. */
bool error_text_cut(struct error *error, const char *name, uint64_t read);

/* `read` packets were read; then came `problem`: "block length 7 is no multiple of 4". */
bool error_text_corrupt(struct error *error, const char *name, uint64_t read, const char *problem);

/* `read` packets were read; then reading failed for a reason that `error` has already. */
bool error_text_after(struct error *error, uint64_t read);

#endif

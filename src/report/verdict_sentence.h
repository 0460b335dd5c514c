/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict_sentence.h: one sentence for a row of verdicts. */
#ifndef LASTHELLO_REPORT_VERDICT_SENTENCE_H
#define LASTHELLO_REPORT_VERDICT_SENTENCE_H

#include "cell.h"

#define SENTENCE_BYTES 1024

/* verdict_sentence writes what the row's statement says, and what became of the client, with its other
 * columns. Returns `out`; NULL: the row has no statement. */
const char *verdict_sentence(
    const struct column *columns, const struct value *values, size_t count, char out[SENTENCE_BYTES]);

#endif

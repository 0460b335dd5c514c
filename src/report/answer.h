/* SPDX-License-Identifier: BSD-2-Clause */
/* answer.h: an answer from its first row to its last, in whichever format. */
#ifndef LASTHELLO_REPORT_ANSWER_H
#define LASTHELLO_REPORT_ANSWER_H

#include "format.h"
#include "verdict_sentence.h"

/* answer_write asks and writes the rows, of a table at most `limit` (0: all); `more` counts the others. */
bool answer_write(const struct report *report, enum question question, const struct format *format,
    size_t limit, uint64_t *more, struct error *error);

/* summary_write_object writes the summary as one JSON object, with the first rows of those with old TLS. */
bool summary_write_object(const struct report *report, const struct summary *summary, size_t rows_max,
    struct error *error);

/* policies_write_clients writes a line for each policy whose day is to come or whom a client offends: days
 * left, and how many clients break. policies_add_objects is the same in JSON, of all policies. */
void policies_write_clients(FILE *out, const struct report *report, const struct summary *summary);
struct json;
void policies_add_objects(struct json *object, const struct report *report, const struct summary *summary);

/* html_write_page writes the summary as a page of HTML that needs nothing beside it. */
bool html_write_page(const struct report *report, const struct summary *summary, struct error *error);

#define FILTERS_MAX 10

struct given {
    const char *word, *value;
};

/* The filters that were given, with the names of their options; how many. */
size_t list_filters(const struct filters *filters, struct given out[FILTERS_MAX]);
/* with_sentence: a row of verdicts, with its sentence, in `copy`; any other row as it is. */
#define WITH_SENTENCE_MAX 64
const struct value *with_sentence(const struct page *page, const struct value *values,
    struct value copy[WITH_SENTENCE_MAX], char sentence[SENTENCE_BYTES]);

/* What is shown of a filter's value. */
const char *filter_shown(const struct report *report, const struct given *given);
bool has_filters(const struct filters *filters);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* hidden.h: the columns of an answer that tell who somebody is, and what stands in their place. */
#ifndef LASTHELLO_QUERY_HIDDEN_H
#define LASTHELLO_QUERY_HIDDEN_H

#include <lasthello/hash.h>
#include <lasthello/questions.h>

struct hidden {
    char (*texts)[64]; /* ANONYMOUS_BYTES; of each column */
};

/* hidden_row replaces what tells who somebody is in a row; the texts live until the next row. False: no
 * memory. hidden_close: also after a failure. */
bool hidden_row(struct hidden *hidden, const struct hash_key *key, const struct column *columns,
    struct value *values, size_t count);
void hidden_close(struct hidden *hidden);

#endif

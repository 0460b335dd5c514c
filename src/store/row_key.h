/* SPDX-License-Identifier: BSD-2-Clause */
/* row_key.h: the facts of a row as a number that is quick to make and means nothing outside of its
 * process: by it a ledger knows whether it has the row, without writing it down. */
#ifndef LASTHELLO_STORE_ROW_KEY_H
#define LASTHELLO_STORE_ROW_KEY_H

#include "row_id.h"

#define KEY_SPANS_MAX 64
#define KEY_BYTES     2048

/* Bytes of a session: as they stand, a text up to its end, or as many codes as another byte says. */
struct key_span {
    enum key_span_kind { SPAN_BYTES,
        SPAN_TEXT,
        SPAN_CODES,
        SPAN_REFERENCE } kind;
    uint16_t offset, len; /* SPAN_REFERENCE: which table */
    uint16_t count;       /* SPAN_CODES: where their number stands */
    uint16_t code_bytes;
};

struct key_plan {
    size_t count;
    struct key_span spans[KEY_SPANS_MAX];
};

struct key_plans {
    struct hash_key hash;
    uint64_t secret[KEY_BYTES / sizeof(uint64_t)];
    struct key_plan tables[TABLE_REPEATED_COUNT];
};

/* Makes the plans from the facts. False: there are more than a plan or a key has room for. */
bool key_plans_open(struct key_plans *plans);

/* Rows with one key say the same. Rows that say the same may have two keys, which costs a little room:
 * what stands behind the end of a short text is hashed, too. `references` may be keys of rows in place
 * of their ids. */
uint64_t row_key(const struct key_plans *plans, enum fact_table table, const struct session *session,
    const struct references *references);

#endif

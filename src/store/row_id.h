/* SPDX-License-Identifier: BSD-2-Clause */
/* row_id.h: names of content: a fact is written down in one way only, and the hash of that is its row's id. */
#ifndef LASTHELLO_STORE_ROW_ID_H
#define LASTHELLO_STORE_ROW_ID_H

#include <lasthello/session.h>

#include <endian.h>

#define CONTENT_BYTES 1024 /* holds any one row: its texts are bounded by session.h */

/* A fact being written down. */
struct content {
    size_t len;
    uint8_t bytes[CONTENT_BYTES];
};

static inline void row_id_number(struct content *content, uint64_t number)
{
    const uint64_t little = htole64(number); /* so that names travel between machines */

    if (CONTENT_BYTES - content->len < sizeof(little))
        return;
    memcpy(content->bytes + content->len, &little, sizeof(little));
    content->len += sizeof(little);
}

void row_id_bytes(struct content *content, const void *bytes, size_t len);
/* Text ends with its NUL, so that "ab","c" and "a","bc" differ; NULL and "" are the same: not known. */
void row_id_text(struct content *content, const char *text);
/* row_id_hash is the row's id: 63 bits, because SQLite's integers have a sign, and never 0. */
uint64_t row_id_hash(const struct content *content);

/* The ids of what repeats; 0: the session has none. */
uint64_t row_id_of_site(const char *site);
uint64_t row_id_of_host(uint64_t site, const struct address *address);
uint64_t row_id_of_path(const struct session *session);
uint64_t row_id_of_hello(const struct offer *offer);
uint64_t row_id_of_answer(const struct answer *answer);
uint64_t row_id_of_certificate(const struct certificate *certificate);

/* A profile is told apart by what it refers to as well. */
struct references {
    uint64_t hello, answer;
};
uint64_t row_id_of_profile(const struct session *session, const struct references *references);

#define SOURCE_BITS 13 /* of an observation's id: its source's rows lie together, and are found without an index */
/* An observation's id; the first and last id of a source's rows. */
uint64_t row_id_in_source(const struct content *content, uint64_t source);
uint64_t row_id_first_in(uint64_t source);
uint64_t row_id_last_in(uint64_t source);

#endif

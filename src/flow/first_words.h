/* SPDX-License-Identifier: BSD-2-Clause */
/* first_words.h: the first segment of connections that nobody answered yet, while it makes no sense.
 *
 * It waits here, whole, instead of in a session of its own, until another segment of its connection comes, which
 * recalls it, or its place is needed. Whoever floods the ports from forged addresses with half hellos and garbage thus
 * costs a copy of a few hundred bytes. Places are taken in turn; the index beside them is small enough for a cache. */
#ifndef LASTHELLO_FLOW_FIRST_WORDS_H
#define LASTHELLO_FLOW_FIRST_WORDS_H

#include <lasthello/flow.h>
#include <lasthello/pool.h>

#define FIRST_WORDS_MAX   1024 /* places */
#define FIRST_WORDS_HEADS 2048

struct first_words {
    struct pool pool; /* one block: all places */
    struct words *places;
    size_t place_count;
    size_t next;  /* the place that is taken next */
    size_t count; /* of those that wait */
    struct {
        uint64_t hash;
        uint16_t next; /* of the same head, plus one; 0: none */
        bool is_taken;
    } index[FIRST_WORDS_MAX];
    uint16_t heads[FIRST_WORDS_HEADS]; /* a place, plus one; 0: none */
    uint64_t scans;                    /* that were forgotten */
};

bool first_words_open(struct first_words *words, size_t memory_bytes);
void first_words_close(struct first_words *words);
/* first_words_keep copies a segment, of at most FIRST_WORDS_BYTES, that nothing waits for yet. Whose place it takes is
 * forgotten. */
void first_words_keep(struct first_words *words, const struct segment *segment, const struct flow_key *key,
    uint64_t source, uint32_t ticks);
/* first_words_recall takes out what waits of a segment's connection, and lends it until the next one is kept. NULL:
 * nothing. */
const struct words *first_words_recall(struct first_words *words, const struct segment *segment,
    const struct flow_key *key);
/* first_words_flush forgets everything. */
void first_words_flush(struct first_words *words);

#endif

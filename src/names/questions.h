/* SPDX-License-Identifier: BSD-2-Clause */
/* questions.h: questions to DNS that await their answers. */
#ifndef LASTHELLO_NAMES_QUESTIONS_H
#define LASTHELLO_NAMES_QUESTIONS_H

#include <lasthello/hash.h>
#include <lasthello/host_names.h>

#define QUESTION_PLACES 16 /* of a client, or a few that share them: the oldest goes */

struct question {
    uint64_t key; /* a hash of what an answer must repeat; 0: free */
    int64_t time_ns;
    uint64_t answer; /* a hash of the answer that was believed; 0: none yet */
};

struct questions {
    struct question *rows;
    size_t groups; /* of QUESTION_PLACES */
};

enum answered {
    ANSWERED_FIRST,   /* believe it */
    ANSWERED_AGAIN,   /* a copy of that one */
    ANSWERED_UNASKED, /* nobody asked, or another answer came first */
};

/* questions_open takes memory for so many bytes at least. */
bool questions_open(struct questions *questions, size_t memory_bytes);
void questions_close(struct questions *questions);
void questions_clear(struct questions *questions);

/* `client` chooses the place, `key` is the question: hashes by a random key. */
void questions_ask(struct questions *questions, uint64_t client, uint64_t key, int64_t time_ns);
enum answered questions_answer(
    struct questions *questions, uint64_t client, uint64_t key, uint64_t answer, int64_t time_ns);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* questions.c: questions to DNS that await their answers. */
#include "questions.h"

#include <stdlib.h>

bool questions_open(struct questions *questions, size_t memory_bytes)
{
    questions->groups = memory_bytes / (QUESTION_PLACES * sizeof(struct question)) + 1;
    questions->rows = calloc(questions->groups * QUESTION_PLACES, sizeof(struct question));
    return questions->rows != NULL;
}

void questions_close(struct questions *questions)
{
    free(questions->rows);
}

void questions_clear(struct questions *questions)
{
    memset(questions->rows, 0, questions->groups * QUESTION_PLACES * sizeof(struct question));
}

static struct question *group_of(const struct questions *questions, uint64_t client)
{
    return &questions->rows[client % questions->groups * QUESTION_PLACES];
}

static struct question *find(struct question *group, uint64_t key)
{
    for (size_t i = 0; i < QUESTION_PLACES; i++)
        if (group[i].key == key)
            return &group[i];
    return NULL;
}

static struct question *oldest(struct question *group)
{
    struct question *oldest = group;

    for (size_t i = 0; i < QUESTION_PLACES && oldest->key != 0; i++)
        if (group[i].key == 0 || group[i].time_ns < oldest->time_ns)
            oldest = &group[i];
    return oldest;
}

static bool is_over(const struct question *question, int64_t time_ns)
{
    return time_ns < question->time_ns || time_ns - question->time_ns > QUESTION_SECONDS * NANOSECONDS;
}

/* A question that is said again is still the same one. */
void questions_ask(struct questions *questions, uint64_t client, uint64_t key, int64_t time_ns)
{
    struct question *group = group_of(questions, client), *row = find(group, key);

    if (row != NULL && !is_over(row, time_ns))
        return;
    if (row == NULL)
        row = oldest(group);
    *row = (struct question){.key = key, .time_ns = time_ns};
}

enum answered questions_answer(
    struct questions *questions, uint64_t client, uint64_t key, uint64_t answer, int64_t time_ns)
{
    struct question *row = find(group_of(questions, client), key);

    if (row == NULL || is_over(row, time_ns))
        return ANSWERED_UNASKED;
    if (row->answer != 0)
        return row->answer == answer ? ANSWERED_AGAIN : ANSWERED_UNASKED;
    row->answer = answer;
    return ANSWERED_FIRST;
}

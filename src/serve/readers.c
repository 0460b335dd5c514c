/* SPDX-License-Identifier: BSD-2-Clause */
/* readers.c: threads that answer requests from connections of their own. */
#include "readers.h"

#include <lasthello/thread.h>

#include <stdlib.h>
#include <time.h>

#define INTERRUPTS_A_SECOND 40

/* What each reader answers: the lines for Prometheus never wait for a page. Further readers would take
 * processors from the sensor, and memory: an answer about all clients holds a row of each. */
static const enum lane lanes[SERVE_READERS] = {LANE_COUNTS, LANE_ROWS, LANE_ROWS};

struct reader {
    struct readers *readers;
    struct inventory *inventory;
    enum lane lane;
    bool is_busy;
    pthread_t thread;
};

struct readers {
    const struct serving *serving;
    void (*tell)(struct task *task);
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    struct task *first[LANE_COUNT]; /* the oldest of those that wait */
    bool is_ending;
    size_t count;
    struct reader rows[SERVE_READERS];
};

static void add_last(struct task **first, struct task *task)
{
    while (*first != NULL)
        first = &(*first)->next;
    task->next = NULL;
    *first = task;
}

static struct task *take_first(struct task **first)
{
    struct task *task = *first;

    if (task != NULL)
        *first = task->next;
    return task;
}

/* The next task of its lane; NULL: the readers end. */
static struct task *await_task(struct reader *reader)
{
    struct readers *readers = reader->readers;
    struct task *task = NULL;

    pthread_mutex_lock(&readers->lock);
    reader->is_busy = false;
    while (!readers->is_ending && (task = take_first(&readers->first[reader->lane])) == NULL)
        pthread_cond_wait(&readers->changed, &readers->lock);
    reader->is_busy = task != NULL;
    pthread_mutex_unlock(&readers->lock);
    return task;
}

static bool is_ending(struct readers *readers)
{
    bool ending;

    pthread_mutex_lock(&readers->lock);
    ending = readers->is_ending;
    pthread_mutex_unlock(&readers->lock);
    return ending;
}

static void *answer_tasks(void *argument)
{
    struct reader *reader = argument;
    struct task *task;

    while ((task = await_task(reader)) != NULL) {
        request_answer(reader->readers->serving, reader->inventory, &task->request, &task->reply);
        if (task->reply.status == 500 && is_ending(reader->readers))
            reply_that_it_ends(&task->reply); /* nothing is wrong with the inventory */
        reader->readers->tell(task);
    }
    return NULL;
}

struct readers *readers_begin(const struct serving *serving, void (*tell)(struct task *task))
{
    struct readers *readers = calloc(1, sizeof(*readers));

    if (readers == NULL)
        return NULL;
    readers->serving = serving;
    readers->tell = tell;
    pthread_mutex_init(&readers->lock, NULL);
    pthread_cond_init(&readers->changed, NULL);
    for (size_t i = 0; i < SERVE_READERS; i++) {
        struct reader *reader = &readers->rows[i];

        *reader = (struct reader){.readers = readers, .inventory = serving->inventories[i], .lane = lanes[i]};
        if (!thread_begin(&reader->thread, answer_tasks, reader)) {
            readers_end(readers);
            readers_close(readers);
            return NULL;
        }
        readers->count++;
    }
    return readers;
}

bool readers_put(struct readers *readers, struct task *task)
{
    bool taken;

    pthread_mutex_lock(&readers->lock);
    taken = !readers->is_ending;
    if (taken) {
        add_last(&readers->first[request_lane(&task->request)], task);
        pthread_cond_broadcast(&readers->changed);
    }
    pthread_mutex_unlock(&readers->lock);
    return taken;
}

/* Ends the questions that are asked, and says whether there were any. One that begins just then is ended the
 * next time. */
static bool interrupt_all(struct readers *readers)
{
    bool is_busy = false;

    pthread_mutex_lock(&readers->lock);
    readers->is_ending = true;
    pthread_cond_broadcast(&readers->changed);
    for (size_t i = 0; i < readers->count; i++) {
        if (readers->rows[i].is_busy)
            inventory_interrupt(readers->rows[i].inventory);
        is_busy |= readers->rows[i].is_busy;
    }
    pthread_mutex_unlock(&readers->lock);
    return is_busy;
}

void readers_end(struct readers *readers)
{
    const struct timespec pause = {.tv_nsec = 1000000000 / INTERRUPTS_A_SECOND};
    struct task *task;

    while (interrupt_all(readers))
        nanosleep(&pause, NULL);
    for (size_t i = 0; i < readers->count; i++)
        pthread_join(readers->rows[i].thread, NULL);
    readers->count = 0;
    for (enum lane lane = LANE_AT_ONCE; lane < LANE_COUNT; lane++)
        while ((task = take_first(&readers->first[lane])) != NULL) {
            reply_that_it_ends(&task->reply);
            readers->tell(task);
        }
}

void readers_close(struct readers *readers)
{
    pthread_mutex_destroy(&readers->lock);
    pthread_cond_destroy(&readers->changed);
    free(readers);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* readers.h: threads that answer requests, each from a connection to the inventory of its own, so that a long
 * answer makes no other lane wait. Knows no HTTP library. */
#ifndef LASTHELLO_SERVE_READERS_H
#define LASTHELLO_SERVE_READERS_H

#include "request.h"

/* A request that waits for its answer, and then has it. It is the caller's. */
struct task {
    struct request request; /* what it points to lives until the task was told */
    struct reply reply;
    void *context; /* the caller's */
    struct task *next;
};

struct readers;
/* readers_begin starts them, with the inventories of `serving`. They call `tell` once for each task, when its
 * reply is there. NULL: no memory, or no threads. */
struct readers *readers_begin(const struct serving *serving, void (*tell)(struct task *task));
/* readers_put gives them a task, of another lane than LANE_AT_ONCE. False: they end, and it is not taken. */
bool readers_put(struct readers *readers, struct task *task);
/* readers_end gives up the answers that are being made, tells each task that still waits that the server
 * ends, and returns when no thread is left; readers_put may still be called. readers_close frees. */
void readers_end(struct readers *readers);
void readers_close(struct readers *readers);

#endif

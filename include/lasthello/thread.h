/* SPDX-License-Identifier: BSD-2-Clause */
/* thread.h: threads beside the main one. */
#ifndef LASTHELLO_THREAD_H
#define LASTHELLO_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* thread_begin starts a thread that no signal interrupts: they are the main thread's, whenever it
 * begins to wait for them. False: there is none to be had. The caller joins it. */
bool thread_begin(pthread_t *thread, void *(*run)(void *argument), void *argument);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* thread.c: threads that no signal interrupts. */
#include <lasthello/thread.h>

#include <signal.h>
#include <stddef.h>

bool thread_begin(pthread_t *thread, void *(*run)(void *argument), void *argument)
{
    sigset_t all, before;
    bool started;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(thread, NULL, run, argument) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_clients.c: looks at the inventory beside the writer, far enough apart to cost nothing. */
#include "watch_clients.h"

#include <lasthello/clock.h>
#include <lasthello/thread.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#define PAUSE_AT_LEAST_NS (10 * NANOSECONDS)
#define PAUSE_TIMES       100 /* as long as the look before took */

struct watch_clients {
    const struct client_looks *looks;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t ended;
    bool is_ending;
    char *metrics; /* of the last look; NULL: none */
};

static void look(struct watch_clients *clients)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    bool is_new;

    if (out == NULL)
        return;
    is_new = clients->looks->look(clients->looks->context, out);
    if (fclose(out) != 0 || !is_new) {
        free(text);
        return;
    }
    pthread_mutex_lock(&clients->lock);
    free(clients->metrics);
    clients->metrics = text;
    pthread_mutex_unlock(&clients->lock);
}

/* False: it is to end. */
static bool pause_for(struct watch_clients *clients, int64_t pause_ns)
{
    const int64_t until_ns = clock_ns(CLOCK_MONOTONIC) + pause_ns;
    const struct timespec until = {.tv_sec = until_ns / NANOSECONDS, .tv_nsec = until_ns % NANOSECONDS};
    bool goes_on;
    int failed = 0;

    pthread_mutex_lock(&clients->lock);
    while (!clients->is_ending && failed == 0)
        failed = pthread_cond_timedwait(&clients->ended, &clients->lock, &until);
    goes_on = !clients->is_ending;
    pthread_mutex_unlock(&clients->lock);
    return goes_on;
}

static void *look_again_and_again(void *argument)
{
    struct watch_clients *clients = argument;
    int64_t pause_ns;

    do {
        const int64_t began_ns = clock_ns(CLOCK_MONOTONIC);

        look(clients);
        pause_ns = PAUSE_TIMES * (clock_ns(CLOCK_MONOTONIC) - began_ns);
    } while (pause_for(clients, pause_ns > PAUSE_AT_LEAST_NS ? pause_ns : PAUSE_AT_LEAST_NS));
    return NULL;
}

static void set_up(struct watch_clients *clients)
{
    pthread_condattr_t monotonic;

    pthread_mutex_init(&clients->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&clients->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void watch_clients_close(struct watch_clients *clients)
{
    if (clients == NULL)
        return;
    pthread_cond_destroy(&clients->ended);
    pthread_mutex_destroy(&clients->lock);
    free(clients->metrics);
    free(clients);
}

struct watch_clients *watch_clients_begin(const struct client_looks *looks)
{
    struct watch_clients *clients = looks->look == NULL ? NULL : calloc(1, sizeof(*clients));

    if (clients == NULL)
        return NULL;
    clients->looks = looks;
    set_up(clients);
    if (thread_begin(&clients->thread, look_again_and_again, clients))
        return clients;
    watch_clients_close(clients);
    return NULL;
}

void watch_clients_end(struct watch_clients *clients)
{
    if (clients == NULL)
        return;
    pthread_mutex_lock(&clients->lock);
    clients->is_ending = true;
    pthread_cond_signal(&clients->ended);
    pthread_mutex_unlock(&clients->lock);
    clients->looks->stop(clients->looks->context);
    pthread_join(clients->thread, NULL);
}

void watch_clients_write(struct watch_clients *clients, FILE *out)
{
    if (clients == NULL)
        return;
    pthread_mutex_lock(&clients->lock);
    if (clients->metrics != NULL)
        fputs(clients->metrics, out);
    pthread_mutex_unlock(&clients->lock);
}

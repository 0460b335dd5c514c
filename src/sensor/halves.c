/* SPDX-License-Identifier: BSD-2-Clause */
/* halves.c: one-sided sessions, and whose other side another source has. */
#include "halves.h"

#include <lasthello/error.h>
#include <lasthello/hash.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS            4096
#define PAIRS_MAX       16
#define HALF_NAME_BYTES 256
#define TOGETHER_NS     (10 * NANOSECONDS) /* so far apart may the halves of a session begin */
#define CLIENT_ALONE    (1 << SIDE_CLIENT)
#define SERVER_ALONE    (1 << SIDE_SERVER)

struct half {
    uint64_t ends; /* a hash; 0: none */
    uint64_t source;
    int64_t first_ns;
    uint8_t directions;
    char name[HALF_NAME_BYTES];
};

struct pair {
    uint64_t one, other;
    char names[2][HALF_NAME_BYTES];
};

struct halves {
    pthread_mutex_t lock;
    struct hash_key key;
    struct half rows[ROWS];
    struct pair pairs[PAIRS_MAX];
    size_t pair_count;
};

struct halves *halves_open(void)
{
    struct halves *halves = calloc(1, sizeof(*halves));

    if (halves == NULL)
        return NULL;
    pthread_mutex_init(&halves->lock, NULL);
    hash_key_random(&halves->key);
    return halves;
}

void halves_close(struct halves *halves)
{
    if (halves != NULL)
        pthread_mutex_destroy(&halves->lock);
    free(halves);
}

static void add_pair(struct halves *halves, const struct half *one, const struct half *other)
{
    struct pair *pair = &halves->pairs[halves->pair_count];

    for (size_t i = 0; i < halves->pair_count; i++) {
        const struct pair *known = &halves->pairs[i];

        if ((known->one == one->source && known->other == other->source) ||
            (known->one == other->source && known->other == one->source))
            return;
    }
    if (halves->pair_count == PAIRS_MAX)
        return;
    halves->pair_count++;
    *pair = (struct pair){.one = one->source, .other = other->source};
    memcpy(pair->names[0], one->name, HALF_NAME_BYTES);
    memcpy(pair->names[1], other->name, HALF_NAME_BYTES);
}

static bool are_halves(const struct half *one, const struct half *other)
{
    const uint64_t apart = (uint64_t)one->first_ns - (uint64_t)other->first_ns + (uint64_t)TOGETHER_NS;

    return one->ends == other->ends && one->source != other->source && one->directions != other->directions &&
        apart <= 2 * (uint64_t)TOGETHER_NS;
}

void halves_note(struct halves *halves, const struct session *session, const char *source)
{
    struct half half = {.source = session->first.source, .first_ns = session->first.time_ns};
    struct half *row;

    if (halves == NULL || (session->directions != CLIENT_ALONE && session->directions != SERVER_ALONE))
        return;
    half.ends = hash_bytes(&halves->key, session->endpoints, sizeof(session->endpoints)) | 1;
    half.directions = session->directions;
    snprintf(half.name, sizeof(half.name), "%s", source);
    row = &halves->rows[half.ends / 2 % ROWS];
    pthread_mutex_lock(&halves->lock);
    if (are_halves(row, &half))
        add_pair(halves, row, &half);
    *row = half;
    pthread_mutex_unlock(&halves->lock);
}

/* Without the number of the thread: eth1#2 is eth1's. */
static int interface_len(const char *source)
{
    return (int)strcspn(source, "#");
}

void halves_tell(const struct halves *halves, bool are_files)
{
    for (size_t i = 0; halves != NULL && i < halves->pair_count; i++) {
        const char *one = halves->pairs[i].names[0], *other = halves->pairs[i].names[1];

        if (are_files)
            complain("%s and %s look like two directions of one link: read them with --tap %s+%s", one, other,
                one, other);
        else
            complain(
                "%s and %s look like two directions of one link: each session is seen twice, half of it each "
                "time; watch them with --tap %.*s+%.*s",
                one, other, interface_len(one), one, interface_len(other), other);
    }
}

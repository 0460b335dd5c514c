/* SPDX-License-Identifier: BSD-2-Clause */
/* provider_cache.c: a row is one atomic word: the key and the number of an answer. Millions of keys
 * share a few hundred answers, so each different answer is kept once and never changes. Two keys
 * are taken for one where the 53 highest bits of a keyed hash agree: nobody outside can bring that
 * about, and by chance it takes 40 bits for a key and whoever holds its row. */
#include "provider_cache.h"

#include <lasthello/hash.h>

#include <stdatomic.h>
#include <stdlib.h>

#define ROWS        8192
#define ANSWERS_MAX 2047
#define ANSWER_MASK UINT64_C(0x7ff) /* room for ANSWERS_MAX, and for 0: the row is empty */

struct cache {
    struct hash_key hash_key;
    _Atomic uint64_t rows[ROWS]; /* key without its lowest bits, and 1 + the number of its answer there */
    size_t answer_count;
    struct provided answers[ANSWERS_MAX];
};

struct asked {
    struct address address;
    uint16_t port;
    char server_name[SESSION_NAME_BYTES];
};

struct cache *cache_open(void)
{
    struct cache *cache = calloc(1, sizeof(*cache));

    if (cache != NULL)
        hash_key_random(&cache->hash_key);
    return cache;
}

void cache_close(struct cache *cache)
{
    free(cache);
}

uint64_t cache_key(const struct cache *cache, const struct endpoint *server, const char *server_name)
{
    size_t len = strnlen(server_name, SESSION_NAME_BYTES);
    struct asked asked; /* all that is hashed of it is filled in */

    asked.address = server->address;
    asked.port = server->port;
    memcpy(asked.server_name, server_name, len);
    return hash_quick(&cache->hash_key, &asked, offsetof(struct asked, server_name) + len);
}

/* The highest bits of a key choose its row, so that its lowest, which the row gives up, are not
 * lost twice. */
static size_t row_of(uint64_t key)
{
    return (size_t)(key / (UINT64_MAX / ROWS + 1));
}

const struct provided *cache_find(const struct cache *cache, uint64_t key)
{
    uint64_t row = atomic_load_explicit(&cache->rows[row_of(key)], memory_order_acquire);

    if ((row & ANSWER_MASK) == 0 || ((row ^ key) & ~ANSWER_MASK) != 0)
        return NULL;
    return &cache->answers[(row & ANSWER_MASK) - 1];
}

/* The number of an equal answer, kept before or now; ANSWERS_MAX: there is no room. */
static size_t keep(struct cache *cache, const struct provided *answer)
{
    size_t i;

    for (i = 0; i < cache->answer_count; i++)
        if (cache->answers[i].source == answer->source && strcmp(cache->answers[i].name, answer->name) == 0)
            return i;
    if (i == ANSWERS_MAX)
        return i;
    cache->answers[i] = *answer;
    cache->answer_count++;
    return i;
}

void cache_store(struct cache *cache, uint64_t key, const struct provided *answer)
{
    size_t number = keep(cache, answer);

    if (number < ANSWERS_MAX)
        atomic_store_explicit(
            &cache->rows[row_of(key)], (key & ~ANSWER_MASK) | (number + 1), memory_order_release);
}

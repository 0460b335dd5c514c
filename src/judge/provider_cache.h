/* SPDX-License-Identifier: BSD-2-Clause */
/* provider_cache.h: answers that were given before, of a fixed size, found without a lock. */
#ifndef LASTHELLO_JUDGE_PROVIDER_CACHE_H
#define LASTHELLO_JUDGE_PROVIDER_CACHE_H

#include "provider_rules.h"

struct provided {
    char name[PROVIDER_BYTES]; /* "": nothing is known */
    const char *source;        /* static storage, or NULL */
};

struct cache;
struct cache *cache_open(void); /* NULL: no memory */
void cache_close(struct cache *cache);

/* cache_key names what was asked: a server and, if not empty, the name it was called by. */
uint64_t cache_key(const struct cache *cache, const struct endpoint *server, const char *server_name);
/* cache_find: NULL where nothing is remembered. What it returns stays as it is until cache_close.
 * Any thread, any time. */
const struct provided *cache_find(const struct cache *cache, uint64_t key);
/* cache_store remembers an answer in the place of an older one. One thread at a time. */
void cache_store(struct cache *cache, uint64_t key, const struct provided *answer);

#endif

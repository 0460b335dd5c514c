/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_index.c: buckets of one cache line, two for each hash. */
#include "flow_index.h"

#define NEARLY_FULL 5 /* from here on the other bucket is chosen if it has more room */

_Static_assert(sizeof(struct index_bucket) == 64, "a bucket is a cache line");

static size_t bucket_count(size_t flow_count)
{
    size_t count = 2;

    while (count * INDEX_BUCKET_SLOTS * 2 < flow_count * 3)
        count *= 2;
    return count;
}

size_t index_bytes(size_t flow_count)
{
    return bucket_count(flow_count) * sizeof(struct index_bucket);
}

bool index_open(struct flow_index *index, size_t flow_count)
{
    *index = (struct flow_index){.mask = bucket_count(flow_count) - 1};
    if (!pool_open(&index->pool, index_bytes(flow_count), 1))
        return false;
    index->buckets = pool_take(&index->pool); /* fresh memory is zero: all free */
    return true;
}

void index_close(struct flow_index *index)
{
    pool_close(&index->pool);
}

static uint32_t tag_of(uint64_t hash)
{
    uint32_t tag = (uint32_t)(hash >> 32);

    return tag != 0 ? tag : 1;
}

static struct index_bucket *first_bucket(const struct flow_index *index, uint64_t hash)
{
    return &index->buckets[hash & index->mask];
}

static struct index_bucket *second_bucket(const struct flow_index *index, uint64_t hash)
{
    return &index->buckets[(hash ^ (tag_of(hash) * 0x9e3779b97f4a7c15u) >> 20) & index->mask];
}

static size_t find_in(const struct index_bucket *bucket, uint32_t tag, uint32_t *flows)
{
    size_t count = 0;

    for (size_t i = 0; i < INDEX_BUCKET_SLOTS; i++)
        if (bucket->tags[i] == tag)
            flows[count++] = bucket->flows[i];
    return count;
}

size_t index_find(const struct flow_index *index, uint64_t hash, uint32_t flows[static INDEX_MATCHES_MAX])
{
    const struct index_bucket *first = first_bucket(index, hash);
    size_t count = find_in(first, tag_of(hash), flows);

    return first->elsewhere == 0 ? count : count + find_in(second_bucket(index, hash), tag_of(hash), flows + count);
}

static size_t used_in(const struct index_bucket *bucket)
{
    size_t used = 0;

    for (size_t i = 0; i < INDEX_BUCKET_SLOTS; i++)
        used += bucket->tags[i] != 0;
    return used;
}

bool index_insert(struct flow_index *index, uint64_t hash, uint32_t flow)
{
    struct index_bucket *first = first_bucket(index, hash);
    struct index_bucket *second = second_bucket(index, hash);
    struct index_bucket *chosen = first;

    if (used_in(first) >= NEARLY_FULL && used_in(second) < used_in(first))
        chosen = second;
    for (size_t i = 0; i < INDEX_BUCKET_SLOTS; i++)
        if (chosen->tags[i] == 0) {
            chosen->tags[i] = tag_of(hash);
            chosen->flows[i] = flow;
            first->elsewhere += chosen != first;
            return true;
        }
    return false;
}

static bool remove_from(struct index_bucket *bucket, uint32_t tag, uint32_t flow)
{
    for (size_t i = 0; i < INDEX_BUCKET_SLOTS; i++)
        if (bucket->tags[i] == tag && bucket->flows[i] == flow) {
            bucket->tags[i] = 0;
            return true;
        }
    return false;
}

void index_remove(struct flow_index *index, uint64_t hash, uint32_t flow)
{
    struct index_bucket *first = first_bucket(index, hash);

    if (!remove_from(first, tag_of(hash), flow) && remove_from(second_bucket(index, hash), tag_of(hash), flow))
        first->elsewhere--;
}

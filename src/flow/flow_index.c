/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_index.c: buckets of one cache line, two for each hash. */
#include "flow_index.h"

#define NEARLY_FULL 5          /* from here on the other bucket is chosen if it has more room */
#define IN_SECOND   (1u << 31) /* in `flows`: the flow stands in its second bucket */

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

/* The other bucket of a flow with this tag, whichever of the two this one is. */
static struct index_bucket *other_bucket(const struct flow_index *index, const struct index_bucket *bucket,
    uint32_t tag)
{
    return &index->buckets[((uint64_t)(bucket - index->buckets) ^ (tag * 0x9e3779b97f4a7c15u) >> 20) & index->mask];
}

static size_t find_in(const struct index_bucket *bucket, uint32_t tag, uint32_t *flows)
{
    size_t count = 0;

    for (size_t i = 0; i < INDEX_BUCKET_SLOTS; i++)
        if (bucket->tags[i] == tag)
            flows[count++] = bucket->flows[i] & ~IN_SECOND;
    return count;
}

size_t index_find(const struct flow_index *index, uint64_t hash, uint32_t flows[static INDEX_MATCHES_MAX])
{
    const struct index_bucket *first = first_bucket(index, hash);
    const uint32_t tag = tag_of(hash);
    size_t count = find_in(first, tag, flows);

    return first->elsewhere == 0 ? count : count + find_in(other_bucket(index, first, tag), tag, flows + count);
}

static size_t used_in(const struct index_bucket *bucket)
{
    size_t used = 0;

    for (size_t i = 0; i < INDEX_BUCKET_SLOTS; i++)
        used += bucket->tags[i] != 0;
    return used;
}

static bool put(struct index_bucket *bucket, uint32_t tag, uint32_t flow)
{
    for (size_t i = 0; i < INDEX_BUCKET_SLOTS; i++)
        if (bucket->tags[i] == 0) {
            bucket->tags[i] = tag;
            bucket->flows[i] = flow;
            return true;
        }
    return false;
}

/* Moves one flow of a full bucket to its other bucket. */
static bool make_slot(const struct flow_index *index, struct index_bucket *bucket)
{
    for (size_t i = 0; i < INDEX_BUCKET_SLOTS; i++) {
        struct index_bucket *other = other_bucket(index, bucket, bucket->tags[i]);

        if (other == bucket || !put(other, bucket->tags[i], bucket->flows[i] ^ IN_SECOND))
            continue;
        if ((bucket->flows[i] & IN_SECOND) != 0)
            other->elsewhere--; /* home again */
        else
            bucket->elsewhere++;
        bucket->tags[i] = 0;
        return true;
    }
    return false;
}

bool index_insert(struct flow_index *index, uint64_t hash, uint32_t flow)
{
    const uint32_t tag = tag_of(hash);
    struct index_bucket *first = first_bucket(index, hash);
    struct index_bucket *second = other_bucket(index, first, tag);

    if (used_in(first) < NEARLY_FULL || used_in(second) >= used_in(first))
        return put(first, tag, flow) || (make_slot(index, first) && put(first, tag, flow));
    first->elsewhere++;
    return put(second, tag, flow | IN_SECOND);
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
    const uint32_t tag = tag_of(hash);
    struct index_bucket *first = first_bucket(index, hash);

    if (!remove_from(first, tag, flow) && remove_from(other_bucket(index, first, tag), tag, flow | IN_SECOND))
        first->elsewhere--;
}

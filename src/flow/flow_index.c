/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_index.c: buckets of one cache line, two for each hash. */
#include "flow_index.h"

#define NEARLY_FULL 5          /* from here on the other bucket is chosen if it has more room */
#define IN_SECOND   (1u << 31) /* in `flows`: the flow stands in its second bucket */
#define AT_START    256        /* buckets */

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
    *index = (struct flow_index){.mask_max = bucket_count(flow_count) - 1};
    index->mask = index->mask_max < AT_START ? index->mask_max : AT_START - 1;
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

static struct index_bucket *first_bucket(const struct flow_index *index, uint32_t tag)
{
    return &index->buckets[tag & index->mask];
}

static struct index_bucket *second_bucket(const struct flow_index *index, uint32_t tag)
{
    return &index->buckets[(tag * 0x9e3779b97f4a7c15u) >> 32 & index->mask];
}

void index_fetch(const struct flow_index *index, uint64_t hash)
{
    __builtin_prefetch(first_bucket(index, tag_of(hash)), 1);
}

static size_t find_in(const struct index_bucket *bucket, uint32_t tag, uint32_t *flows)
{
    unsigned matches = 0;
    size_t count = 0;

    for (size_t i = 0; i < INDEX_BUCKET_SLOTS; i++)
        matches |= (unsigned)(bucket->tags[i] == tag) << i;
    for (; matches != 0; matches &= matches - 1)
        flows[count++] = bucket->flows[__builtin_ctz(matches)] & ~IN_SECOND;
    return count;
}

size_t index_find(const struct flow_index *index, uint64_t hash, uint32_t flows[static INDEX_MATCHES_MAX])
{
    const uint32_t tag = tag_of(hash);
    const struct index_bucket *first = first_bucket(index, tag);
    size_t count = find_in(first, tag, flows);

    return first->elsewhere == 0 ? count : count + find_in(second_bucket(index, tag), tag, flows + count);
}

/* ---- growth ---------------------------------------------------------------------------------- */

/* A bucket's flows stay, or move to the same places of the bucket that splits off it. */
static void split_bucket(struct flow_index *index, struct index_bucket *bucket)
{
    for (size_t i = 0; i < INDEX_BUCKET_SLOTS; i++) {
        const uint32_t tag = bucket->tags[i];
        const bool in_second = (bucket->flows[i] & IN_SECOND) != 0;
        struct index_bucket *to = in_second ? second_bucket(index, tag) : first_bucket(index, tag);

        if (tag == 0)
            continue;
        first_bucket(index, tag)->elsewhere += in_second;
        if (to == bucket)
            continue;
        to->tags[i] = tag;
        to->flows[i] = bucket->flows[i];
        bucket->tags[i] = 0;
    }
}

/* A third full, nearly every flow stands in its first bucket. */
static void grow_when_needed(struct flow_index *index)
{
    const size_t buckets = index->mask + 1;

    if (index->mask == index->mask_max || index->count * 3 < buckets * INDEX_BUCKET_SLOTS)
        return;
    for (size_t i = 0; i < buckets; i++)
        index->buckets[i].elsewhere = 0;
    index->mask = 2 * buckets - 1;
    for (size_t i = 0; i < buckets; i++)
        split_bucket(index, &index->buckets[i]);
}

/* ---- insertion and removal ------------------------------------------------------------------- */

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
        const bool in_second = (bucket->flows[i] & IN_SECOND) != 0;
        const uint32_t tag = bucket->tags[i];
        struct index_bucket *other = in_second ? first_bucket(index, tag) : second_bucket(index, tag);

        if (other == bucket || !put(other, tag, bucket->flows[i] ^ IN_SECOND))
            continue;
        if (in_second)
            other->elsewhere--; /* home again */
        else
            bucket->elsewhere++;
        bucket->tags[i] = 0;
        return true;
    }
    return false;
}

static bool insert(struct flow_index *index, uint32_t tag, uint32_t flow)
{
    struct index_bucket *first = first_bucket(index, tag);
    struct index_bucket *second = second_bucket(index, tag);

    if (used_in(first) < NEARLY_FULL || used_in(second) >= used_in(first))
        return put(first, tag, flow) || (make_slot(index, first) && put(first, tag, flow));
    first->elsewhere++;
    return put(second, tag, flow | IN_SECOND);
}

bool index_insert(struct flow_index *index, uint64_t hash, uint32_t flow)
{
    grow_when_needed(index);
    if (!insert(index, tag_of(hash), flow))
        return false;
    index->count++;
    return true;
}

static bool remove_from(struct index_bucket *bucket, uint32_t tag, uint32_t flow)
{
    unsigned matches = 0;

    for (size_t i = 0; i < INDEX_BUCKET_SLOTS; i++)
        matches |= (unsigned)(bucket->tags[i] == tag && bucket->flows[i] == flow) << i;
    if (matches == 0)
        return false;
    bucket->tags[__builtin_ctz(matches)] = 0;
    return true;
}

void index_remove(struct flow_index *index, uint64_t hash, uint32_t flow)
{
    const uint32_t tag = tag_of(hash);
    struct index_bucket *first = first_bucket(index, tag);

    if (!remove_from(first, tag, flow)) {
        if (!remove_from(second_bucket(index, tag), tag, flow | IN_SECOND))
            return;
        first->elsewhere--;
    }
    index->count--;
}

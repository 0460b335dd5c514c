/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_index.h: from a connection's hash to the flows that may be its own, one cache line a bucket.
 *
 * A flow stands in one of two buckets, in the first unless that is nearly full; a bucket counts
 * those that stand in their other one, so that a look-up nearly always reads one line. Where both
 * are full, a flow in one of them is moved to its own other bucket; with a keyed hash and slots to
 * spare, that is all it ever takes. Both buckets follow from the tag, so that the index can begin
 * small, in the processor's cache, and double as flows come. */
#ifndef LASTHELLO_FLOW_INDEX_H
#define LASTHELLO_FLOW_INDEX_H

#include <lasthello/pool.h>

#define INDEX_BUCKET_SLOTS 7
#define INDEX_MATCHES_MAX  (2 * INDEX_BUCKET_SLOTS)

struct index_bucket {
    uint32_t tags[INDEX_BUCKET_SLOTS]; /* 0: free */
    uint32_t flows[INDEX_BUCKET_SLOTS];
    uint64_t elsewhere; /* flows whose first bucket this is, and that stand in the second */
};

struct flow_index {
    struct pool pool; /* one block: all buckets */
    struct index_bucket *buckets;
    size_t mask; /* of the buckets in use, */
    size_t mask_max;
    size_t count; /* flows */
};

/* index_bytes says what an index for `flow_count` flows will need. */
size_t index_bytes(size_t flow_count);
bool index_open(struct flow_index *index, size_t flow_count);
void index_close(struct flow_index *index);
/* index_fetch begins to fetch from memory what index_find will read first. */
void index_fetch(const struct flow_index *index, uint64_t hash);
/* index_find writes the flows with this hash (nearly always none or one) into `flows`, and returns
 * how many. */
size_t index_find(const struct flow_index *index, uint64_t hash, uint32_t flows[static INDEX_MATCHES_MAX]);
/* index_insert adds a flow, whose number is below 2^31. False: no slot could be had. */
bool index_insert(struct flow_index *index, uint64_t hash, uint32_t flow);
void index_remove(struct flow_index *index, uint64_t hash, uint32_t flow);

#endif

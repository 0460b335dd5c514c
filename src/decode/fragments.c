/* SPDX-License-Identifier: BSD-2-Clause */
/* fragments.c: fragments in any order, until their datagram is whole.
 *
 * A datagram is kept as blocks of 2 KiB, each with a bit for every 8 bytes that came: fragments
 * begin at multiples of 8 and, but for the last, end there. So order does not matter, and an
 * overlap is seen where it happens. */
#include "ip.h"

#include <lasthello/hash.h>
#include <lasthello/pool.h>

#include <assert.h>
#include <stdlib.h>

#define UNIT_BYTES        8
#define BLOCK_BYTES       2048
#define BLOCK_UNITS       (BLOCK_BYTES / UNIT_BYTES)
#define DATAGRAM_MAX      65535
#define BLOCKS_MAX        ((DATAGRAM_MAX + BLOCK_BYTES) / BLOCK_BYTES)
#define BLOCKS_A_DATAGRAM 2 /* most are of 3 KiB and less */
#define PARTIALS_MIN      (BLOCKS_MAX / BLOCKS_A_DATAGRAM)
#define PROTOCOL_RESERVED 255 /* the first fragment has not come */
#define GIVEN_UP_AFTER_NS (30 * NANOSECONDS)
#define JOINED_FOR_NS     (1 * NANOSECONDS) /* its fragments are copies; later, the id is used again */

struct block {
    uint64_t seen[BLOCK_UNITS / 64];
    uint8_t bytes[BLOCK_BYTES];
};

/* What the fragments of one datagram have in common. A mirror may show one of them in another VLAN. No gaps:
 * it is hashed as bytes. */
struct key {
    struct address source, destination;
    uint32_t fragment_id;
    uint32_t tunnel_id;
    uint8_t tunnel;
    uint8_t tunnel_depth;
    uint8_t version;
    uint8_t protocol; /* IPv4; IPv6 asks the first fragment for it (RFC 8200 4.5) */
};

struct partial { /* a datagram of which parts have come */
    struct key key;
    int64_t since_ns;
    bool joined;       /* it was whole: now it keeps late copies from beginning another */
    uint8_t protocol;  /* of the first fragment */
    uint32_t seen_end; /* of what has come */
    uint32_t len;      /* 0: the last fragment has not come */
    uint32_t known;    /* bytes from the start before the snapshot length took some */
    uint32_t units;    /* that have come */
    struct block *blocks[BLOCKS_MAX];
    struct partial *hash_next, *older, *younger;
};

struct queue {
    struct partial *oldest, *youngest;
};

struct fragments {
    struct fragments_counts counts;
    struct hash_key hash_key;
    struct pool partials, blocks;
    struct queue waiting, joined;
    size_t bucket_mask;
    struct partial **buckets;
    uint8_t whole[DATAGRAM_MAX + 1]; /* what fragments_join lends */
};

static size_t power_of_two(size_t least)
{
    size_t power = 1;

    while (power < least)
        power *= 2;
    return power;
}

struct fragments *fragments_open(size_t memory_bytes)
{
    const size_t each =
        sizeof(struct partial) + BLOCKS_A_DATAGRAM * sizeof(struct block) + 2 * sizeof(void *);
    struct fragments *fragments = calloc(1, sizeof(*fragments));
    size_t rest = memory_bytes > sizeof(*fragments) ? memory_bytes - sizeof(*fragments) : 0;
    size_t count = rest / each > PARTIALS_MIN ? rest / each : PARTIALS_MIN;

    if (fragments == NULL)
        return NULL;
    fragments->bucket_mask = power_of_two(count) - 1;
    fragments->buckets = calloc(fragments->bucket_mask + 1, sizeof(struct partial *));
    hash_key_random(&fragments->hash_key);
    if (fragments->buckets != NULL && pool_open(&fragments->partials, sizeof(struct partial), count) &&
        pool_open(&fragments->blocks, sizeof(struct block), count * BLOCKS_A_DATAGRAM))
        return fragments;
    fragments_close(fragments);
    return NULL;
}

void fragments_close(struct fragments *fragments)
{
    if (fragments == NULL)
        return;
    pool_close(&fragments->blocks);
    pool_close(&fragments->partials);
    free(fragments->buckets);
    free(fragments);
}

const struct fragments_counts *fragments_counts(const struct fragments *fragments)
{
    return &fragments->counts;
}

static struct key key_of(const struct datagram *datagram)
{
    return (struct key){
        .source = datagram->source,
        .destination = datagram->destination,
        .fragment_id = datagram->fragment_id,
        .tunnel_id = datagram->link.tunnel_id,
        .tunnel = (uint8_t)datagram->link.tunnel,
        .tunnel_depth = datagram->tunnel_depth,
        .version = datagram->version,
        .protocol = datagram->version == 4 ? datagram->protocol : 0,
    };
}

static struct partial **bucket_of(struct fragments *fragments, const struct key *key)
{
    static_assert(sizeof(struct key) == 44, "a gap would be hashed");
    return &fragments->buckets[hash_bytes(&fragments->hash_key, key, sizeof(*key)) & fragments->bucket_mask];
}

static void queue_add(struct queue *queue, struct partial *partial)
{
    partial->older = queue->youngest;
    partial->younger = NULL;
    if (queue->youngest != NULL)
        queue->youngest->younger = partial;
    else
        queue->oldest = partial;
    queue->youngest = partial;
}

static void queue_remove(struct queue *queue, struct partial *partial)
{
    if (partial->older != NULL)
        partial->older->younger = partial->younger;
    else
        queue->oldest = partial->younger;
    if (partial->younger != NULL)
        partial->younger->older = partial->older;
    else
        queue->youngest = partial->older;
}

static void give_blocks(struct fragments *fragments, struct partial *partial)
{
    for (size_t i = 0; i < BLOCKS_MAX; i++) {
        pool_give(&fragments->blocks, partial->blocks[i]);
        partial->blocks[i] = NULL;
    }
}

static void forget(struct fragments *fragments, struct partial *partial)
{
    struct partial **at = bucket_of(fragments, &partial->key);

    while (*at != partial)
        at = &(*at)->hash_next;
    *at = partial->hash_next;
    queue_remove(partial->joined ? &fragments->joined : &fragments->waiting, partial);
    fragments->counts.given_up += !partial->joined;
    give_blocks(fragments, partial);
    pool_give(&fragments->partials, partial);
}

/* Time may run backwards, a little in any capture and by years in a broken one. */
static bool is_over(const struct partial *partial, int64_t time_ns)
{
    uint64_t limit = partial->joined ? JOINED_FOR_NS : GIVEN_UP_AFTER_NS;
    uint64_t age = (uint64_t)time_ns - (uint64_t)partial->since_ns;

    return age > limit && -age > limit;
}

static struct partial *begin(struct fragments *fragments, const struct key *key, int64_t time_ns)
{
    struct partial **bucket = bucket_of(fragments, key);
    struct partial *partial = pool_take(&fragments->partials);

    if (partial == NULL) {
        forget(fragments,
            fragments->joined.oldest != NULL ? fragments->joined.oldest : fragments->waiting.oldest);
        partial = pool_take(&fragments->partials);
    }
    *partial = (struct partial){
        .key = *key,
        .since_ns = time_ns,
        .protocol = PROTOCOL_RESERVED,
        .known = DATAGRAM_MAX,
        .hash_next = *bucket,
    };
    *bucket = partial;
    queue_add(&fragments->waiting, partial);
    return partial;
}

static struct partial *find_or_begin(struct fragments *fragments, const struct key *key, int64_t time_ns)
{
    struct partial *partial = *bucket_of(fragments, key);

    while (partial != NULL && memcmp(&partial->key, key, sizeof(*key)) != 0)
        partial = partial->hash_next;
    if (partial != NULL && is_over(partial, time_ns)) {
        forget(fragments, partial);
        partial = NULL;
    }
    return partial != NULL ? partial : begin(fragments, key, time_ns);
}

/* The block of a unit. NULL: to make room, the datagram itself had to be given up. */
static struct block *block_of(struct fragments *fragments, struct partial *partial, size_t unit)
{
    struct block **block = &partial->blocks[unit / BLOCK_UNITS];

    while (*block == NULL) {
        struct partial *oldest = fragments->waiting.oldest;

        if ((*block = pool_take(&fragments->blocks)) != NULL) {
            memset((*block)->seen, 0, sizeof((*block)->seen));
            break;
        }
        forget(fragments, oldest);
        if (oldest == partial)
            return NULL;
    }
    return *block;
}

/* Keeps one unit, unless it came before. False if it then said something else. */
static bool keep_unit(struct partial *partial, struct block *block, size_t unit, struct bytes in)
{
    size_t within = unit % BLOCK_UNITS;
    uint64_t bit = UINT64_C(1) << within % 64;
    uint8_t *bytes = block->bytes + within * UNIT_BYTES;

    if (block->seen[within / 64] & bit) /* where the earlier copy was cut, there is nothing to compare */
        return unit * UNIT_BYTES + in.left > partial->known || in.left == 0 ||
            memcmp(bytes, in.data, in.left) == 0;
    block->seen[within / 64] |= bit;
    partial->units++;
    return bytes_copy(in, bytes, UNIT_BYTES);
}

enum kept {
    KEPT,
    KEPT_OTHERWISE, /* some of it had come with other bytes */
    KEPT_NOT,       /* there was no room for its datagram, which is gone */
};

/* Bytes that were not captured are kept as units without contents; `known` says from where on. */
static enum kept keep(struct fragments *fragments, struct partial *partial, uint32_t offset, struct bytes in,
    uint32_t len)
{
    enum kept kept = KEPT;

    for (uint32_t done = 0; done < len; done += UNIT_BYTES) {
        struct block *block = block_of(fragments, partial, (offset + done) / UNIT_BYTES);
        uint32_t unit_len = len - done < UNIT_BYTES ? len - done : UNIT_BYTES;
        struct bytes unit;

        if (block == NULL)
            return KEPT_NOT;
        if (!bytes_take(&in, in.left < unit_len ? in.left : unit_len, &unit) ||
            !keep_unit(partial, block, (offset + done) / UNIT_BYTES, unit))
            kept = KEPT_OTHERWISE;
    }
    return kept;
}

/* Where a datagram ends is said once: what lies beyond, or would shorten it, is another opinion. */
static bool end_agrees(struct partial *partial, const struct datagram *datagram, uint32_t end)
{
    if (partial->len > 0)
        return datagram->more_fragments ? end <= partial->len : end == partial->len;
    if (!datagram->more_fragments && end < partial->seen_end)
        return false;
    if (!datagram->more_fragments)
        partial->len = end;
    return true;
}

static bool is_whole(const struct partial *partial)
{
    return partial->len > 0 && partial->units == (partial->len + UNIT_BYTES - 1) / UNIT_BYTES;
}

static void join(
    struct fragments *fragments, struct partial *partial, struct datagram *datagram, int64_t time_ns)
{
    uint32_t known = partial->known < partial->len ? partial->known : partial->len;

    for (uint32_t at = 0; at < known; at += BLOCK_BYTES) {
        uint32_t len = known - at < BLOCK_BYTES ? known - at : BLOCK_BYTES;

        memcpy(fragments->whole + at, partial->blocks[at / BLOCK_BYTES]->bytes, len);
    }
    datagram->payload = (struct bytes){fragments->whole, known};
    datagram->payload_len = partial->len;
    datagram->protocol = partial->protocol;
    datagram->is_fragment = false;
    datagram->more_fragments = false;
    datagram->fragment_offset = 0;
    give_blocks(fragments, partial);
    queue_remove(&fragments->waiting, partial);
    queue_add(&fragments->joined, partial);
    partial->joined = true;
    partial->since_ns = time_ns;
    fragments->counts.joined++;
}

/* False: it cannot be part of a datagram (RFC 8200 4.5: other than the last, whole units; none
 * beyond 65,535). */
static bool is_sound(const struct datagram *datagram)
{
    uint32_t len = datagram->payload_len;

    return len > 0 && len <= DATAGRAM_MAX && datagram->fragment_offset + len <= DATAGRAM_MAX &&
        (!datagram->more_fragments || len % UNIT_BYTES == 0);
}

static bool add(struct fragments *fragments, struct partial *partial, struct datagram *datagram)
{
    uint32_t offset = datagram->fragment_offset, len = datagram->payload_len;
    enum kept kept;

    if (!end_agrees(partial, datagram, offset + len)) {
        fragments->counts.overlaps++;
        return false;
    }
    kept = keep(fragments, partial, offset, datagram->payload, len);
    if (kept == KEPT_NOT)
        return false;
    fragments->counts.overlaps += kept == KEPT_OTHERWISE;
    if (offset == 0 && partial->protocol == PROTOCOL_RESERVED)
        partial->protocol = datagram->protocol;
    if (datagram->payload.left < len && partial->known > offset + datagram->payload.left)
        partial->known = offset + (uint32_t)datagram->payload.left;
    if (partial->seen_end < offset + len)
        partial->seen_end = offset + len;
    return is_whole(partial);
}

static void forget_old(struct fragments *fragments, struct queue *queue, int64_t time_ns)
{
    while (queue->oldest != NULL && is_over(queue->oldest, time_ns))
        forget(fragments, queue->oldest);
}

void fragments_flush(struct fragments *fragments)
{
    while (fragments->waiting.oldest != NULL)
        forget(fragments, fragments->waiting.oldest);
    while (fragments->joined.oldest != NULL)
        forget(fragments, fragments->joined.oldest);
}

bool fragments_join(struct fragments *fragments, struct datagram *datagram, int64_t time_ns)
{
    struct partial *partial;
    struct key key;

    if (!datagram->is_fragment)
        return true;
    if (!is_sound(datagram))
        return false;
    forget_old(fragments, &fragments->waiting, time_ns);
    forget_old(fragments, &fragments->joined, time_ns);
    key = key_of(datagram);
    partial = find_or_begin(fragments, &key, time_ns);
    if (partial->joined || !add(fragments, partial, datagram))
        return false;
    join(fragments, partial, datagram, time_ns);
    /* what follows the fragments' header is read only now: the first one need not have had all of
     * it. Where that fails the protocol stays the extension's, and is none of TCP or a tunnel */
    ip_extensions(datagram);
    return true;
}

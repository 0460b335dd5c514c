/* SPDX-License-Identifier: BSD-2-Clause */
/* hash.h: SipHash (Aumasson and Bernstein, 2012), the keyed hash of the tables and of the inventory.
 *
 * With a random key nobody outside can choose packets that collide in a table (hash flooding).
 * With the zero key the result is stable across runs and machines, and serves as a name for content:
 * the inventory's row ids are such names, so that inventories of several sensors merge by union. */
#ifndef LASTHELLO_HASH_H
#define LASTHELLO_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
    uint64_t words[2];
};

extern const struct hash_key hash_key_zero;

/* hash_key_random fills the key from the kernel. */
void hash_key_random(struct hash_key *key);

/* hash_bytes is SipHash-1-3 of `len` bytes at `data`. */
uint64_t hash_bytes(const struct hash_key *key, const void *data, size_t len);

/* hash_pair is SipHash-1-3 of the 15 bytes of two numbers, the second below 2^56, which never have
 * to be in memory. */
uint64_t hash_pair(const struct hash_key *key, uint64_t first, uint64_t second);

/* hash_quick is a third of that work, for tables in memory that are asked for each packet or session:
 * products of pairs of words, with the key in them. Whoever does not know the key cannot choose what
 * collides; but nothing is known of what a hash tells about its key, so none is ever shown or stored.
 * _pair is of two words. */
uint64_t hash_quick(const struct hash_key *key, const void *data, size_t len);

__extension__ typedef unsigned __int128 hash_product;

/* hash_fold is the product of two words, its halves upon each other. */
static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
    const hash_product product = (hash_product)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_quick_pair(const struct hash_key *key, uint64_t first, uint64_t second)
{
    return hash_fold(hash_fold(first ^ key->words[0], second ^ key->words[1]) ^ key->words[1],
        0x9e3779b97f4a7c15);
}

/* hash_mix takes one more word into a running hash, without a key: fast, where nobody gains by a
 * collision. Two different words never lead from one state to the same. */
static inline uint64_t hash_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15; /* odd */
    return hash ^ hash >> 29;
}

#endif

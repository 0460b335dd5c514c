/* SPDX-License-Identifier: BSD-2-Clause */
/* hash.c: SipHash-1-3: one round a word, three at the end. */
#include <lasthello/hash.h>

#include <endian.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

const struct hash_key hash_key_zero = {{0, 0}};

struct siphash {
    uint64_t v0, v1, v2, v3;
};

void hash_key_random(struct hash_key *key)
{
    /* up to 256 bytes are never interrupted and never short once the kernel has seeded (getrandom(2)) */
    if (getrandom(key->words, sizeof(key->words), 0) != (ssize_t)sizeof(key->words))
        *key = (struct hash_key){{(uint64_t)getpid(), (uint64_t)(uintptr_t)key}};
}

static inline uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void siphash_round(struct siphash *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static inline void siphash_word(struct siphash *s, uint64_t word)
{
    s->v3 ^= word;
    siphash_round(s);
    s->v0 ^= word;
}

/* Little-endian on every machine, so that stored names of content travel. */
static inline uint64_t load_word(const uint8_t *data)
{
    uint64_t word;

    memcpy(&word, data, sizeof(word));
    return le64toh(word);
}

/* The last `left` bytes (at most 7) of `len`. */
static inline uint64_t load_rest(const uint8_t *rest, size_t left, size_t len)
{
    uint64_t word = 0;

    if (left == 0)
        return 0;
    if (len >= 8) /* in one load, of which the bytes that were hashed already are shifted out */
        return load_word(rest + left - 8) >> (64 - 8 * left);
    for (size_t i = 0; i < left; i++)
        word |= (uint64_t)rest[i] << (8 * i);
    return word;
}

static inline struct siphash siphash_begin(const struct hash_key *key)
{
    return (struct siphash){
        .v0 = key->words[0] ^ 0x736f6d6570736575,
        .v1 = key->words[1] ^ 0x646f72616e646f6d,
        .v2 = key->words[0] ^ 0x6c7967656e657261,
        .v3 = key->words[1] ^ 0x7465646279746573,
    };
}

/* `last` holds the bytes that make no whole word, and in its highest byte the length of all. */
static inline uint64_t siphash_end(struct siphash *s, uint64_t last)
{
    siphash_word(s, last);
    s->v2 ^= 0xff;
    for (int round = 0; round < 3; round++)
        siphash_round(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t hash_bytes(const struct hash_key *key, const void *data, size_t len)
{
    struct siphash s = siphash_begin(key);
    const uint8_t *rest = data;
    size_t left = len;

    for (; left >= 8; left -= 8, rest += 8)
        siphash_word(&s, load_word(rest));
    return siphash_end(&s, load_rest(rest, left, len) | (uint64_t)len << 56);
}

uint64_t hash_pair(const struct hash_key *key, uint64_t first, uint64_t second)
{
    struct siphash s = siphash_begin(key);

    siphash_word(&s, first);
    return siphash_end(&s, second | (uint64_t)15 << 56);
}

/* The last `left` bytes, 1 to 16, of `len`, as two words that may share bytes. */
static inline void load_tail(const uint8_t *rest, size_t left, size_t len, uint64_t words[2])
{
    uint8_t padded[16] = {0};

    if (len >= sizeof(padded))
        rest -= sizeof(padded) - left;
    else
        rest = memcpy(padded, rest, left);
    words[0] = load_word(rest);
    words[1] = load_word(rest + 8);
}

uint64_t hash_quick(const struct hash_key *key, const void *data, size_t len)
{
    uint64_t hash = key->words[0] ^ len, words[2];
    const uint8_t *rest = data;
    size_t left = len;

    for (; left > 16; left -= 16, rest += 16)
        hash = hash_fold(load_word(rest) ^ key->words[1], load_word(rest + 8) ^ hash);
    if (left > 0) {
        load_tail(rest, left, len, words);
        hash = hash_fold(words[0] ^ key->words[1], words[1] ^ hash);
    }
    return hash_fold(hash ^ key->words[1], 0x9e3779b97f4a7c15);
}

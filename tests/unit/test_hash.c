/* SPDX-License-Identifier: BSD-2-Clause */
/* The keyed hash: a name for content without a key; with one, nobody outside knows what will collide. */
#include "test.h"

#include <lasthello/hash.h>

#define INPUTS     4096
#define BUCKET_LOW 0xff

/* Inputs that differ in a counter only, as ports and addresses of an attacker's choice do. */
static uint64_t hash_of(const struct hash_key *key, uint32_t number)
{
    const uint32_t input[3] = {number, ~number, number << 16};

    return hash_bytes(key, input, sizeof(input));
}

/* PYTHONHASHSEED=0 python3.11 -c 'print(hex(hash(bytes(range(N))) % 2**64))': SipHash-1-3 with the zero key, by
 * others */
static void with_the_zero_key_it_is_siphash_as_others_compute_it(void **state)
{
    static const struct {
        size_t len;
        uint64_t hash;
    } rows[] = {
        {1, 0x68a914128e01e473},
        {7, 0x2f098ab0c751325a},
        {8, 0xead411e67ebe2eea},
        {15, 0xf30eb725bb91c9ea},
        {33, 0x7fb71d24dfa4c9f6},
    };
    uint8_t input[33];

    (void)state;
    for (size_t i = 0; i < sizeof(input); i++)
        input[i] = (uint8_t)i;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_true(hash_bytes(&hash_key_zero, input, rows[i].len) == rows[i].hash);
}

static void every_table_draws_its_own_key(void **state)
{
    struct hash_key one, other;

    (void)state;
    hash_key_random(&one);
    hash_key_random(&other);
    assert_memory_not_equal(&one, &other, sizeof(one));
    assert_memory_not_equal(&one, &hash_key_zero, sizeof(one));
}

static void what_collides_under_one_key_does_not_under_another(void **state)
{
    const struct hash_key known = {{1, 2}}, secret = {{3, 4}};
    int chosen = 0, collide = 0;

    (void)state;
    for (uint32_t i = 0; i < INPUTS; i++) {
        if ((hash_of(&known, i) & BUCKET_LOW) != 0)
            continue;
        chosen++;
        collide += (hash_of(&secret, i) & BUCKET_LOW) == 0;
    }
    assert_between(chosen, 2, INPUTS / 64); /* 16 are expected */
    assert_between(collide, 0, chosen / 2);
}

/* Whatever its length: no byte is left out, none behind the end counts, and where it lies does not matter. */
static void the_quick_one_takes_each_byte_and_no_other(void **state)
{
    const struct hash_key key = {{0x0123456789abcdef, 0xfedcba9876543210}};
    uint8_t input[80] = {0}, moved[sizeof(input) + 1];

    (void)state;
    for (size_t len = 0; len < 64; len++) {
        const uint64_t hash = hash_quick(&key, input, len);

        memcpy(moved + 1, input, sizeof(input));
        assert_true(hash_quick(&key, moved + 1, len) == hash);
        assert_true(hash_quick(&key, input, len + 1) != hash);
        for (size_t at = 0; at < sizeof(input); at++) {
            moved[1 + at] ^= 0x20;
            assert_int_equal(hash_quick(&key, moved + 1, len) == hash, at >= len);
            moved[1 + at] ^= 0x20;
        }
    }
}

/* Ports and addresses of an attacker's choice fill all buckets alike, by their low bits and by their high ones. */
static void the_quick_one_spreads_what_counts_up(void **state)
{
    const struct hash_key key = {{0x0123456789abcdef, 0xfedcba9876543210}};
    unsigned low[256] = {0}, high[256] = {0};

    (void)state;
    for (uint64_t port = 0; port < 65536; port++) {
        const uint64_t hash = hash_quick_pair(&key, UINT64_C(0x0a000001) << 16 | port, UINT64_C(0x0a090003) << 16 | 993);

        low[hash & 0xff]++;
        high[hash >> 56]++;
    }
    for (size_t i = 0; i < COUNT_OF(low); i++) { /* 256 are expected */
        assert_between(low[i], 128, 512);
        assert_between(high[i], 128, 512);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_the_zero_key_it_is_siphash_as_others_compute_it),
        cmocka_unit_test(every_table_draws_its_own_key),
        cmocka_unit_test(what_collides_under_one_key_does_not_under_another),
        cmocka_unit_test(the_quick_one_takes_each_byte_and_no_other),
        cmocka_unit_test(the_quick_one_spreads_what_counts_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

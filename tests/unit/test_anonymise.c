/* SPDX-License-Identifier: BSD-2-Clause */
/* Others in the place of addresses and names: one to one, network by network, of the same kind. */
#include "test.h"

#include <lasthello/anonymise.h>

#include <unistd.h>

static const struct hash_key key = {{1, 2}}, other_key = {{3, 4}};

static struct address mapped(const char *text)
{
    struct address address;

    assert_true(address_read(text, &address));
    anonymise_address(&key, &address);
    return address;
}

static unsigned common_bits(const struct address *one, const struct address *other)
{
    unsigned bits = 0;

    while (bits < ADDRESS_BITS && ((one->octets[bits / 8] ^ other->octets[bits / 8]) & 0x80 >> bits % 8) == 0)
        bits++;
    return bits;
}

/* Crypto-PAn's property: two addresses share as many bits after it as before. */
static void addresses_of_a_network_stay_in_one(void **state)
{
    static const struct {
        const char *one, *other;
    } rows[] = {
        {"10.1.4.17", "10.1.4.18"},
        {"10.1.4.17", "10.1.5.17"},
        {"10.1.4.17", "10.200.0.1"},
        {"192.168.1.1", "192.168.200.1"},
        {"2001:db8::1", "2001:db8::2"},
        {"2001:db8::1", "2001:db8:1::1"},
        {"fe80::1", "fe80::2"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct address one = mapped(rows[i].one), other = mapped(rows[i].other);
        struct address plain_one, plain_other;

        address_read(rows[i].one, &plain_one);
        address_read(rows[i].other, &plain_other);
        assert_int_equal(common_bits(&one, &other), common_bits(&plain_one, &plain_other));
        assert_memory_not_equal(&one, &plain_one, sizeof(one));
    }
}

static void ipv4_stays_ipv4_and_private_stays_private(void **state)
{
    static const struct {
        const char *network;
        const char *inside;
    } rows[] = {
        {"10.0.0.0/8", "10.1.4.17"},
        {"172.16.0.0/12", "172.20.1.1"},
        {"192.168.0.0/16", "192.168.7.7"},
        {"127.0.0.0/8", "127.0.0.1"},
        {"169.254.0.0/16", "169.254.1.1"},
        {"fc00::/7", "fd00::1"},
        {"fe80::/10", "fe80::1"},
        {"2000::/3", "2001:db8::1"},
        {"0.0.0.0/0", "198.51.100.1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct address address = mapped(rows[i].inside);
        struct network network;

        assert_true(network_read(rows[i].network, &network));
        assert_true(network_holds(&network, &address));
    }
}

/* All of 11.0.0.0/16, next to a private network, where a walk is likeliest; none twice, none private. */
static void no_two_become_one_and_none_becomes_private(void **state)
{
    static uint8_t seen[1 << 16];
    struct network private;
    struct address address;

    (void)state;
    memset(seen, 0, sizeof(seen));
    assert_true(network_read("10.0.0.0/8", &private));
    for (unsigned i = 0; i < 1 << 16; i++) {
        address = (struct address){{[10] = 0xff, [11] = 0xff, 11, 0, (uint8_t)(i >> 8), (uint8_t)i}};
        anonymise_address(&key, &address);
        assert_false(network_holds(&private, &address));
        assert_int_equal(seen[address.octets[14] << 8 | address.octets[15]]++, 0);
    }
}

static void a_text_has_nothing_of_what_it_was_and_is_always_the_same(void **state)
{
    char one[ANONYMOUS_BYTES], again[ANONYMOUS_BYTES], other[ANONYMOUS_BYTES];

    (void)state;
    anonymise_text(&key, "name", "Imap.Example.NET", one);
    assert_string_equal(anonymise_text(&key, "name", "imap.example.net", again), one);
    assert_int_equal(strncmp(one, "name-", 5), 0);
    assert_int_equal(strlen(one), 5 + 12);
    assert_string_not_equal(anonymise_text(&other_key, "name", "imap.example.net", other), one);
    assert_string_not_equal(anonymise_text(&key, "name", "imap2.example.net", other), one);
    anonymise_text(&key, "mac", "00-00-5E-00-53-01", one);
    assert_int_equal(strlen(one), 17);
    assert_int_equal(strncmp(one, "02-", 3), 0);
    anonymise_text(&key, "host", "10.1.4.17", one);
    assert_int_equal(strncmp(one, "10.", 3), 0);
}

static void a_key_file_makes_the_same_key_again(void **state)
{
    char folder[SCRATCH_BYTES], path[SCRATCH_BYTES + 16];
    struct hash_key one, other;
    const char *reason;
    FILE *out;

    (void)state;
    assert_true(make_scratch("key", folder));
    snprintf(path, sizeof(path), "%s/k", folder);
    assert_false(anonymise_key_read(path, &one, &reason));
    out = fopen(path, "w");
    fputs("0123456789abcde", out);
    fclose(out);
    assert_false(anonymise_key_read(path, &one, &reason));
    assert_non_null(strstr(reason, "16 bytes"));
    out = fopen(path, "a");
    fputs("f", out);
    fclose(out);
    assert_true(anonymise_key_read(path, &one, &reason));
    assert_true(anonymise_key_read(path, &other, &reason));
    assert_memory_equal(&one, &other, sizeof(one));
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_a_network_stay_in_one),
        cmocka_unit_test(ipv4_stays_ipv4_and_private_stays_private),
        cmocka_unit_test(no_two_become_one_and_none_becomes_private),
        cmocka_unit_test(a_text_has_nothing_of_what_it_was_and_is_always_the_same),
        cmocka_unit_test(a_key_file_makes_the_same_key_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

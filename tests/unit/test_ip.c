/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 and IPv6 headers: options, extensions, lengths that are missing or lie. */
#include "decoding.h"

#define RAW       101
#define ADDRESSES "0a000001 0a000002 "
#define IPV6(len, next) \
    "60000000 " len " " next " 40 20010db8000000000000000000000001 20010db8000000000000000000000002 "

static const struct {
    const char *promise;
    const char *hex;
} rows[] = {
    {"IPv4", IPV4_TCP},
    {"IPv4 with options", "46 00 0030 0001 0000 40 06 0000 " ADDRESSES "94040000" TCP},
    {"IPv4 with all the options there can be",
        "4f 00 0054 0001 0000 40 06 0000 " ADDRESSES "01010101 01010101 01010101 01010101 01010101 01010101 01010101 01010101 01010101 01010101" TCP},
    {"IPv4, do not fragment, is no fragment", "45 00 002c 0001 4000 40 06 0000 " ADDRESSES TCP},
    {"IPv4 with a length of 0", "45 00 0000 0001 0000 40 06 0000 " ADDRESSES TCP},
    {"IPv4, padding of the frame is no payload", IPV4_TCP "00000000"},
    {"IPv4, authentication header",
        "45 00 0044 0001 0000 40 33 0000 " ADDRESSES "06 04 0000 00000001 00000001 0102030405060708090a0b0c" TCP},
    {"IPv6", IPV6_TCP},
    {"IPv6, padding of the frame is no payload", IPV6_TCP "0000"},
    {"IPv6 with a length of 0", IPV6("0000", "06") TCP},
    {"hop-by-hop options", IPV6("0020", "00") "06 00 05 02 0000 01 00" TCP},
    {"destination options of 16 bytes", IPV6("0028", "3c") "06 01 01 0c 000000000000000000000000" TCP},
    {"routing, no segments left", IPV6("0020", "2b") "06 00 00 00 00000000" TCP},
    {"an atomic fragment", IPV6("0020", "2c") "06 00 0000 00000001" TCP},
    {"authentication header", IPV6("0030", "33") "06 04 0000 00000001 00000001 0102030405060708090a0b0c" TCP},
    {"mobility", IPV6("0020", "87") "06 00 00 00 0000 0000" TCP},
    {"several",
        IPV6("0038", "00") "2b 00 01 04 00000000 3c 00 00 00 00000000 2c 00 01 04 00000000 06 00 0000 00000001" TCP},
    {"a jumbogram says its length in an option", IPV6("0000", "00") "06 00 c2 04 00000020" TCP "0000"},
};

static void whatever_stands_before_it_the_segment_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct decoding decoding;

        print_message("# %s\n", rows[i].promise);
        decoding_hex(&decoding, RAW, rows[i].hex);
        assert_is_the_segment(&decoding);
        assert_false(decoding.datagram.is_fragment);
        decoding_end(&decoding);
    }
}

static void cut_anywhere_less_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        print_message("# %s\n", rows[i].promise);
        assert_cut_anywhere_is_less(RAW, rows[i].hex);
    }
}

static void lengths_that_lie_are_malformed(void **state)
{
    static const char *const liars[] = {
        "44 00 002c 0001 0000 40 06 0000 " ADDRESSES TCP,           /* header below 20 bytes */
        "45 00 0013 0001 0000 40 06 0000 " ADDRESSES TCP,           /* total below the header */
        "4f 00 002c 0001 0000 40 06 0000 " ADDRESSES TCP,           /* options beyond the total */
        IPV6("0008", "00") "06 01 0000 0000 0000 0000000000000000", /* an extension beyond the payload */
        IPV6("0004", "2c") "06 00 0000",                            /* too short for any */
        IPV6("0018", "33") "06 ff 0000 00000000 0000000000000000 0000000000000000",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(liars); i++) {
        struct decoding decoding;

        decoding_hex(&decoding, RAW, liars[i]);
        assert_int_equal(decoding.decoded, DECODED_MALFORMED);
        decoding_end(&decoding);
    }
}

static void the_wrong_version_is_malformed(void **state)
{
    struct decoding decoding;

    (void)state;
    decoding_hex(&decoding, 228, IPV6_TCP);
    assert_int_equal(decoding.decoded, DECODED_MALFORMED);
    decoding_end(&decoding);
    decoding_hex(&decoding, 229, IPV4_TCP "00000000");
    assert_int_equal(decoding.decoded, DECODED_MALFORMED);
    decoding_end(&decoding);
}

static void a_chain_of_extensions_ends(void **state)
{
    struct decoding decoding;

    (void)state;
    decoding_hex(&decoding, RAW, IPV6("0098", "3c") /* sixteen, then TCP */
        "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 "
        "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 "
        "3c00000000000000 3c00000000000000 3c00000000000000 0600000000000000" TCP);
    assert_is_the_segment(&decoding);
    decoding_end(&decoding);
    decoding_hex(&decoding, RAW, IPV6("00a0", "3c") /* one more */
        "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 "
        "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 "
        "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 0600000000000000" TCP);
    assert_int_equal(decoding.decoded, DECODED_MALFORMED);
    decoding_end(&decoding);
}

/* The header's address is the next stop. */
static void the_destination_is_the_end_of_the_route(void **state)
{
    static const char *const routes[] = {
        /* type 0, two left: the last address */
        IPV6("0040", "2b") "06 04 00 02 00000000 20010db80000000000000000000000aa 20010db80000000000000000000000ff" TCP,
        /* type 2, mobile IPv6: the only address */
        IPV6("0030", "2b") "06 02 02 01 00000000 20010db80000000000000000000000ff" TCP,
        /* type 4, segment routing: the first address */
        IPV6("0040", "2b") "06 04 04 01 01000000 20010db80000000000000000000000ff 20010db80000000000000000000000aa" TCP,
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        struct decoding decoding;

        decoding_hex(&decoding, RAW, routes[i]);
        assert_is_the_segment(&decoding);
        assert_int_equal(decoding.segment.destination.address.octets[15], 0xff);
        decoding_end(&decoding);
    }
}

static void a_super_segment_of_64_kib_is_read_whole(void **state)
{
    static uint8_t packet[20 + 20 + 100000];
    uint8_t header[HEX_BYTES_MAX];
    struct decoding decoding;

    (void)state;
    memcpy(packet, header, hex_read("45 00 ffff 0001 0000 40 06 0000 " ADDRESSES TCP, header));
    decoding_begin(&decoding, RAW, packet, sizeof(packet), sizeof(packet));
    decoding_run(&decoding);
    assert_int_equal(decoding.segment.payload.left, 65535 - 40);
    decoding_end(&decoding);
    memset(packet + 2, 0, 2); /* over 64 KiB the length is left 0 */
    decoding_begin(&decoding, RAW, packet, sizeof(packet), sizeof(packet));
    decoding_run(&decoding);
    assert_int_equal(decoding.segment.payload_len, 100000);
    decoding_end(&decoding);
}

/* The segment of 4 bytes whose IP names more: what is beyond the frame was sent by nobody. */
static void a_length_beyond_the_frame_ends_with_the_frame(void **state)
{
    static const struct {
        const char *promise;
        const char *hex;
        size_t cut; /* bytes of the frame that were not captured */
        uint32_t payload_len;
    } beyond[] = {
        {"IPv4", "45 00 1028 0001 0000 40 06 0000 " ADDRESSES TCP, 0, 4},
        {"IPv4, the largest length", "45 00 ffff 0001 0000 40 06 0000 " ADDRESSES TCP, 0, 4},
        {"IPv4 with options", "46 00 1028 0001 0000 40 06 0000 " ADDRESSES "94040000" TCP, 0, 4},
        {"IPv4, cut by the snapshot length, too", "45 00 1028 0001 0000 40 06 0000 " ADDRESSES TCP, 100, 104},
        {"IPv4, all of it cut by the snapshot length", "45 00 0090 0001 0000 40 06 0000 " ADDRESSES TCP, 100, 104},
        {"IPv6", IPV6("1000", "06") TCP, 0, 4},
        {"IPv6, cut by the snapshot length, too", IPV6("1000", "06") TCP, 100, 104},
        {"IPv6 with an extension", IPV6("1000", "00") "06 00 05 02 0000 01 00" TCP, 0, 4},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(beyond); i++) {
        uint8_t bytes[HEX_BYTES_MAX];
        size_t len = hex_read(beyond[i].hex, bytes);
        struct decoding decoding;

        print_message("# %s\n", beyond[i].promise);
        decoding_begin(&decoding, RAW, bytes, len, len + beyond[i].cut);
        decoding_run(&decoding);
        assert_int_equal(decoding.decoded, DECODED_YES);
        assert_int_equal(decoding.segment.payload.left, 4);
        assert_int_equal(decoding.segment.payload_len, beyond[i].payload_len);
        decoding_end(&decoding);
    }
}

static void a_fragment_says_where_it_belongs(void **state)
{
    static const struct {
        const char *hex;
        bool more;
        uint16_t offset;
        uint32_t id;
    } fragments[] = {
        {"45 00 002c 1234 2000 40 06 0000 " ADDRESSES TCP, true, 0, 0x1234},
        {"45 00 002c 1234 2003 40 06 0000 " ADDRESSES TCP, true, 24, 0x1234},
        {"45 00 002c 1234 1fff 40 06 0000 " ADDRESSES TCP, false, 65528, 0x1234},
        {IPV6("0020", "2c") "06 00 0001 12345678" TCP, true, 0, 0x12345678},
        {IPV6("0020", "2c") "06 00 0018 12345678" TCP, false, 24, 0x12345678},
        {IPV6("0028", "3c") "2c 00 000000000000 06 00 fff8 12345678" TCP, false, 65528, 0x12345678},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(fragments); i++) {
        struct decoding decoding;

        decoding_hex(&decoding, RAW, fragments[i].hex);
        assert_true(decoding.datagram.is_fragment);
        assert_int_equal(decoding.datagram.more_fragments, fragments[i].more);
        assert_int_equal(decoding.datagram.fragment_offset, fragments[i].offset);
        assert_int_equal(decoding.datagram.fragment_id, fragments[i].id);
        assert_int_equal(decoding.datagram.protocol, 6);
        assert_int_equal(decoding.datagram.payload_len, 24);
        decoding_end(&decoding);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_stands_before_it_the_segment_is_found),
        cmocka_unit_test(cut_anywhere_less_is_known),
        cmocka_unit_test(lengths_that_lie_are_malformed),
        cmocka_unit_test(the_wrong_version_is_malformed),
        cmocka_unit_test(a_chain_of_extensions_ends),
        cmocka_unit_test(the_destination_is_the_end_of_the_route),
        cmocka_unit_test(a_super_segment_of_64_kib_is_read_whole),
        cmocka_unit_test(a_length_beyond_the_frame_ends_with_the_frame),
        cmocka_unit_test(a_fragment_says_where_it_belongs),
    };

    return cmocka_run_group_tests_name("ip", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The TCP header. */
#include "decoding.h"

#define RAW 101
/* IPv4 with room for 24 bytes: a TCP header of 20 and 4 of payload */
#define BEFORE IPV4 "c350 03e1 00000001 00000002 "

static struct decoding decode_captured(const char *hex, size_t captured)
{
    uint8_t bytes[HEX_BYTES_MAX];
    size_t len = hex_read(hex, bytes);
    struct decoding decoding;

    decoding_begin(&decoding, RAW, bytes, captured, len);
    decoding_run(&decoding);
    decoding_end(&decoding); /* only numbers are looked at */
    return decoding;
}

static void every_field_stands_where_the_rfc_says(void **state)
{
    struct decoding decoding;

    (void)state;
    decoding_hex(&decoding, RAW, IPV4 "c350 03e1 01020304 05060708 50 12 0a0b 0000 0000 deadbeef");
    assert_int_equal(decoding.decoded, DECODED_YES);
    assert_int_equal(decoding.segment.sequence, 0x01020304);
    assert_int_equal(decoding.segment.acknowledgement, 0x05060708);
    assert_int_equal(decoding.segment.flags, SEGMENT_SYN | SEGMENT_ACK);
    assert_int_equal(decoding.segment.window, 0x0a0b);
    assert_true(address_is_v4(&decoding.segment.source.address));
    assert_memory_equal(decoding.segment.source.address.octets + 12, "\x0a\x00\x00\x01", 4);
    assert_memory_equal(decoding.segment.destination.address.octets + 12, "\x0a\x00\x00\x02", 4);
    assert_int_equal(decoding.segment.time_ns, 7);
    assert_int_equal(decoding.segment.number, 9);
    decoding_end(&decoding);
}

static void flags_are_those_that_have_a_name(void **state)
{
    (void)state;
    assert_int_equal(decode_captured(BEFORE "50 ff 0100 0000 0000 deadbeef", 44).segment.flags, 0x1f);
    assert_int_equal(decode_captured(BEFORE "5f c2 0100 0000 0000 deadbeef", 44).segment.flags, SEGMENT_SYN);
}

static void a_header_that_does_not_fit_is_malformed(void **state)
{
    static const struct {
        const char *hex;
        enum decoded decoded;
        uint32_t payload_len;
    } rows[] = {
        {BEFORE "00 10 0100 0000 0000 deadbeef", DECODED_MALFORMED, 0},
        {BEFORE "40 10 0100 0000 0000 deadbeef", DECODED_MALFORMED, 0},
        {BEFORE "50 10 0100 0000 0000 deadbeef", DECODED_YES, 4},
        {BEFORE "60 10 0100 0000 0000 deadbeef", DECODED_YES, 0},
        {BEFORE "70 10 0100 0000 0000 deadbeef", DECODED_MALFORMED, 0},
        {BEFORE "f0 10 0100 0000 0000 deadbeef", DECODED_MALFORMED, 0},
        {"45 00 0027 0001 0000 40 06 0000 0a000001 0a000002" TCP, DECODED_MALFORMED, 0}, /* 19 bytes */
        {"45 00 0014 0001 0000 40 06 0000 0a000001 0a000002", DECODED_MALFORMED, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct decoding decoding;

        decoding_hex(&decoding, RAW, rows[i].hex);
        assert_int_equal(decoding.decoded, rows[i].decoded);
        if (rows[i].decoded == DECODED_YES)
            assert_int_equal(decoding.segment.payload_len, rows[i].payload_len);
        decoding_end(&decoding);
    }
}

/* 20 bytes of IPv4, 32 of TCP with time stamps, 8 of payload */
#define STAMPED                                          \
    "45 00 003c 0001 0000 40 06 0000 0a000001 0a000002 " \
    "c350 03e1 00000001 00000002 80 18 0100 0000 0000 0101080a 00000001 00000002 deadbeefdeadbeef"

static void what_the_snapshot_took_is_a_gap(void **state)
{
    static const struct {
        size_t captured;
        enum decoded decoded;
        size_t left;
    } rows[] = {
        {60, DECODED_YES, 8},
        {59, DECODED_YES, 7},
        {52, DECODED_YES, 0},
        {51, DECODED_YES, 0}, /* inside the options */
        {40, DECODED_YES, 0},
        {36, DECODED_YES, 0}, /* all but checksum and urgent pointer */
        {35, DECODED_CUT_SHORT, 0},
        {24, DECODED_CUT_SHORT, 0},
        {20, DECODED_CUT_SHORT, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct decoding decoding = decode_captured(STAMPED, rows[i].captured);

        assert_int_equal(decoding.decoded, rows[i].decoded);
        if (rows[i].decoded != DECODED_YES)
            continue;
        assert_int_equal(decoding.segment.payload.left, rows[i].left);
        assert_int_equal(decoding.segment.payload_len, 8);
    }
}

/* A TCP header without options by its flags, in IPv4 of that length. */
#define SHORT(len, flags)                                   \
    "45 00 " len " 0001 0000 40 06 0000 0a000001 0a000002 " \
    "c350 03e1 00000001 00000002 50 " flags " 0100 0000 0000 "
#define SYN_WITH_MSS \
    "45 00 002e 0001 0000 40 06 0000 0a000001 0a000002 c350 03e1 00000001 00000000 60 02 0100 0000 0000 020405b4 "
#define IPV6_ACK                                                                             \
    "60000000 001a 06 40 20010db8000000000000000000000001 20010db8000000000000000000000002 " \
    "c350 03e1 00000001 00000002 50 10 0100 0000 0000 "

/* The smallest Ethernet frame holds 46 bytes of IP: 20 of IPv4, 20 of TCP, 6 more. */
static void zeros_that_fill_the_smallest_frame_are_no_payload(void **state)
{
    static const struct {
        const char *promise;
        const char *hex;
        uint32_t payload_len;
    } rows[] = {
        {"a bare ACK", SHORT("002e", "10") "000000000000", 0},
        {"two bytes are filled", SHORT("002a", "10") "0000", 0},
        {"a length of 0", SHORT("0000", "10") "000000000000", 0},
        {"a SYN with an option", SYN_WITH_MSS "0000", 0},
        {"a FIN", SHORT("002e", "11") "000000000000", 0},
        {"what was pushed is data", SHORT("002e", "18") "000000000000", 6},
        {"what is not all zero is data", SHORT("002e", "10") "000000000001", 6},
        {"a larger frame needs no filling", SHORT("002f", "10") "00000000000000", 7},
        {"IPv6 is never that short", IPV6_ACK "000000000000", 6},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct decoding decoding;

        print_message("# %s\n", rows[i].promise);
        decoding_hex(&decoding, RAW, rows[i].hex);
        assert_int_equal(decoding.decoded, DECODED_YES);
        assert_int_equal(decoding.segment.payload_len, rows[i].payload_len);
        assert_int_equal(decoding.segment.payload.left, rows[i].payload_len);
        decoding_end(&decoding);
    }
}

static void zeros_of_which_a_part_was_cut_are_payload(void **state)
{
    struct decoding decoding;

    (void)state;
    decoding = decode_captured(SHORT("002e", "10") "000000000000", 42);
    assert_int_equal(decoding.segment.payload_len, 6);
}

static void what_is_no_tcp_is_other(void **state)
{
    struct datagram datagram = {.protocol = 17};
    struct packet packet = {0};
    struct segment segment;

    (void)state;
    assert_int_equal(segment_decode(&datagram, &packet, &segment), DECODED_OTHER);
}

static void a_fragment_is_no_segment(void **state)
{
    uint8_t bytes[HEX_BYTES_MAX];
    struct datagram datagram = {.protocol = 6, .is_fragment = true, .payload_len = 24};
    struct packet packet = {0};
    struct segment segment;

    (void)state;
    datagram.payload = (struct bytes){bytes, hex_read(TCP, bytes)};
    assert_int_equal(segment_decode(&datagram, &packet, &segment), DECODED_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_stands_where_the_rfc_says),
        cmocka_unit_test(flags_are_those_that_have_a_name),
        cmocka_unit_test(a_header_that_does_not_fit_is_malformed),
        cmocka_unit_test(what_the_snapshot_took_is_a_gap),
        cmocka_unit_test(zeros_that_fill_the_smallest_frame_are_no_payload),
        cmocka_unit_test(zeros_of_which_a_part_was_cut_are_payload),
        cmocka_unit_test(what_is_no_tcp_is_other),
        cmocka_unit_test(a_fragment_is_no_segment),
    };

    return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}

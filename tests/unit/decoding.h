/* SPDX-License-Identifier: BSD-2-Clause */
/* decoding.h: packets written as hex, taken through the rooms of src/decode as the pipeline does it. */
#ifndef TEST_DECODING_H
#define TEST_DECODING_H

#include "test.h"

#include <lasthello/decode.h>

#include <ctype.h>

#define HEX_BYTES_MAX 512

/* 10.0.0.1:50000 -> 10.0.0.2:993, sequence 1, acknowledgement 2, PSH and ACK, window 256, four bytes of payload */
#define TCP        "c350 03e1 00000001 00000002 50 18 0100 0000 0000 deadbeef "
#define IPV4       "45 00 002c 0001 0000 40 06 0000 0a000001 0a000002 "
#define IPV4_TCP   IPV4 TCP
#define IPV6_TO(p) "60000000 0018 " p " 40 20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define IPV6_TCP   IPV6_TO("06") TCP
#define MACS       "020000000002 020000000001 " /* to 2, from 1 */

struct decoding {
    uint8_t *bytes; /* of exactly the packet's length, so that a sanitizer sees a read beyond it */
    struct packet packet;
    enum decoded decoded;
    struct unknown unknown;
    struct datagram datagram;
    struct segment segment;
};

static inline size_t hex_read(const char *hex, uint8_t *out)
{
    size_t digits = 0;

    memset(out, 0, HEX_BYTES_MAX);
    for (; *hex != '\0'; hex++)
        if (!isspace((unsigned char)*hex)) {
            int value = isdigit((unsigned char)*hex) ? *hex - '0' : tolower((unsigned char)*hex) - 'a' + 10;

            assert_true(digits < 2 * HEX_BYTES_MAX && value >= 0 && value < 16);
            out[digits / 2] |= (uint8_t)(digits % 2 == 0 ? value << 4 : value);
            digits++;
        }
    assert_int_equal(digits % 2, 0);
    return digits / 2;
}

/* Decodes the first `captured` bytes of what were `wire_len` on the wire. */
static inline void decoding_begin(struct decoding *decoding, uint32_t link_type, const uint8_t *bytes,
    size_t captured, size_t wire_len)
{
    uint8_t *copy = malloc(captured + (captured == 0));

    memset(decoding, 0xa5, sizeof(*decoding)); /* nothing may rely on what was there */
    memcpy(copy, bytes, captured);
    decoding->bytes = copy;
    decoding->unknown = (struct unknown){0};
    decoding->packet = (struct packet){
        .data = {copy, captured},
        .wire_len = (uint32_t)wire_len,
        .link_type = link_type,
        .time_ns = 7,
        .number = 9,
    };
}

static inline void decoding_run(struct decoding *decoding)
{
    struct datagram *datagram = &decoding->datagram;

    decoding->decoded = frame_decode(&decoding->packet, datagram, &decoding->unknown);
    while (decoding->decoded == DECODED_YES && !datagram->is_fragment && tunnel_possible(datagram))
        decoding->decoded = tunnel_open(datagram, &decoding->unknown);
    if (decoding->decoded == DECODED_YES)
        decoding->decoded = segment_decode(datagram, &decoding->packet, &decoding->segment);
}

static inline void decoding_hex(struct decoding *decoding, uint32_t link_type, const char *hex)
{
    uint8_t bytes[HEX_BYTES_MAX];
    size_t len = hex_read(hex, bytes);

    decoding_begin(decoding, link_type, bytes, len, len);
    decoding_run(decoding);
}

static inline void decoding_end(struct decoding *decoding)
{
    free(decoding->bytes);
}

/* It is the segment TCP above, whole. */
static inline void assert_is_the_segment(const struct decoding *decoding)
{
    static const uint8_t payload[] = {0xde, 0xad, 0xbe, 0xef};

    assert_int_equal(decoding->decoded, DECODED_YES);
    assert_int_equal(decoding->segment.source.port, 50000);
    assert_int_equal(decoding->segment.destination.port, 993);
    assert_int_equal(decoding->segment.sequence, 1);
    assert_int_equal(decoding->segment.payload_len, sizeof(payload));
    assert_int_equal(decoding->segment.payload.left, sizeof(payload));
    assert_memory_equal(decoding->segment.payload.data, payload, sizeof(payload));
}

/* Cut anywhere it is the same segment with less payload, or nothing is known; it never breaks its lengths. */
static inline void assert_cut_anywhere_is_less(uint32_t link_type, const char *hex)
{
    uint8_t bytes[HEX_BYTES_MAX];
    size_t len = hex_read(hex, bytes);

    for (size_t captured = 0; captured < len; captured++) {
        struct decoding cut;

        decoding_begin(&cut, link_type, bytes, captured, len);
        decoding_run(&cut);
        assert_int_not_equal(cut.decoded, DECODED_MALFORMED);
        assert_int_not_equal(cut.decoded, DECODED_UNKNOWN);
        if (cut.decoded == DECODED_YES) {
            assert_int_equal(cut.segment.destination.port, 993);
            assert_int_equal(cut.segment.payload_len, 4);
            assert_true(cut.segment.payload.left <= 4);
        }
        decoding_end(&cut);
    }
}

#endif

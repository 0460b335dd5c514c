/* SPDX-License-Identifier: BSD-2-Clause */
/* From the link header to the IP packet: link types, tags in any order, MPLS, PPPoE. */
#include "decoding.h"

#define ETHERNET 1

#define WIFI(control) control " 0000 020000000009 020000000001 020000000002 0000 "

static const struct {
    const char *promise;
    uint32_t link_type;
    const char *hex;
    uint8_t vlan_count;
    uint16_t vlans[LINK_VLANS_MAX];
} rows[] = {
    {"Ethernet", ETHERNET, MACS "0800" IPV4_TCP, 0, {0}},
    {"Ethernet, IPv6", ETHERNET, MACS "86dd" IPV6_TCP, 0, {0}},
    {"a length, LLC, SNAP", ETHERNET, MACS "0034 aaaa03 000000 0800" IPV4_TCP, 0, {0}},
    {"SNAP of 802.1H", ETHERNET, MACS "0034 aaaa03 0000f8 0800" IPV4_TCP, 0, {0}},
    {"LLC's own number for IP", ETHERNET, MACS "002f 060603" IPV4_TCP, 0, {0}},
    {"802.1Q", ETHERNET, MACS "8100 6064 0800" IPV4_TCP, 1, {100}},
    {"a priority tag is no VLAN", ETHERNET, MACS "8100 e000 0800" IPV4_TCP, 0, {0}},
    {"802.1ad", ETHERNET, MACS "88a8 0064 8100 00c8 0800" IPV4_TCP, 2, {100, 200}},
    {"QinQ with 0x9100 and 0x9200", ETHERNET, MACS "9100 0001 9200 0002 0800" IPV4_TCP, 2, {1, 2}},
    {"five tags: four are kept", ETHERNET,
        MACS "8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 86dd" IPV6_TCP, 4, {1, 2, 3, 4}},
    {"a tag before LLC", ETHERNET, MACS "8100 0007 0034 aaaa03 000000 0800" IPV4_TCP, 1, {7}},
    {"MPLS", ETHERNET, MACS "8847 00010140" IPV4_TCP, 0, {0}},
    {"three labels", ETHERNET, MACS "8847 00010040 00011040 00012140" IPV6_TCP, 0, {0}},
    {"MPLS after a tag", ETHERNET, MACS "8100 0064 8848 00010140" IPV4_TCP, 1, {100}},
    {"pseudowire with control word", ETHERNET, MACS "8847 00010140 00000001" MACS "0800" IPV4_TCP, 0, {0}},
    {"pseudowire without", ETHERNET, MACS "8847 00010140" MACS "8100 0005 0800" IPV4_TCP, 1, {5}},
    {"pseudowire without, to a MAC of zeros", ETHERNET,
        MACS "8847 00010140 00000c000001 020000000001 0800" IPV4_TCP, 0, {0}},
    {"pseudowire without, to a MAC that begins with 1", ETHERNET,
        MACS "8847 00010140 180000000001 020000000001 0800" IPV4_TCP, 0, {0}},
    {"a pseudowire's VLANs are those of its frame", ETHERNET,
        MACS "8100 0001 8847 00010140 00000000" MACS "8100 0002 0800" IPV4_TCP, 1, {2}},
    {"PPPoE", ETHERNET, MACS "8864 11 00 0001 002e 0021" IPV4_TCP, 0, {0}},
    {"PPPoE, IPv6, compressed protocol", ETHERNET, MACS "8864 11 00 0001 0041 57" IPV6_TCP, 0, {0}},
    {"PPPoE over QinQ", ETHERNET, MACS "8100 0e78 8100 09aa 8864 11 00 0001 002e 0021" IPV4_TCP, 2, {3704, 2474}},
    {"MPLS in PPPoE", ETHERNET, MACS "8864 11 00 0001 0032 0281 00010140" IPV4_TCP, 0, {0}},
    {"Cisco metadata", ETHERNET, MACS "8909 01 01 0001 0010 0800" IPV4_TCP, 0, {0}},
    {"Cisco TTag", ETHERNET, MACS "8988 123456789abc 0800" IPV4_TCP, 0, {0}},
    {"VN-Tag, then 802.1Q", ETHERNET, MACS "8926 80010000 8100 0064 0800" IPV4_TCP, 1, {100}},
    {"802.1BR E-Tag", ETHERNET, MACS "893f 000000010000 0800" IPV4_TCP, 0, {0}},
    {"802.1ah", ETHERNET, MACS "88a8 0001 88e7 00001234" MACS "8100 0002 0800" IPV4_TCP, 1, {2}},
    {"NSH", ETHERNET, MACS "894f 0fc6 01 01 000001ff 00000000 00000000 00000000 00000000" IPV4_TCP, 0, {0}},
    {"Linux cooked", 113, "0000 0001 0006 0200000000010000 0800" IPV4_TCP, 0, {0}},
    {"Linux cooked, with a tag", 113, "0000 0001 0006 0200000000010000 8100 0003 0800" IPV4_TCP, 1, {3}},
    {"Linux cooked 2", 276, "86dd 0000 00000002 0001 04 06 0200000000010000" IPV6_TCP, 0, {0}},
    {"loopback of a little-endian machine", 0, "02000000" IPV4_TCP, 0, {0}},
    {"loopback of a big-endian machine", 0, "00000002" IPV4_TCP, 0, {0}},
    {"loopback, IPv6, NetBSD", 0, "18000000" IPV6_TCP, 0, {0}},
    {"loopback, IPv6, FreeBSD", 0, "1c000000" IPV6_TCP, 0, {0}},
    {"loopback, IPv6, Darwin", 0, "1e000000" IPV6_TCP, 0, {0}},
    {"loopback in network order", 108, "0000001e" IPV6_TCP, 0, {0}},
    {"raw, IPv4", 101, IPV4_TCP, 0, {0}},
    {"raw, IPv6", 12, IPV6_TCP, 0, {0}},
    {"raw, older number", 14, IPV4_TCP, 0, {0}},
    {"IPv4 alone", 228, IPV4_TCP, 0, {0}},
    {"IPv6 alone", 229, IPV6_TCP, 0, {0}},
    {"PPP in HDLC framing", 9, "ff03 0021" IPV4_TCP, 0, {0}},
    {"PPP, address and control left out", 9, "0057" IPV6_TCP, 0, {0}},
    {"PPP or Cisco HDLC: PPP", 50, "ff03 0021" IPV4_TCP, 0, {0}},
    {"PPP or Cisco HDLC: Cisco", 50, "0f00 0800" IPV4_TCP, 0, {0}},
    {"Cisco HDLC", 104, "8f00 86dd" IPV6_TCP, 0, {0}},
    {"PPPoE without Ethernet", 51, "11 00 0001 002e 0021" IPV4_TCP, 0, {0}},
    {"FabricPath", ETHERNET, MACS "8903 0041" MACS "8100 0005 0800" IPV4_TCP, 1, {5}},
    {"TRILL", ETHERNET, MACS "22f3 003f 0001 0002" MACS "8100 0005 0800" IPV4_TCP, 1, {5}},
    {"TRILL with options", ETHERNET, MACS "22f3 007f 0001 0002 00000000" MACS "0800" IPV4_TCP, 0, {0}},
    {"MACsec, authenticated only", ETHERNET, MACS "88e5 00 00 00000001 0800" IPV4_TCP "00112233445566778899aabbccddeeff", 0, {0}},
    {"MACsec with its channel", ETHERNET, MACS "88e5 20 00 00000001 0200000000010001 8100 0007 0800" IPV4_TCP, 1, {7}},
    {"Arista's time, 8 bytes", ETHERNET, MACS "d28b 0001 0010 0000000100000002 0800" IPV4_TCP, 0, {0}},
    {"Arista's time, 6 bytes, then a tag", ETHERNET, MACS "d28b 0001 0120 000100000002 8100 0007 0800" IPV4_TCP, 1, {7}},
    {"802.1Q as 9300", ETHERNET, MACS "9300 0007 0800" IPV4_TCP, 1, {7}},
    {"802.11", 105, WIFI("0801") "aaaa03 000000 0800" IPV4_TCP, 0, {0}},
    {"802.11 with quality of service, filled up", 105, WIFI("8802") "0000 0000 aaaa03 000000 0800" IPV4_TCP, 0, {0}},
    {"802.11 between access points", 105, WIFI("0803") "02000000000a aaaa03 000000 86dd" IPV6_TCP, 0, {0}},
    {"802.11 with high throughput control", 105, WIFI("8881") "0000 00000000 aaaa03 000000 0800" IPV4_TCP, 0, {0}},
    {"radiotap", 127, "00 00 0800 00000000" WIFI("0801") "aaaa03 000000 0800" IPV4_TCP, 0, {0}},
    {"AVS", 163, "80211001 00000008" WIFI("0801") "aaaa03 000000 0800" IPV4_TCP, 0, {0}},
    {"AVS as Prism", 119, "80211001 00000008" WIFI("0801") "aaaa03 000000 0800" IPV4_TCP, 0, {0}},
    {"per-packet information", 192, "00 00 0800 69000000" WIFI("0801") "aaaa03 000000 0800" IPV4_TCP, 0, {0}},
    {"PPP with direction", 204, "00 ff03 0021" IPV4_TCP, 0, {0}},
    {"Cisco HDLC with direction", 205, "01 0f00 0800" IPV4_TCP, 0, {0}},
    {"Linux firewall log", 239, "02 00 0000 0800 0100 08000300 0500 0a00 41000000 3000 0900" IPV4_TCP, 0, {0}},
    {"Linux firewall log, big-endian", 239, "02 00 0000 0008 0001 08000300 0030 0009" IPV4_TCP, 0, {0}},
    {"ATM", 100, "aaaa03 000000 0800" IPV4_TCP, 0, {0}},
    {"ATM in old files", 11, "aaaa03 000000 0800" IPV4_TCP, 0, {0}},
    {"OpenBSD's enc", 109, "02000000 00000001 00000000" IPV4_TCP, 0, {0}},
    {"MPLS without Ethernet", 219, "00010140" IPV4_TCP, 0, {0}},
};

static void whatever_wraps_it_the_segment_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct decoding decoding;

        print_message("# %s\n", rows[i].promise);
        decoding_hex(&decoding, rows[i].link_type, rows[i].hex);
        assert_is_the_segment(&decoding);
        assert_int_equal(decoding.segment.link->vlan_count, rows[i].vlan_count);
        assert_memory_equal(decoding.segment.link->vlans, rows[i].vlans, rows[i].vlan_count * sizeof(uint16_t));
        assert_int_equal(decoding.segment.link->tunnel, TUNNEL_NONE);
        decoding_end(&decoding);
    }
}

static void cut_anywhere_less_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        print_message("# %s\n", rows[i].promise);
        assert_cut_anywhere_is_less(rows[i].link_type, rows[i].hex);
    }
}

static void the_macs_are_those_of_the_frame(void **state)
{
    struct decoding decoding;

    (void)state;
    decoding_hex(&decoding, ETHERNET, "0a0b0c0d0e0f 010203040506 0800" IPV4_TCP);
    assert_true(decoding.segment.link->has_macs);
    assert_memory_equal(decoding.segment.link->destination_mac, "\x0a\x0b\x0c\x0d\x0e\x0f", 6);
    assert_memory_equal(decoding.segment.link->source_mac, "\x01\x02\x03\x04\x05\x06", 6);
    decoding_end(&decoding);
    decoding_hex(&decoding, 101, IPV4_TCP);
    assert_false(decoding.segment.link->has_macs);
    decoding_end(&decoding);
}

static void a_tag_that_the_card_took_off_is_the_outermost(void **state)
{
    uint8_t bytes[HEX_BYTES_MAX];
    size_t len = hex_read(MACS "8100 0002 0800" IPV4_TCP, bytes);
    struct decoding decoding;

    (void)state;
    decoding_begin(&decoding, ETHERNET, bytes, len, len);
    decoding.packet.vlan = 0x1000 | 1;
    decoding_run(&decoding);
    assert_is_the_segment(&decoding);
    assert_int_equal(decoding.datagram.link.vlan_count, 2);
    assert_int_equal(decoding.datagram.link.vlans[0], 1);
    assert_int_equal(decoding.datagram.link.vlans[1], 2);
    decoding_end(&decoding);
}

static void what_is_no_ip_is_named_by_its_number(void **state)
{
    static const struct {
        uint32_t link_type;
        const char *hex;
        enum decoded decoded;
        struct unknown unknown;
    } others[] = {
        {ETHERNET, MACS "0806 0001 0800 06 04", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 0x0806}},
        {ETHERNET, MACS "8100 0001 88cc 0207", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 0x88cc}},
        {ETHERNET, MACS "0026 424203 0000", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 4}},                  /* spanning tree */
        {ETHERNET, MACS "0032 aaaa03 00000c 010b", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 4}},           /* Cisco's PVST+ */
        {ETHERNET, MACS "8864 11 00 0001 0004 c021 01", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 0x8864}}, /* LCP */
        {ETHERNET, MACS "8863 11 09 0000 0000", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 0x8863}},
        {ETHERNET, MACS "8847 00010140 10000007 0000", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 0x8847}},
        {ETHERNET, MACS "88e5 0c 00 00000001 1234", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 0x88e5}}, /* encrypted */
        {ETHERNET, MACS "d28b 0002 0010 0000", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 0xd28b}},
        {105, WIFI("0841") "00000000", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 0x19}},  /* encrypted */
        {105, WIFI("0805") "aaaa03", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 0x19}},    /* a fragment */
        {105, WIFI("8801") "8000 0200", DECODED_OTHER, {UNKNOWN_ETHERTYPE, 0x19}}, /* aggregated */
        {105, WIFI("8000") "00", DECODED_OTHER, {UNKNOWN_NONE, 0}},                /* a beacon */
        {105, WIFI("4801") "00", DECODED_OTHER, {UNKNOWN_NONE, 0}},                /* no data */
        {127, "00 00 0400 00000000", DECODED_OTHER, {UNKNOWN_NONE, 0}},
        {192, "00 00 0800 01000000", DECODED_OTHER, {UNKNOWN_NONE, 0}},
        {239, "02 00 0000 0000 0100 00000000", DECODED_CUT_SHORT, {UNKNOWN_NONE, 0}},
        {113, "0000 0338 0000 0000000000000000 0800 4500", DECODED_OTHER, {UNKNOWN_NONE, 0}}, /* netlink */
        {101, "00", DECODED_OTHER, {UNKNOWN_NONE, 0}},
        {147, MACS, DECODED_UNKNOWN, {UNKNOWN_LINK_TYPE, 147}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct decoding decoding;

        decoding_hex(&decoding, others[i].link_type, others[i].hex);
        assert_int_equal(decoding.decoded, others[i].decoded);
        assert_int_equal(decoding.unknown.kind, others[i].unknown.kind);
        assert_int_equal(decoding.unknown.number, others[i].unknown.number);
        decoding_end(&decoding);
    }
}

/* `count` times the same header in front of an IPv4 packet. */
static enum decoded decode_stack(const char *header_hex, size_t count)
{
    static uint8_t frame[65536];
    uint8_t header[HEX_BYTES_MAX];
    size_t header_len = hex_read(header_hex, header), len = 12;
    struct decoding decoding;

    for (size_t i = 0; i < count; i++, len += header_len)
        memcpy(frame + len, header, header_len);
    len += hex_read("0800" IPV4_TCP, header);
    memcpy(frame + len - 46, header, 46);
    decoding_begin(&decoding, ETHERNET, frame, len, len);
    decoding_run(&decoding);
    decoding_end(&decoding);
    return decoding.decoded;
}

static void a_frame_of_nothing_but_tags_is_left_early(void **state)
{
    (void)state;
    assert_int_equal(decode_stack("8100 0001", 31), DECODED_YES);
    assert_int_equal(decode_stack("8100 0001", 32), DECODED_OTHER);
    assert_int_equal(decode_stack("8100 0001", 10000), DECODED_OTHER);
}

static void a_stack_of_more_than_16_labels_is_none(void **state)
{
    (void)state;
    for (int labels = 15; labels <= 17; labels++) {
        char hex[2 * HEX_BYTES_MAX] = MACS "8847 ";
        struct decoding decoding;

        for (int i = 1; i < labels; i++)
            strcat(hex, "00010040 ");
        decoding_hex(&decoding, ETHERNET, strcat(hex, "00010140 " IPV4_TCP));
        assert_int_equal(decoding.decoded, labels <= 16 ? DECODED_YES : DECODED_OTHER);
        decoding_end(&decoding);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_wraps_it_the_segment_is_found),
        cmocka_unit_test(cut_anywhere_less_is_known),
        cmocka_unit_test(the_macs_are_those_of_the_frame),
        cmocka_unit_test(a_tag_that_the_card_took_off_is_the_outermost),
        cmocka_unit_test(what_is_no_ip_is_named_by_its_number),
        cmocka_unit_test(a_frame_of_nothing_but_tags_is_left_early),
        cmocka_unit_test(a_stack_of_more_than_16_labels_is_none),
    };

    return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}

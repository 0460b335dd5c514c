/* SPDX-License-Identifier: BSD-2-Clause */
/* Into tunnels: IP in IP, GRE and what it carries, the overlays in UDP. */
#include "decoding.h"

#include <lasthello/session.h>

#define RAW 101

/* Outer headers without a length: as offloading cards leave it, and so that rows need not add up. */
#define OUTER(protocol) "45 00 0000 0001 0000 40 " protocol " 0000 c0000201 c0000202 "
#define OUTER6(next)    "60000000 0000 " next " 40 20010db80000000000000000000000aa 20010db80000000000000000000000bb "
#define GRE             OUTER("2f")
#define UDP(port)       OUTER("11") "8001 " port " 0000 0000 "
#define FRAME           MACS "0800" IPV4_TCP
#define TAGGED          MACS "8100 002a 0800" IPV4_TCP

/* A data frame of 802.11 through an access point: to 2, from 1. */
#define WIFI_TO "0801 0000 020000000009 020000000001 020000000002 0000 "

static const struct {
    const char *promise;
    const char *hex;
    enum tunnel tunnel;
    uint32_t id;
    uint16_t vlan; /* 0: none */
    bool has_macs;
} rows[] = {
    {"IP in IP", OUTER("04") IPV4_TCP, TUNNEL_IPIP, 0, 0, false},
    {"6in4", OUTER("29") IPV6_TCP, TUNNEL_IPIP, 0, 0, false},
    {"4in6", OUTER6("04") IPV4_TCP, TUNNEL_IPIP, 0, 0, false},
    {"6in6", OUTER6("29") IPV6_TCP, TUNNEL_IPIP, 0, 0, false},
    {"4in6 behind the encapsulation limit of RFC 2473",
        OUTER6("3c") "04 00 04 01 04 01 00 00" IPV4_TCP, TUNNEL_IPIP, 0, 0, false},
    {"IP in IP in IP", OUTER("04") OUTER("04") IPV4_TCP, TUNNEL_IPIP, 0, 0, false},
    {"GRE", GRE "0000 0800" IPV4_TCP, TUNNEL_GRE, 0, 0, false},
    {"GRE, IPv6 in IPv6", OUTER6("2f") "0000 86dd" IPV6_TCP, TUNNEL_GRE, 0, 0, false},
    {"GRE with checksum", GRE "8000 0800 12340000" IPV4_TCP, TUNNEL_GRE, 0, 0, false},
    {"GRE with key", GRE "2000 0800 0000002a" IPV4_TCP, TUNNEL_GRE, 42, 0, false},
    {"GRE with checksum, key and sequence",
        GRE "b000 0800 00000000 0000002a 00000001" IPV4_TCP, TUNNEL_GRE, 42, 0, false},
    {"GRE with source routes",
        GRE "4000 0800 00000000 0800 00 04 0a000009 0000 00 00" IPV4_TCP, TUNNEL_GRE, 0, 0, false},
    {"GRE, transparent bridging", GRE "2000 6558 00000007" TAGGED, TUNNEL_GRE, 7, 42, true},
    {"GRE, MPLS", GRE "0000 8847 00010140" IPV4_TCP, TUNNEL_GRE, 0, 0, false},
    {"GRE, WCCP of version 1", GRE "0000 883e" IPV4_TCP, TUNNEL_GRE, 0, 0, false},
    {"GRE, WCCP of version 2", GRE "0000 883e 00000000" IPV4_TCP, TUNNEL_GRE, 0, 0, false},
    {"GRE in UDP", UDP("1292") "0000 0800" IPV4_TCP, TUNNEL_GRE, 0, 0, false},
    {"PPTP", GRE "3001 880b 0030 0005 00000001 ff03 0021" IPV4_TCP, TUNNEL_GRE, 5, 0, false},
    {"PPTP with acknowledgment, protocol compressed",
        GRE "3081 880b 002d 0005 00000001 00000000 21" IPV4_TCP, TUNNEL_GRE, 5, 0, false},
    {"ERSPAN I", GRE "0000 88be" FRAME, TUNNEL_ERSPAN, 0, 0, true},
    {"ERSPAN II", GRE "1000 88be 00000001 1000 0064 00000000" FRAME, TUNNEL_ERSPAN, 100, 0, true},
    {"ERSPAN II with 802.1Q inside",
        GRE "1000 88be 00000001 1000 1864 00000000" TAGGED, TUNNEL_ERSPAN, 100, 42, true},
    {"ERSPAN II, the tag taken into its header",
        GRE "1000 88be 00000001 102a 1064 00000000" FRAME, TUNNEL_ERSPAN, 100, 42, true},
    {"ERSPAN III",
        GRE "1000 22eb 00000001 2000 0064 00000000 0000 0000" FRAME, TUNNEL_ERSPAN, 100, 0, true},
    {"ERSPAN III with a platform's subheader",
        GRE "1000 22eb 00000001 2000 0064 00000000 0000 0001 0000000000000000" TAGGED, TUNNEL_ERSPAN, 100, 42, true},
    {"ERSPAN III, frame type IP",
        GRE "1000 22eb 00000001 2000 0064 00000000 0000 0800" IPV6_TCP, TUNNEL_ERSPAN, 100, 0, false},
    {"VXLAN", UDP("12b5") "08000000 00002a00" FRAME, TUNNEL_VXLAN, 42, 0, true},
    {"VXLAN on Linux's first port", UDP("2118") "08000000 00002a00" TAGGED, TUNNEL_VXLAN, 42, 42, true},
    {"VXLAN with a group policy", UDP("12b5") "88000010 00002a00" FRAME, TUNNEL_VXLAN, 42, 0, true},
    {"VXLAN-GPE, IPv4", UDP("12b6") "0c000001 00002a00" IPV4_TCP, TUNNEL_VXLAN, 42, 0, false},
    {"VXLAN-GPE, Ethernet", UDP("12b6") "0c000003 00002a00" FRAME, TUNNEL_VXLAN, 42, 0, true},
    {"VXLAN-GPE, NSH",
        UDP("12b6") "0c000004 00002a00 0fc2 02 02 000001ff" IPV6_TCP, TUNNEL_VXLAN, 42, 0, false},
    {"GENEVE", UDP("17c1") "0000 6558 00002a00" FRAME, TUNNEL_GENEVE, 42, 0, true},
    {"GENEVE with options, IPv4",
        UDP("17c1") "0240 0800 00002a00 0102 80 01 00000000" IPV4_TCP, TUNNEL_GENEVE, 42, 0, false},
    {"TZSP", UDP("9090") "01 00 0001 01" FRAME, TUNNEL_TZSP, 0, 0, true},
    {"TZSP with tags and padding",
        UDP("9090") "01 01 0001 0a 01 c5 00 29 02 0000 01" TAGGED, TUNNEL_TZSP, 0, 42, true},
    {"GTP-U", UDP("0868") "30 ff 002c 00000007" IPV4_TCP, TUNNEL_GTP, 7, 0, false},
    {"GTP-U with sequence number",
        UDP("0868") "32 ff 0030 00000007 0001 00 00" IPV4_TCP, TUNNEL_GTP, 7, 0, false},
    {"GTP-U with an extension header",
        UDP("0868") "34 ff 0034 00000007 0000 00 85 01 0009 00" IPV4_TCP, TUNNEL_GTP, 7, 0, false},
    {"VXLAN-GPE on the port of VXLAN", UDP("12b5") "0c000001 00002a00" IPV4_TCP, TUNNEL_VXLAN, 42, 0, false},
    {"VXLAN-GPE, NSH without the flag for it",
        UDP("12b6") "08000004 00002a00 0fc2 02 03 000001ff" TAGGED, TUNNEL_VXLAN, 42, 42, true},
    {"VXLAN of Cisco ACI", UDP("beef") "88000010 00002a00" FRAME, TUNNEL_VXLAN, 42, 0, true},
    {"GTP-U, a frame", UDP("0868") "30 ff 0036 00000007" TAGGED, TUNNEL_GTP, 7, 42, true},
    {"EoIP", GRE "2001 6400 0036 2a00" TAGGED, TUNNEL_GRE, 42, 42, true},
    {"EtherIP", OUTER("61") "3000" TAGGED, TUNNEL_ETHERIP, 0, 42, true},
    {"EtherIP, version in the other byte", OUTER("61") "0300" FRAME, TUNNEL_ETHERIP, 0, 0, true},
    {"EoIP over IPv6", OUTER6("61") "302a" FRAME, TUNNEL_ETHERIP, 42, 0, true},
    {"Ethernet behind segment routing", OUTER6("8f") TAGGED, TUNNEL_ETHERIP, 0, 42, true},
    {"MPLS in IP", OUTER("89") "00010140" IPV4_TCP, TUNNEL_MPLS, 0, 0, false},
    {"MPLS in UDP", UDP("19eb") "00010040 00011140" IPV6_TCP, TUNNEL_MPLS, 0, 0, false},
    {"NSH in IPv6", OUTER6("91") "0fc2 02 01 000001ff" IPV4_TCP, TUNNEL_NSH, 0, 0, false},
    {"L2TPv2", UDP("06a5") "0002 0001 002a ff03 0021" IPV4_TCP, TUNNEL_L2TP, 42, 0, false},
    {"L2TPv2, compressed PPP, IPv6", UDP("06a5") "0002 0001 002a 57" IPV6_TCP, TUNNEL_L2TP, 42, 0, false},
    {"L2TPv2 with length, sequence and offset",
        UDP("06a5") "4a02 003a 0001 002a 0003 0004 0002 ffff 0021" IPV4_TCP, TUNNEL_L2TP, 42, 0, false},
    {"L2TPv2 from its port", OUTER("11") "06a5 8001 0000 0000 0002 0001 002a ff03 0021" IPV4_TCP, TUNNEL_L2TP, 42, 0, false},
    {"L2TPv2, MPLS", UDP("06a5") "0002 0001 002a ff03 0281 00010140" IPV4_TCP, TUNNEL_L2TP, 42, 0, false},
    {"L2TPv3 in UDP, Ethernet", UDP("06a5") "0003 0000 0000002a" TAGGED, TUNNEL_L2TP, 42, 42, true},
    {"L2TPv3 in UDP, cookie of 8 and sublayer",
        UDP("06a5") "0003 0000 0000002a c00c1ec00c1ec00c 40000001" FRAME, TUNNEL_L2TP, 42, 0, true},
    {"L2TPv3 in UDP, PPP behind a cookie of 4",
        UDP("06a5") "0003 0000 0000002a c00c1ec0 ff03 0057" IPV6_TCP, TUNNEL_L2TP, 42, 0, false},
    {"L2TPv3 in IP, Ethernet", OUTER("73") "0000002a" FRAME, TUNNEL_L2TP, 42, 0, true},
    {"L2TPv3 in IPv6, cookie of 8", OUTER6("73") "0000002a c00c1ec00c1ec00c" TAGGED, TUNNEL_L2TP, 42, 42, true},
    {"L2TPv3 in IP, IP", OUTER("73") "0000002a c00c1ec0" IPV4_TCP, TUNNEL_L2TP, 42, 0, false},
    {"Teredo", UDP("0dd8") IPV6_TCP, TUNNEL_TEREDO, 0, 0, false},
    {"Teredo with an origin", OUTER("11") "0dd8 8001 0000 0000 0000 1234 3ffffdfe" IPV6_TCP, TUNNEL_TEREDO, 0, 0, false},
    {"Teredo with authentication and origin",
        UDP("0dd8") "0001 02 04 aabb 01020304 0102030405060708 00 0000 1234 3ffffdfe" IPV6_TCP, TUNNEL_TEREDO, 0, 0, false},
    {"LISP", UDP("10f5") "c0000001 00000001" IPV4_TCP, TUNNEL_LISP, 0, 0, false},
    {"LISP, IPv6 in IPv6", OUTER6("11") "8001 10f5 0000 0000 c0000001 00000001" IPV6_TCP, TUNNEL_LISP, 0, 0, false},
    {"GUE, IP right away", UDP("17c0") IPV4_TCP, TUNNEL_GUE, 0, 0, false},
    {"GUE with a header", UDP("17c0") "01 04 0000 00000000" IPV4_TCP, TUNNEL_IPIP, 0, 0, false},
    {"GUE, GRE", UDP("17c0") "00 2f 0000 0000 0800" IPV4_TCP, TUNNEL_GRE, 0, 0, false},
    {"HP's mirror", UDP("1efc") "000000000000000000000000" TAGGED, TUNNEL_MIRROR, 0, 42, true},
    {"Juniper's mirror", UDP("754e") "00000001 00000002" IPV4_TCP, TUNNEL_MIRROR, 0, 0, false},
    {"CAPWAP, 802.3", UDP("147f") "00 100000 00000000" TAGGED, TUNNEL_CAPWAP, 0, 42, true},
    {"CAPWAP, 802.11 from the access point", OUTER("11") "8001 147f 0000 0000 00 100300 00000000 " WIFI_TO "aaaa03 000000 0800" IPV4_TCP,
        TUNNEL_CAPWAP, 0, 0, true},
    {"CAPWAP, 802.11 to the access point, radio MAC, bytes swapped",
        OUTER("11") "147f 8001 0000 0000 00 200310 00000000 0602000000000900 0288 0000 020000000002 020000000009 020000000001 "
                    "0000 0000 aaaa03 000000 0800" IPV4_TCP,
        TUNNEL_CAPWAP, 0, 0, true},
    {"ERSPAN II, cut by the switch", GRE "1000 88be 00000001 1000 0464 00000000" FRAME, TUNNEL_ERSPAN, 100, 0, true},
    {"VXLAN in IP in IP", OUTER("04") UDP("12b5") "08000000 00002a00" FRAME, TUNNEL_VXLAN, 42, 0, true},
    {"ERSPAN in GRE in VXLAN: the innermost counts",
        UDP("12b5") "08000000 00002a00" MACS "0800" GRE "1000 88be 00000001 1000 0064 00000000" FRAME,
        TUNNEL_ERSPAN, 100, 0, true},
};

static void a_tunnel_is_opened_to_the_segment(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct decoding decoding;

        print_message("# %s\n", rows[i].promise);
        decoding_hex(&decoding, RAW, rows[i].hex);
        assert_is_the_segment(&decoding);
        assert_int_equal(decoding.segment.link->tunnel, rows[i].tunnel);
        assert_int_equal(decoding.segment.link->tunnel_id, rows[i].id);
        assert_int_equal(decoding.segment.link->vlan_count, rows[i].vlan != 0);
        assert_true(rows[i].vlan == 0 || decoding.segment.link->vlans[0] == rows[i].vlan);
        assert_int_equal(decoding.segment.link->has_macs, rows[i].has_macs);
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

static void each_tunnel_is_one_deeper(void **state)
{
    struct decoding decoding;

    (void)state;
    decoding_hex(&decoding, RAW, OUTER("04") GRE "0000 0800" IPV4_TCP);
    assert_int_equal(decoding.datagram.tunnel_depth, 2);
    decoding_end(&decoding);
    decoding_hex(&decoding, RAW, IPV4_TCP);
    assert_int_equal(decoding.datagram.tunnel_depth, 0);
    decoding_end(&decoding);
}

static void a_tunnel_in_a_tagged_frame_keeps_the_tag_if_it_has_no_frame(void **state)
{
    struct decoding decoding;

    (void)state;
    decoding_hex(&decoding, 1, MACS "8100 0001 0800" OUTER("04") IPV4_TCP);
    assert_int_equal(decoding.segment.link->vlans[0], 1);
    assert_true(decoding.segment.link->has_macs);
    decoding_end(&decoding);
}

/* What looks like a tunnel by its number and is none must not change the datagram. */
static void what_is_no_tunnel_is_left_as_it_was(void **state)
{
    static const char *const others[] = {
        OUTER("11") "8001 0035 0000 0000 00",                        /* DNS */
        OUTER("11") "12b5 8001 0000 0000 08000000 00002a00" FRAME,   /* from the port of VXLAN, not to it */
        UDP("12b5") "00000000 00002a00" FRAME,                       /* VXLAN without a network */
        UDP("12b5") "08000000 00002a00" MACS "0806 0001",            /* ARP in VXLAN */
        UDP("17c1") "4000 6558 00002a00" FRAME,                      /* GENEVE of another version */
        UDP("9090") "01 04 0000",                                    /* TZSP, keep-alive */
        UDP("9090") "01 00 0012 01" FRAME,                           /* TZSP, 802.11 */
        UDP("0868") "32 01 0004 00000000 0001 0000",                 /* GTP, echo */
        GRE "0000 0000",                                             /* GRE, keep-alive */
        GRE "0007 0800" IPV4_TCP,                                    /* GRE of no known version */
        GRE "2081 880b 0000 0005 00000001",                          /* PPTP, acknowledgment alone */
        GRE "1000 88be 00000001 7000 0064 00000000" FRAME,           /* ERSPAN of no known version */
        GRE "1000 22eb 00000001 2000 0064 00000000 0000 0400" FRAME, /* ERSPAN III, frame type 1 */
        OUTER("3b"),                                                 /* nothing */
        UDP("06a5") "c802 0014 0001 0000 0000 0000",                 /* L2TPv2, control */
        OUTER("73") "00000000 c803 0014",                            /* L2TPv3, control */
        GRE "2001 6400 0000 2a00",                                   /* EoIP, keep-alive */
        OUTER("61") "4000" FRAME,                                    /* EtherIP of no known version */
        UDP("0dd8") "0000 1234 3ffffdfe 4500",                       /* Teredo, and no IPv6 in it */
        UDP("147f") "00 100008 00000000",                            /* CAPWAP, keep-alive */
        UDP("17c0") "20 01 0000",                                    /* GUE, control */
        UDP("17c0") "80 01 0000",                                    /* GUE of no known variant */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct decoding decoding;

        decoding_hex(&decoding, RAW, others[i]);
        assert_int_equal(decoding.decoded, DECODED_OTHER);
        assert_int_equal(decoding.datagram.tunnel_depth, 0);
        assert_int_equal(decoding.datagram.link.tunnel, TUNNEL_NONE);
        assert_int_equal(decoding.datagram.source.octets[12], 192);
        decoding_end(&decoding);
    }
}

/* What hides sessions is known by name. */
static void what_cannot_be_opened_is_named(void **state)
{
    static const struct {
        const char *hex;
        struct unknown unknown;
        const char *name;
    } sealed[] = {
        {OUTER("32") "00000001 00000001", {UNKNOWN_PROTOCOL, 50}, "ESP"},
        {OUTER6("32") "00000001 00000001", {UNKNOWN_PROTOCOL, 50}, "ESP"},
        {OUTER("6c") "06000001", {UNKNOWN_PROTOCOL, 108}, "IPComp"},
        {UDP("1194") "00000001 00000001", {UNKNOWN_PORT, 4500}, "ESP in UDP"},
        {UDP("ca6c") "04000000 00000001", {UNKNOWN_PORT, 51820}, "WireGuard"},
        {OUTER("11") "ca6c 8001 0000 0000 01000000", {UNKNOWN_PORT, 51820}, "WireGuard"},
        {OUTER("11") "0035 ca6c 0000 0000 12348180", {UNKNOWN_NONE, 0}, NULL}, /* DNS to that port by chance */
        {UDP("04aa") "38", {UNKNOWN_PORT, 1194}, "OpenVPN"},
        {UDP("147f") "01 000000 00000000", {UNKNOWN_PORT, 5247}, "CAPWAP encrypted or fragmented"},
        {UDP("147f") "00 100080 00000000", {UNKNOWN_PORT, 5247}, "CAPWAP encrypted or fragmented"},
        {UDP("147f") "00 100300 00000000 0841 0000 020000000009 020000000001 020000000002 0000 00000000",
            {UNKNOWN_ETHERTYPE, 0x19}, "802.11 encrypted or aggregated"},
        {UDP("06a5") "0003 0000 0000002a 0102030405060708090a0b0c0d0e0f10111213141516", {UNKNOWN_PORT, 1701}, "L2TP with an unknown payload"},
        {OUTER("73") "0000002a 0102030405060708090a0b0c0d0e0f10111213141516", {UNKNOWN_PROTOCOL, 115}, "L2TPv3 with an unknown payload"},
        {UDP("06a5") "0002 0001 002a ff03 00fd 9000", {UNKNOWN_ETHERTYPE, 0xfd}, "PPP compressed or encrypted"},
        {GRE "3001 880b 0030 0005 00000001 fd 9000", {UNKNOWN_ETHERTYPE, 0xfd}, "PPP compressed or encrypted"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sealed); i++) {
        struct decoding decoding;

        print_message("# %s\n", sealed[i].name == NULL ? "nothing" : sealed[i].name);
        decoding_hex(&decoding, RAW, sealed[i].hex);
        assert_int_equal(decoding.decoded, DECODED_OTHER);
        assert_int_equal(decoding.unknown.kind, sealed[i].unknown.kind);
        assert_int_equal(decoding.unknown.number, sealed[i].unknown.number);
        if (sealed[i].name != NULL)
            assert_string_equal(unknown_name(decoding.unknown.kind, decoding.unknown.number), sealed[i].name);
        decoding_end(&decoding);
    }
}

/* The mirror's own end is not the packet's: the switch says that it cut. */
static void what_a_switch_truncated_is_a_gap(void **state)
{
    struct decoding decoding;

    (void)state;
    decoding_hex(&decoding, RAW,
        GRE "1000 88be 00000001 1000 0464 00000000" MACS "0800 45 00 1028 0001 0000 40 06 0000 0a000001 0a000002" TCP);
    assert_int_equal(decoding.segment.payload.left, 4);
    assert_int_equal(decoding.segment.payload_len, 0x1028 - 40);
    decoding_end(&decoding);
}

static void the_missing_length_of_an_inner_packet_counts_what_was_cut(void **state)
{
    uint8_t bytes[HEX_BYTES_MAX];
    size_t len = hex_read(OUTER("04") "45 00 0000 0001 0000 40 06 0000 0a000001 0a000002" TCP, bytes);
    struct decoding decoding;

    (void)state;
    decoding_begin(&decoding, RAW, bytes, len - 3, len + 1000);
    decoding_run(&decoding);
    assert_int_equal(decoding.segment.payload_len, 1004);
    assert_int_equal(decoding.segment.payload.left, 1);
    decoding_end(&decoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tunnel_is_opened_to_the_segment),
        cmocka_unit_test(cut_anywhere_less_is_known),
        cmocka_unit_test(each_tunnel_is_one_deeper),
        cmocka_unit_test(a_tunnel_in_a_tagged_frame_keeps_the_tag_if_it_has_no_frame),
        cmocka_unit_test(what_is_no_tunnel_is_left_as_it_was),
        cmocka_unit_test(what_cannot_be_opened_is_named),
        cmocka_unit_test(what_a_switch_truncated_is_a_gap),
        cmocka_unit_test(the_missing_length_of_an_inner_packet_counts_what_was_cut),
    };

    return cmocka_run_group_tests_name("tunnel", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's filter: it compiles for every link type, and lets through what the decoder can look into. */
#include "play.h"

#include <lasthello/decode.h>
#include <lasthello/source.h>

#include <pcap/pcap.h>

#define ETHERNET                 "020000000001 020000000002 "
#define IPV4(protocol, fragment) "45 00 0028 0001 " fragment " 40 " protocol " 0000 0a000001 0a000002 "
#define IPV6(next)               "60000000 0028 " next " 40 20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define TCP(source, destination) source " " destination " 00000000 00000000 5002 ffff 0000 0000 "
#define FRAME_BYTES              256
#define NONE                     0x10000 /* no value of two bytes */

static struct services services;
static bool hears_names;

static bool compile(int link_type, struct bpf_program *program)
{
    pcap_t *dead = pcap_open_dead(link_type, 65535);
    static uint64_t ports[PORT_WORDS];
    char *filter;
    bool good;

    services_ports(&services, ports);
    filter = source_filter_text(ports, hears_names);
    good = pcap_compile(dead, program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0;

    if (!good)
        print_message("%s\n", pcap_geterr(dead));
    free(filter);
    pcap_close(dead);
    return good;
}

static bool is_let_through(const struct bpf_program *program, const uint8_t bytes[FRAME_BYTES])
{
    const struct pcap_pkthdr header = {.caplen = FRAME_BYTES, .len = FRAME_BYTES};

    return pcap_offline_filter(program, &header, bytes) != 0;
}

static bool passes(const char *hex)
{
    uint8_t bytes[FRAME_BYTES] = {0};
    struct bpf_program program;
    bool passed;

    play_bytes(hex, bytes);
    assert_true(compile(DLT_EN10MB, &program));
    passed = is_let_through(&program, bytes);
    pcap_freecode(&program);
    return passed;
}

static void it_compiles_for_every_link_type(void **state)
{
    static const int link_types[] = {DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW, DLT_NULL, DLT_LOOP, DLT_PPP,
        DLT_IPV4, DLT_IPV6, DLT_IEEE802_11_RADIO};
    struct bpf_program program;

    (void)state;
    services_init(&services);
    for (size_t i = 0; i < COUNT_OF(link_types); i++) {
        assert_true(compile(link_types[i], &program));
        pcap_freecode(&program);
    }
}

static void it_compiles_with_as_many_ports_as_can_be_added(void **state)
{
    struct bpf_program program;
    struct error error;
    char pair[32];

    (void)state;
    services_init(&services);
    for (unsigned int i = 0; i < SERVICES_MAX - 4; i++) {
        snprintf(pair, sizeof(pair), "%u=tls", 2001 + 2 * i);
        assert_true(services_add(&services, pair, &error));
    }
    assert_true(compile(DLT_EN10MB, &program));
    pcap_freecode(&program);
}

static void it_lets_through_what_may_be_mail(void **state)
{
    static const struct {
        const char *promise;
        bool passes;
        const char *packet;
    } rows[] = {
        {"mail", true, ETHERNET "0800 " IPV4("06", "0000") TCP("c000", "03e1")},
        {"its answer", true, ETHERNET "0800 " IPV4("06", "0000") TCP("008f", "c000")},
        {"the web", false, ETHERNET "0800 " IPV4("06", "0000") TCP("c000", "01bb")},
        {"a name server", false, ETHERNET "0800 " IPV4("11", "0000") "c000 0035 0014 0000"},
        {"a later fragment", true, ETHERNET "0800 " IPV4("06", "00b9") TCP("c000", "01bb")},
        {"a first fragment", true, ETHERNET "0800 " IPV4("11", "2000") "c000 0035 0014 0000"},
        {"don't fragment is no fragment", false, ETHERNET "0800 " IPV4("06", "4000") TCP("c000", "01bb")},
        {"GRE", true, ETHERNET "0800 " IPV4("2f", "0000")},
        {"IP in IP", true, ETHERNET "0800 " IPV4("04", "0000")},
        {"VXLAN", true, ETHERNET "0800 " IPV4("11", "0000") "c000 12b5 0014 0000"},
        {"a VLAN", true, ETHERNET "8100 0005 0800 " IPV4("06", "0000") TCP("c000", "03e1")},
        {"MPLS", true, ETHERNET "8847 00001140 "},
        {"PPPoE", true, ETHERNET "8864 1100 0001 0002 0021"},
        {"NSH", true, ETHERNET "894f 0fc6 01 01"},
        {"802.2 with a SNAP header", true, ETHERNET "0034 aaaa03 000000 0800 " IPV4("06", "0000") TCP("c000", "03e1")},
        {"IP by its 802.2 number", true, ETHERNET "002f 060603 " IPV4("06", "0000") TCP("c000", "03e1")},
        {"a spanning tree", false, ETHERNET "0026 424203"},
        {"NetWare's 802.3 without 802.2", false, ETHERNET "0026 ffff"},
        {"IPv6 with an extension header", true, ETHERNET "86dd 60000000 0008 00 40"},
        {"ARP", false, ETHERNET "0806 0001 0800"},
    };

    (void)state;
    services_init(&services);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (passes(rows[i].packet) != rows[i].passes)
            fail_msg("%s", rows[i].promise);
}

/* Does the decoder look behind the last header of this frame? It then wants more than the header. */
static bool is_looked_behind(const uint8_t *bytes, size_t len)
{
    const struct packet packet = {.data = {bytes, len}, .wire_len = FRAME_BYTES, .link_type = DLT_EN10MB};
    enum decoded decoded;
    struct datagram datagram;
    struct unknown unknown;

    decoded = frame_decode(&packet, &datagram, &unknown);
    if (decoded == DECODED_YES)
        decoded = tunnel_open(&datagram, &unknown);
    return decoded == DECODED_CUT_SHORT;
}

struct field {
    const char *name;
    const char *header;  /* the last of its frame, */
    size_t at, len;      /* and where in the frame the field stands */
    uint32_t further[2]; /* values that do not decide: what is behind them does */
};

static void check_field(const struct bpf_program *program, const struct field *field)
{
    uint8_t frame[FRAME_BYTES] = {0};
    size_t header_len = play_bytes(field->header, frame);

    for (uint32_t value = 0; value >> 8 * field->len == 0; value++) {
        if (value == field->further[0] || value == field->further[1])
            continue;
        frame[field->at] = (uint8_t)(value >> 8 * (field->len - 1));
        frame[field->at + field->len - 1] = (uint8_t)value;
        if (is_let_through(program, frame) != is_looked_behind(frame, header_len))
            fail_msg("%s: 0x%x", field->name, value);
    }
}

static void the_filter_lets_through_what_the_decoder_looks_behind_and_nothing_else(void **state)
{
    static const struct field fields[] = {
        {"ethertype, or length and SNAP", ETHERNET "0000 aaaa03", 12, 2, {0x0800, 0x86dd}},
        {"protocol of IPv4", ETHERNET "0800 " IPV4("00", "0000"), 23, 1, {6, 6}},
        {"next header of IPv6", ETHERNET "86dd " IPV6("00"), 20, 1, {6, 6}},
        {"port of UDP", ETHERNET "0800 " IPV4("11", "0000") "c000 0000 0014 0000", 36, 2, {NONE, NONE}},
        {"source port of UDP", ETHERNET "0800 " IPV4("11", "0000") "0000 c000 0014 0000", 34, 2, {NONE, NONE}},
        {"port of UDP over IPv6", ETHERNET "86dd " IPV6("11") "c000 0000 0014 0000", 56, 2, {NONE, NONE}},
        {"source port of UDP over IPv6", ETHERNET "86dd " IPV6("11") "0000 c000 0014 0000", 54, 2, {NONE, NONE}},
    };
    struct bpf_program program;

    (void)state;
    services_init(&services);
    assert_true(compile(DLT_EN10MB, &program));
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        check_field(&program, &fields[i]);
    pcap_freecode(&program);
}

static void with_discovery_all_of_tcp_passes(void **state)
{
    (void)state;
    services_init(&services);
    services_discover(&services);
    assert_true(passes(ETHERNET "0800 " IPV4("06", "0000") TCP("c000", "01bb")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_compiles_for_every_link_type),
        cmocka_unit_test(it_compiles_with_as_many_ports_as_can_be_added),
        cmocka_unit_test(it_lets_through_what_may_be_mail),
        cmocka_unit_test(the_filter_lets_through_what_the_decoder_looks_behind_and_nothing_else),
        cmocka_unit_test(with_discovery_all_of_tcp_passes),
    };

    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}

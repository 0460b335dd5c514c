/* SPDX-License-Identifier: BSD-2-Clause */
/* frame.c: link types, and the header that each begins with. */
#include "ip.h"
#include "link.h"

#define LINKTYPE_ETHERNET 1
#define COOKED_NETLINK    824 /* ARPHRD_NETLINK: its protocol is no ethertype */

/* The address family of BSD's loopback, in the byte order of whoever captured (LINKTYPE_NULL) or of
 * the network (LINKTYPE_LOOP). Families are small numbers, so that the order shows. */
static bool loopback_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint32_t family;

    (void)link;
    if (!bytes_u32(in, &family))
        return false;
    if (family > 0xffff)
        family = __builtin_bswap32(family);
    switch (family) {
    case 2:
        *ethertype = ETHERTYPE_IPV4;
        return true;
    case 10: /* Linux */
    case 23: /* Windows */
    case 24: /* NetBSD, OpenBSD, Npcap */
    case 28: /* FreeBSD */
    case 30: /* Darwin */
        *ethertype = ETHERTYPE_IPV6;
        return true;
    default:
        *ethertype = ETHERTYPE_NONE;
        return true;
    }
}

/* OpenBSD's IPsec interface: family, security parameters index, flags. */
static bool enc_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    return loopback_read(in, link, ethertype) && bytes_skip(in, 8);
}

/* LINKTYPE_LINUX_SLL: direction, device type, address length, address, protocol. */
static bool cooked_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint16_t direction, device_type;

    (void)link;
    if (!bytes_u16(in, &direction) || !bytes_u16(in, &device_type) || !bytes_skip(in, 2 + 8) ||
        !bytes_u16(in, ethertype))
        return false;
    if (device_type == COOKED_NETLINK)
        *ethertype = ETHERTYPE_NONE;
    return true;
}

/* LINKTYPE_LINUX_SLL2: protocol, reserved, interface, device type, direction, address length, address. */
static bool cooked2_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint16_t device_type;

    (void)link;
    if (!bytes_u16(in, ethertype) || !bytes_skip(in, 2 + 4) || !bytes_u16(in, &device_type) ||
        !bytes_skip(in, 1 + 1 + 8))
        return false;
    if (device_type == COOKED_NETLINK)
        *ethertype = ETHERTYPE_NONE;
    return true;
}

/* Cisco's HDLC has an address (0x0f unicast, 0x8f multicast), 0, an ethertype; PPP in HDLC framing
 * has 0xff, 3. */
static bool hdlc_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    struct bytes peek = *in;
    uint16_t address_control;

    if (!bytes_u16(&peek, &address_control))
        return false;
    if (address_control != 0x0f00 && address_control != 0x8f00)
        return ppp_read(in, link, ethertype);
    *in = peek;
    return ethertype_read(in, ethertype);
}

/* A byte says in which direction the frame went. */
static bool ppp_directed_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    return bytes_skip(in, 1) && ppp_read(in, link, ethertype);
}

static bool hdlc_directed_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    return bytes_skip(in, 1) && hdlc_read(in, link, ethertype);
}

#define NFLOG_VALUES_MAX 64
#define NFLOG_PAYLOAD    9

/* Linux's firewall log: address family, version, resource; then values with length and type, in the
 * order of whoever captured (small numbers, so that the order shows), each filled up to four bytes.
 * One of them is the IP packet. */
static bool nflog_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint16_t len, type;

    if (!bytes_skip(in, 4))
        return false;
    for (int values = 0; values < NFLOG_VALUES_MAX; values++) {
        if (!bytes_u16(in, &len) || !bytes_u16(in, &type))
            return false;
        if (type > 0xff) {
            len = __builtin_bswap16(len);
            type = __builtin_bswap16(type);
        }
        if (type == NFLOG_PAYLOAD)
            return raw_read(in, link, ethertype);
        if (len < 4 || !bytes_skip(in, (len + 3u) / 4 * 4 - 4))
            return false;
    }
    *ethertype = ETHERTYPE_NONE;
    return true;
}

static bool ipv4_only(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    (void)in;
    (void)link;
    *ethertype = ETHERTYPE_IPV4;
    return true;
}

static bool ipv6_only(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    (void)in;
    (void)link;
    *ethertype = ETHERTYPE_IPV6;
    return true;
}

static bool mpls_only(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    (void)in;
    (void)link;
    *ethertype = ETHERTYPE_MPLS;
    return true;
}

/* LINKTYPE_ numbers: www.tcpdump.org/linktypes.html. Ethernet has no row: see first_header_read. */
static const struct {
    uint32_t link_type;
    header_read read;
} link_types[] = {
    {113, cooked_read},
    {276, cooked2_read},
    {101, raw_read},
    {12, raw_read}, /* DLT_RAW of most systems, and of OpenBSD, where files have it in place of 101 */
    {14, raw_read},
    {228, ipv4_only},
    {229, ipv6_only},
    {0, loopback_read},
    {108, loopback_read},
    {9, ppp_read},
    {50, hdlc_read},
    {51, pppoe_read},
    {104, hdlc_read},
    {100, llc_read}, /* ATM, RFC 2684 */
    {11, llc_read},  /* the same in old files */
    {105, wifi_read},
    {119, prism_read},
    {127, radiotap_read},
    {163, avs_read},
    {192, ppi_read},
    {204, ppp_directed_read},
    {205, hdlc_directed_read},
    {239, nflog_read},
    {109, enc_read},
    {219, mpls_only},
};

static header_read reader_of(uint32_t link_type)
{
    for (size_t i = 0; i < sizeof(link_types) / sizeof(link_types[0]); i++)
        if (link_types[i].link_type == link_type)
            return link_types[i].read;
    return NULL;
}

static enum decoded first_header_read(const struct packet *packet, struct bytes *in, struct link *link,
    uint16_t *ethertype, struct unknown *unknown)
{
    struct bytes rest = *in;
    header_read read;

    if (packet->link_type == LINKTYPE_ETHERNET) /* nearly always: inlined, without a call through the table */
        return ethernet_read(in, link, ethertype) ? DECODED_YES : DECODED_CUT_SHORT;
    read = reader_of(packet->link_type);
    if (read == NULL) {
        *unknown = (struct unknown){UNKNOWN_LINK_TYPE, packet->link_type};
        return DECODED_UNKNOWN;
    }
    if (!read(&rest, link, ethertype))
        return DECODED_CUT_SHORT;
    *in = rest;
    return DECODED_YES;
}

enum decoded frame_decode(const struct packet *packet, struct datagram *datagram, struct unknown *unknown)
{
    struct link *link = &datagram->link;
    struct bytes in = packet->data;
    uint32_t cut = packet->wire_len > in.left ? packet->wire_len - (uint32_t)in.left : 0;
    uint16_t ethertype;
    enum decoded decoded;

    /* field by field: to clear the whole of it for each packet would cost more than to read the packet */
    link->has_macs = false;
    link->vlan_count = 0;
    link->tunnel = TUNNEL_NONE;
    link->tunnel_id = 0;
    datagram->tunnel_depth = 0;
    decoded = first_header_read(packet, &in, link, &ethertype, unknown);
    if (decoded != DECODED_YES)
        return decoded;
    link_add_vlan(link, packet->vlan);
    if (ethertype == ETHERTYPE_IPV4)
        return ipv4_decode(in, cut, datagram);
    return ethertype_decode(ethertype, in, cut, datagram, unknown);
}

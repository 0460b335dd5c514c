/* SPDX-License-Identifier: BSD-2-Clause */
/* ip.c: IPv4 and IPv6 headers, down to what they carry. */
#include "ip.h"

#define IPV4_HEADER_BYTES   20
#define IPV4_ADDRESS_BYTES  4
#define IPV4_MORE_FRAGMENTS 0x2000
#define IPV4_OFFSET         0x1fff
#define IPV6_HEADER_BYTES   40
#define IPV6_ADDRESS_BYTES  16
#define IPV6_MORE_FRAGMENTS 0x0001
#define IPV6_OFFSET         0xfff8
#define EXTENSIONS_MAX      16

enum extension {
    EXTENSION_HOP_BY_HOP = 0,
    EXTENSION_ROUTING = 43,
    EXTENSION_FRAGMENT = 44,
    EXTENSION_AUTHENTICATION = 51,
    EXTENSION_DESTINATION = 60,
    EXTENSION_MOBILITY = 135,
    EXTENSION_HOST_IDENTITY = 139,
    EXTENSION_SHIM6 = 140,
};

BYTES_READ ipv4_address(struct bytes *in, struct address *address)
{
    struct bytes octets;

    *address = (struct address)ADDRESS_V4_MAPPED;
    return bytes_take(in, IPV4_ADDRESS_BYTES, &octets) &&
        bytes_copy(octets, address->octets + ADDRESS_V4_AT, IPV4_ADDRESS_BYTES);
}

BYTES_READ ipv6_address(struct bytes *in, struct address *address)
{
    struct bytes octets;

    return bytes_take(in, IPV6_ADDRESS_BYTES, &octets) &&
        bytes_copy(octets, address->octets, IPV6_ADDRESS_BYTES);
}

/* Two lengths bound the payload. What is beyond the length that IP names is padding or a trailer of
 * the frame. What IP names beyond the end of the frame never was on the wire: only `cut` bytes,
 * which the snapshot length took, were. */
static inline void set_payload(struct datagram *datagram, struct bytes in, uint32_t cut, uint32_t len)
{
    if (len > in.left + cut)
        len = (uint32_t)in.left + cut;
    if (in.left > len)
        in.left = len;
    datagram->payload = in;
    datagram->payload_len = len;
}

struct ipv4_header {
    uint8_t version_ihl, type_of_service;
    uint16_t total_len, identification, fragment;
    uint8_t time_to_live, protocol;
    uint16_t checksum;
};

BYTES_READ ipv4_header(struct bytes *in, struct ipv4_header *header, struct datagram *datagram)
{
    struct bytes fixed; /* taken whole: the reads below cannot fail, and the compiler knows it */

    return bytes_take(in, IPV4_HEADER_BYTES, &fixed) &&
        bytes_u8(&fixed, &header->version_ihl) &&
        bytes_u8(&fixed, &header->type_of_service) &&
        bytes_u16(&fixed, &header->total_len) &&
        bytes_u16(&fixed, &header->identification) &&
        bytes_u16(&fixed, &header->fragment) &&
        bytes_u8(&fixed, &header->time_to_live) &&
        bytes_u8(&fixed, &header->protocol) &&
        bytes_u16(&fixed, &header->checksum) &&
        ipv4_address(&fixed, &datagram->source) &&
        ipv4_address(&fixed, &datagram->destination);
}

enum decoded ipv4_decode(struct bytes in, uint32_t cut, struct datagram *datagram)
{
    struct ipv4_header header;
    uint32_t header_len, total_len;

    if (!ipv4_header(&in, &header, datagram))
        return DECODED_CUT_SHORT;
    header_len = (header.version_ihl & 0x0f) * 4u;
    total_len = header.total_len;
    /* a card that cuts segments by itself leaves it 0, for what it did not fill in or what is over 64 KiB */
    if (total_len == 0)
        total_len = IPV4_HEADER_BYTES + (uint32_t)in.left + cut;
    if (header.version_ihl >> 4 != 4 || header_len < IPV4_HEADER_BYTES || total_len < header_len)
        return DECODED_MALFORMED;
    if (!bytes_skip(&in, header_len - IPV4_HEADER_BYTES)) /* options */
        return DECODED_CUT_SHORT;
    datagram->version = 4;
    datagram->link.time_to_live = header.time_to_live;
    datagram->protocol = header.protocol;
    datagram->more_fragments = (header.fragment & IPV4_MORE_FRAGMENTS) != 0;
    datagram->fragment_offset = (uint16_t)((header.fragment & IPV4_OFFSET) * 8);
    datagram->fragment_id = header.identification;
    datagram->is_fragment = (header.fragment & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET)) != 0;
    set_payload(datagram, in, cut, total_len - header_len);
    if (header.protocol == EXTENSION_AUTHENTICATION && !datagram->is_fragment)
        return ip_extensions(datagram);
    return DECODED_YES;
}

static bool is_extension(const struct datagram *datagram)
{
    if (datagram->protocol == EXTENSION_AUTHENTICATION)
        return true;
    if (datagram->version == 4)
        return false;
    switch (datagram->protocol) {
    case EXTENSION_HOP_BY_HOP:
    case EXTENSION_ROUTING:
    case EXTENSION_FRAGMENT:
    case EXTENSION_DESTINATION:
    case EXTENSION_MOBILITY:
    case EXTENSION_HOST_IDENTITY:
    case EXTENSION_SHIM6:
        return true;
    default:
        return false;
    }
}

static uint32_t extension_bytes(uint8_t protocol, uint8_t length)
{
    switch (protocol) {
    case EXTENSION_FRAGMENT:
        return 8;
    case EXTENSION_AUTHENTICATION: /* RFC 4302 2.2: in words of four bytes, less two */
        return (length + 2u) * 4;
    default:
        return (length + 1u) * 8;
    }
}

/* RFC 8200 4.5, after next header and a reserved byte. */
static bool fragment_read(struct bytes body, struct datagram *datagram)
{
    uint16_t offset_more;

    if (!bytes_u16(&body, &offset_more) || !bytes_u32(&body, &datagram->fragment_id))
        return false;
    datagram->fragment_offset = offset_more & IPV6_OFFSET;
    datagram->more_fragments = offset_more & IPV6_MORE_FRAGMENTS;
    datagram->is_fragment = datagram->more_fragments || datagram->fragment_offset > 0;
    return true;
}

/* On the way the header names the next stop; the connection is with the last one (RFC 5095, 6275
 * 6.4, 8754 2). */
static bool routing_read(struct bytes body, struct datagram *datagram)
{
    uint8_t type, segments_left;

    if (!bytes_u8(&body, &type) || !bytes_u8(&body, &segments_left) || !bytes_skip(&body, 4))
        return false;
    if (segments_left == 0 || body.left < IPV6_ADDRESS_BYTES)
        return true;
    if (type == 0 && !bytes_skip(&body, body.left - IPV6_ADDRESS_BYTES))
        return false;
    if (type == 0 || type == 2 || type == 4)
        return ipv6_address(&body, &datagram->destination);
    return true;
}

static enum decoded extension_read(struct datagram *datagram)
{
    struct bytes in = datagram->payload, header;
    uint8_t next, length;
    uint32_t header_len;
    bool read = true;

    if (datagram->payload_len < 8)
        return DECODED_MALFORMED;
    if (!bytes_u8(&in, &next) || !bytes_u8(&in, &length))
        return DECODED_CUT_SHORT;
    header_len = extension_bytes(datagram->protocol, length);
    if (header_len > datagram->payload_len)
        return DECODED_MALFORMED;
    if (!bytes_take(&in, header_len - 2, &header))
        return DECODED_CUT_SHORT;
    if (datagram->protocol == EXTENSION_FRAGMENT)
        read = fragment_read(header, datagram);
    else if (datagram->protocol == EXTENSION_ROUTING)
        read = routing_read(header, datagram);
    datagram->protocol = next;
    datagram->payload = in;
    datagram->payload_len -= header_len;
    return read ? DECODED_YES : DECODED_MALFORMED;
}

enum decoded ip_extensions(struct datagram *datagram)
{
    enum decoded decoded = DECODED_YES;

    for (int headers = 0; is_extension(datagram) && decoded == DECODED_YES && !datagram->is_fragment;
         headers++)
        decoded = headers < EXTENSIONS_MAX ? extension_read(datagram) : DECODED_MALFORMED;
    return decoded;
}

/* The length of a jumbogram: an option of the hop-by-hop header (RFC 2675 2). 0: there is none. */
static uint32_t jumbo_payload_len(struct bytes in)
{
    uint8_t next, length, type;
    struct bytes options, option;
    uint32_t len = 0;

    if (!bytes_u8(&in, &next) || !bytes_u8(&in, &length) ||
        !bytes_take(&in, extension_bytes(EXTENSION_HOP_BY_HOP, length) - 2, &options))
        return 0;
    while (bytes_u8(&options, &type)) {
        if (type == 0) /* a byte of padding has no length */
            continue;
        if (!bytes_vector8(&options, &option))
            return 0;
        if (type == 0xc2 && bytes_u32(&option, &len))
            return len;
    }
    return 0;
}

struct ipv6_header {
    uint32_t version_class_flow;
    uint16_t payload_len;
    uint8_t next_header, hop_limit;
};

BYTES_READ ipv6_header(struct bytes *in, struct ipv6_header *header, struct datagram *datagram)
{
    struct bytes fixed;

    return bytes_take(in, IPV6_HEADER_BYTES, &fixed) &&
        bytes_u32(&fixed, &header->version_class_flow) &&
        bytes_u16(&fixed, &header->payload_len) &&
        bytes_u8(&fixed, &header->next_header) &&
        bytes_u8(&fixed, &header->hop_limit) &&
        ipv6_address(&fixed, &datagram->source) &&
        ipv6_address(&fixed, &datagram->destination);
}

/* A length of 0 means a jumbogram, or an offloading card that left the length out: all there is, then. */
static uint32_t ipv6_payload_len(const struct ipv6_header *header, struct bytes in, uint32_t cut)
{
    uint32_t all = (uint32_t)in.left + cut, jumbo = 0;

    if (header->payload_len > 0)
        return header->payload_len;
    if (header->next_header == EXTENSION_HOP_BY_HOP)
        jumbo = jumbo_payload_len(in);
    return jumbo > 0 && jumbo < all ? jumbo : all;
}

enum decoded ipv6_decode(struct bytes in, uint32_t cut, struct datagram *datagram)
{
    struct ipv6_header header;

    if (!ipv6_header(&in, &header, datagram))
        return DECODED_CUT_SHORT;
    if (header.version_class_flow >> 28 != 6)
        return DECODED_MALFORMED;
    datagram->version = 6;
    datagram->link.time_to_live = header.hop_limit;
    datagram->protocol = header.next_header;
    datagram->is_fragment = false;
    datagram->more_fragments = false;
    datagram->fragment_offset = 0;
    datagram->fragment_id = 0;
    set_payload(datagram, in, cut, ipv6_payload_len(&header, in, cut));
    return header.next_header == PROTOCOL_TCP ? DECODED_YES : ip_extensions(datagram);
}

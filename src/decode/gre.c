/* SPDX-License-Identifier: BSD-2-Clause */
/* gre.c: GRE (RFC 2784, 2890, 1701), PPTP's variety of it (RFC 2637), MikroTik's EoIP, and ERSPAN
 * (draft-foschiano-erspan). */
#include "tunnel.h"

#define GRE_CHECKSUM       0x8000
#define GRE_ROUTING        0x4000
#define GRE_KEY            0x2000
#define GRE_SEQUENCE       0x1000
#define GRE_ACKNOWLEDGMENT 0x0080 /* PPTP only */
#define GRE_VERSION        0x0007
#define GRE_VERSION_PPTP   1

#define GRE_PPP         0x880b
#define GRE_WCCP        0x883e
#define GRE_EOIP        0x6400
#define GRE_ERSPAN_I_II 0x88be
#define GRE_ERSPAN_III  0x22eb

#define IP_BYTES_MAX 65535

struct gre {
    uint16_t flags;
    uint16_t protocol;
    uint32_t key;
};

/* RFC 1701: source route entries of {address family, offset, length, bytes}, until one of family
 * and length 0. */
static bool source_routes_read(struct bytes *in)
{
    uint16_t family;
    uint8_t offset;
    struct bytes route;

    do
        if (!bytes_u16(in, &family) || !bytes_u8(in, &offset) || !bytes_vector8(in, &route))
            return false;
    while (family != 0 || route.left > 0);
    return true;
}

static bool header_read_gre(struct bytes *in, struct gre *gre)
{
    gre->key = 0;
    if (!bytes_u16(in, &gre->flags) || !bytes_u16(in, &gre->protocol))
        return false;
    if ((gre->flags & (GRE_CHECKSUM | GRE_ROUTING)) && !bytes_skip(in, 4)) /* checksum and offset */
        return false;
    if ((gre->flags & GRE_KEY) && !bytes_u32(in, &gre->key))
        return false;
    if ((gre->flags & GRE_SEQUENCE) && !bytes_skip(in, 4))
        return false;
    return !(gre->flags & GRE_ROUTING) || source_routes_read(in);
}

/* MikroTik's Ethernet over IP: the key is payload length and, in little-endian order, the tunnel's number. */
static enum decoded eoip_read(struct bytes in, uint32_t cut, const struct gre *gre, struct datagram *inner,
    struct unknown *unknown)
{
    if (gre->key >> 16 == 0) /* keep-alive */
        return DECODED_OTHER;
    inner->link.tunnel_id = __builtin_bswap16((uint16_t)gre->key);
    return ethertype_decode(ETHERTYPE_BRIDGING, in, cut, inner, unknown);
}

/* The key is payload length and call id. Without a sequence number it is a bare acknowledgment. */
static enum decoded pptp_read(struct bytes in, uint32_t cut, const struct gre *gre, struct datagram *inner,
    struct unknown *unknown)
{
    uint16_t ethertype;

    if (!(gre->flags & GRE_SEQUENCE) || gre->protocol != GRE_PPP)
        return DECODED_OTHER;
    inner->link.tunnel_id = gre->key & 0xffff;
    if ((gre->flags & GRE_ACKNOWLEDGMENT) && !bytes_skip(&in, 4))
        return DECODED_CUT_SHORT;
    if (!ppp_read(&in, &inner->link, &ethertype))
        return DECODED_CUT_SHORT;
    return ethertype_decode(ethertype, in, cut, inner, unknown);
}

#define ERSPAN_II                1
#define ERSPAN_III               2
#define ERSPAN_VLAN_TAKEN_OFF    2 /* II: the frame was tagged and is no more */
#define ERSPAN_TRUNCATED         0x0400
#define ERSPAN_SESSION           0x03ff
#define ERSPAN_III_IP            2 /* frame types; 0 is Ethernet */
#define ERSPAN_III_HAS_SUBHEADER 0x0001

/* Version and VLAN, then class, encapsulation, truncated, session, as both II and III have it. */
struct erspan {
    uint16_t version_vlan;
    uint16_t session;
};

static enum decoded erspan2_read(struct bytes in, uint32_t cut, const struct erspan *erspan,
    struct datagram *inner, struct unknown *unknown)
{
    uint16_t ethertype;

    if (!bytes_skip(&in, 4) || !ethernet_read(&in, &inner->link, &ethertype)) /* reserved and index */
        return DECODED_CUT_SHORT;
    if ((erspan->session >> 11 & 3) == ERSPAN_VLAN_TAKEN_OFF)
        link_add_vlan(&inner->link, erspan->version_vlan);
    return ethertype_decode(ethertype, in, cut, inner, unknown);
}

static enum decoded erspan3_read(
    struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    uint16_t frame_type, ethertype;

    /* time and security group; then P, frame type (5 bits), hardware, direction, granularity, O */
    if (!bytes_skip(&in, 4 + 2) || !bytes_u16(&in, &frame_type))
        return DECODED_CUT_SHORT;
    if ((frame_type & ERSPAN_III_HAS_SUBHEADER) && !bytes_skip(&in, 8))
        return DECODED_CUT_SHORT;
    switch (frame_type >> 10 & 0x1f) {
    case 0:
        return ethertype_decode(ETHERTYPE_BRIDGING, in, cut, inner, unknown);
    case ERSPAN_III_IP:
        if (!raw_read(&in, &inner->link, &ethertype))
            return DECODED_CUT_SHORT;
        return ethertype_decode(ethertype, in, cut, inner, unknown);
    default:
        return DECODED_OTHER;
    }
}

static enum decoded erspan_read(struct bytes in, uint32_t cut, const struct gre *gre, struct datagram *inner,
    struct unknown *unknown)
{
    struct erspan erspan;

    inner->link.tunnel = TUNNEL_ERSPAN;
    inner->link.tunnel_id = 0;
    /* type I has no header of its own and is told by its missing sequence number */
    if (gre->protocol == GRE_ERSPAN_I_II && !(gre->flags & GRE_SEQUENCE))
        return ethertype_decode(ETHERTYPE_BRIDGING, in, cut, inner, unknown);
    if (!bytes_u16(&in, &erspan.version_vlan) || !bytes_u16(&in, &erspan.session))
        return DECODED_CUT_SHORT;
    inner->link.tunnel_id = erspan.session & ERSPAN_SESSION;
    if (erspan.session & ERSPAN_TRUNCATED) /* by the switch, and only IP's own length tells by how much */
        cut += IP_BYTES_MAX;
    switch (erspan.version_vlan >> 12) {
    case ERSPAN_II:
        return erspan2_read(in, cut, &erspan, inner, unknown);
    case ERSPAN_III:
        return erspan3_read(in, cut, inner, unknown);
    default:
        return DECODED_OTHER;
    }
}

/* WCCP of version 2 puts four bytes of its own before the packet, version 1 does not. */
static enum decoded wccp_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    uint16_t ethertype;

    if (!raw_read(&in, &inner->link, &ethertype))
        return DECODED_CUT_SHORT;
    if (ethertype != ETHERTYPE_IPV4 && !bytes_skip(&in, 4))
        return DECODED_CUT_SHORT;
    return ethertype_decode(ETHERTYPE_IPV4, in, cut, inner, unknown);
}

enum decoded gre_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    struct gre gre;
    uint16_t ethertype;

    if (!header_read_gre(&in, &gre))
        return DECODED_CUT_SHORT;
    if ((gre.flags & GRE_VERSION) == GRE_VERSION_PPTP && gre.protocol == GRE_EOIP)
        return eoip_read(in, cut, &gre, inner, unknown);
    if ((gre.flags & GRE_VERSION) == GRE_VERSION_PPTP)
        return pptp_read(in, cut, &gre, inner, unknown);
    if ((gre.flags & GRE_VERSION) != 0)
        return DECODED_OTHER;
    inner->link.tunnel_id = gre.key;
    switch (gre.protocol) {
    case GRE_ERSPAN_I_II:
    case GRE_ERSPAN_III:
        return erspan_read(in, cut, &gre, inner, unknown);
    case GRE_WCCP:
        return wccp_read(in, cut, inner, unknown);
    case GRE_PPP:
        if (!ppp_read(&in, &inner->link, &ethertype))
            return DECODED_CUT_SHORT;
        return ethertype_decode(ethertype, in, cut, inner, unknown);
    default:
        return ethertype_decode(gre.protocol, in, cut, inner, unknown);
    }
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* overlay.c: the tunnels in UDP: VXLAN (RFC 7348) and its GPE, GENEVE (RFC 8926), TZSP, GTP-U (3GPP
 * TS 29.281). */
#include "tunnel.h"

#define VXLAN_HAS_NETWORK       0x08
#define VXLAN_GPE_NEXT_PROTOCOL 0x04
#define GENEVE_VERSION          0xc0
#define GENEVE_OPTION_WORDS     0x3f
#define TZSP_VERSION            1
#define TZSP_RECEIVED           0
#define TZSP_TRANSMIT           1
#define TZSP_ETHERNET           1
#define TZSP_TAG_PADDING        0
#define TZSP_TAG_END            1
#define GTP_VERSION_1           0x30 /* version and protocol type, in the mask 0xf0 but for a reserved bit */
#define GTP_HAS_OPTIONS         0x07
#define GTP_HAS_EXTENSIONS      0x04
#define GTP_PACKET              0xff

/* Some write the next protocol and leave out the flag that says so. */
static uint16_t ethertype_in_vxlan(struct bytes in, uint8_t flags, uint8_t next_protocol)
{
    uint16_t ethertype = ethertype_of_next_protocol(next_protocol);

    if ((flags & VXLAN_GPE_NEXT_PROTOCOL) || (ethertype != ETHERTYPE_NONE && !frame_begins_after(in, 0)))
        return ethertype;
    return ETHERTYPE_BRIDGING;
}

enum decoded vxlan_gpe_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    uint8_t flags, next_protocol, reserved;

    if (!bytes_u8(&in, &flags) || !bytes_skip(&in, 2) || !bytes_u8(&in, &next_protocol) ||
        !bytes_u24(&in, &inner->link.tunnel_id) || !bytes_u8(&in, &reserved))
        return DECODED_CUT_SHORT;
    return ethertype_decode(ethertype_in_vxlan(in, flags, next_protocol), in, cut, inner, unknown);
}

/* GPE is seen on the port of VXLAN as well. */
enum decoded vxlan_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    struct bytes peek = in;
    uint8_t flags;

    if (!bytes_u8(&peek, &flags))
        return DECODED_CUT_SHORT;
    if (!(flags & VXLAN_HAS_NETWORK))
        return DECODED_OTHER;
    if (flags & VXLAN_GPE_NEXT_PROTOCOL)
        return vxlan_gpe_read(in, cut, inner, unknown);
    if (!bytes_skip(&in, 4) || !bytes_u24(&in, &inner->link.tunnel_id) || !bytes_skip(&in, 1))
        return DECODED_CUT_SHORT;
    return ethertype_decode(ETHERTYPE_BRIDGING, in, cut, inner, unknown);
}

enum decoded geneve_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    uint8_t version_option_len, flags, reserved;
    uint16_t ethertype;

    if (!bytes_u8(&in, &version_option_len) || !bytes_u8(&in, &flags) || !bytes_u16(&in, &ethertype) ||
        !bytes_u24(&in, &inner->link.tunnel_id) || !bytes_u8(&in, &reserved))
        return DECODED_CUT_SHORT;
    if (version_option_len & GENEVE_VERSION)
        return DECODED_OTHER;
    if (!bytes_skip(&in, (size_t)(version_option_len & GENEVE_OPTION_WORDS) * 4))
        return DECODED_CUT_SHORT;
    return ethertype_decode(ethertype, in, cut, inner, unknown);
}

static bool tzsp_tags_read(struct bytes *in)
{
    struct bytes value;
    uint8_t tag;

    do
        if (!bytes_u8(in, &tag) || (tag > TZSP_TAG_END && !bytes_vector8(in, &value)))
            return false;
    while (tag != TZSP_TAG_END);
    return true;
}

enum decoded tzsp_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    uint8_t version, type;
    uint16_t encapsulated;

    if (!bytes_u8(&in, &version) || !bytes_u8(&in, &type) || !bytes_u16(&in, &encapsulated))
        return DECODED_CUT_SHORT;
    if (version != TZSP_VERSION || type > TZSP_TRANSMIT || encapsulated != TZSP_ETHERNET)
        return DECODED_OTHER;
    if (!tzsp_tags_read(&in))
        return DECODED_CUT_SHORT;
    return ethertype_decode(ETHERTYPE_BRIDGING, in, cut, inner, unknown);
}

/* Extension headers: a length in words of four bytes, that many bytes less two, the type of the
 * next; 0 ends. */
static bool gtp_extensions_read(struct bytes *in, uint8_t next)
{
    uint8_t words;

    while (next != 0)
        if (!bytes_u8(in, &words) || words == 0 || !bytes_skip(in, words * 4u - 2) || !bytes_u8(in, &next))
            return false;
    return true;
}

enum decoded gtp_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    uint8_t flags, type, next = 0;
    uint16_t length, ethertype;

    if (!bytes_u8(&in, &flags) || !bytes_u8(&in, &type) || !bytes_u16(&in, &length) ||
        !bytes_u32(&in, &inner->link.tunnel_id))
        return DECODED_CUT_SHORT;
    if ((flags & 0xf0) != GTP_VERSION_1 || type != GTP_PACKET)
        return DECODED_OTHER;
    /* sequence number, N-PDU number and next extension are there if any of them is meant */
    if ((flags & GTP_HAS_OPTIONS) && (!bytes_skip(&in, 3) || !bytes_u8(&in, &next)))
        return DECODED_CUT_SHORT;
    if ((flags & GTP_HAS_EXTENSIONS) && !gtp_extensions_read(&in, next))
        return DECODED_CUT_SHORT;
    if (!raw_read(&in, &inner->link, &ethertype))
        return DECODED_CUT_SHORT;
    if (ethertype == ETHERTYPE_NONE && frame_begins_after(in, 0)) /* 5G carries frames, too */
        ethertype = ETHERTYPE_BRIDGING;
    return ethertype_decode(ethertype, in, cut, inner, unknown);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* link.c: what may stand between the MAC addresses and the IP packet: tags, in any order. */
#include "link.h"

#include "ip.h"

#include <lasthello/carriers.h>

#define LINK_HEADERS_MAX 32 /* nobody stacks more; a frame of nothing but tags must not cost more */

static bool next_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    (void)link;
    return ethertype_read(in, ethertype);
}

static bool vlan_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint16_t tag;

    if (!bytes_u16(in, &tag) || !ethertype_read(in, ethertype))
        return false;
    link_add_vlan(link, tag);
    return true;
}

/* Each ethertype: bytes that tell us nothing, then what reads the rest of its header. */
static const struct tag {
    uint16_t ethertype;
    uint8_t skip_len;
    header_read read;
} tags[] = {
#define VLAN_ROW(ethertype)                      {ethertype, 0, vlan_read},
#define ETHERTYPE_ROW(ethertype, skip_len, read) {ethertype, skip_len, read},
    CARRIER_VLAN_TAGS(VLAN_ROW)
        CARRIER_ETHERTYPES(ETHERTYPE_ROW){ETHERTYPE_LLC, 0, llc_read},
};

static const struct tag *tag_of(uint16_t ethertype)
{
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
        if (tags[i].ethertype == ethertype)
            return &tags[i];
    return NULL;
}

enum decoded ethertype_decode(uint16_t ethertype, struct bytes in, uint32_t cut, struct datagram *datagram,
    struct unknown *unknown)
{
    uint16_t last = ethertype;

    for (int headers = 0; headers < LINK_HEADERS_MAX; headers++) {
        const struct tag *tag;

        if (ethertype == ETHERTYPE_IPV4)
            return ipv4_decode(in, cut, datagram);
        if (ethertype == ETHERTYPE_IPV6)
            return ipv6_decode(in, cut, datagram);
        if ((tag = tag_of(ethertype)) == NULL)
            break;
        if (!bytes_skip(&in, tag->skip_len) || !tag->read(&in, &datagram->link, &ethertype))
            return DECODED_CUT_SHORT;
        if (ethertype == ETHERTYPE_NONE)
            break;
        last = ethertype;
    }
    if (last != ETHERTYPE_NONE)
        *unknown = (struct unknown){UNKNOWN_ETHERTYPE, last};
    return DECODED_OTHER;
}

bool llc_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    struct bytes snap = *in;
    uint32_t saps_control, organisation;

    (void)link;
    if (!bytes_u24(&snap, &saps_control))
        return false;
    *ethertype = saps_control == 0x060603 ? ETHERTYPE_IPV4 : ETHERTYPE_NONE; /* RFC 948 */
    if (saps_control == 0xaaaa03) {
        if (!bytes_u24(&snap, &organisation) || !bytes_u16(&snap, ethertype))
            return false;
        /* RFC 1042, and 0x0000f8 for the same (802.1H); other organisations number in their own way */
        if (organisation != 0x000000 && organisation != 0x0000f8)
            *ethertype = ETHERTYPE_NONE;
    }
    *in = snap;
    return true;
}

/* RFC 8300 2.2: version, flags, TTL and length (in words of 4 bytes, these included), kind of
 * metadata, next. */
bool nsh_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint16_t length;
    uint8_t metadata, next_protocol;

    (void)link;
    if (!bytes_u16(in, &length) || !bytes_u8(in, &metadata) || !bytes_u8(in, &next_protocol))
        return false;
    length = (length & 0x003f) * 4;
    *ethertype = ethertype_of_next_protocol(next_protocol);
    if (length < 8) { /* without its service path it is none */
        *ethertype = ETHERTYPE_NONE;
        return true;
    }
    return bytes_skip(in, length - 4u);
}

bool raw_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    struct bytes peek = *in;
    uint8_t version;

    (void)link;
    if (!bytes_u8(&peek, &version))
        return false;
    *ethertype = ETHERTYPE_NONE;
    if (version >> 4 == 4)
        *ethertype = ETHERTYPE_IPV4;
    if (version >> 4 == 6)
        *ethertype = ETHERTYPE_IPV6;
    return true;
}

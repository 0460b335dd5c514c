/* SPDX-License-Identifier: BSD-2-Clause */
/* wifi.c: data frames of 802.11 that are not encrypted, and the headers that capture tools put
 * before them. */
#include "link.h"

#define KIND           0x0f /* version, type, and not the subtype */
#define KIND_DATA      0x08
#define SUBTYPE_NULL   0x40 /* no data in it */
#define SUBTYPE_QOS    0x80
#define FLAG_TO_DS     0x01
#define FLAG_FROM_DS   0x02
#define FLAG_MORE      0x04 /* fragments follow */
#define FLAG_PROTECTED 0x40
#define FLAG_ORDER     0x80
#define FRAGMENT       0x0f
#define QOS_AGGREGATED 0x80 /* several packets in one frame */

struct wifi_header {
    uint8_t kind, flags; /* frame control (IEEE 802.11 9.2.4.1) */
    uint8_t fragment;
    struct bytes address[3];
};

BYTES_READ wifi_header(struct bytes *in, struct wifi_header *header)
{
    uint8_t sequence;

    return bytes_u8(in, &header->kind) && bytes_u8(in, &header->flags) && bytes_skip(in, 2) && /* duration */
        bytes_take(in, MAC_BYTES, &header->address[0]) && bytes_take(in, MAC_BYTES, &header->address[1]) &&
        bytes_take(in, MAC_BYTES, &header->address[2]) && bytes_u8(in, &header->fragment) &&
        bytes_u8(in, &sequence);
}

/* Some access points swap the two bytes of frame control in what they send to their controller. */
static void order_control(struct wifi_header *header)
{
    uint8_t kind = header->kind;

    if ((kind & KIND) == KIND_DATA || (header->flags & KIND) != KIND_DATA)
        return;
    header->kind = header->flags;
    header->flags = kind;
}

/* IEEE 802.11 9.3.2.1: whose the addresses are depends on the way through access points. */
static bool stations_note(struct bytes *in, const struct wifi_header *header, struct link *link)
{
    const bool to = (header->flags & FLAG_TO_DS) != 0, from = (header->flags & FLAG_FROM_DS) != 0;
    struct bytes source = from ? header->address[2] : header->address[1];

    if (to && from && !bytes_take(in, MAC_BYTES, &source))
        return false;
    link->has_macs = true;
    link->vlan_count = 0;
    return bytes_copy(header->address[to ? 2 : 0], link->destination_mac, MAC_BYTES) &&
        bytes_copy(source, link->source_mac, MAC_BYTES);
}

/* A header of 26 bytes may be filled up to 28: what follows begins with a SNAP header. */
static bool snap_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    struct bytes filled = *in;
    uint32_t snap;

    if (bytes_skip(&filled, 2) && bytes_u24(&filled, &snap) && snap == 0xaaaa03 && !bytes_skip(in, 2))
        return false;
    return llc_read(in, link, ethertype);
}

bool wifi_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    struct wifi_header header;
    uint8_t qos = 0, more;

    *ethertype = ETHERTYPE_NONE;
    if (!wifi_header(in, &header))
        return false;
    order_control(&header);
    if ((header.kind & KIND) != KIND_DATA || (header.kind & SUBTYPE_NULL)) /* management, control */
        return true;
    if (!stations_note(in, &header, link))
        return false;
    if ((header.kind & SUBTYPE_QOS) && (!bytes_u8(in, &qos) || !bytes_u8(in, &more)))
        return false;
    if ((header.kind & SUBTYPE_QOS) && (header.flags & FLAG_ORDER) && !bytes_skip(in, 4))
        return false;
    *ethertype = ETHERTYPE_80211;
    if ((header.flags & (FLAG_PROTECTED | FLAG_MORE)) || (header.fragment & FRAGMENT) ||
        (qos & QOS_AGGREGATED))
        return true;
    return snap_read(in, link, ethertype);
}

/* radiotap.org: version, padding, then a length in little-endian order, as the whole header is. */
bool radiotap_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint16_t len;

    if (!bytes_skip(in, 2) || !bytes_u16(in, &len))
        return false;
    len = __builtin_bswap16(len);
    *ethertype = ETHERTYPE_NONE;
    if (len < 8)
        return true;
    return bytes_skip(in, len - 4u) && wifi_read(in, link, ethertype);
}

#define PRISM_BYTES    144
#define AVS_VERSION    0x80211000
#define AVS_VERSION_OF 0xfffffff0

/* AVS: version and length in network order. */
bool avs_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint32_t version, len;

    if (!bytes_u32(in, &version) || !bytes_u32(in, &len))
        return false;
    *ethertype = ETHERTYPE_NONE;
    if (len < 8)
        return true;
    return bytes_skip(in, len - 8) && wifi_read(in, link, ethertype);
}

/* Prism cards, or AVS under the same link type. */
bool prism_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    struct bytes peek = *in;
    uint32_t version;

    if (!bytes_u32(&peek, &version))
        return false;
    if ((version & AVS_VERSION_OF) == AVS_VERSION)
        return avs_read(in, link, ethertype);
    return bytes_skip(in, PRISM_BYTES) && wifi_read(in, link, ethertype);
}

#define PPI_WIFI 105

/* Per-packet information: version, flags, length and link type in little-endian order. */
bool ppi_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint32_t link_type;
    uint16_t len;

    if (!bytes_skip(in, 2) || !bytes_u16(in, &len) || !bytes_u32(in, &link_type))
        return false;
    len = __builtin_bswap16(len);
    *ethertype = ETHERTYPE_NONE;
    if (len < 8 || __builtin_bswap32(link_type) != PPI_WIFI)
        return true;
    return bytes_skip(in, len - 8u) && wifi_read(in, link, ethertype);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* link.h: the headers between the link type, or a tunnel, and the IP packet: each says what follows
 * it.
 *
 * `cut`, where a function has it, counts the bytes at the end of `in` that were on the wire and not
 * captured. */
#ifndef DECODE_LINK_H
#define DECODE_LINK_H

#include <lasthello/decode.h>

#define ETHERTYPE_NONE     0x0000 /* what follows has no ethertype: LCP, spanning tree */
#define ETHERTYPE_LLC      0x0004 /* a length stood there: the number Linux gives in cooked captures */
#define ETHERTYPE_IPV4     0x0800
#define ETHERTYPE_BRIDGING 0x6558 /* an Ethernet frame */
#define ETHERTYPE_IPV6     0x86dd
#define ETHERTYPE_MPLS     0x8847
#define ETHERTYPE_MPLS_UP  0x8848 /* upstream-assigned labels (RFC 5332) */
#define ETHERTYPE_NSH      0x894f
#define ETHERTYPE_MACSEC   0x88e5
#define ETHERTYPE_80211    0x0019 /* 802.11 that cannot be read: the number Linux gives it */

#define LENGTH_802_3_MAX 1500 /* what is larger in its place is an ethertype (IEEE 802.3 3.2.6) */
#define MAC_BYTES        6
#define ETHERNET_BYTES   14

/* A header_read takes its header from the front of `in`, and tells what follows. False: it was cut. */
typedef bool (*header_read)(struct bytes *in, struct link *link, uint16_t *ethertype);

bool mpls_read(struct bytes *in, struct link *link, uint16_t *ethertype);
bool nsh_read(struct bytes *in, struct link *link, uint16_t *ethertype);
bool llc_read(struct bytes *in, struct link *link, uint16_t *ethertype);
bool ppp_read(struct bytes *in, struct link *link, uint16_t *ethertype);
bool pppoe_read(struct bytes *in, struct link *link, uint16_t *ethertype);
bool trill_read(struct bytes *in, struct link *link, uint16_t *ethertype);
bool macsec_read(struct bytes *in, struct link *link, uint16_t *ethertype);
bool arista_read(struct bytes *in, struct link *link, uint16_t *ethertype);
/* Frames of 802.11, bare and behind the headers that capture tools put before them. */
bool wifi_read(struct bytes *in, struct link *link, uint16_t *ethertype);
bool radiotap_read(struct bytes *in, struct link *link, uint16_t *ethertype);
bool prism_read(struct bytes *in, struct link *link, uint16_t *ethertype);
bool avs_read(struct bytes *in, struct link *link, uint16_t *ethertype);
bool ppi_read(struct bytes *in, struct link *link, uint16_t *ethertype);
/* raw_read takes nothing: the first four bits are the version of IP. */
bool raw_read(struct bytes *in, struct link *link, uint16_t *ethertype);

/* ethertype_decode reads header after header, beginning with that of `ethertype`, until there is an
 * IP packet. */
enum decoded ethertype_decode(uint16_t ethertype, struct bytes in, uint32_t cut, struct datagram *datagram,
    struct unknown *unknown);

/* ethertype_is_known: does ethertype_decode read this one? */
bool ethertype_is_known(uint16_t ethertype);

/* frame_begins_after: does an Ethernet frame with a known ethertype begin after `skip_len` bytes? A
 * length in its place proves nothing: that of an IP packet stands four bytes further. */
bool frame_begins_after(struct bytes in, size_t skip_len);

/* ethertype_of_next_protocol translates the numbers of NSH (RFC 8300 2.2) and VXLAN-GPE. */
uint16_t ethertype_of_next_protocol(uint8_t next_protocol);

BYTES_READ ethertype_read(struct bytes *in, uint16_t *ethertype)
{
    if (!bytes_u16(in, ethertype))
        return false;
    if (*ethertype <= LENGTH_802_3_MAX)
        *ethertype = ETHERTYPE_LLC;
    return true;
}

/* link_add_vlan keeps a VLAN id. Id 0 is a priority and no VLAN (IEEE 802.1Q 9.6). */
static inline void link_add_vlan(struct link *link, uint16_t tag)
{
    uint16_t id = tag & 0x0fff;

    if (id != 0 && link->vlan_count < LINK_VLANS_MAX)
        link->vlans[link->vlan_count++] = id;
}

/* ethernet_read begins a new frame: the VLANs of one around it are forgotten. */
static inline bool ethernet_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    struct bytes header, destination, source;

    if (!bytes_take(in, ETHERNET_BYTES, &header))
        return false;
    link->has_macs = true;
    link->vlan_count = 0;
    return bytes_take(&header, MAC_BYTES, &destination) &&
        bytes_copy(destination, link->destination_mac, MAC_BYTES) &&
        bytes_take(&header, MAC_BYTES, &source) &&
        bytes_copy(source, link->source_mac, MAC_BYTES) &&
        ethertype_read(&header, ethertype);
}

#endif

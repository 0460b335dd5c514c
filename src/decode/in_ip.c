/* SPDX-License-Identifier: BSD-2-Clause */
/* in_ip.c: packets and frames that stand right after an IP header, told by its protocol alone. */
#include "ip.h"
#include "tunnel.h"

enum decoded ipv4_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    (void)unknown;
    return ipv4_decode(in, cut, inner);
}

enum decoded ipv6_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    (void)unknown;
    return ipv6_decode(in, cut, inner);
}

enum decoded ethernet_in_ip_read(
    struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    return ethertype_decode(ETHERTYPE_BRIDGING, in, cut, inner, unknown);
}

enum decoded mpls_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    return ethertype_decode(ETHERTYPE_MPLS, in, cut, inner, unknown);
}

enum decoded nsh_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    return ethertype_decode(ETHERTYPE_NSH, in, cut, inner, unknown);
}

#define ETHERIP_VERSION         3
#define ETHERIP_VERSION_SWAPPED 0x0300 /* of some BSDs */

/* RFC 3378 2: a version and twelve reserved bits, in which MikroTik's EoIPv6 has the tunnel's number. */
enum decoded etherip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    uint16_t head;

    if (!bytes_u16(&in, &head))
        return DECODED_CUT_SHORT;
    if (head >> 12 != ETHERIP_VERSION && head != ETHERIP_VERSION_SWAPPED)
        return DECODED_OTHER;
    inner->link.tunnel_id = head == ETHERIP_VERSION_SWAPPED ? 0 : head & 0x0fff;
    return ethertype_decode(ETHERTYPE_BRIDGING, in, cut, inner, unknown);
}

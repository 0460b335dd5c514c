/* SPDX-License-Identifier: BSD-2-Clause */
/* tunnel.c: which datagrams carry another packet: by protocol of IP, or by destination port of UDP. */
#include "tunnel.h"

#include "ip.h"

static enum decoded ipv4_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    (void)unknown;
    return ipv4_decode(in, cut, inner);
}

static enum decoded ipv6_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    (void)unknown;
    return ipv6_decode(in, cut, inner);
}

struct tunnel_kind {
    uint16_t number;
    enum tunnel tunnel;
    tunnel_read read;
};

static const struct tunnel_kind protocols[] = {
    {PROTOCOL_IPV4, TUNNEL_IPIP, ipv4_in_ip_read},
    {PROTOCOL_IPV6, TUNNEL_IPIP, ipv6_in_ip_read},
    {PROTOCOL_GRE, TUNNEL_GRE, gre_read},
};

static const struct tunnel_kind ports[] = {
    {4789, TUNNEL_VXLAN, vxlan_read},
    {8472, TUNNEL_VXLAN, vxlan_read}, /* Linux, before the port was assigned */
    {4790, TUNNEL_VXLAN, vxlan_gpe_read},
    {6081, TUNNEL_GENEVE, geneve_read},
    {37008, TUNNEL_TZSP, tzsp_read},
    {2152, TUNNEL_GTP, gtp_read},
    {4754, TUNNEL_GRE, gre_read}, /* RFC 8086 */
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct tunnel_kind *kind_in(const struct tunnel_kind *kinds, size_t count, uint16_t number)
{
    for (size_t i = 0; i < count; i++)
        if (kinds[i].number == number)
            return &kinds[i];
    return NULL;
}

/* Steps `in` over the UDP header. Its length is not needed: the packet inside knows its own. */
static const struct tunnel_kind *kind_of_udp(struct bytes *in)
{
    uint16_t source_port, destination_port;

    if (!bytes_u16(in, &source_port) || !bytes_u16(in, &destination_port) || !bytes_skip(in, 4))
        return NULL;
    return kind_in(ports, COUNT_OF(ports), destination_port);
}

enum decoded tunnel_open(struct datagram *datagram, struct unknown *unknown)
{
    uint32_t cut = datagram->payload_len - (uint32_t)datagram->payload.left;
    struct bytes in = datagram->payload;
    const struct tunnel_kind *kind;
    struct datagram inner;
    enum decoded decoded;

    if (datagram->is_fragment)
        return DECODED_OTHER;
    if (datagram->protocol == PROTOCOL_UDP)
        kind = kind_of_udp(&in);
    else
        kind = kind_in(protocols, COUNT_OF(protocols), datagram->protocol);
    if (kind == NULL)
        return DECODED_OTHER;
    inner = *datagram;
    inner.tunnel_depth++;
    inner.link.tunnel = kind->tunnel;
    inner.link.tunnel_id = 0;
    decoded = kind->read(in, cut, &inner, unknown);
    if (decoded == DECODED_YES)
        *datagram = inner;
    return decoded;
}

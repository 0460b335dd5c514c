/* SPDX-License-Identifier: BSD-2-Clause */
/* tunnel.c: which datagrams carry another packet: by protocol of IP, or by ports of UDP. */
#include "tunnel.h"

#include "ip.h"

#include <lasthello/carriers.h>

#include <string.h>

struct tunnel_kind {
    uint16_t number;
    enum tunnel tunnel;
    tunnel_read read;
};

#define TUNNEL_ROW(number, tunnel, read)    {number, tunnel, read},
#define SEALED_PROTOCOL_ROW(number, ...)    {number, 0},
#define SEALED_PORT_ROW(number, name, mask) {number, mask},

static const struct tunnel_kind protocols[] = {CARRIER_PROTOCOLS(TUNNEL_ROW)};
static const struct tunnel_kind ports_to[] = {CARRIER_UDP_TO(TUNNEL_ROW)};
static const struct tunnel_kind ports_at[] = {CARRIER_UDP_AT(TUNNEL_ROW)};

/* Known and not opened; a mask as carriers.h says. */
static const struct sealed {
    uint16_t number;
    uint32_t mask;
} sealed_protocols[] = {SEALED_PROTOCOLS(SEALED_PROTOCOL_ROW)},
  sealed_ports[] = {SEALED_UDP_AT(SEALED_PORT_ROW)};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct tunnel_kind *kind_in(const struct tunnel_kind *kinds, size_t count, uint16_t number)
{
    for (size_t i = 0; i < count; i++)
        if (kinds[i].number == number)
            return &kinds[i];
    return NULL;
}

static bool is_masked(struct bytes in, uint32_t mask)
{
    uint32_t first;

    return mask == 0 || (bytes_u32(&in, &first) && first != 0 && (first & mask) == 0);
}

static bool is_sealed(const struct sealed *sealed, size_t count, uint16_t number, struct bytes in)
{
    for (size_t i = 0; i < count; i++)
        if (sealed[i].number == number)
            return is_masked(in, sealed[i].mask);
    return false;
}

struct udp {
    uint16_t source_port, destination_port;
};

static const struct tunnel_kind *kind_of_ports(const struct udp *udp)
{
    const struct tunnel_kind *kind = kind_in(ports_to, COUNT_OF(ports_to), udp->destination_port);

    if (kind == NULL)
        kind = kind_in(ports_at, COUNT_OF(ports_at), udp->destination_port);
    return kind != NULL ? kind : kind_in(ports_at, COUNT_OF(ports_at), udp->source_port);
}

static void note_sealed_ports(const struct udp *udp, struct bytes in, struct unknown *unknown)
{
    const uint16_t numbers[] = {udp->destination_port, udp->source_port};

    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (is_sealed(sealed_ports, COUNT_OF(sealed_ports), numbers[i], in))
            *unknown = (struct unknown){UNKNOWN_PORT, numbers[i]};
}

/* Steps `in` over the UDP header. Its length is not needed: the packet inside knows its own. */
static const struct tunnel_kind *kind_of_udp(struct bytes *in, struct unknown *unknown)
{
    const struct tunnel_kind *kind;
    struct udp udp;

    if (!bytes_u16(in, &udp.source_port) || !bytes_u16(in, &udp.destination_port) || !bytes_skip(in, 4))
        return NULL;
    kind = kind_of_ports(&udp);
    if (kind == NULL)
        note_sealed_ports(&udp, *in, unknown);
    return kind;
}

static const struct tunnel_kind *kind_of(
    const struct datagram *datagram, struct bytes *in, struct unknown *unknown)
{
    if (datagram->protocol == PROTOCOL_UDP)
        return kind_of_udp(in, unknown);
    if (is_sealed(sealed_protocols, COUNT_OF(sealed_protocols), datagram->protocol, *in))
        *unknown = (struct unknown){UNKNOWN_PROTOCOL, datagram->protocol};
    return kind_in(protocols, COUNT_OF(protocols), datagram->protocol);
}

/* The same whichever end sends. */
static uint32_t mix_ends(const struct datagram *datagram)
{
    const size_t words = sizeof(datagram->source.octets) / sizeof(uint32_t);
    uint32_t mixed = 0;

    for (size_t i = 0; i < words; i++) {
        uint32_t source, destination;

        memcpy(&source, datagram->source.octets + i * sizeof(source), sizeof(source));
        memcpy(&destination, datagram->destination.octets + i * sizeof(destination), sizeof(destination));
        mixed += source + destination;
    }
    return mixed;
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
    kind = kind_of(datagram, &in, unknown);
    if (kind == NULL)
        return DECODED_OTHER;
    inner = *datagram;
    inner.tunnel_depth++;
    inner.link.tunnel = kind->tunnel;
    inner.link.tunnel_id = 0;
    inner.link.tunnel_ends = mix_ends(datagram);
    decoded = kind->read(in, cut, &inner, unknown);
    if (decoded == DECODED_YES)
        *datagram = inner;
    return decoded;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* carrier_names.c: what the decoder does not read, by name, so that the coverage report says what may hide
 * sessions. No name has a comma: coverage makes lists of them. */
#include <lasthello/carriers.h>
#include <lasthello/session.h>

struct named {
    uint32_t number;
    const char *name;
};

#define NAMED(...)                  NAMED_BY(__VA_ARGS__, 0)
#define NAMED_BY(number, name, ...) {number, name},

static const struct named link_types[] = {
    {3, "AX.25"},
    {6, "Token Ring"},
    {7, "ARCNET"},
    {8, "SLIP"},
    {10, "FDDI"},
    {107, "Frame Relay"},
    {117, "OpenBSD pflog"},
    {138, "IP over FireWire"},
    {178, "Juniper Ethernet"},
    {187, "Bluetooth"},
    {189, "USB"},
    {195, "802.15.4"},
    {197, "Endace ERF"},
    {201, "Bluetooth"},
    {220, "USB"},
    {230, "802.15.4"},
    {240, "netANALYZER"},
    {247, "InfiniBand"},
    {249, "USB"},
    {253, "netlink"},
    {264, "Endace ERF"},
};

static const struct named ethertypes[] = {
    {0x0004, "802.2"},
    {0x0019, "802.11 encrypted or aggregated"},
    {0x002d, "PPP with compressed TCP"},
    {0x002f, "PPP with compressed TCP"},
    {0x003d, "PPP multilink"},
    {0x0053, "PPP encrypted"},
    {0x00fd, "PPP compressed or encrypted"},
    {0x0806, "ARP"},
    {0x2000, "CDP"},
    {0x6003, "DECnet"},
    {0x8035, "RARP"},
    {0x80f3, "AppleTalk ARP"},
    {0x8137, "IPX"},
    {0x8808, "flow control"},
    {0x8809, "LACP"},
    {0x8847, "MPLS without IP"},
    {0x8863, "PPPoE discovery"},
    {0x8864, "PPPoE without IP"},
    {0x888e, "802.1X"},
    {0x8892, "PROFINET"},
    {0x88a2, "ATA over Ethernet"},
    {0x88cc, "LLDP"},
    {0x88e5, "MACsec encrypted"},
    {0x88f7, "PTP"},
    {0x8902, "CFM"},
    {0x8906, "FCoE"},
    {0x9000, "loopback test"},
};

static const struct named protocols[] = {SEALED_PROTOCOLS(NAMED){115, "L2TPv3 with an unknown payload"}};
static const struct named ports[] = {SEALED_UDP_AT(NAMED){1701, "L2TP with an unknown payload"},
    {5247, "CAPWAP encrypted or fragmented"}};

/* The kernel counts them all together. */
static const struct named sealed[] = {{0, "ESP WireGuard OpenVPN and others"}};

static const struct {
    const char *kind;
    const struct named *names;
    size_t count;
} kinds[UNKNOWN_KIND_COUNT] = {
    [UNKNOWN_NONE] = {"nothing", NULL, 0},
    [UNKNOWN_LINK_TYPE] = {"link type", link_types, sizeof(link_types) / sizeof(link_types[0])},
    [UNKNOWN_ETHERTYPE] = {"ethertype", ethertypes, sizeof(ethertypes) / sizeof(ethertypes[0])},
    [UNKNOWN_PROTOCOL] = {"IP protocol", protocols, sizeof(protocols) / sizeof(protocols[0])},
    [UNKNOWN_SEALED] = {"sealed tunnels", sealed, 1},
    [UNKNOWN_PORT] = {"UDP port", ports, sizeof(ports) / sizeof(ports[0])},
};

const char *unknown_kind_name(enum unknown_kind kind)
{
    return kinds[kind].kind;
}

const char *unknown_name(enum unknown_kind kind, uint32_t number)
{
    for (size_t i = 0; i < kinds[kind].count; i++)
        if (kinds[kind].names[i].number == number)
            return kinds[kind].names[i].name;
    return NULL;
}

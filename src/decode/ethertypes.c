/* SPDX-License-Identifier: BSD-2-Clause */
/* ethertypes.c: which numbers are read, for those who have to guess what follows. */
#include "link.h"

#include <lasthello/carriers.h>

#define NUMBER(...) CARRIER_NUMBER(__VA_ARGS__),

bool ethertype_is_known(uint16_t ethertype)
{
    static const uint16_t known[] = {
        ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_LLC, CARRIER_VLAN_TAGS(NUMBER) CARRIER_ETHERTYPES(NUMBER)};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i] == ethertype)
            return true;
    return false;
}

bool frame_begins_after(struct bytes in, size_t skip_len)
{
    struct link link;
    uint16_t ethertype;

    return bytes_skip(&in, skip_len) && ethernet_read(&in, &link, &ethertype) &&
        ethertype != ETHERTYPE_LLC && ethertype_is_known(ethertype);
}

uint16_t ethertype_of_next_protocol(uint8_t next_protocol)
{
    static const uint16_t ethertypes[] = {
        ETHERTYPE_NONE,
        ETHERTYPE_IPV4,
        ETHERTYPE_IPV6,
        ETHERTYPE_BRIDGING,
        ETHERTYPE_NSH,
        ETHERTYPE_MPLS,
    };

    if (next_protocol >= sizeof(ethertypes) / sizeof(ethertypes[0]))
        return ETHERTYPE_NONE;
    return ethertypes[next_protocol];
}

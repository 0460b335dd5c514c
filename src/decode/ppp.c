/* SPDX-License-Identifier: BSD-2-Clause */
/* ppp.c: PPP (RFC 1661), also in HDLC-like framing (RFC 1662), and PPPoE (RFC 2516). */
#include "link.h"

#define PPPOE_SESSION_DATA 0

/* PPP's own numbers (RFC 1332, 5072, 3032). */
static uint16_t ethertype_of_ppp(uint16_t protocol)
{
    switch (protocol) {
    case 0x0021:
        return ETHERTYPE_IPV4;
    case 0x0057:
        return ETHERTYPE_IPV6;
    case 0x0281:
        return ETHERTYPE_MPLS;
    case 0x0283:
        return ETHERTYPE_MPLS_UP;
    case 0x002d: /* TCP with compressed headers (RFC 1144) */
    case 0x002f:
    case 0x003d:         /* parts of packets (RFC 1990) */
    case 0x0053:         /* encrypted (RFC 1968) */
    case 0x00fd:         /* compressed, or encrypted by MPPE (RFC 1962, 3078) */
        return protocol; /* no ethertype: these name themselves */
    default:
        return ETHERTYPE_NONE;
    }
}

bool ppp_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    struct bytes peek = *in;
    uint16_t address_control, protocol;
    uint8_t first, second;

    (void)link;
    /* RFC 1662 3.1: address and control, which may be compressed away; there is no protocol 0xff03 */
    if (bytes_u16(&peek, &address_control) && address_control == 0xff03)
        *in = peek;
    if (!bytes_u8(in, &first))
        return false;
    protocol = first;
    /* RFC 1661 2: only the last byte of the number is odd; a number below 256 may be one byte long */
    if (!(first & 1)) {
        if (!bytes_u8(in, &second))
            return false;
        protocol = (uint16_t)(first << 8 | second);
    }
    *ethertype = ethertype_of_ppp(protocol);
    return true;
}

bool pppoe_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint8_t version_type, code;
    uint16_t session_id, length;

    if (!bytes_u8(in, &version_type) || !bytes_u8(in, &code) || !bytes_u16(in, &session_id) ||
        !bytes_u16(in, &length))
        return false;
    *ethertype = ETHERTYPE_NONE;
    if (version_type != 0x11 || code != PPPOE_SESSION_DATA)
        return true;
    return ppp_read(in, link, ethertype);
}

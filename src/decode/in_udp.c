/* SPDX-License-Identifier: BSD-2-Clause */
/* in_udp.c: more tunnels in UDP: Teredo (RFC 4380), CAPWAP (RFC 5415), LISP (RFC 9300), GUE
 * (draft-ietf-intarea-gue), and the remote mirrors of HP and Juniper. */
#include "ip.h"
#include "tunnel.h"

#define TEREDO_AUTHENTICATION 1
#define TEREDO_ORIGIN         0
#define TEREDO_INDICATORS_MAX 4

/* RFC 4380 5.1.1: client identifier and authentication value by their lengths, a nonce, a confirmation. */
static bool teredo_authentication_read(struct bytes *in)
{
    uint8_t identifier_len, value_len;

    return bytes_u8(in, &identifier_len) && bytes_u8(in, &value_len) &&
        bytes_skip(in, identifier_len + (size_t)value_len + 8 + 1);
}

enum decoded teredo_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    struct bytes peek = in;
    uint16_t indicator;

    (void)unknown;
    for (int i = 0; i < TEREDO_INDICATORS_MAX; i++) {
        if (!bytes_u16(&peek, &indicator))
            return DECODED_CUT_SHORT;
        if (indicator != TEREDO_AUTHENTICATION && indicator != TEREDO_ORIGIN)
            break;
        /* the origin is a port and an address */
        if (!(indicator == TEREDO_ORIGIN ? bytes_skip(&peek, 2 + 4) : teredo_authentication_read(&peek)))
            return DECODED_CUT_SHORT;
        in = peek;
    }
    return indicator >> 12 == 6 ? ipv6_decode(in, cut, inner) : DECODED_OTHER;
}

#define CAPWAP_PORT          5247
#define CAPWAP_ENCRYPTED     1
#define CAPWAP_WORDS(head)   ((head) >> 19)
#define CAPWAP_BINDING(head) ((head) >> 9 & 0x1f)
#define CAPWAP_WIFI          1
#define CAPWAP_NATIVE        0x100 /* a frame of the binding, else of 802.3 */
#define CAPWAP_FRAGMENT      0x080
#define CAPWAP_KEEP_ALIVE    0x008

/* RFC 5415 4.3: the length in words counts from the preamble on. */
enum decoded capwap_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    uint8_t preamble;
    uint32_t head;
    uint16_t ethertype = ETHERTYPE_BRIDGING;

    if (!bytes_u8(&in, &preamble) || !bytes_u24(&in, &head))
        return DECODED_CUT_SHORT;
    if ((preamble & 0x0f) == CAPWAP_ENCRYPTED || (head & CAPWAP_FRAGMENT))
        return tunnel_sealed(unknown, UNKNOWN_PORT, CAPWAP_PORT);
    if ((head & CAPWAP_KEEP_ALIVE) || CAPWAP_WORDS(head) < 2)
        return DECODED_OTHER;
    if (!bytes_skip(&in, CAPWAP_WORDS(head) * 4 - 4))
        return DECODED_CUT_SHORT;
    if ((head & CAPWAP_NATIVE) && CAPWAP_BINDING(head) != CAPWAP_WIFI)
        return tunnel_sealed(unknown, UNKNOWN_PORT, CAPWAP_PORT);
    if ((head & CAPWAP_NATIVE) && !wifi_read(&in, &inner->link, &ethertype))
        return DECODED_CUT_SHORT;
    return ethertype_decode(ethertype, in, cut, inner, unknown);
}

static enum decoded ip_after(struct bytes in, size_t skip_len, uint32_t cut, struct datagram *inner,
    struct unknown *unknown)
{
    uint16_t ethertype;

    if (!bytes_skip(&in, skip_len) || !raw_read(&in, &inner->link, &ethertype))
        return DECODED_CUT_SHORT;
    return ethertype_decode(ethertype, in, cut, inner, unknown);
}

/* RFC 9300 5.1: flags, nonce, locator bits. */
enum decoded lisp_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    return ip_after(in, 8, cut, inner, unknown);
}

#define GUE_VARIANT    0xc0
#define GUE_DIRECT     0x40 /* IP right away: its version is the variant */
#define GUE_CONTROL    0x20
#define GUE_OPTION_LEN 0x1f

/* The variety with a header names a protocol of IP, which the outer addresses then carry. */
enum decoded gue_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    struct bytes packet = in;
    uint8_t head, protocol;

    if (!bytes_u8(&in, &head))
        return DECODED_CUT_SHORT;
    if ((head & GUE_VARIANT) == GUE_DIRECT)
        return ip_after(packet, 0, cut, inner, unknown);
    if ((head & GUE_VARIANT) != 0 || (head & GUE_CONTROL))
        return DECODED_OTHER;
    if (!bytes_u8(&in, &protocol) || !bytes_skip(&in, 2 + (head & GUE_OPTION_LEN) * 4u))
        return DECODED_CUT_SHORT;
    inner->protocol = protocol;
    inner->payload = in;
    inner->payload_len = (uint32_t)in.left + cut;
    return DECODED_YES;
}

enum decoded hp_mirror_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    if (!bytes_skip(&in, 12)) /* session, priority and VLAN of the mirror */
        return DECODED_CUT_SHORT;
    return ethertype_decode(ETHERTYPE_BRIDGING, in, cut, inner, unknown);
}

enum decoded juniper_mirror_read(
    struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    return ip_after(in, 8, cut, inner, unknown); /* intercept, session */
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* l2tp.c: L2TP of version 2, which carries PPP (RFC 2661), and of version 3 (RFC 3931), which carries
 * nearly anything and does not say what: only the two ends know how long their cookie is, and what
 * follows it. */
#include "ip.h"
#include "tunnel.h"

#define L2TP_CONTROL      0x8000
#define L2TP_HAS_LENGTH   0x4000
#define L2TP_HAS_SEQUENCE 0x0800
#define L2TP_HAS_OFFSET   0x0200
#define L2TP_VERSION      0x000f
#define L2TP_PORT         1701
#define L2TP_PROTOCOL     115

/* Does an IP packet begin here that ends within what is there, or was cut? */
static bool ip_fits(struct bytes in, uint32_t cut)
{
    const uint64_t all = (uint64_t)in.left + cut;
    uint16_t head, len;
    uint32_t flow;
    struct bytes peek = in;

    if (bytes_u16(&peek, &head) && bytes_u16(&peek, &len) && head >> 12 == 4)
        return (head >> 8 & 0x0f) >= 5 && len >= 20 && len <= all;
    return bytes_u32(&in, &flow) && bytes_u16(&in, &len) && flow >> 28 == 6 && len > 0 && len + 40u <= all;
}

/* What may follow a cookie. ETHERTYPE_NONE: it does not begin here. */
static uint16_t payload_after(struct bytes in, size_t skip_len, uint32_t cut)
{
    struct link link = {0};
    uint16_t ethertype;
    struct bytes ppp;

    if (!bytes_skip(&in, skip_len))
        return ETHERTYPE_NONE;
    ppp = in;
    if (ppp_read(&ppp, &link, &ethertype) && (ethertype == ETHERTYPE_IPV4 || ethertype == ETHERTYPE_IPV6) &&
        ip_fits(ppp, cut))
        return ethertype;
    if (ip_fits(in, cut) && raw_read(&in, &link, &ethertype))
        return ethertype;
    return frame_begins_after(in, 0) ? ETHERTYPE_BRIDGING : ETHERTYPE_NONE;
}

/* A cookie has 0, 4 or 8 bytes, and 4 more may stand between it and the payload (RFC 3931 4.6). */
static enum decoded session_read(
    struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown, struct unknown sealed)
{
    uint16_t ethertype = ETHERTYPE_NONE;
    struct bytes ppp;

    if (!bytes_u32(&in, &inner->link.tunnel_id))
        return DECODED_CUT_SHORT;
    if (inner->link.tunnel_id == 0) /* control */
        return DECODED_OTHER;
    for (size_t skip_len = 0; skip_len <= 12; skip_len += 4) {
        ethertype = payload_after(in, skip_len, cut);
        if (ethertype != ETHERTYPE_NONE && !bytes_skip(&in, skip_len))
            return DECODED_CUT_SHORT;
        if (ethertype != ETHERTYPE_NONE)
            break;
    }
    if (ethertype == ETHERTYPE_NONE)
        return cut > 0 || in.left == 0 ? DECODED_CUT_SHORT
                                       : tunnel_sealed(unknown, sealed.kind, sealed.number);
    ppp = in;
    if (ethertype != ETHERTYPE_BRIDGING && !ip_fits(in, cut) && ppp_read(&ppp, &inner->link, &ethertype))
        in = ppp;
    return ethertype_decode(ethertype, in, cut, inner, unknown);
}

enum decoded l2tp_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    return session_read(in, cut, inner, unknown, (struct unknown){UNKNOWN_PROTOCOL, L2TP_PROTOCOL});
}

static enum decoded l2tp2_read(struct bytes in, uint32_t cut, uint16_t flags, struct datagram *inner,
    struct unknown *unknown)
{
    uint16_t ethertype, tunnel_id, session_id, offset = 0;

    if ((flags & L2TP_HAS_LENGTH) && !bytes_skip(&in, 2))
        return DECODED_CUT_SHORT;
    if (!bytes_u16(&in, &tunnel_id) || !bytes_u16(&in, &session_id))
        return DECODED_CUT_SHORT;
    if ((flags & L2TP_HAS_SEQUENCE) && !bytes_skip(&in, 4))
        return DECODED_CUT_SHORT;
    if ((flags & L2TP_HAS_OFFSET) && (!bytes_u16(&in, &offset) || !bytes_skip(&in, offset)))
        return DECODED_CUT_SHORT;
    inner->link.tunnel_id = session_id;
    if (!ppp_read(&in, &inner->link, &ethertype))
        return DECODED_CUT_SHORT;
    return ethertype_decode(ethertype, in, cut, inner, unknown);
}

enum decoded l2tp_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown)
{
    uint16_t flags;

    if (!bytes_u16(&in, &flags))
        return DECODED_CUT_SHORT;
    if (flags & L2TP_CONTROL)
        return DECODED_OTHER;
    switch (flags & L2TP_VERSION) {
    case 2:
        return l2tp2_read(in, cut, flags, inner, unknown);
    case 3:
        if (!bytes_skip(&in, 2)) /* reserved */
            return DECODED_CUT_SHORT;
        return session_read(in, cut, inner, unknown, (struct unknown){UNKNOWN_PORT, L2TP_PORT});
    default: /* 1 is L2F */
        return tunnel_sealed(unknown, UNKNOWN_PORT, L2TP_PORT);
    }
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* tags.c: headers of single makers and rarer standards between the MAC addresses and the IP packet. */
#include "link.h"

#define TRILL_OPTION_WORDS(head) ((head) >> 6 & 0x1f)

/* RFC 6325 3: version, options' length in words, hops; nicknames of egress and ingress; options;
 * the frame. */
bool trill_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint16_t head;

    return bytes_u16(in, &head) && bytes_skip(in, 4 + TRILL_OPTION_WORDS(head) * 4u) &&
        ethernet_read(in, link, ethertype);
}

#define MACSEC_HAS_CHANNEL 0x20
#define MACSEC_CHANGED     0x0c /* encrypted, or else no more what was sent */

/* IEEE 802.1AE 9.3: control, short length, packet number, perhaps the secure channel; then what was
 * protected, in clear where the link is authenticated only. */
bool macsec_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint8_t control;

    (void)link;
    if (!bytes_u8(in, &control) || !bytes_skip(in, 1 + 4) ||
        ((control & MACSEC_HAS_CHANNEL) && !bytes_skip(in, 8)))
        return false;
    *ethertype = ETHERTYPE_NONE;
    return (control & MACSEC_CHANGED) != 0 || ethertype_read(in, ethertype);
}

#define ARISTA_TIME      0x0001
#define ARISTA_LONG_TIME 0x10
#define ARISTA_TIME_SIZE 0xff

/* Subtype, version, and a time of 8 or 6 bytes. */
bool arista_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint16_t subtype, version;

    (void)link;
    if (!bytes_u16(in, &subtype) || !bytes_u16(in, &version))
        return false;
    *ethertype = ETHERTYPE_NONE;
    if (subtype != ARISTA_TIME)
        return true;
    return bytes_skip(in, (version & ARISTA_TIME_SIZE) == ARISTA_LONG_TIME ? 8 : 6) &&
        ethertype_read(in, ethertype);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* mpls.c: MPLS labels (RFC 3032), and a guess at what they carry, because nothing says it. */
#include "link.h"

#define LABELS_MAX        16
#define LABEL_BOTTOM      0x00000100
#define CONTROL_WORD_LEN  4
#define NIBBLE_IPV4       4
#define NIBBLE_IPV6       6
#define NIBBLE_ASSOCIATED 1 /* RFC 4385 5: measurements of the path, no traffic */

/* RFC 4448 4.6: the control word is four zero bits, twelve reserved ones, a sequence number. But a MAC
 * address may begin with zeros as well: then what makes the better frame decides. */
static bool has_control_word(struct bytes in)
{
    struct bytes peek = in;
    uint16_t word;

    return bytes_u16(&peek, &word) && word == 0 &&
        (frame_begins_after(in, CONTROL_WORD_LEN) || !frame_begins_after(in, 0));
}

bool mpls_read(struct bytes *in, struct link *link, uint16_t *ethertype)
{
    uint32_t label = 0;
    struct bytes peek;
    uint8_t first;

    (void)link;
    *ethertype = ETHERTYPE_NONE;
    for (int labels = 0; labels < LABELS_MAX && !(label & LABEL_BOTTOM); labels++)
        if (!bytes_u32(in, &label))
            return false;
    if (!(label & LABEL_BOTTOM))
        return true;
    peek = *in;
    if (!bytes_u8(&peek, &first))
        return false;
    switch (first >> 4) {
    case NIBBLE_IPV4:
        *ethertype = ETHERTYPE_IPV4;
        return true;
    case NIBBLE_IPV6:
        *ethertype = ETHERTYPE_IPV6;
        return true;
    case NIBBLE_ASSOCIATED:
        if (!frame_begins_after(*in, 0))
            return true;
        break;
    default:
        break;
    }
    *ethertype = ETHERTYPE_BRIDGING;
    return !has_control_word(*in) || bytes_skip(in, CONTROL_WORD_LEN);
}

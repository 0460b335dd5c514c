/* SPDX-License-Identifier: BSD-2-Clause */
/* segment.c: the TCP header. */
#include "ip.h"

#define TCP_HEADER_BYTES     20
#define TCP_KNOWN_BYTES      16        /* up to the window: what is said after it is not asked for */
#define PADDED_TCP_BYTES_MAX (46 - 20) /* behind an IPv4 header without options */
#define SEGMENT_FLAGS        (SEGMENT_FIN | SEGMENT_SYN | SEGMENT_RST | SEGMENT_PSH | SEGMENT_ACK)

BYTES_READ tcp_header(struct bytes *in, struct segment *segment, uint8_t *data_offset)
{
    struct bytes fixed;

    return bytes_take(in, TCP_KNOWN_BYTES, &fixed) &&
        bytes_u16(&fixed, &segment->source.port) &&
        bytes_u16(&fixed, &segment->destination.port) &&
        bytes_u32(&fixed, &segment->sequence) &&
        bytes_u32(&fixed, &segment->acknowledgement) &&
        bytes_u8(&fixed, data_offset) &&
        bytes_u8(&fixed, &segment->flags) &&
        bytes_u16(&fixed, &segment->window);
}

/* The smallest Ethernet frame has room for 46 bytes of IP (IEEE 802.3 3.2.7). Some devices fill it
 * with zeros and count these into the length of IP. Zeros that fit there and were not pushed are
 * such padding, and no data. */
static bool is_padding(const struct datagram *datagram, const struct segment *segment, struct bytes in)
{
    uint8_t byte = 0;

    if (datagram->version != 4 || datagram->payload_len > PADDED_TCP_BYTES_MAX ||
        (segment->flags & SEGMENT_PSH))
        return false;
    while (byte == 0 && bytes_u8(&in, &byte))
        continue;
    return byte == 0;
}

enum decoded segment_decode(
    const struct datagram *datagram, const struct packet *packet, struct segment *segment)
{
    struct bytes in = datagram->payload;
    uint8_t data_offset;
    uint32_t header_len;

    if (datagram->protocol != PROTOCOL_TCP || datagram->is_fragment)
        return DECODED_OTHER;
    if (datagram->payload_len < TCP_HEADER_BYTES)
        return DECODED_MALFORMED;
    if (!tcp_header(&in, segment, &data_offset))
        return DECODED_CUT_SHORT;
    header_len = (data_offset >> 4) * 4u;
    if (header_len < TCP_HEADER_BYTES || header_len > datagram->payload_len)
        return DECODED_MALFORMED;
    segment->source.address = datagram->source;
    segment->destination.address = datagram->destination;
    segment->flags &= SEGMENT_FLAGS;
    /* options that were cut hide nothing that is used: the payload is then a gap from its first byte */
    if (!bytes_skip(&in, header_len - TCP_KNOWN_BYTES))
        in.left = 0;
    segment->payload_len = datagram->payload_len - header_len;
    if (segment->payload_len > 0 && in.left == segment->payload_len && is_padding(datagram, segment, in)) {
        in.left = 0;
        segment->payload_len = 0;
    }
    segment->payload = in;
    segment->link = &datagram->link;
    segment->time_ns = packet->time_ns;
    segment->number = packet->number;
    return DECODED_YES;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Two bytes of link type, then a frame, cut or not, down to its segment as the pipeline does it. */
#include "fuzz.h"

#include <lasthello/decode.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fragments *fragments = fragments_open(0);
    struct packet packet = {.data = {data, size}, .wire_len = (uint32_t)(size + size % 2 * 100)};
    uint16_t link_type = 0;
    struct unknown unknown;
    struct datagram datagram;
    struct segment segment;
    enum decoded decoded = bytes_u16(&packet.data, &link_type) ? DECODED_YES : DECODED_CUT_SHORT;

    packet.link_type = link_type;
    if (decoded == DECODED_YES)
        decoded = frame_decode(&packet, &datagram, &unknown);
    while (decoded == DECODED_YES) {
        promise(datagram.payload.left <= datagram.payload_len && datagram.tunnel_depth <= TUNNEL_DEPTH_MAX);
        promise(datagram.payload.data >= data && datagram.payload.data + datagram.payload.left <= data + size);
        promise(datagram.link.vlan_count <= LINK_VLANS_MAX && datagram.link.tunnel < TUNNEL_COUNT);
        if (!fragments_join(fragments, &datagram, 0) || datagram.tunnel_depth == TUNNEL_DEPTH_MAX)
            break;
        if (segment_decode(&datagram, &packet, &segment) == DECODED_YES)
            promise(segment.payload.left <= segment.payload_len && segment.payload_len <= datagram.payload_len);
        decoded = tunnel_possible(&datagram) ? tunnel_open(&datagram, &unknown) : DECODED_OTHER;
    }
    fragments_close(fragments);
    return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Fragments, each described by eight bytes: id, seconds, offset, length, captured. */
#include "fuzz.h"

#include <lasthello/decode.h>

static const uint8_t zeros[65536];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fragments *fragments = fragments_open(0);
    struct bytes in = {data, size};
    uint8_t id, seconds;
    uint16_t offset_more, len, captured;

    while (bytes_u8(&in, &id) && bytes_u8(&in, &seconds) && bytes_u16(&in, &offset_more) && bytes_u16(&in, &len) &&
        bytes_u16(&in, &captured)) {
        struct datagram datagram = {
            .version = 4,
            .protocol = 17,
            .is_fragment = true,
            .fragment_id = id,
            .more_fragments = offset_more & 1,
            .fragment_offset = offset_more & 0xfff8,
            .payload_len = len,
            .payload = {zeros, captured < len ? captured : len},
        };

        if (fragments_join(fragments, &datagram, seconds * NANOSECONDS)) {
            promise(datagram.payload.left <= datagram.payload_len && datagram.payload_len <= 65535);
            promise(!datagram.is_fragment && datagram.protocol == 17);
            for (size_t i = 0; i < datagram.payload.left; i++)
                promise(datagram.payload.data[i] == 0);
        }
    }
    promise(fragments_counts(fragments)->joined + fragments_counts(fragments)->given_up <= size / 8);
    fragments_close(fragments);
    return 0;
}

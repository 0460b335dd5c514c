/* SPDX-License-Identifier: BSD-2-Clause */
/* Two known streams in any segmentation, order and repetition, with losses, ends and false acknowledgements: what
 * is shown is those streams, less gaps that are counted to the byte. Eight bytes of input a segment; all positions
 * are even, so that one missing number is never a lost byte. */
#include "stream_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct oracle oracle;

    oracle_open(&oracle);
    oracle_say(&oracle, SIDE_CLIENT, SEGMENT_SYN, 0, 0, 0, 0);
    oracle_say(&oracle, SIDE_SERVER, SEGMENT_SYN | SEGMENT_ACK, 0, 0, 0, 0);
    for (; size >= 8; data += 8, size -= 8) {
        const uint8_t ends[] = {0, 0, 0, 0, 0, SEGMENT_FIN, SEGMENT_RST, 0};
        const uint32_t at = (data[1] | data[2] << 8) & 0xfffe;
        const uint32_t len = (data[3] | data[4] << 8) & (data[0] & 0x10 ? 0xfffe : 0x7fe);
        const uint32_t cut = data[0] & 0x20 ? len / 2 & ~1u : 0;

        oracle.appetite = data[7] > 16 ? 16 : data[7];
        oracle_say(&oracle, data[0] & 1, SEGMENT_ACK | ends[data[0] >> 1 & 7], at, len, cut,
            (data[5] | data[6] << 8) & 0xfffe);
    }
    oracle_close(&oracle);
    return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* decompress_lz4.c: LZ4 frames (lz4_Frame_format.md of lz4), by liblz4. A block is unpacked as a whole. */
#include "decompressor.h"

#include <lz4frame.h>

static void *lz4_open(void)
{
    LZ4F_dctx *context;

    return LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) ? NULL : context;
}

static enum unpacked lz4_step(void *state, struct unpacking *unpacking)
{
    size_t in_len = unpacking->in_left, out_len = unpacking->out_left;
    const size_t hint = LZ4F_decompress(state, unpacking->out, &out_len, unpacking->in, &in_len, NULL);

    unpacking->in += in_len;
    unpacking->in_left -= in_len;
    unpacking->out += out_len;
    unpacking->out_left -= out_len;
    if (LZ4F_isError(hint))
        return UNPACKED_BROKEN;
    return hint == 0 ? UNPACKED_END : UNPACKED_MORE;
}

static void lz4_close(void *state)
{
    LZ4F_freeDecompressionContext(state);
}

const struct decompressor decompressor_lz4 = {
    .name = "lz4",
    .magic = {0x04, 0x22, 0x4d, 0x18},
    .magic_len = 4,
    .open = lz4_open,
    .step = lz4_step,
    .close = lz4_close,
};

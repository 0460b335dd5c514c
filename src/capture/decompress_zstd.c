/* SPDX-License-Identifier: BSD-2-Clause */
/* decompress_zstd.c: Zstandard (RFC 8878), by libzstd, which refuses windows over 128 MiB by itself. */
#include "decompressor.h"

#include <zstd.h>

static void *zstd_open(void)
{
    return ZSTD_createDStream();
}

static enum unpacked zstd_step(void *state, struct unpacking *unpacking)
{
    ZSTD_inBuffer in = {.src = unpacking->in, .size = unpacking->in_left};
    ZSTD_outBuffer out = {.dst = unpacking->out, .size = unpacking->out_left};
    const size_t hint = ZSTD_decompressStream(state, &out, &in);

    unpacking->in += in.pos;
    unpacking->in_left -= in.pos;
    unpacking->out += out.pos;
    unpacking->out_left -= out.pos;
    if (ZSTD_isError(hint))
        return UNPACKED_BROKEN;
    return hint == 0 ? UNPACKED_END : UNPACKED_MORE;
}

static void zstd_close(void *state)
{
    ZSTD_freeDStream(state);
}

const struct decompressor decompressor_zstd = {
    .name = "zstd",
    .magic = {0x28, 0xb5, 0x2f, 0xfd},
    .magic_len = 4,
    .open = zstd_open,
    .step = zstd_step,
    .close = zstd_close,
};

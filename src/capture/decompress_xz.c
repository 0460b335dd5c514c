/* SPDX-License-Identifier: BSD-2-Clause */
/* decompress_xz.c: xz (tukaani.org/xz/xz-file-format.txt), by liblzma. */
#include "decompressor.h"

#include <lzma.h>
#include <stdlib.h>

static void *xz_open(void)
{
    lzma_stream *stream = calloc(1, sizeof(*stream));

    if (stream != NULL && lzma_stream_decoder(stream, UNPACKING_MEMORY_MAX, 0) == LZMA_OK)
        return stream;
    free(stream);
    return NULL;
}

static enum unpacked xz_step(void *state, struct unpacking *unpacking)
{
    lzma_stream *stream = state;
    lzma_ret status;

    stream->next_in = unpacking->in;
    stream->avail_in = unpacking->in_left;
    stream->next_out = unpacking->out;
    stream->avail_out = unpacking->out_left;
    status = lzma_code(stream, LZMA_RUN);
    unpacking->in += unpacking->in_left - stream->avail_in;
    unpacking->in_left = stream->avail_in;
    unpacking->out += unpacking->out_left - stream->avail_out;
    unpacking->out_left = stream->avail_out;
    if (status == LZMA_STREAM_END)
        return UNPACKED_END;
    return status == LZMA_OK || status == LZMA_BUF_ERROR ? UNPACKED_MORE : UNPACKED_BROKEN;
}

static void xz_close(void *state)
{
    lzma_end(state);
    free(state);
}

const struct decompressor decompressor_xz = {
    .name = "xz",
    .magic = {0xfd, '7', 'z', 'X', 'Z', 0x00},
    .magic_len = 6,
    .open = xz_open,
    .step = xz_step,
    .close = xz_close,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* decompress_gzip.c: gzip (RFC 1952), by zlib. */
#define ZLIB_CONST
#include "decompressor.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#define GZIP_ONLY (16 + MAX_WBITS)

static void *gzip_open(void)
{
    z_stream *stream = calloc(1, sizeof(*stream));

    if (stream != NULL && inflateInit2(stream, GZIP_ONLY) == Z_OK)
        return stream;
    free(stream);
    return NULL;
}

static uInt limited(size_t len)
{
    return len > UINT_MAX ? UINT_MAX : (uInt)len;
}

static enum unpacked gzip_step(void *state, struct unpacking *unpacking)
{
    z_stream *stream = state;
    const uInt in_len = limited(unpacking->in_left), out_len = limited(unpacking->out_left);
    int status;

    stream->next_in = unpacking->in;
    stream->avail_in = in_len;
    stream->next_out = unpacking->out;
    stream->avail_out = out_len;
    status = inflate(stream, Z_SYNC_FLUSH);
    unpacking->in += in_len - stream->avail_in;
    unpacking->in_left -= in_len - stream->avail_in;
    unpacking->out += out_len - stream->avail_out;
    unpacking->out_left -= out_len - stream->avail_out;
    if (status == Z_STREAM_END)
        return UNPACKED_END;
    return status == Z_OK || status == Z_BUF_ERROR ? UNPACKED_MORE : UNPACKED_BROKEN;
}

static void gzip_close(void *state)
{
    inflateEnd(state);
    free(state);
}

const struct decompressor decompressor_gzip = {
    .name = "gzip",
    .magic = {0x1f, 0x8b},
    .magic_len = 2,
    .open = gzip_open,
    .step = gzip_step,
    .close = gzip_close,
};

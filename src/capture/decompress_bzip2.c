/* SPDX-License-Identifier: BSD-2-Clause */
/* decompress_bzip2.c: bzip2, by libbz2. A block, of up to 900 KB, is unpacked as a whole. */
#include "decompressor.h"

#include <bzlib.h>
#include <limits.h>
#include <stdlib.h>

static void *bzip2_open(void)
{
    bz_stream *stream = calloc(1, sizeof(*stream));

    if (stream != NULL && BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK)
        return stream;
    free(stream);
    return NULL;
}

static unsigned limited(size_t len)
{
    return len > UINT_MAX ? UINT_MAX : (unsigned)len;
}

static enum unpacked bzip2_step(void *state, struct unpacking *unpacking)
{
    bz_stream *stream = state;
    const unsigned in_len = limited(unpacking->in_left), out_len = limited(unpacking->out_left);
    int status;

    stream->next_in = (char *)unpacking->in;
    stream->avail_in = in_len;
    stream->next_out = (char *)unpacking->out;
    stream->avail_out = out_len;
    status = BZ2_bzDecompress(stream);
    unpacking->in += in_len - stream->avail_in;
    unpacking->in_left -= in_len - stream->avail_in;
    unpacking->out += out_len - stream->avail_out;
    unpacking->out_left -= out_len - stream->avail_out;
    if (status == BZ_STREAM_END)
        return UNPACKED_END;
    return status == BZ_OK ? UNPACKED_MORE : UNPACKED_BROKEN;
}

static void bzip2_close(void *state)
{
    BZ2_bzDecompressEnd(state);
    free(state);
}

const struct decompressor decompressor_bzip2 = {
    .name = "bzip2",
    .magic = {'B', 'Z', 'h'},
    .magic_len = 3,
    .open = bzip2_open,
    .step = bzip2_step,
    .close = bzip2_close,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* packed_file.c: a file whose bytes go into another as gzip in base64. */
#define ZLIB_CONST
#include "packed_file.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#define GZIP_ONLY   (16 + MAX_WBITS)
#define MEMORY      8 /* zlib's own default */
#define BLOCK_BYTES 3 /* become four digits */

struct packing {
    FILE *out;
    z_stream stream;
    uint8_t block[BLOCK_BYTES];
    unsigned block_len;
};

/* A block, or at the end what there is of one. */
static void write_block(struct packing *packing)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *block = packing->block;
    const uint32_t bits = (uint32_t)block[0] << 16 | (uint32_t)block[1] << 8 | block[2];

    for (unsigned i = 0; i <= BLOCK_BYTES; i++)
        putc(i <= packing->block_len ? digits[bits >> (18 - 6 * i) & 63] : '=', packing->out);
    packing->block_len = 0;
    packing->block[0] = packing->block[1] = packing->block[2] = 0;
}

static void write_byte(struct packing *packing, uint8_t byte)
{
    packing->block[packing->block_len++] = byte;
    if (packing->block_len == BLOCK_BYTES)
        write_block(packing);
}

static int pack(struct packing *packing, const char *data, size_t size, int flush)
{
    uint8_t packed[4096];
    int status;

    packing->stream.next_in = (const Bytef *)data;
    packing->stream.avail_in = (uInt)size;
    do {
        packing->stream.next_out = packed;
        packing->stream.avail_out = sizeof(packed);
        status = deflate(&packing->stream, flush);
        for (size_t i = 0; i < sizeof(packed) - packing->stream.avail_out; i++)
            write_byte(packing, packed[i]);
    } while (packing->stream.avail_out == 0);
    return status == Z_STREAM_ERROR || ferror(packing->out) ? -1 : 0;
}

static ssize_t write_packed(void *cookie, const char *data, size_t size)
{
    const size_t most = size > 1 << 20 ? 1 << 20 : size;

    return pack(cookie, data, most, Z_NO_FLUSH) == 0 ? (ssize_t)most : 0;
}

static int close_packed(void *cookie)
{
    struct packing *packing = cookie;
    const int packed = pack(packing, NULL, 0, Z_FINISH);

    if (packing->block_len > 0)
        write_block(packing);
    deflateEnd(&packing->stream);
    free(packing);
    return packed;
}

static bool begin(z_stream *stream)
{
    const int status =
        deflateInit2(stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_ONLY, MEMORY, Z_DEFAULT_STRATEGY);

    return status == Z_OK;
}

FILE *packed_file_open(FILE *out)
{
    const cookie_io_functions_t calls = {.write = write_packed, .close = close_packed};
    struct packing *packing = calloc(1, sizeof(*packing));
    FILE *file;

    if (packing == NULL || !begin(&packing->stream)) {
        free(packing);
        return NULL;
    }
    packing->out = out;
    file = fopencookie(packing, "w", calls);
    if (file == NULL) {
        deflateEnd(&packing->stream);
        free(packing);
    }
    return file;
}

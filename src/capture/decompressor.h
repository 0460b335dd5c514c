/* SPDX-License-Identifier: BSD-2-Clause */
/* decompressor.h: one compression: how its streams begin, and how they are unpacked step by step. */
#ifndef LASTHELLO_CAPTURE_DECOMPRESSOR_H
#define LASTHELLO_CAPTURE_DECOMPRESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a stream may ask for: that of xz -9 and zstd --ultra is less. */
#define UNPACKING_MEMORY_MAX ((size_t)256 << 20)

/* Bytes on their way. A step moves both windows forward. */
struct unpacking {
    uint8_t *in;
    size_t in_left;
    uint8_t *out;
    size_t out_left;
};

enum unpacked {
    UNPACKED_MORE,   /* goes on: it wants more input, or more room */
    UNPACKED_END,    /* the stream is over; another one may follow */
    UNPACKED_BROKEN, /* it is no stream, or asks for too much memory */
};

struct decompressor {
    const char *name;
    uint8_t magic[6];
    size_t magic_len;
    void *(*open)(void); /* NULL: no memory */
    enum unpacked (*step)(void *state, struct unpacking *unpacking);
    void (*close)(void *state);
};

extern const struct decompressor decompressor_gzip;
extern const struct decompressor decompressor_zstd;
extern const struct decompressor decompressor_xz;
extern const struct decompressor decompressor_lz4;
extern const struct decompressor decompressor_bzip2;

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* compressed.h: the bytes inside a gzip, zstd, xz, lz4 or bzip2 stream. */
#ifndef LASTHELLO_CAPTURE_COMPRESSED_H
#define LASTHELLO_CAPTURE_COMPRESSED_H

#include <lasthello/bytes.h>
#include <lasthello/error.h>

#include <sys/types.h>

struct compressed;

/* Reads stored bytes: how many, 0 for the end, -1 for a failure. */
typedef ssize_t (*read_stored_bytes)(void *context, void *buffer, size_t size);

/* compressed_format names the compression by its first bytes; NULL: none that we know. */
const char *compressed_format(struct bytes head);

/* compressed_open begins with `head`, which was read already and has a format, and reads on by
 * `read`. `name` is for error texts and must live as long. NULL on failure. */
struct compressed *compressed_open(const char *name, struct bytes head, read_stored_bytes read, void *context,
    struct error *error);

/* compressed_read answers as input_read does: of a stream that is cut off or damaged, first all
 * that can be unpacked. On failure `error` says why, unless `read` failed. A file that unpacks to
 * more than 1,000 times its size (and 64 MiB) is refused there: it would cost time without end. */
ssize_t compressed_read(struct compressed *compressed, void *buffer, size_t size, struct error *error);

void compressed_close(struct compressed *compressed);

#endif

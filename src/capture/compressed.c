/* SPDX-License-Identifier: BSD-2-Clause */
/* compressed.c: what is inside compressed streams, one after the other, as far as they can be unpacked: of a
 * stream that is cut off, all that stands before the cut. */
#include "compressed.h"

#include "decompressor.h"

#include <stdlib.h>

#define STORED_BYTES    ((size_t)64 * 1024)
#define UNPACKED_FREE   ((uint64_t)64 << 20) /* bytes that any file may unpack to */
#define UNPACKED_FACTOR 1000                 /* ... and so many a byte: gzip never reaches that */
#define SKIPPABLE       0x502a4d18           /* frames of zstd and lz4 without data (RFC 8878 3.1.2) */
#define SKIPPABLE_MASK  0xf0ffffff

struct compressed {
    const char *name;
    const struct decompressor *decompressor;
    read_stored_bytes read;
    void *context;
    void *state;             /* of the decompressor; NULL: between two streams */
    struct unpacking stored; /* `in`: what was read and not yet unpacked */
    uint64_t stored_bytes;
    uint64_t unpacked_bytes;
    bool ended;  /* nothing more is stored */
    bool broken; /* the last step found damage */
    uint8_t buffer[STORED_BYTES];
};

static const struct decompressor *find_decompressor(struct bytes head)
{
    static const struct decompressor *const all[] = {&decompressor_gzip, &decompressor_zstd, &decompressor_xz,
        &decompressor_lz4, &decompressor_bzip2};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (head.left >= all[i]->magic_len && memcmp(head.data, all[i]->magic, all[i]->magic_len) == 0)
            return all[i];
    return NULL;
}

const char *compressed_format(struct bytes head)
{
    const struct decompressor *decompressor = find_decompressor(head);

    return decompressor == NULL ? NULL : decompressor->name;
}

struct compressed *compressed_open(const char *name, struct bytes head, read_stored_bytes read, void *context,
    struct error *error)
{
    struct compressed *compressed = malloc(sizeof(*compressed));

    if (compressed == NULL) {
        error_set(error, "%s: no memory left to decompress it", name);
        return NULL;
    }
    *compressed = (struct compressed){.name = name,
        .decompressor = find_decompressor(head),
        .read = read,
        .context = context,
        .stored_bytes = head.left};
    compressed->stored.in = compressed->buffer;
    if (bytes_copy(head, compressed->buffer, STORED_BYTES))
        compressed->stored.in_left = head.left;
    return compressed;
}

/* ---- what is stored ------------------------------------------------------------------------ */

static bool fail(const struct compressed *compressed, struct error *error, const char *problem)
{
    return error_set(
        error, "%s: its %s stream %s", compressed->name, compressed->decompressor->name, problem);
}

/* Reads on, behind what is left. False: reading failed, and the input has its own error. */
static bool read_on(struct compressed *compressed)
{
    struct unpacking *stored = &compressed->stored;
    ssize_t len;

    memmove(compressed->buffer, stored->in, stored->in_left);
    stored->in = compressed->buffer;
    len = compressed->read(
        compressed->context, compressed->buffer + stored->in_left, STORED_BYTES - stored->in_left);
    if (len < 0)
        return false;
    compressed->ended = len == 0;
    stored->in_left += (size_t)len;
    compressed->stored_bytes += (uint64_t)len;
    return true;
}

static bool is_stream(const struct decompressor *decompressor, struct bytes head)
{
    uint32_t first;

    if (find_decompressor(head) == decompressor)
        return true;
    return bytes_u32(&head, &first) && (first & SKIPPABLE_MASK) == SKIPPABLE;
}

/* Streams may follow each other. What follows the last one and is none, as padding of tapes, is
 * left alone. */
static bool begin_stream(struct compressed *compressed, struct error *error)
{
    while (!compressed->ended && compressed->stored.in_left < sizeof(compressed->decompressor->magic))
        if (!read_on(compressed))
            return false;
    if (!is_stream(
            compressed->decompressor, (struct bytes){compressed->stored.in, compressed->stored.in_left})) {
        compressed->stored.in_left = 0;
        compressed->ended = true;
        return true;
    }
    compressed->state = compressed->decompressor->open();
    return compressed->state != NULL ||
        error_set(error, "%s: no memory left to decompress it", compressed->name);
}

/* ---- what is unpacked ---------------------------------------------------------------------- */

static void end_stream(struct compressed *compressed)
{
    if (compressed->state != NULL)
        compressed->decompressor->close(compressed->state);
    compressed->state = NULL;
}

/* One step. False: it failed, or nothing was left to unpack, which is a stream that was cut off. */
static bool step(struct compressed *compressed, struct unpacking *unpacking, struct error *error)
{
    const size_t room = unpacking->out_left;
    enum unpacked unpacked;

    if (compressed->broken)
        return fail(compressed, error, "is damaged here; make the copy again");
    if (compressed->stored.in_left == 0 && !compressed->ended && !read_on(compressed))
        return false;
    unpacking->in = compressed->stored.in;
    unpacking->in_left = compressed->stored.in_left;
    unpacked = compressed->decompressor->step(compressed->state, unpacking);
    compressed->stored.in = unpacking->in;
    compressed->stored.in_left = unpacking->in_left;
    if (unpacked == UNPACKED_END)
        end_stream(compressed);
    compressed->broken = unpacked == UNPACKED_BROKEN;
    if (unpacking->out_left < room || unpacked != UNPACKED_MORE)
        return true; /* what came out before the damage counts: the next step says what is wrong */
    return compressed->stored.in_left > 0 || !compressed->ended ||
        fail(compressed, error, "is cut off here; make the copy again");
}

static bool is_bomb(const struct compressed *compressed)
{
    return compressed->unpacked_bytes > UNPACKED_FREE + compressed->stored_bytes * UNPACKED_FACTOR;
}

ssize_t compressed_read(struct compressed *compressed, void *buffer, size_t size, struct error *error)
{
    struct unpacking unpacking = {.out = buffer, .out_left = size};

    while (unpacking.out_left == size) {
        if (compressed->state == NULL && compressed->ended && compressed->stored.in_left == 0)
            return 0;
        if (compressed->state == NULL ? !begin_stream(compressed, error)
                                      : !step(compressed, &unpacking, error))
            return -1;
    }
    compressed->unpacked_bytes += size - unpacking.out_left;
    if (!is_bomb(compressed))
        return (ssize_t)(size - unpacking.out_left);
    fail(compressed, error, "unpacks to more than 1,000 times its size; if it is a capture all the same, "
                            "unpack it first");
    return -1;
}

void compressed_close(struct compressed *compressed)
{
    if (compressed == NULL)
        return;
    end_stream(compressed);
    free(compressed);
}

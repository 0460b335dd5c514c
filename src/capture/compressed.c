/* SPDX-License-Identifier: BSD-2-Clause */
/* compressed.c: gzip, zstd, xz and lz4 streams, read by libarchive (the only file to know it). */
#include "compressed.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>

#define STORED_BYTES ((size_t)64 * 1024)

struct compressed {
    const char *name;
    const char *format;
    read_stored_bytes read;
    void *context;
    struct archive *archive;
    struct bytes plain; /* decompressed, not yet taken; libarchive's memory */
    bool ended;
    size_t head_len; /* of `stored`, to be given to libarchive first */
    uint8_t stored[STORED_BYTES];
};

const char *compressed_format(struct bytes head)
{
    static const struct {
        const char *name;
        uint8_t magic[6];
        size_t magic_len;
    } formats[] = {
        {.name = "gzip", .magic = {0x1f, 0x8b}, .magic_len = 2},             /* RFC 1952 2.3.1 */
        {.name = "zstd", .magic = {0x28, 0xb5, 0x2f, 0xfd}, .magic_len = 4}, /* RFC 8878 3.1.1 */
        {.name = "xz", .magic = {0xfd, '7', 'z', 'X', 'Z', 0x00}, .magic_len = 6},
        {.name = "lz4", .magic = {0x04, 0x22, 0x4d, 0x18}, .magic_len = 4},
    };

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (head.left >= formats[i].magic_len && memcmp(head.data, formats[i].magic, formats[i].magic_len) == 0)
            return formats[i].name;
    return NULL;
}

static la_ssize_t give_stored(struct archive *archive, void *context, const void **stored)
{
    struct compressed *compressed = context;
    ssize_t len = (ssize_t)compressed->head_len;

    *stored = compressed->stored;
    compressed->head_len = 0;
    if (len == 0)
        len = compressed->read(compressed->context, compressed->stored, STORED_BYTES);
    if (len < 0)
        archive_set_error(archive, EIO, "reading failed");
    return len;
}

static bool set_broken(const struct compressed *compressed, struct error *error)
{
    const char *why = archive_error_string(compressed->archive);

    return error_set(error, "%s: its %s stream is corrupt or cut off (%s); make the copy again", compressed->name,
        compressed->format, why == NULL ? "no more is known" : why);
}

static bool open_archive(struct compressed *compressed, struct error *error)
{
    struct archive *archive = compressed->archive;
    struct archive_entry *entry;
    int opened;

    if (archive == NULL)
        return error_set(error, "%s: no memory left to decompress it", compressed->name);
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_lz4(archive);
    archive_read_support_format_raw(archive);
    archive_read_support_format_empty(archive);
    if (archive_read_open(archive, compressed, NULL, give_stored, NULL) != ARCHIVE_OK)
        return set_broken(compressed, error);
    opened = archive_read_next_header(archive, &entry);
    compressed->ended = opened == ARCHIVE_EOF;
    return opened == ARCHIVE_OK || opened == ARCHIVE_EOF || set_broken(compressed, error);
}

struct compressed *compressed_open(const char *name, const char *format, struct bytes head,
    read_stored_bytes read, void *context, struct error *error)
{
    struct compressed *compressed = malloc(sizeof(*compressed));

    if (compressed == NULL) {
        error_set(error, "%s: no memory left to decompress it", name);
        return NULL;
    }
    *compressed = (struct compressed){.name = name,
        .format = format,
        .read = read,
        .context = context,
        .archive = archive_read_new(),
        .head_len = head.left};
    if (bytes_copy(head, compressed->stored, STORED_BYTES) && open_archive(compressed, error))
        return compressed;
    compressed_close(compressed);
    return NULL;
}

/* Block by block, not by archive_read_data, which would wait until the whole buffer is full. */
static bool read_block(struct compressed *compressed, struct error *error)
{
    while (compressed->plain.left == 0 && !compressed->ended) {
        const void *block;
        size_t len;
        la_int64_t offset;
        int got = archive_read_data_block(compressed->archive, &block, &len, &offset);

        if (got != ARCHIVE_OK && got != ARCHIVE_EOF)
            return set_broken(compressed, error);
        compressed->ended = got == ARCHIVE_EOF;
        if (got == ARCHIVE_OK)
            compressed->plain = (struct bytes){block, len};
    }
    return true;
}

ssize_t compressed_read(struct compressed *compressed, void *buffer, size_t size, struct error *error)
{
    struct bytes taken;
    size_t len;

    if (!read_block(compressed, error))
        return -1;
    len = compressed->plain.left < size ? compressed->plain.left : size;
    if (!bytes_take(&compressed->plain, len, &taken) || !bytes_copy(taken, buffer, size))
        return 0;
    return (ssize_t)len;
}

void compressed_close(struct compressed *compressed)
{
    if (compressed == NULL)
        return;
    archive_read_free(compressed->archive);
    free(compressed);
}

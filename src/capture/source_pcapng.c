/* SPDX-License-Identifier: BSD-2-Clause */
/* source_pcapng.c: our reader of pcapng files, which libpcap reads in part only.
 *
 * A file is a line of blocks: type, length, body, length again. A section header block sets the byte
 * order for what follows; interface blocks describe interfaces, by which packet blocks are understood. */
#include "error_text.h"
#include "pcapng_blocks.h"
#include "read_buffer.h"
#include "reader.h"

#include <stdlib.h>

#define BLOCK_HEAD_BYTES 8                                     /* type and length */
#define BLOCK_BYTES_MIN  12                                    /* and the length again */
#define BLOCK_BYTES_MAX  (SOURCE_PACKET_BYTES_MAX + 64 * 1024) /* room for the options of a packet */
#define BYTE_ORDER_MAGIC 0x1a2b3c4d

struct pcapng {
    struct read_buffer buffer;
    struct filter *filter; /* NULL: every packet */
    struct section section;
};

/* Reads until `len` bytes are ready: TAKEN_OTHER. */
static enum taken fill(struct pcapng *file, size_t len)
{
    switch (read_buffer_await(&file->buffer, len)) {
    case BUFFERED_READY:
        return TAKEN_OTHER;
    case BUFFERED_END:
        return TAKEN_END;
    case BUFFERED_CUT:
        return TAKEN_CUT;
    case BUFFERED_FAILED:
        break;
    }
    return TAKEN_FAILED;
}

/* The byte order of a section must be known before the length of its header can be read. */
static enum taken read_byte_order(struct pcapng *file)
{
    enum taken filled = fill(file, BLOCK_BYTES_MIN);
    struct bytes head = file->buffer.ready;
    uint32_t magic;

    if (filled != TAKEN_OTHER)
        return filled;
    if (!bytes_skip(&head, BLOCK_HEAD_BYTES) || !bytes_u32(&head, &magic))
        return TAKEN_CUT;
    if (magic != BYTE_ORDER_MAGIC && magic != __builtin_bswap32(BYTE_ORDER_MAGIC))
        return section_bad(&file->section, "a section header without a byte order");
    file->section.is_little = magic != BYTE_ORDER_MAGIC;
    return TAKEN_OTHER;
}

/* Blocks that we do not know may be of any length, and are never held. */
static enum taken skip_block(struct pcapng *file, uint32_t len)
{
    while (len > 0) {
        size_t part = len < READ_BUFFER_BYTES ? len : READ_BUFFER_BYTES;
        enum taken filled = fill(file, part);

        if (filled != TAKEN_OTHER)
            return filled == TAKEN_END ? TAKEN_CUT : filled;
        if (!bytes_skip(&file->buffer.ready, part))
            return TAKEN_CUT;
        len -= (uint32_t)part;
    }
    return TAKEN_OTHER;
}

static enum taken read_block(
    struct pcapng *file, const struct block *block, uint32_t len, struct packet *packet)
{
    enum taken filled = fill(file, len);
    struct bytes body;
    uint32_t len_again;

    if (filled != TAKEN_OTHER)
        return filled;
    if (!bytes_skip(&file->buffer.ready, BLOCK_HEAD_BYTES) ||
        !bytes_take(&file->buffer.ready, len - BLOCK_BYTES_MIN, &body) ||
        !section_u32(&file->section, &file->buffer.ready, &len_again))
        return TAKEN_CUT;
    if (len_again == len)
        return block->read(&file->section, body, packet);
    error_set(
        &file->section.problem, "its block begins with length %u and ends with length %u", len, len_again);
    return TAKEN_BAD;
}

static enum taken check_len(struct pcapng *file, const struct block *block, uint32_t len)
{
    bool is_read = block != NULL && block->read != NULL;

    if (len >= BLOCK_BYTES_MIN && len % 4 == 0 && (!is_read || len <= BLOCK_BYTES_MAX))
        return TAKEN_OTHER;
    error_set(&file->section.problem, "a block has the impossible length of %u bytes", len);
    return TAKEN_BAD;
}

/* Reads the next block; `block` is set as soon as its type is known. */
static enum taken next_block(struct pcapng *file, const struct block **block, struct packet *packet)
{
    enum taken done = fill(file, BLOCK_HEAD_BYTES);
    struct bytes head;
    uint32_t type;
    uint32_t len;

    *block = NULL;
    head = file->buffer.ready;
    if (done != TAKEN_OTHER || !section_u32(&file->section, &head, &type))
        return done;
    if (type == SECTION_TYPE)
        done = read_byte_order(file);
    head = file->buffer.ready;
    if (done != TAKEN_OTHER || !bytes_skip(&head, sizeof(type)) || !section_u32(&file->section, &head, &len))
        return done;
    *block = block_find(type);
    done = check_len(file, *block, len);
    if (done != TAKEN_OTHER)
        return done;
    if (*block != NULL && (*block)->read != NULL)
        return read_block(file, *block, len, packet);
    done = skip_block(file, len);
    if (done == TAKEN_OTHER && *block != NULL && (*block)->is_numbered)
        file->section.number++;
    return done;
}

/* ---- the reader -------------------------------------------------------------------------------- */

static bool is_pcapng(struct bytes head)
{
    uint32_t type;

    return bytes_u32(&head, &type) && type == SECTION_TYPE;
}

static void pcapng_close(void *state)
{
    struct pcapng *file = state;

    free(file->section.interfaces);
    read_buffer_close(&file->buffer);
    free(file);
}

static enum sourced pcapng_fail(struct pcapng *file, enum taken why, bool in_packet, struct error *error)
{
    char count[COUNT_BYTES];

    if (why == TAKEN_FAILED) {
        *error = file->buffer.input->error;
        error_text_after(error, file->section.number);
    } else if (why == TAKEN_BAD) {
        error_text_corrupt(error, file->buffer.input->name, file->section.number, file->section.problem.text);
    } else if (in_packet) {
        error_text_cut(error, file->buffer.input->name, file->section.number);
    } else {
        error_text_count(file->section.number, count);
        error_set(error, "%s: ends inside a block; the %s packets before it were read",
            file->buffer.input->name, count);
    }
    return SOURCED_FAILED;
}

static enum sourced pcapng_next(void *state, struct packet *packet, struct error *error)
{
    struct pcapng *file = state;

    for (;;) {
        const struct block *block;
        enum taken taken = next_block(file, &block, packet);

        if (taken == TAKEN_PACKET) {
            packet->left_out = file->filter != NULL && !filter_passes(file->filter, packet);
            return SOURCED_PACKET;
        }
        if (taken == TAKEN_END)
            return SOURCED_END;
        if (taken != TAKEN_PACKET && taken != TAKEN_OTHER)
            return pcapng_fail(file, taken, block != NULL && block->is_numbered, error);
    }
}

static void pcapng_statistics(void *state, struct source_statistics *statistics)
{
    const struct pcapng *file = state;

    statistics->dropped = file->section.dropped;
}

/* The first section is read here, so that a file of another version is refused when it is opened. */
static bool open_section(struct pcapng *file, struct error *error)
{
    const struct block *block;
    struct packet packet;
    enum taken taken = next_block(file, &block, &packet);

    if (taken == TAKEN_OTHER)
        return true;
    if (taken == TAKEN_BAD)
        return error_set(
            error, "%s: cannot be read: %s", file->buffer.input->name, file->section.problem.text);
    if (taken == TAKEN_FAILED)
        *error = file->buffer.input->error;
    else
        error_set(
            error, "%s: ends inside its file header; no packet could be read", file->buffer.input->name);
    return false;
}

static void *pcapng_open(struct input *input, struct filter *filter, struct error *error)
{
    struct pcapng *file = calloc(1, sizeof(*file));

    if (file == NULL || !read_buffer_open(&file->buffer, input)) {
        error_set(error, "%s: no memory left to read it", input->name);
        free(file);
        return NULL;
    }
    file->filter = filter;
    if (open_section(file, error))
        return file;
    pcapng_close(file);
    return NULL;
}

const struct source_reader reader_pcapng = {
    .fits = is_pcapng,
    .open = pcapng_open,
    .next = pcapng_next,
    .statistics = pcapng_statistics,
    .close = pcapng_close,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* source_classic.c: our reader of classic capture files (draft-ietf-opsawg-pcap): a header, then
 * packet after packet.
 *
 * libpcap copies each packet twice, out of a 4 KiB buffer; this reader hands out windows of what
 * was read. */
#include "error_text.h"
#include "read_buffer.h"
#include "reader.h"

#include <stdlib.h>

#define FILE_HEADER_BYTES   24
#define PACKET_HEADER_BYTES 16
#define SENSIBLE_PACKETS    16
#define CAPTURED_USUAL_MAX  (256 * 1024) /* what libpcap lets through where the file claims less */

struct format {
    uint32_t magic;
    uint32_t tick_ns;
    size_t packet_header_bytes;
};

static const struct format formats[] = {
    {.magic = 0xa1b2c3d4, .tick_ns = 1000, .packet_header_bytes = PACKET_HEADER_BYTES},
    {.magic = 0xa1b23c4d, .tick_ns = 1, .packet_header_bytes = PACKET_HEADER_BYTES},
    /* Kuznetzov's, of old Red Hat: interface, protocol and packet type stand after the lengths */
    {.magic = 0xa1b2cd34, .tick_ns = 1000, .packet_header_bytes = PACKET_HEADER_BYTES + 8},
};

/* The numbers before a packet. */
struct packet_header {
    uint32_t seconds;
    uint32_t ticks;
    uint32_t captured;
    uint32_t wire_len;
};

struct classic {
    struct read_buffer buffer;
    struct filter *filter; /* NULL: every packet */
    const struct format *format;
    size_t packet_header_bytes; /* the format's, or what the file's packets show */
    bool is_little;
    uint16_t minor_version;
    uint32_t captured_max;
    uint32_t link_type;
    uint64_t number; /* of the last packet */
    struct packet_header next;
    bool has_next; /* `next` is of the packet that follows, which is ready as a whole */
};

static const struct format *find_format(struct bytes head, bool *is_little)
{
    uint32_t magic;

    if (!bytes_u32(&head, &magic))
        return NULL;
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        *is_little = magic == __builtin_bswap32(formats[i].magic);
        if (*is_little || magic == formats[i].magic)
            return &formats[i];
    }
    return NULL;
}

static bool is_classic(struct bytes head)
{
    bool is_little;

    return find_format(head, &is_little) != NULL;
}

BYTES_READ take_u32(const struct classic *file, struct bytes *in, uint32_t *out)
{
    if (!bytes_u32(in, out))
        return false;
    *out = file->is_little ? __builtin_bswap32(*out) : *out;
    return true;
}

BYTES_READ take_u16(const struct classic *file, struct bytes *in, uint16_t *out)
{
    if (!bytes_u16(in, out))
        return false;
    *out = file->is_little ? __builtin_bswap16(*out) : *out;
    return true;
}

/* ---- opening ----------------------------------------------------------------------------------- */

static bool read_file_header(struct classic *file, struct error *error)
{
    const char *name = file->buffer.input->name;
    struct bytes *in = &file->buffer.ready;
    uint32_t magic, zone, accuracy, snapshot_len, link_type;
    uint16_t major_version;

    if (!take_u32(file, in, &magic) || !take_u16(file, in, &major_version) ||
        !take_u16(file, in, &file->minor_version) ||
        !take_u32(file, in, &zone) || !take_u32(file, in, &accuracy) || !take_u32(file, in, &snapshot_len) ||
        !take_u32(file, in, &link_type))
        return error_set(error, "%s: ends inside its file header; no packet could be read", name);
    if (major_version != 2 || file->minor_version > 4)
        return error_set(error,
            "%s: is of pcap version %u.%u, and 2.4 is the newest known; try: editcap FILE FILE.pcapng",
            name, major_version, file->minor_version);
    file->captured_max = snapshot_len <= CAPTURED_USUAL_MAX ? CAPTURED_USUAL_MAX : SOURCE_PACKET_BYTES_MAX;
    /* the upper bits tell of a frame check sequence */
    file->link_type = link_type_modern(link_type & 0xffff);
    return true;
}

/* Older than 2.3: the two lengths stand the other way round; 2.3 itself was written both ways. */
static void order_lengths(const struct classic *file, struct packet_header *header)
{
    bool swapped =
        file->minor_version < 3 || (file->minor_version == 3 && header->captured > header->wire_len);
    uint32_t captured = header->captured;

    if (!swapped)
        return;
    header->captured = header->wire_len;
    header->wire_len = captured;
}

BYTES_READ read_packet_header(const struct classic *file, struct bytes in, struct packet_header *header)
{
    struct bytes fixed;

    if (!bytes_take(&in, PACKET_HEADER_BYTES, &fixed) || !take_u32(file, &fixed, &header->seconds) ||
        !take_u32(file, &fixed, &header->ticks) || !take_u32(file, &fixed, &header->captured) ||
        !take_u32(file, &fixed, &header->wire_len))
        return false;
    order_lengths(file, header);
    return true;
}

/* How many of the first packets make sense, if their headers have so many bytes; 0: one of them
 * does not. Packets that are not all there yet end the look. */
static int count_sensible(const struct classic *file, size_t header_bytes)
{
    struct bytes in = file->buffer.ready;
    struct packet_header header;
    int packets = 0;

    while (packets < SENSIBLE_PACKETS && read_packet_header(file, in, &header)) {
        if (header.captured > file->captured_max || header.captured > header.wire_len ||
            (int64_t)header.ticks * file->format->tick_ns >= NANOSECONDS)
            return 0;
        packets++;
        if (!bytes_skip(&in, header_bytes) || !bytes_skip(&in, header.captured))
            break;
    }
    return packets;
}

/* Some old programs wrote longer headers under the magic number of the usual ones: Linux
 * distributions (24 and 28 bytes) and Nokia's firewalls (20). Only where the usual ones make no
 * sense, and the others do, these are read. */
static void find_header_bytes(struct classic *file)
{
    static const size_t others[] = {24, 28, 20};

    file->packet_header_bytes = file->format->packet_header_bytes;
    if (file->buffer.ready.left < PACKET_HEADER_BYTES || count_sensible(file, file->packet_header_bytes) > 0)
        return;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (count_sensible(file, others[i]) > 1) {
            file->packet_header_bytes = others[i];
            return;
        }
}

static bool open_file(struct classic *file, struct error *error)
{
    file->format = find_format(input_head(file->buffer.input), &file->is_little);
    if (read_buffer_await(&file->buffer, FILE_HEADER_BYTES) == BUFFERED_FAILED) {
        *error = file->buffer.input->error;
        return false;
    }
    if (!read_file_header(file, error))
        return false;
    find_header_bytes(file);
    return true;
}

static void classic_close(void *state)
{
    struct classic *file = state;

    read_buffer_close(&file->buffer);
    free(file);
}

static void *classic_open(struct input *input, struct filter *filter, struct error *error)
{
    struct classic *file = calloc(1, sizeof(*file));

    if (file == NULL || !read_buffer_open(&file->buffer, input)) {
        error_set(error, "%s: no memory left to read it", input->name);
        free(file);
        return NULL;
    }
    file->filter = filter;
    if (open_file(file, error))
        return file;
    classic_close(file);
    return NULL;
}

/* ---- packets ----------------------------------------------------------------------------------- */

static enum sourced end(const struct classic *file, enum buffered why, struct error *error)
{
    const struct input *input = file->buffer.input;

    if (why == BUFFERED_END)
        return SOURCED_END;
    if (why == BUFFERED_CUT) {
        error_text_cut(error, input->name, file->number);
        return SOURCED_FAILED;
    }
    *error = input->error;
    error_text_after(error, file->number);
    return SOURCED_FAILED;
}

/* Notes whether the next packet is among what was read already. */
static void look_ahead(struct classic *file)
{
    const size_t header_bytes = file->packet_header_bytes, left = file->buffer.ready.left;

    file->has_next = left >= header_bytes && read_packet_header(file, file->buffer.ready, &file->next) &&
        file->next.captured <= left - header_bytes && file->next.captured <= file->captured_max;
}

static void fill_packet(struct classic *file, const struct packet_header *header, struct packet *packet)
{
    packet->wire_len = header->wire_len;
    packet->link_type = file->link_type;
    packet->time_ns = (int64_t)header->seconds * NANOSECONDS + (int64_t)header->ticks * file->format->tick_ns;
    packet->number = ++file->number;
    packet->vlan = 0;
    look_ahead(file);
    packet->left_out = file->filter != NULL && !filter_passes(file->filter, packet);
}

static enum sourced too_long(const struct classic *file, uint32_t captured, struct error *error)
{
    char problem[96];

    snprintf(problem, sizeof(problem), "it claims %u captured bytes, and more than %u cannot be", captured,
        file->captured_max);
    error_text_corrupt(error, file->buffer.input->name, file->number, problem);
    return SOURCED_FAILED;
}

/* Reads on until the next packet's header and all of it are ready. */
static enum sourced await_packet(struct classic *file, struct error *error)
{
    const size_t header_bytes = file->packet_header_bytes;
    enum buffered buffered = read_buffer_await(&file->buffer, header_bytes);

    if (buffered != BUFFERED_READY || !read_packet_header(file, file->buffer.ready, &file->next))
        return end(file, buffered, error);
    if (file->next.captured > file->captured_max)
        return too_long(file, file->next.captured, error);
    buffered = read_buffer_await(&file->buffer, header_bytes + file->next.captured);
    return buffered == BUFFERED_READY ? SOURCED_PACKET : end(file, buffered, error);
}

static enum sourced classic_next(void *state, struct packet *packet, struct error *error)
{
    struct classic *file = state;
    const enum sourced sourced = file->has_next ? SOURCED_PACKET : await_packet(file, error);
    const struct packet_header header = file->next;

    if (sourced != SOURCED_PACKET)
        return sourced;
    if (!bytes_skip(&file->buffer.ready, file->packet_header_bytes) ||
        !bytes_take(&file->buffer.ready, header.captured, &packet->data))
        return end(file, BUFFERED_CUT, error);
    fill_packet(file, &header, packet);
    return SOURCED_PACKET;
}

const struct source_reader reader_classic = {
    .fits = is_classic,
    .open = classic_open,
    .next = classic_next,
    .close = classic_close,
};

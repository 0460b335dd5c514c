/* SPDX-License-Identifier: BSD-2-Clause */
/* pcapng_write.c: blocks of a pcapng file, in this machine's byte order, which the first of them tells. */
#include "pcapng_write.h"

#include <lasthello/bytes.h>

#include <string.h>

#define BLOCK_SECTION     0x0a0d0d0au
#define BLOCK_INTERFACE   1u
#define BLOCK_PACKET      6u
#define BYTE_ORDER_MAGIC  0x1a2b3c4du
#define OPTION_COMMENT    1
#define OPTION_RESOLUTION 9
#define NANOSECOND_DIGITS 9
#define BLOCK_FRAME_BYTES 12u /* type, and the length twice */
#define OPTION_END_BYTES  4u

static uint32_t padded(size_t len)
{
    return (uint32_t)((len + 3) & ~(size_t)3);
}

static void put(FILE *out, const void *data, size_t len)
{
    static const char zeros[4];

    if (len > 0)
        fwrite(data, 1, len, out);
    fwrite(zeros, 1, padded(len) - len, out);
}

static void put_words(FILE *out, const uint32_t *words, size_t count)
{
    fwrite(words, sizeof(*words), count, out);
}

/* 0: none. */
static uint32_t option_bytes(const char *comment)
{
    return comment[0] == '\0' ? 0 : 4 + padded(strlen(comment));
}

static void put_option(FILE *out, uint16_t code, const void *data, size_t len)
{
    const uint16_t head[2] = {code, (uint16_t)len};

    fwrite(head, sizeof(head), 1, out);
    put(out, data, len);
}

static void put_end(FILE *out, uint32_t block_len)
{
    const uint32_t words[] = {0, block_len};

    put_words(out, words, 2);
}

void pcapng_begin(struct pcapng_writer *writer, FILE *out, const char *comment)
{
    const uint32_t len = BLOCK_FRAME_BYTES + 16 + option_bytes(comment) + OPTION_END_BYTES;
    /* version 1.0, a section of unknown length */
    const uint16_t version[] = {1, 0};
    const uint32_t words[] = {BLOCK_SECTION, len, BYTE_ORDER_MAGIC}, unknown[] = {UINT32_MAX, UINT32_MAX};

    *writer = (struct pcapng_writer){.out = out};
    put_words(out, words, 3);
    fwrite(version, sizeof(version), 1, out);
    put_words(out, unknown, 2);
    if (comment[0] != '\0')
        put_option(out, OPTION_COMMENT, comment, strlen(comment));
    put_end(out, len);
}

static void put_interface(FILE *out, uint32_t link_type)
{
    const uint8_t digits = NANOSECOND_DIGITS;
    const uint32_t len = BLOCK_FRAME_BYTES + 8 + 8 + OPTION_END_BYTES;
    const uint32_t words[] = {BLOCK_INTERFACE, len};
    const uint16_t link[] = {(uint16_t)link_type, 0};
    const uint32_t snapshot_len = 0; /* no limit */

    put_words(out, words, 2);
    fwrite(link, sizeof(link), 1, out);
    put_words(out, &snapshot_len, 1);
    put_option(out, OPTION_RESOLUTION, &digits, 1);
    put_end(out, len);
}

/* The number of the interface; PCAPNG_LINKS_MAX: there is no room for one more. */
static unsigned interface_of(struct pcapng_writer *writer, uint32_t link_type)
{
    unsigned i = 0;

    while (i < writer->link_count && writer->links[i] != link_type)
        i++;
    if (i < writer->link_count || i == PCAPNG_LINKS_MAX)
        return i;
    writer->links[writer->link_count++] = link_type;
    put_interface(writer->out, link_type);
    return i;
}

bool pcapng_packet(
    struct pcapng_writer *writer, const struct packet *packet, size_t len, const char *comment)
{
    const unsigned interface = interface_of(writer, packet->link_type);
    const uint32_t options = comment[0] == '\0' ? 0 : option_bytes(comment) + OPTION_END_BYTES;
    const uint32_t block = BLOCK_FRAME_BYTES + 20 + padded(len) + options;
    const uint64_t time = (uint64_t)packet->time_ns;
    const uint32_t words[] = {BLOCK_PACKET, block, interface, (uint32_t)(time >> 32), (uint32_t)time,
        (uint32_t)len, packet->wire_len};
    struct bytes data = packet->data, shown;

    if (interface == PCAPNG_LINKS_MAX || !bytes_take(&data, len, &shown))
        return interface != PCAPNG_LINKS_MAX;
    put_words(writer->out, words, sizeof(words) / sizeof(words[0]));
    put(writer->out, shown.data, shown.left);
    if (options > 0) {
        put_option(writer->out, OPTION_COMMENT, comment, strlen(comment));
        put_end(writer->out, block);
    } else {
        put_words(writer->out, &block, 1);
    }
    return true;
}

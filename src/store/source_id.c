/* SPDX-License-Identifier: BSD-2-Clause */
/* source_id.c: how a source is known again. */
#include <lasthello/hash.h>
#include <lasthello/ledger.h>

#include <endian.h>

#define FIRST_BYTES 54 /* Ethernet, IPv4 and TCP headers: who, to whom, and where in its stream */

struct content {
    size_t len;
    uint8_t bytes[1024];
};

static void row_id_bytes(struct content *content, const void *bytes, size_t len)
{
    if (len > sizeof(content->bytes) - content->len)
        len = sizeof(content->bytes) - content->len;
    memcpy(content->bytes + content->len, bytes, len);
    content->len += len;
}

static void row_id_text(struct content *content, const char *text)
{
    row_id_bytes(content, text, strlen(text) + 1);
}

static void row_id_number(struct content *content, uint64_t number)
{
    const uint64_t little = htole64(number);

    row_id_bytes(content, &little, sizeof(little));
}

static uint64_t row_id_hash(const struct content *content)
{
    uint64_t id = hash_bytes(&hash_key_zero, content->bytes, content->len) & INT64_MAX;

    return id == 0 ? 1 : id;
}

uint64_t source_id_file(const char *site, const char *name, const struct packet *packet)
{
    struct content content;

    content.len = 0;
    row_id_text(&content, site);
    if (packet == NULL) {
        row_id_text(&content, "empty file");
        row_id_text(&content, name);
        return row_id_hash(&content);
    }
    row_id_text(&content, "file");
    /* to the microsecond: editors that write classic pcap drop the rest */
    row_id_number(&content, (uint64_t)(packet->time_ns / 1000));
    row_id_number(&content, packet->wire_len);
    row_id_bytes(&content, packet->data.data, packet->data.left < FIRST_BYTES ? packet->data.left : FIRST_BYTES);
    return row_id_hash(&content);
}

uint64_t source_id_live(const char *site, const char *observer, const char *interface, int64_t started_ns)
{
    struct content content;

    content.len = 0;
    row_id_text(&content, site);
    row_id_text(&content, "interface");
    row_id_text(&content, observer);
    row_id_text(&content, interface);
    row_id_number(&content, (uint64_t)started_ns);
    return row_id_hash(&content);
}

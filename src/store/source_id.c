/* SPDX-License-Identifier: BSD-2-Clause */
/* source_id.c: how a source is known again. */
#include "content.h"

#include <lasthello/ledger.h>

#define FIRST_BYTES 54 /* Ethernet, IPv4 and TCP headers: who, to whom, and where in its stream */

uint64_t source_id_file(const char *site, const char *name, const struct packet *packet)
{
    struct content content;

    content.len = 0;
    content_text(&content, site);
    if (packet == NULL) {
        content_text(&content, "empty file");
        content_text(&content, name);
        return content_id(&content);
    }
    content_text(&content, "file");
    /* to the microsecond: editors that write classic pcap drop the rest */
    content_number(&content, (uint64_t)(packet->time_ns / 1000));
    content_number(&content, packet->wire_len);
    content_bytes(&content, packet->data.data, packet->data.left < FIRST_BYTES ? packet->data.left : FIRST_BYTES);
    return content_id(&content);
}

uint64_t source_id_live(const char *site, const char *observer, const char *interface, int64_t started_ns)
{
    struct content content;

    content.len = 0;
    content_text(&content, site);
    content_text(&content, "interface");
    content_text(&content, observer);
    content_text(&content, interface);
    content_number(&content, (uint64_t)started_ns);
    return content_id(&content);
}

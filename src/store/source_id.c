/* SPDX-License-Identifier: BSD-2-Clause */
/* source_id.c: how a source is known again. */
#include "row_id.h"

#include <lasthello/ledger.h>

#define FIRST_BYTES 54 /* Ethernet, IPv4 and TCP headers: who, to whom, and where in its stream */

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

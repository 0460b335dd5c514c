/* SPDX-License-Identifier: BSD-2-Clause */
/* display_filter.c: what to paste into Wireshark to see a row's evidence. */
#include "display_filter.h"

#include <stdio.h>
#include <string.h>

static const char *address_field(const char *address)
{
    return strchr(address, ':') == NULL ? "ip.addr" : "ipv6.addr";
}

static size_t add_number(const char *before, const struct value *value, char *out, size_t room)
{
    if (value == NULL || room == 0)
        return 0;
    return (size_t)snprintf(out, room, "%s%lld", before, (long long)value->number);
}

const char *display_filter(const struct kept_rows *rows, size_t row, char out[DISPLAY_FILTER_BYTES])
{
    const struct value *client = kept_value(rows, row, "client"), *server = kept_value(rows, row, "server");
    const struct value *kind = kept_value(rows, row, "source_kind");
    size_t used;

    if (client == NULL || server == NULL)
        return NULL;
    used = (size_t)snprintf(out, DISPLAY_FILTER_BYTES, "%s==%s && %s==%s", address_field(client->text),
        client->text, address_field(server->text), server->text);
    if (used >= DISPLAY_FILTER_BYTES / 2)
        return NULL;
    used += add_number(
        " && tcp.port==", kept_value(rows, row, "port"), out + used, DISPLAY_FILTER_BYTES - used);
    if (kind == NULL || strcmp(kind->text, "interface") != 0)
        add_number(" && frame.number==", kept_value(rows, row, "packet"), out + used,
            DISPLAY_FILTER_BYTES - used);
    return out;
}

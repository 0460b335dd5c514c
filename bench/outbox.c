/* SPDX-License-Identifier: BSD-2-Clause */
/* outbox.c: packets on their way into a capture. */
#include "outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t clock_us = 1790000000000000;

static void write_record(uint32_t len)
{
    const uint32_t record[4] = {(uint32_t)(clock_us / 1000000), (uint32_t)(clock_us % 1000000), len, len};

    fwrite(record, sizeof(record), 1, stdout);
    clock_us += 3;
}

static void append(struct outbox *outbox, const void *bytes, size_t len)
{
    if (outbox->len + len > outbox->size) {
        outbox->size = 2 * (outbox->size + len);
        outbox->bytes = realloc(outbox->bytes, outbox->size);
        if (outbox->bytes == NULL)
            abort();
    }
    memcpy(outbox->bytes + outbox->len, bytes, len);
    outbox->len += len;
}

void outbox_put(struct outbox *outbox, const void *header, size_t header_len, const void *payload,
    size_t len)
{
    const uint32_t total = (uint32_t)(header_len + len);

    if (outbox == NULL) {
        write_record(total);
        fwrite(header, header_len, 1, stdout);
        fwrite(payload, len, 1, stdout);
        return;
    }
    append(outbox, &total, sizeof(total));
    append(outbox, header, header_len);
    append(outbox, payload, len);
}

bool outbox_send_one(struct outbox *outbox)
{
    uint32_t len;

    if (outbox->sent == outbox->len) {
        outbox->sent = outbox->len = 0;
        return false;
    }
    memcpy(&len, outbox->bytes + outbox->sent, sizeof(len));
    write_record(len);
    fwrite(outbox->bytes + outbox->sent + sizeof(len), len, 1, stdout);
    outbox->sent += sizeof(len) + len;
    return true;
}

void outbox_swap(struct outbox *one, struct outbox *other)
{
    const struct outbox kept = *one;

    *one = *other;
    *other = kept;
}

void outbox_close(struct outbox *outbox)
{
    free(outbox->bytes);
    *outbox = (struct outbox){0};
}

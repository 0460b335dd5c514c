/* SPDX-License-Identifier: BSD-2-Clause */
/* IMAP in clear, and what follows its STARTTLS: segments do not change the facts. What is neither text nor
 * TLS is stepped over by the segment, so that TLS is found again after a gap: there they do. */
#include "dialogues.h"

static const char greeting[] = "* OK ready\r\n";

static const struct session *read_mail(struct reader *reader, const uint8_t *data, size_t size, size_t piece)
{
    begin_reading(reader, "143");
    deliver(reader, SIDE_SERVER, (const uint8_t *)greeting, strlen(greeting), piece);
    return read_dialogue(reader, data, size, piece);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct reader whole, pieces;

    const struct session *a = read_mail(&whole, data, size, size + 1);
    const struct session *b = read_mail(&pieces, data, size, 1);

    if (!whole.has_binary && !pieces.has_binary)
        promise_same_facts(a, b);
    return 0;
}

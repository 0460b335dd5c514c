/* SPDX-License-Identifier: BSD-2-Clause */
/* copies.c: the first payloads of connections, by their content. */
#include "copies.h"

#include <lasthello/hash.h>

#define COMPARED_BYTES       64 /* of a payload, and its length: a hello's version and random are in it */
#define TYPE_AT              5  /* of a message, behind the record header (RFC 5246 6.2.1) */
#define RECORD_HANDSHAKE     22
#define MESSAGE_CLIENT_HELLO 1

static bool is_hello(struct bytes payload)
{
    uint8_t kind, type;

    return bytes_u8(&payload, &kind) && kind == RECORD_HANDSHAKE && bytes_skip(&payload, TYPE_AT - 1) &&
        bytes_u8(&payload, &type) && type == MESSAGE_CLIENT_HELLO;
}

/* Whoever wants to be taken for a copy says the same: no key is needed. */
static uint64_t content_of(struct bytes payload)
{
    uint64_t content = payload.left, words[COMPARED_BYTES / sizeof(uint64_t)] = {0};
    struct bytes compared;

    if (!bytes_take(&payload, payload.left < COMPARED_BYTES ? payload.left : COMPARED_BYTES, &compared) ||
        !bytes_copy(compared, words, sizeof(words)))
        return 0;
    for (size_t i = 0; i < COMPARED_BYTES / sizeof(uint64_t); i++)
        content = hash_mix(content, words[i]);
    return content;
}

static bool is_near(int64_t a_ns, int64_t b_ns, int64_t ns)
{
    return (uint64_t)a_ns - (uint64_t)b_ns + (uint64_t)ns <= 2 * (uint64_t)ns;
}

enum copied copies_look(const struct copies *copies, const struct copies_speaker *speaker,
    const struct segment *segment, uint32_t *original)
{
    const uint64_t content = content_of(segment->payload);
    const bool tells = is_hello(segment->payload);

    for (size_t i = 0; i < COPIES_ROWS; i++) {
        const struct said_row *row = &copies->rows[i];

        if (row->connection != speaker->connection || row->content != content || row->from != speaker->from ||
            row->flow == speaker->flow ||
            !is_near(row->time_ns, segment->time_ns, tells ? COPIES_HELLO_NS : COPIES_NS))
            continue;
        *original = row->flow;
        return tells ? COPIED_HELLO : COPIED_TEXT;
    }
    return COPIED_NOT;
}

void copies_note(struct copies *copies, const struct copies_speaker *speaker,
    const struct segment *segment)
{
    struct said_row *row = &copies->rows[copies->next];

    copies->next = (copies->next + 1) % COPIES_ROWS;
    *row = (struct said_row){
        .connection = speaker->connection,
        .content = content_of(segment->payload),
        .time_ns = segment->time_ns,
        .flow = speaker->flow,
        .from = speaker->from,
    };
}

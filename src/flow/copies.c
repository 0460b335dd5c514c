/* SPDX-License-Identifier: BSD-2-Clause */
/* copies.c: the first payloads of connections, by their content. */
#include "copies.h"

#include <lasthello/hash.h>

#define COMPARED_BYTES       64 /* of a payload, and its length: a hello's version and random are in it */
#define RANDOM_ENDS_AT       43 /* RFC 5246 6.2.1, 7.4, 7.4.1.2 */
#define TYPE_AT              5  /* of a message, behind the record header (RFC 5246 6.2.1) */
#define RECORD_HANDSHAKE     22
#define MESSAGE_CLIENT_HELLO 1

/* One of which the random is there: without it all hellos begin alike. */
static bool is_hello(struct bytes payload)
{
    uint8_t kind, type;

    return payload.left >= RANDOM_ENDS_AT && bytes_u8(&payload, &kind) && kind == RECORD_HANDSHAKE &&
        bytes_skip(&payload, TYPE_AT - 1) && bytes_u8(&payload, &type) && type == MESSAGE_CLIENT_HELLO;
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

/* Did somebody say this just now, from the same end: the flow itself, or another one between the same two? */
static const struct said_row *find_said(const struct copies *copies, const struct copies_speaker *speaker,
    const struct segment *segment, bool is_own)
{
    const uint64_t content = content_of(segment->payload);
    const int64_t within_ns = is_hello(segment->payload) ? COPIES_HELLO_NS : COPIES_NS;

    for (size_t i = 0; i < COPIES_ROWS; i++) {
        const struct said_row *row = &copies->rows[i];

        if (row->connection == speaker->connection && row->content == content && row->from == speaker->from &&
            (row->flow == speaker->flow) == is_own && is_near(row->time_ns, segment->time_ns, within_ns))
            return row;
    }
    return NULL;
}

enum copied copies_look(const struct copies *copies, const struct copies_speaker *speaker,
    const struct segment *segment, uint32_t *original)
{
    const struct said_row *row = find_said(copies, speaker, segment, false);

    if (row == NULL)
        return COPIED_NOT;
    *original = row->flow;
    return is_hello(segment->payload) ? COPIED_HELLO : COPIED_TEXT;
}

bool copies_repeats(
    const struct copies *copies, const struct copies_speaker *speaker, const struct segment *segment)
{
    return find_said(copies, speaker, segment, true) != NULL;
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

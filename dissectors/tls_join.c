/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_join.c: a handshake message that lies in several records (RFC 5246 6.2.1, RFC 8446 5.1). */
#include "tls_state.h"

void tls_join_begin(struct join *join, uint32_t fragment_left)
{
    *join = (struct join){.fragment_left = fragment_left, .scan_left = fragment_left};
}

uint32_t tls_join_wanted(const struct join *join)
{
    struct bytes head = {join->head, HANDSHAKE_HEADER_BYTES};
    uint32_t length;

    if (join->joined < HANDSHAKE_HEADER_BYTES || !bytes_skip(&head, 1) || !bytes_u24(&head, &length))
        return HANDSHAKE_HEADER_BYTES;
    return HANDSHAKE_HEADER_BYTES + length;
}

enum framed tls_join_header(const struct join *join, enum side from, struct bytes *rest,
    struct record *record)
{
    struct bytes in = *rest;
    enum framed framed;

    if (join->joined > 0 && tls_is_hello(from, join->head[0]))
        return tls_hello_record_header(rest, record);
    framed = tls_record_header(rest, record);
    if (framed != FRAMED_BAD || join->joined > 0)
        return framed;
    framed = tls_hello_in_record(from, in);
    return framed == FRAMED_ONE ? tls_hello_record_header(rest, record) : framed;
}

static enum framed next_record(struct join *join, enum side from, struct bytes *rest)
{
    struct record record;
    enum framed framed = tls_join_header(join, from, rest, &record);

    if (framed != FRAMED_ONE)
        return framed;
    /* RFC 8446 5.1: a message is not interleaved with other record types */
    if (record.type != CONTENT_HANDSHAKE)
        return FRAMED_BAD;
    join->scanned += RECORD_HEADER_BYTES;
    join->scan_left = record.length;
    return FRAMED_ONE;
}

static bool keep_head(struct join *join, struct bytes part)
{
    const size_t room = join->joined < sizeof(join->head) ? sizeof(join->head) - join->joined : 0;
    struct bytes first;

    return room == 0 ||
        (bytes_take(&part, tls_least(part.left, room), &first) &&
            bytes_copy(first, join->head + join->joined, room));
}

static enum framed take_part(struct join *join, struct bytes *rest)
{
    uint32_t missing = tls_join_wanted(join) - join->joined;
    uint32_t len = tls_least(tls_least(missing, join->scan_left), (uint32_t)rest->left);
    struct bytes part;

    if (len == 0 || !bytes_take(rest, len, &part))
        return FRAMED_MORE;
    if (!keep_head(join, part))
        return FRAMED_BAD;
    join->joined += len;
    join->scanned += len;
    join->scan_left -= len;
    return FRAMED_ONE;
}

/* The usual case in one step: nothing was looked at yet, and one record has the whole message. Its version is
 * not kept: nobody asks for that of a whole one. */
static bool scan_whole(struct join *join, enum side from, struct bytes window)
{
    uint32_t in_record = join->fragment_left, length;
    struct record record;
    struct bytes head;

    if (in_record == 0) {
        if (tls_join_header(join, from, &window, &record) != FRAMED_ONE || record.type != CONTENT_HANDSHAKE)
            return false;
        in_record = record.length;
    }
    if (!bytes_take(&window, HANDSHAKE_HEADER_BYTES, &head) ||
        !bytes_copy(head, join->head, sizeof(join->head)) || !bytes_skip(&head, 1) ||
        !bytes_u24(&head, &length) || length > window.left || length + HANDSHAKE_HEADER_BYTES > in_record)
        return false;
    join->joined = HANDSHAKE_HEADER_BYTES + length;
    join->scanned = join->joined + (join->fragment_left == 0 ? RECORD_HEADER_BYTES : 0);
    join->scan_left = in_record - join->joined;
    return true;
}

enum framed tls_join_scan(struct join *join, enum side from, struct bytes window)
{
    enum framed framed = FRAMED_ONE;

    if (join->scanned == 0 && scan_whole(join, from, window))
        return FRAMED_ONE;
    if (!bytes_skip(&window, join->scanned))
        return FRAMED_MORE;
    while (framed == FRAMED_ONE && join->joined < tls_join_wanted(join)) {
        if (tls_join_wanted(join) > MESSAGE_SPAN_MAX)
            return FRAMED_MORE;
        framed = join->scan_left == 0 ? next_record(join, from, &window) : take_part(join, &window);
    }
    return framed;
}

/* The parts follow each other in the window, a record header between two. */
static void copy_parts(const struct join *join, enum side from, struct bytes window, uint8_t *scratch)
{
    uint32_t copied = 0;
    uint32_t left = join->fragment_left;
    struct record record;
    struct bytes part;

    while (copied < join->joined) {
        uint32_t len = tls_least(left, join->joined - copied);

        if (!bytes_take(&window, len, &part) ||
            !bytes_copy(part, scratch + copied, MESSAGE_BYTES_MAX - copied))
            return;
        copied += len;
        if (copied == join->joined || tls_join_header(join, from, &window, &record) != FRAMED_ONE)
            return;
        left = record.length;
    }
}

struct bytes tls_join_body(const struct join *join, enum side from, struct bytes window, uint8_t *scratch)
{
    const uint32_t headers = join->scanned - join->joined;
    struct bytes message = {scratch, join->joined};

    if (headers != (join->fragment_left == 0 ? RECORD_HEADER_BYTES : 0))
        copy_parts(join, from, window, scratch);
    else if (!bytes_skip(&window, headers) || !bytes_take(&window, join->joined, &message))
        return (struct bytes){0};
    return bytes_skip(&message, HANDSHAKE_HEADER_BYTES) ? message : (struct bytes){0};
}

bool tls_join_version(const struct join *join, uint16_t *version)
{
    struct bytes head = {join->head, sizeof(join->head)};

    return join->joined >= sizeof(join->head) && bytes_skip(&head, HANDSHAKE_HEADER_BYTES) &&
        bytes_u16(&head, version);
}

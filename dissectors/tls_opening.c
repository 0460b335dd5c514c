/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_opening.c: what the first bytes of a side, or of a window after a gap, may be. */
#include "tls_state.h"

#define ALERT_WARNING         1
#define ALERT_FATAL           2
#define SSLV2_TWO_BYTE_HEADER 0x80
#define SSLV2_CLIENT_HELLO    1
#define SSLV2_SERVER_HELLO    4

bool tls_is_hello(enum side from, uint8_t type)
{
    if (from == SIDE_CLIENT)
        return type == HANDSHAKE_CLIENT_HELLO;
    return type == HANDSHAKE_SERVER_HELLO || type == HANDSHAKE_HELLO_RETRY_REQUEST;
}

enum framed tls_hello_begins(enum side from, struct bytes fragment)
{
    uint8_t type, length_high, major;
    uint16_t length_low;

    if (!bytes_u8(&fragment, &type) || !bytes_u8(&fragment, &length_high) ||
        !bytes_u16(&fragment, &length_low) || !bytes_u8(&fragment, &major))
        return FRAMED_MORE;
    /* drafts of TLS 1.3 say 7f or fb */
    if (!tls_is_hello(from, type) || length_high != 0 || (major != 3 && major != 0x7f && major != 0xfb))
        return FRAMED_BAD;
    return FRAMED_ONE;
}

/* A hello that fills its record is one, whatever version it says: that of an experiment, too. */
static bool is_filled_by_hello(enum side from, const struct record *record, struct bytes fragment)
{
    uint8_t type;
    uint32_t length;

    return bytes_u8(&fragment, &type) && bytes_u24(&fragment, &length) && tls_is_hello(from, type) &&
        length + HANDSHAKE_HEADER_BYTES == record->length;
}

enum framed tls_hello_in_record(enum side from, struct bytes in)
{
    struct record record;
    enum framed framed = tls_hello_record_header(&in, &record);

    if (framed != FRAMED_ONE)
        return framed;
    framed = tls_hello_begins(from, in);
    return framed == FRAMED_BAD && is_filled_by_hello(from, &record, in) ? FRAMED_ONE : framed;
}

static enum opening handshake_opening(enum side from, struct bytes fragment)
{
    uint8_t type;

    if (!bytes_u8(&fragment, &type))
        return OPENING_MORE;
    return tls_is_hello(from, type) ? OPENING_HELLO : OPENING_RECORD;
}

static enum opening alert_opening(struct bytes fragment, uint16_t length)
{
    uint8_t level;

    if (!tls_are_clear_alerts(length))
        return length >= PROTECTED_ALERT_BYTES_MIN ? OPENING_RECORD : OPENING_NOTHING;
    for (; length > 0; length -= ALERT_BYTES) {
        if (!bytes_u8(&fragment, &level))
            return OPENING_MORE;
        if (level != ALERT_WARNING && level != ALERT_FATAL)
            return OPENING_NOTHING;
        if (length > ALERT_BYTES && !bytes_skip(&fragment, ALERT_BYTES - 1))
            return OPENING_MORE;
    }
    return OPENING_ALERT;
}

static enum opening record_opening(enum side from, const struct record *record, struct bytes fragment)
{
    if (record->length == 0)
        return OPENING_EMPTY;
    if (record->type == CONTENT_HANDSHAKE)
        return handshake_opening(from, fragment);
    if (record->type == CONTENT_ALERT)
        return alert_opening(fragment, record->length);
    if (record->type == CONTENT_CHANGE_CIPHER_SPEC && record->length != 1)
        return OPENING_NOTHING;
    return OPENING_RECORD;
}

/* RFC 5246 E.2: a length with its high bit set, type 1, and a version. */
static enum opening sslv2_client_opening(struct bytes in)
{
    uint8_t head, low, type, major;

    if (!bytes_u8(&in, &head) || (head & SSLV2_TWO_BYTE_HEADER) == 0)
        return OPENING_NOTHING;
    if (!bytes_u8(&in, &low) || !bytes_u8(&in, &type))
        return OPENING_MORE;
    if (type != SSLV2_CLIENT_HELLO)
        return OPENING_NOTHING;
    if (!bytes_u8(&in, &major))
        return OPENING_MORE;
    return major == 0 || major == 3 ? OPENING_SSLV2 : OPENING_NOTHING;
}

/* The same, type 4, two flags, and version 0002. */
static enum opening sslv2_server_opening(struct bytes in)
{
    uint8_t head, low, type, hit, certificate_type;
    uint16_t version;

    if (!bytes_u8(&in, &head) || (head & SSLV2_TWO_BYTE_HEADER) == 0)
        return OPENING_NOTHING;
    if (!bytes_u8(&in, &low) || !bytes_u8(&in, &type))
        return OPENING_MORE;
    if (type != SSLV2_SERVER_HELLO)
        return OPENING_NOTHING;
    if (!bytes_u8(&in, &hit) || !bytes_u8(&in, &certificate_type) || !bytes_u16(&in, &version))
        return OPENING_MORE;
    return hit <= 1 && certificate_type <= 1 && version == WIRE_SSL_2_0 ? OPENING_SSLV2 : OPENING_NOTHING;
}

/* What is no record that others than a hello come in. */
static enum opening uncommon_opening(enum side from, struct bytes in)
{
    switch (tls_hello_in_record(from, in)) {
    case FRAMED_ONE:
        return OPENING_HELLO;
    case FRAMED_MORE:
        return OPENING_MORE;
    case FRAMED_BAD:
        break;
    }
    return from == SIDE_CLIENT ? sslv2_client_opening(in) : sslv2_server_opening(in);
}

enum opening tls_opening(enum side from, struct bytes in)
{
    struct bytes rest = in;
    struct record record;

    if (in.left == 0)
        return OPENING_MORE;
    switch (tls_record_header(&rest, &record)) {
    case FRAMED_ONE:
        return record_opening(from, &record, rest);
    case FRAMED_MORE:
        return OPENING_MORE;
    case FRAMED_BAD:
        break;
    }
    return uncommon_opening(from, in);
}

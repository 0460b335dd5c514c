/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_record.c: the framer of records; handshake messages, which lie across them, are framed by
 * tls_join.c. */
#include <lasthello/tls.h>

#define RECORD_VERSION_MAJOR     3
#define RECORD_VERSION_MINOR_MAX 4

/* Answers BAD at the first byte that no record has, so that few bytes are enough to say no. */
enum framed tls_record_header(struct bytes *in, struct record *record)
{
    struct bytes rest = *in;
    uint8_t type, major, minor;
    uint16_t length;

    if (!bytes_u8(&rest, &type))
        return FRAMED_MORE;
    if (type < CONTENT_CHANGE_CIPHER_SPEC || type > CONTENT_APPLICATION_DATA)
        return FRAMED_BAD;
    if (!bytes_u8(&rest, &major))
        return FRAMED_MORE;
    if (major != RECORD_VERSION_MAJOR)
        return FRAMED_BAD;
    if (!bytes_u8(&rest, &minor))
        return FRAMED_MORE;
    if (minor > RECORD_VERSION_MINOR_MAX)
        return FRAMED_BAD;
    if (!bytes_u16(&rest, &length))
        return FRAMED_MORE;
    if (length > RECORD_LENGTH_MAX)
        return FRAMED_BAD;
    *record = (struct record){.type = type, .version = (uint16_t)(major << 8 | minor), .length = length};
    *in = rest;
    return FRAMED_ONE;
}

enum framed tls_hello_record_header(struct bytes *in, struct record *record)
{
    struct bytes rest = *in;
    uint8_t type;
    uint16_t version, length;

    if (!bytes_u8(&rest, &type))
        return FRAMED_MORE;
    if (type != CONTENT_HANDSHAKE)
        return FRAMED_BAD;
    if (!bytes_u16(&rest, &version) || !bytes_u16(&rest, &length))
        return FRAMED_MORE;
    if (length > RECORD_LENGTH_MAX)
        return FRAMED_BAD;
    *record = (struct record){.type = type, .version = version, .length = length};
    *in = rest;
    return FRAMED_ONE;
}

enum framed tls_record_frame(struct bytes *in, struct record *record)
{
    struct bytes rest = *in;
    struct record framed;
    enum framed header = tls_record_header(&rest, &framed);

    if (header != FRAMED_ONE)
        return header;
    if (!bytes_take(&rest, framed.length, &framed.fragment))
        return FRAMED_MORE;
    *record = framed;
    *in = rest;
    return FRAMED_ONE;
}

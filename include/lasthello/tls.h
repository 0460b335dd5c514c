/* SPDX-License-Identifier: BSD-2-Clause */
/* tls.h: the messages of TLS as their RFCs write them. Framers may need more bytes; a message body is whole
 * before it is read, so that its reader answers true or false. Windows live as long as the bytes read. */
#ifndef LASTHELLO_TLS_H
#define LASTHELLO_TLS_H

#include <lasthello/session.h>

#define HELLO_RANDOM_BYTES 32
#define HELLO_SESSION_ID_BYTES_MAX 32
#define RECORD_HEADER_BYTES 5
#define RECORD_LENGTH_MAX (16384 + 2048) /* RFC 5246 6.2.3; TLS 1.3 allows less (RFC 8446 5.2) */

enum content_type {
    CONTENT_CHANGE_CIPHER_SPEC = 20,
    CONTENT_ALERT = 21,
    CONTENT_HANDSHAKE = 22,
    CONTENT_APPLICATION_DATA = 23,
};

enum framed {
    FRAMED_ONE,
    FRAMED_MORE,
    FRAMED_BAD,
};

/* A record's header (RFC 5246 6.2.1, RFC 8446 5.1). */
struct record {
    uint8_t type;
    uint16_t version;
    uint16_t length;
    struct bytes fragment; /* tls_record_frame only */
};

/* tls_record_header reads a header alone, whatever follows. BAD: no type 20-23, no version 0300-0304, or longer
 * than RECORD_LENGTH_MAX. */
enum framed tls_record_header(struct bytes *in, struct record *record);
/* tls_record_frame takes one whole record; MORE takes nothing. */
enum framed tls_record_frame(struct bytes *in, struct record *record);

/* A handshake message's header and body (RFC 5246 7.4, RFC 8446 4). */
struct handshake {
    uint8_t type;
    struct bytes body;
};
/* tls_handshake_frame takes one whole message from bytes of joined records; MORE takes nothing. */
enum framed tls_handshake_frame(struct bytes *in, struct handshake *message);

/* A ClientHello (RFC 5246 7.4.1.2, RFC 8446 4.1.2), its lists as they stand on the wire. */
struct client_hello {
    uint16_t legacy_version;
    struct bytes random;
    struct bytes session_id;
    struct bytes cipher_suites; /* 2 bytes each */
    struct bytes compression_methods;
    struct bytes extensions; /* empty: none */
};
bool tls_client_hello_read(struct bytes body, struct client_hello *hello);

/* A ServerHello (RFC 5246 7.4.1.3, RFC 8446 4.1.3). */
struct server_hello {
    uint16_t legacy_version;
    struct bytes random;
    struct bytes session_id;
    uint16_t cipher_suite;
    uint8_t compression_method;
    struct bytes extensions;
    uint16_t selected_version; /* of supported_versions, else 0 */
    uint16_t selected_group;   /* of key_share, else 0 */
    struct bytes alpn;         /* the one protocol, else empty */
    bool has_pre_shared_key;
};
bool tls_server_hello_read(struct bytes body, struct server_hello *hello);
/* The fixed random of a HelloRetryRequest (RFC 8446 4.1.3)? */
bool tls_is_hello_retry_request(const struct server_hello *hello);

/* tls_extension takes the next extension of a list (RFC 8446 4.2). */
BYTES_READ tls_extension(struct bytes *extensions, uint16_t *type, struct bytes *data)
{
    struct bytes rest = *extensions;

    if (!bytes_u16(&rest, type) || !bytes_vector16(&rest, data))
        return false;
    *extensions = rest;
    return true;
}

#endif

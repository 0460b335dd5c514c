/* SPDX-License-Identifier: BSD-2-Clause */
/* tls.h: the messages of TLS as their RFCs write them. Framers may need more bytes; a message body
 * is whole before it is read, so that its reader answers true or false (its output is then without
 * meaning). Windows in what was read live as long as the bytes read. */
#ifndef LASTHELLO_TLS_H
#define LASTHELLO_TLS_H

#include <lasthello/dissector.h>
#include <lasthello/session.h>

#define HELLO_RANDOM_BYTES     32
#define RECORD_HEADER_BYTES    5
#define HANDSHAKE_HEADER_BYTES 4
#define RECORD_LENGTH_MAX      (16384 + 2048) /* RFC 5246 6.2.3; TLS 1.3 allows less (RFC 8446 5.2) */

#define WIRE_SSL_2_0         0x0002
#define WIRE_SSL_3_0         0x0300
#define WIRE_TLS_1_0         0x0301
#define WIRE_TLS_1_2         0x0303
#define WIRE_TLS_1_3         0x0304
#define CIPHER_FALLBACK_SCSV 0x5600 /* RFC 7507 */

enum content_type {
    CONTENT_CHANGE_CIPHER_SPEC = 20,
    CONTENT_ALERT = 21,
    CONTENT_HANDSHAKE = 22,
    CONTENT_APPLICATION_DATA = 23,
};

enum handshake_type {
    HANDSHAKE_CLIENT_HELLO = 1,
    HANDSHAKE_SERVER_HELLO = 2,
    HANDSHAKE_HELLO_RETRY_REQUEST = 6, /* drafts 2 to 21 of TLS 1.3; since then a ServerHello */
    HANDSHAKE_CERTIFICATE = 11,
    HANDSHAKE_SERVER_KEY_EXCHANGE = 12,
    HANDSHAKE_CERTIFICATE_REQUEST = 13,
    HANDSHAKE_SERVER_HELLO_DONE = 14,
};

enum extension_type {
    EXTENSION_SERVER_NAME = 0,
    EXTENSION_SUPPORTED_GROUPS = 10,
    EXTENSION_EC_POINT_FORMATS = 11,
    EXTENSION_SIGNATURE_ALGORITHMS = 13,
    EXTENSION_ALPN = 16,
    EXTENSION_PRE_SHARED_KEY = 41,
    EXTENSION_EARLY_DATA = 42,
    EXTENSION_SUPPORTED_VERSIONS = 43,
    EXTENSION_KEY_SHARE = 51,
    EXTENSION_ENCRYPTED_CLIENT_HELLO = 0xfe0d,
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

/* tls_record_header reads a header alone, whatever follows. BAD: no type 20-23, no version
 * 0300-0304, or longer than RECORD_LENGTH_MAX; said as soon as a byte shows it. Only ONE changes
 * anything. */
enum framed tls_record_header(struct bytes *in, struct record *record);
/* tls_hello_record_header is for a record in which a hello begins or goes on: of a handshake,
 * whatever its version says (RFC 5246 E.1, RFC 8446 5.1: it MUST be ignored for all purposes). */
enum framed tls_hello_record_header(struct bytes *in, struct record *record);
/* tls_record_frame takes one whole record; MORE takes nothing. */
enum framed tls_record_frame(struct bytes *in, struct record *record);

/* A ClientHello (RFC 5246 7.4.1.2, RFC 8446 4.1.2), its lists as they stand on the wire. What
 * cannot be read costs only itself and what stands behind it: a server has to take the hello as far
 * as it can be read, too. */
struct client_hello {
    uint16_t legacy_version;
    struct bytes random;
    struct bytes session_id;
    struct bytes cipher_suites; /* 2 bytes each; none at all is against RFC 5246 7.4.1.2 */
    struct bytes compression_methods;
    struct bytes extensions; /* empty: none, or no list */
};
/* tls_client_hello_read answers false where the list of cipher suites is not whole. */
bool tls_client_hello_read(struct bytes body, struct client_hello *hello);
/* tls_client_hello_note fills `offer` anew, but for the fingerprints, which are left empty. */
void tls_client_hello_note(const struct client_hello *hello, struct offer *offer);
/* tls_offer_suite notes a suite, or a kind of SSL 2.0, that was offered. */
void tls_offer_suite(struct offer *offer, uint32_t suite);
/* The best version that a hello without supported_versions asks for. */
enum version tls_legacy_maximum(uint16_t legacy_version);

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
    bool is_broken; /* behind the suite, or among the extensions: what comes after was not read */
};
/* tls_server_hello_read answers false where the suite cannot be read. Drafts of TLS 1.3 before 22,
 * which say their version where later ones say 0303, have neither session_id nor
 * compression_method. */
bool tls_server_hello_read(struct bytes body, struct server_hello *hello);
/* The fixed random of a HelloRetryRequest (RFC 8446 4.1.3)? */
bool tls_is_hello_retry_request(const struct server_hello *hello);
/* tls_server_hello_note fills `answer`, but for the fingerprint and retry_request, and returns the
 * version chosen. */
enum version tls_server_hello_note(const struct server_hello *hello, struct answer *answer);

/* The key exchange of a ServerKeyExchange, in clear up to TLS 1.2. */
struct key_exchange {
    uint16_t group;      /* RFC 8422 5.4: a named group, else 0 */
    uint16_t group_bits; /* RFC 5246 7.4.3: the size of the prime sent, else 0 */
};
/* tls_key_exchange_read reads it by the suite chosen. False: broken, or of a suite that has none of
 * both. */
bool tls_key_exchange_read(struct bytes body, uint16_t cipher_suite, struct key_exchange *exchange);

/* tls_certificate_leaf finds the server's own certificate in the body of a Certificate message
 * before TLS 1.3 (RFC 5246 7.4.2). False: the list is broken or begins with no certificate. */
bool tls_certificate_leaf(struct bytes body, struct bytes *leaf);
/* tls_certificate_chain finds it, and those that came with it: each behind its length of 3 bytes. */
bool tls_certificate_chain(struct bytes body, struct bytes *leaf, struct bytes *others);
/* tls_certificate_note fills `certificate` from DER, parsed once for each distinct one. Broken DER
 * is seen, but not readable. */
void tls_certificate_note(struct workspace *workspace, struct bytes leaf, struct certificate *certificate);
/* tls_certificate_note_chain does the same, and asks once for each distinct one where its chain leads to, at
 * a time in seconds since 1970, if the workspace has a list of CAs (workspace_trust). */
void tls_certificate_note_chain(struct workspace *workspace, struct bytes leaf, struct bytes others,
    int64_t at, struct certificate *certificate);

/* JA3 and JA4 of a ClientHello, JA3S of a ServerHello; left empty where a list is absurdly long. */
void tls_fingerprint_client(struct workspace *workspace, const struct client_hello *hello,
    struct offer *offer);
void tls_fingerprint_server(struct workspace *workspace, const struct server_hello *hello,
    struct answer *answer);

#define SSLV2_CHALLENGE_BYTES_MIN 16 /* of a client that keeps to the letter */

/* A ClientHello in the format of SSL 2.0 (RFC 5246 E.2), without its length of 2 bytes. */
struct sslv2_client_hello {
    uint16_t version;
    struct bytes cipher_specs; /* 3 bytes each */
    struct bytes session_id;
    struct bytes challenge;
};
bool tls_sslv2_client_hello_read(struct bytes body, struct sslv2_client_hello *hello);
void tls_sslv2_client_hello_note(const struct sslv2_client_hello *hello, struct offer *offer);

/* The ServerHello of SSL 2.0 proper (draft-hickman-netscape-ssl-00 2.6), without its length of 2
 * bytes. */
struct sslv2_server_hello {
    bool session_id_hit;
    struct bytes certificate; /* DER; empty with a session_id_hit */
    struct bytes cipher_specs;
    struct bytes connection_id;
};
bool tls_sslv2_server_hello_read(struct bytes body, struct sslv2_server_hello *hello);

/* tls_sslv2_header reads the header of a record of SSL 2.0, of 2 or 3 bytes (draft 1.1). Never
 * BAD. */
enum framed tls_sslv2_header(struct bytes *in, uint16_t *length);

/* tls_extension takes the next extension of a list (RFC 8446 4.2). */
BYTES_READ tls_extension(struct bytes *extensions, uint16_t *type, struct bytes *data)
{
    struct bytes rest = *extensions;

    if (!bytes_u16(&rest, type) || !bytes_vector16(&rest, data))
        return false;
    *extensions = rest;
    return true;
}
/* tls_has_extension: is there one of type `wanted` in the list? */
bool tls_has_extension(struct bytes extensions, uint16_t wanted);
/* tls_alpn_append adds a protocol, made safe, after a comma; what does not fit is left out
 * whole. */
void tls_alpn_append(struct bytes protocol, char alpn[SESSION_ALPN_BYTES]);

#endif

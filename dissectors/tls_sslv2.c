/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_sslv2.c: hellos in the format of SSL 2.0 (RFC 5246 E.2, draft-hickman-netscape-ssl-00). */
#include <lasthello/tls.h>

#define SSLV2_CLIENT_HELLO      1
#define SSLV2_SERVER_HELLO      4
#define SSLV2_CIPHER_SPEC_BYTES 3
#define SSLV2_TWO_BYTE_HEADER   0x8000

/* The format has nothing else to be known by: its lists must fill it. How long a session id and a
 * challenge are is the server's to complain about (RFC 5246 E.2), and so is what follows them. */
static bool has_sane_lengths(uint16_t cipher_specs, uint16_t session_id, uint16_t challenge, size_t left)
{
    return cipher_specs > 0 && cipher_specs % SSLV2_CIPHER_SPEC_BYTES == 0 &&
        (size_t)cipher_specs + session_id + challenge <= left;
}

bool tls_sslv2_client_hello_read(struct bytes body, struct sslv2_client_hello *hello)
{
    uint16_t cipher_specs, session_id, challenge;
    uint8_t type;

    return bytes_u8(&body, &type) && type == SSLV2_CLIENT_HELLO &&
        bytes_u16(&body, &hello->version) &&
        (hello->version == WIRE_SSL_2_0 || hello->version >> 8 == 3) &&
        bytes_u16(&body, &cipher_specs) &&
        bytes_u16(&body, &session_id) &&
        bytes_u16(&body, &challenge) &&
        has_sane_lengths(cipher_specs, session_id, challenge, body.left) &&
        bytes_take(&body, cipher_specs, &hello->cipher_specs) &&
        bytes_take(&body, session_id, &hello->session_id) &&
        bytes_take(&body, challenge, &hello->challenge);
}

void tls_sslv2_client_hello_note(const struct sslv2_client_hello *hello, struct offer *offer)
{
    struct bytes specs = hello->cipher_specs;
    uint32_t spec;

    offer_clear(offer);
    offer->seen = true;
    offer->sslv2_format = true;
    offer->legacy_version = hello->version;
    offer->maximum = tls_legacy_maximum(hello->version);
    /* RFC 5246 E.2: a suite of TLS stands as a zero byte and its number */
    while (bytes_u24(&specs, &spec))
        tls_offer_suite(offer, spec);
}

bool tls_sslv2_server_hello_read(struct bytes body, struct sslv2_server_hello *hello)
{
    uint16_t version, certificate, cipher_specs, connection_id;
    uint8_t type, hit, certificate_type;

    if (!bytes_u8(&body, &type) || type != SSLV2_SERVER_HELLO || !bytes_u8(&body, &hit) || hit > 1 ||
        !bytes_u8(&body, &certificate_type) || certificate_type > 1)
        return false;
    hello->session_id_hit = hit == 1;
    return bytes_u16(&body, &version) && version == WIRE_SSL_2_0 &&
        bytes_u16(&body, &certificate) &&
        bytes_u16(&body, &cipher_specs) &&
        bytes_u16(&body, &connection_id) &&
        bytes_take(&body, certificate, &hello->certificate) &&
        bytes_take(&body, cipher_specs, &hello->cipher_specs) &&
        bytes_take(&body, connection_id, &hello->connection_id);
}

enum framed tls_sslv2_header(struct bytes *in, uint16_t *length)
{
    struct bytes rest = *in;
    uint16_t head;
    uint8_t padding;

    if (!bytes_u16(&rest, &head))
        return FRAMED_MORE;
    if ((head & SSLV2_TWO_BYTE_HEADER) == 0 && !bytes_u8(&rest, &padding))
        return FRAMED_MORE;
    /* the second bit of a header of 3 bytes is the escape bit */
    *length = (head & SSLV2_TWO_BYTE_HEADER) != 0 ? head & 0x7fff : head & 0x3fff;
    *in = rest;
    return FRAMED_ONE;
}

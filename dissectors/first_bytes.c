/* SPDX-License-Identifier: BSD-2-Clause */
/* first_bytes.c: what the bytes at the front of a window are: text, TLS, or what another protocol
 * begins with. */
#include "first_bytes.h"

#include "tls_state.h"

bool first_bytes_are_text(struct bytes in)
{
    uint8_t byte;

    for (bool first = true; bytes_u8(&in, &byte) && byte != '\n'; first = false)
        if (byte == 0x7f || (byte < ' ' && byte != '\r' && byte != '\t') || (first && byte > 0x7f))
            return false;
    return true;
}

bool first_bytes_of_others(enum side from, struct bytes in)
{
    static const char *const beginnings[] = {
        "SSH-", "GET /", "HEAD /", "POST /", "OPTIONS ", "CONNECT ", "HTTP/1."};

    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
        if (bytes_begin_with(in, beginnings[i]))
            return true;
    /* a hello of the other side: the ports misled us about which side is which */
    return first_bytes_begin_hello(side_other(from), in);
}

bool first_bytes_begin_tls(enum side from, struct bytes in)
{
    return tls_opening(from, in) != OPENING_NOTHING;
}

bool first_bytes_begin_hello(enum side from, struct bytes in)
{
    return tls_opening(from, in) == OPENING_HELLO;
}

bool first_bytes_seek_hello(enum side from, struct bytes *in)
{
    enum opening opening;

    while (bytes_seek(in, CONTENT_HANDSHAKE)) {
        opening = tls_opening(from, *in);
        if (opening == OPENING_HELLO || opening == OPENING_MORE)
            return opening == OPENING_HELLO;
        if (!bytes_skip(in, 1))
            return false;
    }
    return !bytes_skip(in, in->left);
}

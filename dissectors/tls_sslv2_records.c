/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_sslv2_records.c: the automaton's steps in a session of SSL 2.0, or one that only begins
 * so. */
#include "tls_state.h"

#define SSLV2_MAC_BYTES 16

static enum looked read_sslv2_hello(struct dissection *at, enum side from, struct bytes *in)
{
    struct bytes rest = *in;
    struct bytes body;
    uint16_t length;

    if (tls_sslv2_header(&rest, &length) != FRAMED_ONE || !bytes_take(&rest, length, &body))
        return LOOKED_MORE;
    if (!tls_sslv2_note(at, from, body)) {
        at->session->answer.unreadable = from == SIDE_SERVER;
        return LOOKED_LOST;
    }
    tls_side_of(at, from)->hello_begun = true;
    *in = rest;
    return LOOKED_ON;
}

/* There is no ChangeCipherSpec: after the hellos and the client's master key (draft 2.5, not needed
 * where the session id was known) all is protected, but for errors of 3 bytes. */
static void note_sslv2_record(struct dissection *at, enum side from, uint16_t length)
{
    const struct tls_state *state = at->state;
    struct tls_side *side = tls_side_of(at, from);
    const bool is_master_key = from == SIDE_CLIENT && !state->session_id_hit && side->chain_len == 0;

    if (side->chain_len < UINT8_MAX)
        side->chain_len++;
    if (!is_master_key && length > SSLV2_MAC_BYTES)
        side->is_protected = true;
}

enum looked tls_step_sslv2(struct dissection *at, enum side from, struct bytes *in)
{
    struct tls_side *side = tls_side_of(at, from);
    struct bytes rest = *in;
    struct record record;
    uint16_t length;

    if (!side->hello_begun)
        return read_sslv2_hello(at, from, in);
    /* RFC 5246 E.2: only the hello has the old format if the server can do better */
    switch (tls_record_header(&rest, &record)) {
    case FRAMED_MORE:
        return LOOKED_MORE;
    case FRAMED_ONE:
        side->phase = TLS_RECORDS;
        side->chain_len = 0;
        return LOOKED_ON;
    case FRAMED_BAD:
        break;
    }
    if (tls_sslv2_header(in, &length) != FRAMED_ONE)
        return LOOKED_MORE;
    note_sslv2_record(at, from, length);
    side->skip = length - tls_drop(in, length);
    return LOOKED_ON;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_messages.c: from a handshake message to the facts of the session. */
#include "tls_state.h"
#include "workspace.h"

/* Is there an offer already? Only a HelloRetryRequest asks for another (RFC 8446 4.1.2); what else
 * comes is no more than a repetition, or not of this client. */
static bool is_offer_settled(const struct session *session)
{
    return session->offer.seen && (tls_has_answered(session) || !session->answer.retry_request);
}

/* What the server said in clear before does not count where a STARTTLS may have been lost. */
static void note_hello_in_clear(struct session *session)
{
    if (session->starttls.requested)
        session->starttls.hello = true;
    if (!session->whole[SIDE_CLIENT])
        session->clear_text = false;
}

static bool note_client_hello(struct dissection *at, struct bytes body)
{
    struct tls_state *state = at->state;
    struct session *session = at->session;
    struct client_hello hello;

    if (!tls_client_hello_read(body, &hello))
        return false;
    if (is_offer_settled(session))
        return true;
    tls_client_hello_note(&hello, &session->offer);
    tls_fingerprint_client(at->workspace, &hello, &session->offer);
    state->early_data = tls_has_extension(hello.extensions, EXTENSION_EARLY_DATA);
    note_hello_in_clear(session);
    /* records before it (those of a first hello) say nothing of what comes after it */
    state->sides[SIDE_CLIENT].chain_len = 0;
    state->sides[SIDE_CLIENT].is_protected = false;
    state->sides[SIDE_CLIENT].lost = false;
    return true;
}

static void note_version(struct dissection *at, enum version version)
{
    struct tls_state *state = at->state;

    at->session->negotiated = version;
    at->session->evidence = EVIDENCE_HANDSHAKE;
    state->sides[SIDE_SERVER].lost = false;
    if (version != VERSION_TLS_1_3)
        return;
    /* early data and the ChangeCipherSpec after a HelloRetryRequest came before the answer: they
     * tell nothing of it */
    state->sides[SIDE_CLIENT].is_protected = false;
    state->sides[SIDE_SERVER].is_protected = false;
}

/* The extension that makes a version TLS 1.3 may stand where the hello is broken, unless that was
 * not offered. */
static bool is_version_sure(const struct server_hello *hello, const struct offer *offer)
{
    return !hello->is_broken || hello->selected_version != 0 || hello->legacy_version < WIRE_TLS_1_2 ||
        (offer->seen && offer->maximum <= VERSION_TLS_1_2);
}

static bool note_server_hello(struct dissection *at, struct bytes body)
{
    struct session *session = at->session;
    struct answer answer = session->answer;
    struct server_hello hello;
    enum version version;

    if (tls_has_answered(session))
        return true;
    if (!tls_server_hello_read(body, &hello) || !is_version_sure(&hello, &session->offer))
        return false;
    if (tls_is_hello_retry_request(&hello)) {
        session->answer.retry_request = true;
        return true;
    }
    version = tls_server_hello_note(&hello, &answer);
    if (version == VERSION_UNKNOWN)
        return false;
    tls_fingerprint_server(at->workspace, &hello, &answer);
    session->answer = answer;
    note_version(at, version);
    return true;
}

static bool note_retry_request(struct dissection *at, struct bytes body)
{
    (void)body;
    if (!tls_has_answered(at->session))
        at->session->answer.retry_request = true;
    return true;
}

static bool note_certificate(struct dissection *at, struct bytes body)
{
    const int64_t seconds = at->session->first.time_ns / NANOSECONDS;
    struct bytes leaf, others;

    if (!tls_certificate_chain(body, &leaf, &others))
        return false;
    if (!at->session->certificate.seen)
        tls_certificate_note_chain(at->workspace, leaf, others, seconds, &at->session->certificate);
    return true;
}

static bool note_key_exchange(struct dissection *at, struct bytes body)
{
    struct answer *answer = &at->session->answer;
    struct key_exchange exchange;

    if (!answer->seen || !tls_key_exchange_read(body, answer->cipher_suite, &exchange))
        return false;
    answer->group = exchange.group;
    answer->group_bits = exchange.group_bits;
    return true;
}

static bool note_certificate_request(struct dissection *at, struct bytes body)
{
    (void)body;
    at->session->client_certificate_requested = true;
    return true;
}

static bool note_server_hello_done(struct dissection *at, struct bytes body)
{
    struct tls_state *state = at->state;

    (void)body;
    state->server_hello_done = true;
    return true;
}

bool tls_message_note(struct dissection *at, enum side from, uint8_t type, struct bytes body)
{
    static const struct {
        enum side from;
        uint8_t type;
        bool (*note)(struct dissection *at, struct bytes body);
    } notes[] = {
        {SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, note_client_hello},
        {SIDE_SERVER, HANDSHAKE_SERVER_HELLO, note_server_hello},
        {SIDE_SERVER, HANDSHAKE_HELLO_RETRY_REQUEST, note_retry_request},
        {SIDE_SERVER, HANDSHAKE_CERTIFICATE, note_certificate},
        {SIDE_SERVER, HANDSHAKE_SERVER_KEY_EXCHANGE, note_key_exchange},
        {SIDE_SERVER, HANDSHAKE_CERTIFICATE_REQUEST, note_certificate_request},
        {SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, note_server_hello_done},
    };

    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
        if (notes[i].from == from && notes[i].type == type)
            return notes[i].note(at, body);
    return true;
}

static bool note_sslv2_client_hello(struct dissection *at, struct bytes body)
{
    struct session *session = at->session;
    struct sslv2_client_hello hello;

    if (!tls_sslv2_client_hello_read(body, &hello))
        return false;
    if (is_offer_settled(session))
        return true;
    tls_sslv2_client_hello_note(&hello, &session->offer);
    note_hello_in_clear(session);
    return true;
}

static bool note_sslv2_server_hello(struct dissection *at, struct bytes body)
{
    struct tls_state *state = at->state;
    struct session *session = at->session;
    struct sslv2_server_hello hello;

    if (!tls_sslv2_server_hello_read(body, &hello))
        return false;
    session->answer.seen = true;
    session->answer.wire_version = WIRE_SSL_2_0;
    session->answer.resumed = hello.session_id_hit;
    state->session_id_hit = hello.session_id_hit;
    if (hello.certificate.left > 0)
        tls_certificate_note(at->workspace, hello.certificate, &session->certificate);
    note_version(at, VERSION_SSL_2_0);
    return true;
}

bool tls_sslv2_note(struct dissection *at, enum side from, struct bytes body)
{
    return from == SIDE_CLIENT ? note_sslv2_client_hello(at, body) : note_sslv2_server_hello(at, body);
}

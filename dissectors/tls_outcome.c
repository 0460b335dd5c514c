/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_outcome.c: how a session of TLS came out: established, negotiated, refused, rejected,
 * unanswered, midstream. */
#include "tls_state.h"

#define CHAIN_LEN_MIN       2  /* records one after another that make each other credible */
#define ONE_SIDED_CHAIN_LEN 16 /* so many, and the other side is not in this capture */
#define ALERT_FATAL         2
#define ALERT_CLOSE_NOTIFY  0
#define ALERT_USER_CANCELED 90

/* Records of 0303 may be of TLS 1.2. */
static enum version lowest_of(enum version version)
{
    return version == VERSION_TLS_1_2_PLUS ? VERSION_TLS_1_2 : version;
}

static bool is_suite_offered(const struct offer *offer, uint16_t suite)
{
    /* what is not known may be anything: the hello that counts is encrypted, or was too long */
    bool found = offer->ech || offer->cut;

    for (size_t i = 0; !found && i < offer->suite_count; i++)
        found = offer->suites[i] == suite;
    return found;
}

/* Does the choice contradict the offer? They are of two connections then, or somebody else had a
 * hand in it. A server may choose less than the client's lowest version: that is an old server, and
 * the client rejects it. */
static bool contradicts(const struct session *session)
{
    const struct offer *offer = &session->offer;
    const struct answer *answer = &session->answer;

    if (!offer->seen || session->negotiated == VERSION_UNKNOWN)
        return false;
    if (offer->maximum != VERSION_UNKNOWN && lowest_of(session->negotiated) > offer->maximum)
        return true;
    if (answer->seen && answer->wire_version == WIRE_SSL_2_0)
        return !offer->sslv2_format;
    return answer->seen && !is_suite_offered(offer, answer->cipher_suite);
}

/* Before draft 16 of TLS 1.3 a client offered it in the field where now it stands for TLS 1.2 (RFC
 * 8446 4.2.1): that it was meant shows in the server's choice. */
static void understand_early_draft(struct session *session)
{
    struct offer *offer = &session->offer;

    if (offer->seen && offer->version_count == 0 && session->answer.seen &&
        session->answer.wire_version == offer->legacy_version)
        offer->maximum = session->negotiated;
}

static bool settle(struct session *session, enum outcome outcome)
{
    session->outcome = outcome;
    understand_early_draft(session);
    session->contradictory = contradicts(session);
    if (!session->contradictory)
        return true;
    session->negotiated = VERSION_UNKNOWN;
    session->evidence = EVIDENCE_NONE;
    return true;
}

static bool settle_refused(struct session *session, enum refusal by)
{
    session->refused_by = by;
    session->evidence = session->offer.seen ? EVIDENCE_HANDSHAKE : EVIDENCE_NONE;
    return settle(session, OUTCOME_REFUSED);
}

/* ---- what records alone tell ------------------------------------------------------------------- */

/* Do the records of this side, where no ServerHello was seen, tell the version? */
static bool does_chain_count(const struct tls_state *state, enum side side)
{
    const struct tls_side *it = &state->sides[side];

    if (it->chain_len < CHAIN_LEN_MIN || it->chain_version == 0)
        return false;
    /* a server in step has only asked for another hello so far, early data come before any choice,
     * and handshake records of a client alone may be what is left of its hello, whose records say
     * nothing (RFC 8446 5.1) */
    return side == SIDE_SERVER ? it->lost : it->is_protected && !state->early_data;
}

/* Is a draft of TLS 1.3 among the versions? Before draft 16 there was no list of them. */
static bool is_draft_offered(const struct offer *offer)
{
    bool found = offer->seen && offer->version_count == 0 && offer->legacy_version > WIRE_TLS_1_2;

    for (size_t i = 0; !found && offer->seen && i < offer->version_count; i++)
        found = version_is_draft(offer->versions[i]);
    return found;
}

/* Drafts of TLS 1.3 before 22 say 0301 in all records, which are application data after the hellos.
 * What no block cipher made may be one, or RC4 in TLS 1.0. */
static bool may_be_draft(const struct dissection *at)
{
    const struct tls_state *state = at->state;
    bool is_ragged = false;

    if (at->session->offer.seen)
        return is_draft_offered(&at->session->offer);
    for (int side = 0; side < SIDE_COUNT; side++) {
        if (!does_chain_count(state, (enum side)side))
            continue;
        if (!state->sides[side].is_data_only)
            return false;
        is_ragged = is_ragged || state->sides[side].is_ragged;
    }
    return is_ragged;
}

/* VERSION_UNKNOWN, too, where the sides contradict each other, where the answer was seen, but not
 * understood, and where a draft may have been chosen: their records say 0301. */
static enum version version_of_records(const struct dissection *at)
{
    const struct tls_state *state = at->state;
    uint16_t wire = 0;

    if (at->session->answer.unreadable)
        return VERSION_UNKNOWN;
    for (int side = 0; side < SIDE_COUNT; side++) {
        if (!does_chain_count(state, (enum side)side))
            continue;
        if (wire != 0 && wire != state->sides[side].chain_version)
            return VERSION_UNKNOWN;
        wire = state->sides[side].chain_version;
    }
    if (wire == WIRE_TLS_1_0 && may_be_draft(at))
        return VERSION_UNKNOWN;
    return wire == WIRE_TLS_1_2 ? VERSION_TLS_1_2_PLUS : version_from_wire(wire);
}

static bool settle_midstream(struct dissection *at)
{
    struct session *session = at->session;

    session->negotiated = version_of_records(at);
    session->evidence = session->negotiated != VERSION_UNKNOWN ? EVIDENCE_RECORDS : EVIDENCE_NONE;
    return settle(session, OUTCOME_MIDSTREAM);
}

/* ---- after each record ------------------------------------------------------------------------- */

static bool is_long_chain(const struct tls_state *state, enum side side)
{
    return does_chain_count(state, side) && state->sides[side].chain_len >= ONE_SIDED_CHAIN_LEN;
}

static bool reached_after_answer(struct dissection *at)
{
    const struct tls_state *state = at->state;
    const struct tls_side *server = &state->sides[SIDE_SERVER];

    if (server->is_protected && state->sides[SIDE_CLIENT].is_protected)
        return settle(at->session, OUTCOME_ESTABLISHED);
    if (server->is_protected && server->chain_len >= ONE_SIDED_CHAIN_LEN &&
        !state->sides[SIDE_CLIENT].started)
        return settle(at->session, OUTCOME_NEGOTIATED);
    return false;
}

bool tls_outcome_reached(struct dissection *at)
{
    const struct tls_state *state = at->state;

    if (tls_has_answered(at->session))
        return reached_after_answer(at);
    if ((does_chain_count(state, SIDE_CLIENT) && does_chain_count(state, SIDE_SERVER)) ||
        is_long_chain(state, SIDE_CLIENT) || is_long_chain(state, SIDE_SERVER))
        return settle_midstream(at);
    return false;
}

/* ---- refused and rejected ---------------------------------------------------------------------- */

/* Is what was read of the server the first that it said in TLS? A SYN tells, or the OK to a
 * STARTTLS. */
static bool is_first_word(const struct session *session)
{
    return session->whole[SIDE_SERVER] || session->starttls.accepted;
}

/* Can what the server says be its answer to a hello? One that was seen, readable or not; or any,
 * where the server has said nothing before. Else the client may have had its answer long ago. */
static bool may_be_answered(const struct dissection *at)
{
    const struct tls_state *state = at->state;
    const struct session *session = at->session;

    return session->offer.seen || is_first_word(session) ||
        (session->gaps == 0 && state->sides[SIDE_CLIENT].hello_begun);
}

/* The server's own doing, and nothing of it missing? Whoever has begun a hello has not refused,
 * whatever ends it. */
static bool may_be_refusal(const struct dissection *at)
{
    const struct tls_state *state = at->state;
    const struct tls_side *server = &state->sides[SIDE_SERVER];

    return !tls_has_answered(at->session) && !state->sides[SIDE_CLIENT].ended && !server->ended &&
        !server->lost && server->join.joined == 0 && may_be_answered(at);
}

/* Is what the client says in clear now its own doing, before it agreed to anything? */
static bool may_be_rejection(const struct dissection *at)
{
    const struct tls_state *state = at->state;

    return tls_has_answered(at->session) && !state->sides[SIDE_SERVER].ended &&
        !state->sides[SIDE_CLIENT].is_protected;
}

/* Is that all that it ever said in TLS? It refuses by its own settings, then: no version, suite or
 * certificate store is left to it. */
static bool is_without_hello(const struct dissection *at)
{
    const struct tls_state *state = at->state;
    const struct tls_side *client = &state->sides[SIDE_CLIENT];
    const struct session *session = at->session;

    return (session->whole[SIDE_CLIENT] || session->starttls.accepted) && !client->hello_begun &&
        !client->lost && !client->is_protected && client->chain_len == 0 && !tls_has_answered(session) &&
        !state->sides[SIDE_SERVER].ended;
}

bool tls_outcome_after_alert(struct dissection *at, enum side from)
{
    struct tls_state *state = at->state;

    /* unrecognized_name may come before a ServerHello, no_certificate before a client goes on */
    if (at->session->alerts[from].level != ALERT_FATAL)
        return false;
    if (from == SIDE_SERVER && may_be_refusal(at))
        return settle_refused(at->session, REFUSAL_ALERT);
    if (from == SIDE_CLIENT && (may_be_rejection(at) || is_without_hello(at)))
        return settle(at->session, OUTCOME_REJECTED);
    if (from == SIDE_SERVER && tls_has_answered(at->session))
        return settle(at->session, OUTCOME_NEGOTIATED);
    state->sides[from].ended = true;
    return false;
}

/* RFC 8446 6: but for these two, an alert is an error, whatever its level says. */
static bool is_error(const struct alert *alert)
{
    return alert->seen && alert->description != ALERT_CLOSE_NOTIFY &&
        alert->description != ALERT_USER_CANCELED;
}

static bool server_ended(struct dissection *at, enum ending ending)
{
    const struct tls_state *state = at->state;
    struct session *session = at->session;

    if (tls_has_answered(session) && (ending == ENDING_RST || !state->sides[SIDE_SERVER].is_protected))
        return settle(session, OUTCOME_NEGOTIATED);
    if (tls_has_answered(session) || session->clear_text || !session->offer.seen || !may_be_refusal(at))
        return false;
    if (is_error(&session->alerts[SIDE_SERVER]))
        return settle_refused(session, REFUSAL_ALERT);
    return settle_refused(session, ending == ENDING_RST ? REFUSAL_RST : REFUSAL_FIN);
}

/* A client that goes: of one that some bytes are missing of, nobody knows whether it had agreed. */
static bool client_ended(struct dissection *at)
{
    const struct tls_state *state = at->state;
    const struct tls_side *client = &state->sides[SIDE_CLIENT];
    const bool is_whole = !client->lost && (client->started || at->session->gaps == 0);
    const bool rejects = may_be_rejection(at) && is_whole;

    if (!rejects && !(is_error(&at->session->alerts[SIDE_CLIENT]) && is_without_hello(at)))
        return false;
    return settle(at->session, OUTCOME_REJECTED);
}

bool tls_outcome_after_end(struct dissection *at, enum side from, enum ending ending)
{
    struct tls_state *state = at->state;
    bool known;

    if (from == SIDE_SERVER)
        known = server_ended(at, ending);
    else
        known = client_ended(at);
    state->sides[from].ended = true;
    /* an answer may still come to a client that has only closed its own side, or crosses its RST */
    return known;
}

/* ---- at the end -------------------------------------------------------------------------------- */

/* The server acknowledged the hello, and said nothing for 30 s or until the client gave up. */
static bool was_silent(const struct dissection *at, enum ending ending)
{
    const struct tls_state *state = at->state;
    bool waited = ending == ENDING_SILENCE ||
        (ending == ENDING_CAPTURE_OVER && state->sides[SIDE_CLIENT].ended);

    return waited && at->session->server_silent && !state->sides[SIDE_SERVER].lost &&
        !at->session->alerts[SIDE_SERVER].seen;
}

static bool has_seen_tls(const struct session *session, const struct tls_side *sides, enum side side)
{
    return sides[side].hello_begun || sides[side].chain_len > 0 || sides[side].glimpsed ||
        session->alerts[side].seen;
}

bool tls_outcome_conclude(struct dissection *at, enum ending ending)
{
    const struct tls_state *state = at->state;
    const struct tls_side *sides = state->sides;
    struct session *session = at->session;

    if (tls_has_answered(session))
        return settle(session, OUTCOME_NEGOTIATED);
    if (version_of_records(at) != VERSION_UNKNOWN)
        return settle_midstream(at);
    if (sides[SIDE_CLIENT].hello_begun && session->clear_text)
        return settle(session, OUTCOME_CLEAR_ANSWER);
    if (session->offer.seen && was_silent(at, ending))
        return settle_refused(session, REFUSAL_SILENCE);
    if (sides[SIDE_CLIENT].hello_begun)
        return settle(session, OUTCOME_UNANSWERED);
    /* TLS it was, but of which version nobody can say */
    if (has_seen_tls(session, sides, SIDE_CLIENT) || has_seen_tls(session, sides, SIDE_SERVER))
        return settle_midstream(at);
    return false;
}

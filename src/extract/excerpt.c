/* SPDX-License-Identifier: BSD-2-Clause */
/* excerpt.c: follows the TLS records of a connection, in the order of its sequence numbers, as long as they
 * are a handshake. What comes out of that order is not shown: an excerpt need not have each copy. */
#include "excerpt.h"

#include <lasthello/names.h>

#include <stdio.h>
#include <string.h>

/* Type, version and three lengths, before its cipher specs (draft-hickman-netscape-ssl-00 2.5). */
#define SSLV2_HELLO_HEAD_BYTES 9

static const char *const side_names[SIDE_COUNT] = {[SIDE_CLIENT] = "client", [SIDE_SERVER] = "server"};

void excerpt_begin(struct excerpt *excerpt, uint64_t id, const struct segment *segment)
{
    const bool is_syn = (segment->flags & SEGMENT_SYN) != 0,
               is_answer = (segment->flags & SEGMENT_ACK) != 0;
    /* where no SYN tells, the lower one of two ports is the server's */
    const bool from_client = is_syn ? !is_answer : segment->source.port > segment->destination.port;

    *excerpt = (struct excerpt){.id = id};
    excerpt->session.endpoints[SIDE_CLIENT] = from_client ? segment->source : segment->destination;
    excerpt->session.endpoints[SIDE_SERVER] = from_client ? segment->destination : segment->source;
}

static enum side side_of(const struct excerpt *excerpt, const struct segment *segment)
{
    const struct endpoint *client = &excerpt->session.endpoints[SIDE_CLIENT];

    return segment->source.port == client->port &&
            memcmp(&segment->source.address, &client->address, sizeof(struct address)) == 0
        ? SIDE_CLIENT
        : SIDE_SERVER;
}

/* ---- what is said ------------------------------------------------------------------------------------- */

static void add_text(char comment[EXCERPT_COMMENT_BYTES], const char *text)
{
    const size_t len = strlen(comment);

    snprintf(comment + len, EXCERPT_COMMENT_BYTES - len, "%s%s", len > 0 ? "; " : "", text);
}

static void tell_offer(const struct offer *offer, char comment[EXCERPT_COMMENT_BYTES])
{
    char text[512];

    snprintf(text, sizeof(text), "ClientHello%s: offers at most %s%s%s%s",
        offer->sslv2_format ? " in the format of SSL 2.0" : "",
        offer->maximum == VERSION_UNKNOWN ? "a version that is not known" : version_name(offer->maximum),
        version_is_legacy(offer->maximum) ? ", less than TLS 1.2" : "",
        offer->server_name[0] == '\0' ? "" : "; server name ", offer->server_name);
    add_text(comment, text);
}

static void tell_client_hello(
    struct session *session, struct bytes body, char comment[EXCERPT_COMMENT_BYTES])
{
    struct client_hello hello;

    if (!tls_client_hello_read(body, &hello))
        return;
    tls_client_hello_note(&hello, &session->offer);
    tell_offer(&session->offer, comment);
}

static void note_choice(struct session *session, enum version version)
{
    session->negotiated = version;
    session->answer.seen = true;
    session->outcome = OUTCOME_ESTABLISHED;
    session->evidence = EVIDENCE_HANDSHAKE;
}

static void tell_server_hello(
    struct session *session, struct bytes body, char comment[EXCERPT_COMMENT_BYTES])
{
    char name[NAME_BYTES], text[512];
    struct server_hello hello;
    enum version version;

    if (!tls_server_hello_read(body, &hello))
        return;
    if (tls_is_hello_retry_request(&hello)) {
        add_text(comment, "HelloRetryRequest");
        return;
    }
    version = tls_server_hello_note(&hello, &session->answer);
    note_choice(session, version);
    snprintf(text, sizeof(text), "ServerHello: chooses %s%s, %s",
        version == VERSION_UNKNOWN ? "a version that is not known" : version_name(version),
        version_is_legacy(version) ? ", less than TLS 1.2" : "",
        cipher_suite_name(hello.cipher_suite, name));
    add_text(comment, text);
}

/* The first message of a side, once it is whole. */
static void tell_hello(
    struct session *session, struct excerpt_side *side, char comment[EXCERPT_COMMENT_BYTES])
{
    struct bytes in = {side->hello, side->hello_len}, body;
    uint8_t type;

    if (side->hello_told || !bytes_u8(&in, &type) || !bytes_vector24(&in, &body))
        return;
    side->hello_told = true;
    if (type == HANDSHAKE_CLIENT_HELLO)
        tell_client_hello(session, body, comment);
    if (type == HANDSHAKE_SERVER_HELLO)
        tell_server_hello(session, body, comment);
}

/* Before a ServerHello: the server refuses what was offered. */
static void note_refusal(struct session *session, enum side who, enum refusal how)
{
    if (who != SIDE_SERVER || !session->offer.seen || session->answer.seen ||
        session->outcome == OUTCOME_REFUSED)
        return;
    session->outcome = OUTCOME_REFUSED;
    session->refused_by = how;
    session->evidence = EVIDENCE_HANDSHAKE;
}

static void tell_alert(struct excerpt *excerpt, enum side who, struct bytes in,
    char comment[EXCERPT_COMMENT_BYTES])
{
    const struct excerpt_side *side = &excerpt->sides[who];
    uint8_t level, description;
    const char *name;
    char text[128];

    if (side->is_protected || side->record.length != 2 || !bytes_u8(&in, &level) ||
        !bytes_u8(&in, &description))
        return;
    if (!excerpt->session.alerts[who].seen)
        excerpt->session.alerts[who] = (struct alert){true, level, description};
    note_refusal(&excerpt->session, who, REFUSAL_ALERT);
    name = alert_name(description);
    snprintf(text, sizeof(text), "alert of the %s: %u %s", side_names[who], description,
        name == NULL ? "" : name);
    add_text(comment, text);
}

static void tell_end(struct session *session, const struct segment *segment, enum side who,
    char comment[EXCERPT_COMMENT_BYTES])
{
    char text[64];

    if ((segment->flags & (SEGMENT_FIN | SEGMENT_RST)) == 0)
        return;
    note_refusal(session, who, segment->flags & SEGMENT_RST ? REFUSAL_RST : REFUSAL_FIN);
    snprintf(text, sizeof(text), "the %s ends the connection with %s", side_names[who],
        segment->flags & SEGMENT_RST ? "RST" : "FIN");
    add_text(comment, text);
}

/* ---- records ------------------------------------------------------------------------------------------ */

static void keep_message(struct excerpt_side *side, struct bytes part)
{
    const size_t room = sizeof(side->hello) - side->hello_len;
    struct bytes kept;

    if (side->is_protected || side->record.type != CONTENT_HANDSHAKE || side->hello_told)
        return;
    if (bytes_take(&part, part.left < room ? part.left : room, &kept) &&
        bytes_copy(kept, side->hello + side->hello_len, room))
        side->hello_len += kept.left;
}

/* Does a hello of this side begin here? A login cannot: its first byte is no text. */
static bool begins_hello(enum side who, struct bytes in)
{
    struct record record;
    uint8_t type;

    return tls_hello_record_header(&in, &record) == FRAMED_ONE && bytes_u8(&in, &type) &&
        type == (who == SIDE_CLIENT ? HANDSHAKE_CLIENT_HELLO : HANDSHAKE_SERVER_HELLO);
}

/* A server that refuses says an alert instead. */
static bool begins_alert(struct bytes in)
{
    struct record record;

    return tls_record_header(&in, &record) == FRAMED_ONE && record.type == CONTENT_ALERT &&
        record.length == 2 && in.left == 2;
}

/* The record of a first hello may say any version. */
static enum framed next_header(struct excerpt_side *side, struct bytes *in)
{
    const bool is_first = side->hello_len == 0 && !side->hello_told;

    if (is_first && tls_hello_record_header(in, &side->record) == FRAMED_ONE)
        return FRAMED_ONE;
    return tls_record_header(in, &side->record);
}

/* False: it is not shown, and nothing after it; a header that goes on in another packet is not followed. */
static bool begin_record(struct excerpt_side *side, struct bytes *in)
{
    struct bytes rest = *in;

    if (next_header(side, &rest) != FRAMED_ONE || side->record.type == CONTENT_APPLICATION_DATA) {
        side->place = PLACE_OVER;
        return false;
    }
    *in = rest;
    side->left = side->record.length;
    side->place = side->left > 0 ? PLACE_WITHIN : PLACE_BEGIN;
    return true;
}

static void take_record(
    struct excerpt *excerpt, enum side who, struct bytes *in, char comment[EXCERPT_COMMENT_BYTES])
{
    struct excerpt_side *side = &excerpt->sides[who];
    const size_t len = in->left < side->left ? in->left : side->left;
    struct bytes part;

    if (!bytes_take(in, len, &part))
        return;
    keep_message(side, part);
    if (side->record.type == CONTENT_ALERT && side->left == side->record.length)
        tell_alert(excerpt, who, part, comment);
    side->left -= (uint32_t)len;
    if (side->left > 0)
        return;
    side->is_protected = side->is_protected || side->record.type == CONTENT_CHANGE_CIPHER_SPEC;
    side->place = PLACE_BEGIN;
}

/* Is the payload a whole ClientHello in the format of SSL 2.0, and nothing else? Its first byte is no text.
 * TLS goes on with records. */
static bool take_sslv2(struct excerpt *excerpt, struct bytes in, char comment[EXCERPT_COMMENT_BYTES])
{
    struct sslv2_client_hello hello;
    uint16_t head = 0, length = 0;
    struct bytes peek = in;

    if (!bytes_u16(&peek, &head) || (head & 0x8000) == 0 || tls_sslv2_header(&in, &length) != FRAMED_ONE ||
        in.left != length || !tls_sslv2_client_hello_read(in, &hello) ||
        in.left !=
            SSLV2_HELLO_HEAD_BYTES + hello.cipher_specs.left + hello.session_id.left + hello.challenge.left)
        return false;
    tls_sslv2_client_hello_note(&hello, &excerpt->session.offer);
    tell_offer(&excerpt->session.offer, comment);
    excerpt->sides[SIDE_CLIENT].hello_told = true;
    excerpt->sides[SIDE_CLIENT].place = PLACE_BEGIN;
    return true;
}

/* How many bytes are shown, of a payload in order. */
static size_t take_payload(
    struct excerpt *excerpt, enum side who, struct bytes in, char comment[EXCERPT_COMMENT_BYTES])
{
    struct excerpt_side *side = &excerpt->sides[who];
    const size_t all = in.left;

    if (side->place == PLACE_CLEAR && who == SIDE_CLIENT && take_sslv2(excerpt, in, comment))
        return all;

    if (side->place == PLACE_CLEAR && (begins_hello(who, in) || begins_alert(in)))
        side->place = PLACE_BEGIN;
    if (side->place == PLACE_CLEAR)
        return 0;
    while (in.left > 0 && (side->place == PLACE_WITHIN || begin_record(side, &in)))
        take_record(excerpt, who, &in, comment);
    tell_hello(&excerpt->session, side, comment);
    return all - in.left;
}

/* Is the payload what follows? After a gap nothing is shown until another hello begins. */
static bool is_in_order(struct excerpt_side *side, const struct segment *segment)
{
    const bool is_next = side->has_next && segment->sequence == side->next;

    if (side->has_next && !is_next && (int32_t)(segment->sequence - side->next) < 0)
        return false; /* seen before */
    if (!is_next && side->has_next && side->place != PLACE_OVER)
        side->place = PLACE_CLEAR;
    side->has_next = true;
    side->next = segment->sequence + segment->payload_len;
    if (segment->payload.left < segment->payload_len && side->place != PLACE_OVER)
        side->place = PLACE_CLEAR; /* the capture cut it off */
    return true;
}

static void note_syn(struct excerpt_side *side, const struct segment *segment)
{
    side->has_next = true;
    side->next = segment->sequence + 1;
}

static bool is_over(const struct excerpt *excerpt)
{
    return excerpt->sides[SIDE_CLIENT].place == PLACE_OVER &&
        excerpt->sides[SIDE_SERVER].place == PLACE_OVER;
}

enum excerpt_shown excerpt_take(struct excerpt *excerpt, const struct segment *segment, size_t *payload_len,
    char comment[EXCERPT_COMMENT_BYTES])
{
    const enum side who = side_of(excerpt, segment);
    struct excerpt_side *side = &excerpt->sides[who];

    *payload_len = 0;
    comment[0] = '\0';
    if (is_over(excerpt))
        return SHOWN_NOT;
    if (segment->flags & SEGMENT_SYN)
        note_syn(side, segment);
    else if (segment->payload_len > 0 && is_in_order(side, segment))
        *payload_len = take_payload(excerpt, who, segment->payload, comment);
    tell_end(&excerpt->session, segment, who, comment);
    if (*payload_len > 0 || comment[0] != '\0' || (segment->flags & SEGMENT_SYN))
        return SHOWN_YES;
    if (side->place == PLACE_OVER || excerpt->clear_packets == EXCERPT_CLEAR_PACKETS)
        return SHOWN_NOT;
    excerpt->clear_packets++;
    return SHOWN_YES;
}

bool excerpt_settles(struct excerpt *excerpt)
{
    if (excerpt->is_settled || excerpt->session.outcome == OUTCOME_NONE)
        return false;
    excerpt->is_settled = true;
    return true;
}

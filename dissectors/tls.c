/* SPDX-License-Identifier: BSD-2-Clause */
/* tls.c: the TLS automaton: from a side's bytes to records, from records to messages, alerts and an
 * outcome. */
#include "dissectors.h"
#include "tls_state.h"
#include "workspace.h"

#define SEARCH_BYTES_MAX     (1 << 20)
#define HELLO_START_BYTES    5 /* as tls_hello_begins wants them */
#define TLS_1_3_LENGTH_MIN   17
#define TLS_1_3_ALERT_LENGTH 19 /* alert, content type, tag of 16 bytes; Finished is longer (RFC 8446 5.2) */

/* Where the next record begins is not known any more. */
static void begin_search(struct tls_side *side)
{
    side->phase = TLS_SEARCHING;
    side->skip = 0;
    side->message_skip = 0;
    tls_join_begin(&side->join, 0);
    side->chain_len = 0;
    side->started = true;
    side->lost = true;
}

/* The server's answer is not what it should be, though nothing of it is missing. */
static void note_unreadable_answer(struct dissection *at, enum side from)
{
    struct session *session = at->session;

    if (from == SIDE_SERVER && session->whole[SIDE_SERVER] && session->offer.seen && !session->answer.seen)
        session->answer.unreadable = true;
}

/* At the front is what was not expected: search for records, or conclude that this is no TLS. */
static enum looked search_or_leave(struct dissection *at, enum side from)
{
    struct tls_side *side = tls_side_of(at, from);
    const struct session *session = at->session;
    const bool believed = session->offer.seen || tls_has_answered(session) || session->alerts[from].seen ||
        side->hello_begun || side->chain_len > 1;

    begin_search(side);
    if (believed)
        note_unreadable_answer(at, from);
    return believed ? LOOKED_ON : LOOKED_STRANGE;
}

/* Bytes that nothing was found in. Whoever sends no end of them shall not keep the session open. */
static enum looked count_vain(struct dissection *at, size_t bytes)
{
    struct tls_state *state = at->state;

    state->searched_bytes += (uint32_t)bytes;
    if (state->searched_bytes <= SEARCH_BYTES_MAX)
        return LOOKED_ON;
    return tls_outcome_conclude(at, ENDING_GIVEN_UP) ? LOOKED_SETTLED : LOOKED_STRANGE;
}

/* A record of no bytes, where no message is begun. */
static enum looked skip_empty_record(struct dissection *at, struct bytes *in)
{
    return count_vain(at, tls_drop(in, RECORD_HEADER_BYTES));
}

/* ---- handshake messages ------------------------------------------------------------------------ */

static bool is_too_long(const struct join *join)
{
    return tls_join_wanted(join) > MESSAGE_SPAN_MAX || join->scanned > MESSAGE_SPAN_MAX;
}

/* A hello that is not whole, or breaks its lengths. */
static void note_unreadable_hello(struct dissection *at, enum side from)
{
    tls_side_of(at, from)->lost = true;
    if (from == SIDE_SERVER && !at->session->answer.seen)
        at->session->answer.unreadable = true;
}

/* Inside a handshake record with `fragment` bytes left: steps over what belongs to a message that
 * was given up. */
static void skip_message_part(struct tls_side *side, uint32_t fragment)
{
    side->skip = tls_least(fragment, side->message_skip);
    side->message_skip -= side->skip;
    tls_join_begin(&side->join, fragment - side->skip);
}

/* The message at the front of the window, which is taken as a whole. */
static enum looked read_message(struct dissection *at, enum side from, struct bytes *in)
{
    struct tls_side *side = tls_side_of(at, from);
    struct join *join = &side->join;
    const enum framed framed = tls_join_scan(join, from, *in);
    const bool is_hello = join->joined > 0 && tls_is_hello(from, join->head[0]);
    bool is_read = false;

    side->hello_begun = side->hello_begun || is_hello;
    if (framed == FRAMED_MORE && !is_too_long(join))
        return LOOKED_MORE;
    if (framed == FRAMED_ONE && !is_too_long(join))
        is_read = tls_message_note(at, from, join->head[0],
            tls_join_body(join, from, *in, at->workspace->message));
    if (is_hello && !is_read)
        note_unreadable_hello(at, from);
    side->message_skip = framed == FRAMED_MORE ? tls_join_wanted(join) - join->joined : 0;
    tls_drop(in, join->scanned);
    skip_message_part(side, join->scan_left);
    return LOOKED_ON;
}

/* ---- records ------------------------------------------------------------------------------------ */

/* A block cipher gives whole blocks, and perhaps a MAC of 20 bytes behind them (RFC 7366). What TLS 1.3
 * protects has 17 bytes at least (RFC 8446 5.2). */
static void note_kind(struct tls_side *side, const struct record *record)
{
    if (side->chain_len == 0) {
        side->is_ragged = false;
        side->is_data_only = true;
    }
    side->is_ragged = side->is_ragged || (record->length % 4 != 0 && record->length >= TLS_1_3_LENGTH_MIN);
    side->is_data_only = side->is_data_only && record->type == CONTENT_APPLICATION_DATA;
}

static void count_record(struct tls_side *side, const struct record *record)
{
    if (record->length == 0)
        return;
    if (record->version != side->chain_version)
        side->chain_len = 0;
    note_kind(side, record);
    side->chain_version = record->version;
    if (side->chain_len < UINT8_MAX)
        side->chain_len++;
}

static enum looked skip_record(struct tls_side *side, const struct record *record, struct bytes *in)
{
    count_record(side, record);
    side->skip = RECORD_HEADER_BYTES + record->length;
    side->skip -= tls_drop(in, side->skip);
    return LOOKED_ON;
}

static enum looked read_handshake(struct dissection *at, enum side from, const struct record *record,
    struct bytes *in)
{
    struct tls_side *side = tls_side_of(at, from);
    struct bytes fragment = *in;

    if (record->length == 0)
        return skip_empty_record(at, in);
    if (side->message_skip > 0) {
        tls_drop(in, RECORD_HEADER_BYTES);
        skip_message_part(side, record->length);
        return LOOKED_ON;
    }
    if (!side->is_protected && !side->lost) {
        count_record(side, record);
        return read_message(at, from, in);
    }
    if (tls_has_answered(at->session) || record->length < HELLO_START_BYTES ||
        !bytes_skip(&fragment, RECORD_HEADER_BYTES))
        return skip_record(side, record, in);
    switch (tls_hello_begins(from, fragment)) {
    case FRAMED_ONE:
        return read_message(at, from, in);
    case FRAMED_MORE:
        return LOOKED_MORE;
    case FRAMED_BAD:
        break;
    }
    return skip_record(side, record, in);
}

/* RFC 5246 7.3: before TLS 1.3, a server that has not said ServerHelloDone resumes an
 * earlier session. */
static void note_resumption(struct dissection *at, enum side from)
{
    const struct tls_state *state = at->state;
    struct session *session = at->session;

    if (from == SIDE_SERVER && session->answer.seen && !state->sides[SIDE_SERVER].lost &&
        !state->server_hello_done && !session->certificate.seen)
        session->answer.resumed = true;
}

static enum looked read_change_cipher_spec(struct dissection *at, enum side from, const struct record *record,
    struct bytes *in)
{
    struct tls_side *side = tls_side_of(at, from);

    /* RFC 8446 5: in TLS 1.3 it means nothing, and is there for middleboxes */
    if (record->length == 1 && at->session->negotiated != VERSION_TLS_1_3) {
        if (!side->is_protected)
            note_resumption(at, from);
        side->is_protected = true;
    }
    return skip_record(side, record, in);
}

static void note_alert(struct session *session, enum side from, uint8_t level, uint8_t description)
{
    struct alert *alert = &session->alerts[from];

    if (!alert->seen || alert->level < level)
        *alert = (struct alert){.seen = true, .level = level, .description = description};
}

static enum looked read_alert(struct dissection *at, enum side from, const struct record *record,
    struct bytes *in)
{
    struct tls_side *side = tls_side_of(at, from);
    struct record whole;
    uint8_t level, description;

    if (!tls_are_clear_alerts(record->length) || side->is_protected) {
        side->is_protected = side->is_protected || record->length >= PROTECTED_ALERT_BYTES_MIN;
        return skip_record(side, record, in);
    }
    if (tls_record_frame(in, &whole) != FRAMED_ONE)
        return LOOKED_MORE;
    while (bytes_u8(&whole.fragment, &level) && bytes_u8(&whole.fragment, &description))
        note_alert(at->session, from, level, description);
    return tls_outcome_after_alert(at, from) ? LOOKED_SETTLED : LOOKED_ON;
}

static enum looked read_application_data(struct dissection *at, enum side from, const struct record *record,
    struct bytes *in)
{
    struct tls_side *side = tls_side_of(at, from);
    const bool is_alert = from == SIDE_CLIENT && at->session->negotiated == VERSION_TLS_1_3 &&
        record->length <= TLS_1_3_ALERT_LENGTH;

    if (!is_alert && record->length > 0)
        side->is_protected = true;
    return skip_record(side, record, in);
}

static enum looked step_records(struct dissection *at, enum side from, struct bytes *in)
{
    static enum looked (*const readers[])(struct dissection *, enum side, const struct record *,
        struct bytes *) = {
        [CONTENT_CHANGE_CIPHER_SPEC] = read_change_cipher_spec,
        [CONTENT_ALERT] = read_alert,
        [CONTENT_HANDSHAKE] = read_handshake,
        [CONTENT_APPLICATION_DATA] = read_application_data,
    };
    struct tls_side *side = tls_side_of(at, from);
    struct bytes rest = *in;
    struct record record;

    if (side->join.fragment_left > 0 || side->join.scanned > 0)
        return read_message(at, from, in);
    switch (tls_join_header(&side->join, from, &rest, &record)) {
    case FRAMED_MORE:
        return LOOKED_MORE;
    case FRAMED_BAD:
        return LOOKED_LOST;
    case FRAMED_ONE:
        break;
    }
    if (record.type != CONTENT_HANDSHAKE)
        side->message_skip = 0; /* RFC 8446 5.1: what was given up was broken, too */
    return readers[record.type](at, from, &record, in);
}

/* ---- where records begin ------------------------------------------------------------------------ */

static enum looked step_search(struct dissection *at, enum side from, struct bytes *in)
{
    const size_t before = in->left;
    const bool found = tls_search_record(from, in);
    enum looked done;

    done = count_vain(at, before - in->left);
    if (done != LOOKED_ON)
        return done;
    if (!found)
        return LOOKED_MORE;
    tls_side_of(at, from)->phase = TLS_RECORDS;
    return LOOKED_ON;
}

static enum looked step_first(struct dissection *at, enum side from, struct bytes *in)
{
    struct tls_side *side = tls_side_of(at, from);

    switch (tls_opening(from, *in)) {
    case OPENING_MORE:
        side->glimpsed = true;
        return LOOKED_MORE;
    case OPENING_NOTHING:
        side->glimpsed = false;
        if (!tls_search_holds(*in))
            return LOOKED_STRANGE;
        note_unreadable_answer(at, from);
        begin_search(side);
        return LOOKED_ON;
    case OPENING_EMPTY:
        return skip_empty_record(at, in);
    case OPENING_SSLV2:
        side->phase = TLS_SSLV2;
        break;
    case OPENING_RECORD:
        note_unreadable_answer(at, from);
        side->lost = true; /* its hello, if it has said one */
        side->phase = TLS_RECORDS;
        break;
    case OPENING_HELLO:
    case OPENING_ALERT:
        side->phase = TLS_RECORDS;
        break;
    }
    side->started = true;
    return LOOKED_ON;
}

static enum looked step(struct dissection *at, enum side from, struct bytes *in)
{
    struct tls_side *side = tls_side_of(at, from);

    if (!side->started)
        return step_first(at, from, in);
    if (side->skip > 0) {
        side->skip -= tls_drop(in, side->skip);
        return LOOKED_ON;
    }
    switch (side->phase) {
    case TLS_SEARCHING:
        return step_search(at, from, in);
    case TLS_SSLV2:
        return tls_step_sslv2(at, from, in);
    case TLS_RECORDS:
        break;
    }
    return step_records(at, from, in);
}

/* ---- the dissector ------------------------------------------------------------------------------ */

/* A side that sends the other side's hello is that other side: the ports were wrong. */
static bool tls_recognises(enum side from, struct bytes in)
{
    return tls_hello_in_record(side_other(from), in) != FRAMED_ONE &&
        (tls_opening(from, in) != OPENING_NOTHING || tls_search_holds(in));
}

static enum dissected tls_read(struct dissection *at, enum side from, struct bytes *in)
{
    enum looked done = LOOKED_ON;

    while (done == LOOKED_ON && in->left > 0) {
        done = step(at, from, in);
        if (done == LOOKED_LOST)
            done = search_or_leave(at, from);
        if (done == LOOKED_ON && tls_outcome_reached(at))
            done = LOOKED_SETTLED;
    }
    if (done == LOOKED_STRANGE)
        return DISSECTED_FOREIGN;
    return done == LOOKED_SETTLED ? DISSECTED_SETTLED : DISSECTED_MORE;
}

/* Was anything of TLS seen of this side, or what may have been its beginning? */
static bool is_begun(const struct tls_side *side)
{
    return side->started || side->hello_begun || side->glimpsed;
}

/* A ServerHello that goes on in the gap. Up to TLS 1.2 records say no other version than it did
 * (RFC 5246 6.2.1); what said anything else than that is no answer that records could tell. */
static void note_lost_answer(struct dissection *at)
{
    const struct join *join = &tls_side_of(at, SIDE_SERVER)->join;
    uint16_t version;

    if (join->joined > 0 && join->head[0] == HANDSHAKE_SERVER_HELLO && tls_join_version(join, &version) &&
        (version < WIRE_SSL_3_0 || version > WIRE_TLS_1_2))
        note_unreadable_hello(at, SIDE_SERVER);
}

static enum dissected tls_gap(struct dissection *at, enum side from)
{
    const bool begun = is_begun(tls_side_of(at, SIDE_CLIENT)) || is_begun(tls_side_of(at, SIDE_SERVER));

    if (from == SIDE_SERVER)
        note_lost_answer(at);
    begin_search(tls_side_of(at, from));
    return begun ? DISSECTED_MORE : DISSECTED_FOREIGN;
}

static enum dissected tls_end(struct dissection *at, enum side from, enum ending ending)
{
    bool known;

    if (ending == ENDING_FIN || ending == ENDING_RST)
        known = tls_outcome_after_end(at, from, ending);
    else
        known = tls_outcome_conclude(at, ending);
    return known ? DISSECTED_SETTLED : DISSECTED_MORE;
}

_Static_assert(sizeof(struct tls_state) <= DISSECTOR_STATE_FRONT, "all of it is fetched ahead");

const struct dissector dissector_tls = {
    .name = "tls",
    .binary = true,
    .state_size = sizeof(struct tls_state),
    .recognises = tls_recognises,
    .read = tls_read,
    .gap = tls_gap,
    .end = tls_end,
};

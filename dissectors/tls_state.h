/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_state.h: what the TLS automaton remembers of a session, shared by the files tls*.c that it is
 * made of. */
#ifndef LASTHELLO_TLS_STATE_H
#define LASTHELLO_TLS_STATE_H

#include <lasthello/dissector.h>
#include <lasthello/tls.h>

/* ---- tls_join.c: a message over several records ------------------------------------------------ */

/* A message is read if it spans no more bytes than that, headers of records included: it must be
 * whole in the window, and a direction keeps 64 KiB. Anything longer is stepped over. */
#define MESSAGE_SPAN_MAX 60000

/* How far a handshake message at the front of the window was looked at. Nothing of it is taken
 * before it is whole, and no byte is looked at twice while it grows. */
struct join {
    uint32_t fragment_left; /* of the record that the front of the window lies in; 0: before one */
    uint32_t scanned;       /* bytes of the window looked at so far, headers included */
    uint32_t scan_left;     /* what the record there has left */
    uint32_t joined;        /* bytes of the message among them */
    /* of the message; a hello goes on with its version */
    uint8_t head[HANDSHAKE_HEADER_BYTES + 2];
};

/* tls_join_begin: a message (or the rest of one) begins at the front of the window, in a record
 * with that much left. */
void tls_join_begin(struct join *join, uint32_t fragment_left);
/* tls_join_scan goes on, as far as the message is not known to be too long. ONE: it is whole. BAD:
 * another kind of record came before its end. */
enum framed tls_join_scan(struct join *join, enum side from, struct bytes window);
/* The message's length with its header; HANDSHAKE_HEADER_BYTES while that is not known. */
uint32_t tls_join_wanted(const struct join *join);
/* tls_join_header reads the header of the record at the front of `in`, in which a message of `from`
 * goes on, or none has begun. The record of a hello may say any version. */
enum framed tls_join_header(const struct join *join, enum side from, struct bytes *in,
    struct record *record);
/* tls_join_version: what a hello that is not whole yet says its version is. False: too few
 * bytes. */
bool tls_join_version(const struct join *join, uint16_t *version);
/* tls_join_body yields the body of a whole message: of the window where one record has it,
 * else joined in `scratch` of MESSAGE_BYTES_MAX. */
struct bytes tls_join_body(const struct join *join, enum side from, struct bytes window, uint8_t *scratch);

/* ---- tls_opening.c: what a side may begin with -------------------------------------------------- */

#define ALERT_BYTES 2
/* Alerts in clear may share a record before TLS 1.3 (RFC 5246 6.2.1). The shortest protected one
 * has 6 bytes, by a MAC of 4 (GOST 28147-89, RFC 9189); others have 12 (RFC 6066 7), 18 or more. No
 * alert has 1, 3 or 5. */
#define CLEAR_ALERTS_BYTES_MAX    4
#define PROTECTED_ALERT_BYTES_MIN 6

static inline bool tls_are_clear_alerts(uint16_t length)
{
    return length > 0 && length <= CLEAR_ALERTS_BYTES_MAX && length % ALERT_BYTES == 0;
}

enum opening {
    OPENING_NOTHING, /* no TLS */
    OPENING_MORE,    /* too few bytes to tell */
    OPENING_HELLO,   /* a record with a hello of this side */
    OPENING_ALERT,   /* an alert in clear */
    OPENING_RECORD,  /* any other record */
    OPENING_EMPTY,   /* a record of no bytes, which tells nothing (forbidden: RFC 5246 6.2.1, RFC 8446 5.1) */
    OPENING_SSLV2,   /* a hello in the format of SSL 2.0 */
};

enum opening tls_opening(enum side from, struct bytes in);

/* tls_is_hello: does a handshake message of this type, said by `from`, begin its part (a draft's
 * HelloRetryRequest does, too)? */
bool tls_is_hello(enum side from, uint8_t type);
/* tls_hello_begins: a hello of `from` at the front of a fragment, as it may stand among bytes that
 * are protected, after a HelloRetryRequest, or after a gap? */
enum framed tls_hello_begins(enum side from, struct bytes fragment);
/* tls_hello_in_record: a hello of `from` at the front of a record, whatever version that says? */
enum framed tls_hello_in_record(enum side from, struct bytes in);

/* ---- the automaton: tls.c ----------------------------------------------------------------------- */

enum tls_phase {
    TLS_SEARCHING, /* after a gap, or joined midway: a record begins somewhere */
    TLS_RECORDS,   /* in step: the next byte begins a record, or is inside one */
    TLS_SSLV2,     /* in step with records of SSL 2.0 */
};

struct tls_side {
    enum tls_phase phase;
    uint32_t skip;         /* bytes of a record to step over */
    uint32_t message_skip; /* bytes of a message that was given up */
    struct join join;
    uint16_t chain_version; /* of the records read one after another, ... */
    uint8_t chain_len;      /* ... so many, */
    bool is_ragged;         /* ... some of a length that no block cipher gives, */
    bool is_data_only;      /* ... all application data */
    bool started;           /* bytes were read, or are known to be lost */
    bool hello_begun;       /* whole or not, readable or not */
    bool glimpsed;          /* first bytes that may begin TLS, too few to tell, before a gap took the rest */
    bool ended;             /* FIN, RST, or a fatal alert: whatever the other side does now is no cause */
    bool lost;              /* a gap or a message that could not be read: its hello may have been there */
    bool is_protected;      /* ChangeCipherSpec or protected records were read */
};

struct tls_state {
    struct tls_side sides[SIDE_COUNT];
    uint32_t searched_bytes; /* dropped without finding anything, empty records included */
    bool early_data;         /* announced (RFC 8446 4.2.10): protected records before the answer */
    bool server_hello_done;
    bool session_id_hit; /* of SSL 2.0 */
};

/* Was there a ServerHello, readable or not? */
static inline bool tls_has_answered(const struct session *session)
{
    return session->answer.seen || session->answer.unreadable;
}

/* What one look at the front of a window came to. */
enum looked {
    LOOKED_ON,      /* something was taken, or is now known better: look again */
    LOOKED_MORE,    /* too few bytes */
    LOOKED_STRANGE, /* no TLS */
    LOOKED_LOST,    /* nothing that was expected: where a record begins is to be searched */
    LOOKED_SETTLED,
};

static inline struct tls_side *tls_side_of(struct dissection *at, enum side from)
{
    struct tls_state *state = at->state;

    return &state->sides[from];
}

static inline uint32_t tls_least(size_t a, size_t b)
{
    return (uint32_t)(a < b ? a : b);
}

/* Takes up to `len` bytes; returns how many. */
static inline uint32_t tls_drop(struct bytes *in, uint32_t len)
{
    const uint32_t present = tls_least(len, in->left);

    return bytes_skip(in, present) ? present : 0;
}

/* ---- tls_sslv2_records.c ------------------------------------------------------------------------ */

enum looked tls_step_sslv2(struct dissection *at, enum side from, struct bytes *in);

/* ---- tls_search.c: records in the middle of bytes ------------------------------------------------- */

/* tls_search_record drops bytes up to what looks like a record of `from`. False: there is none;
 * what may be the beginning of one is kept. */
bool tls_search_record(enum side from, struct bytes *in);
/* tls_search_holds: is there, anywhere in the window, what looks like the header of protected
 * data? */
bool tls_search_holds(struct bytes in);

/* ---- tls_messages.c: from a message to facts ---------------------------------------------------- */

/* tls_message_note notes what a handshake message says. False: it should say something, but is
 * broken. */
bool tls_message_note(struct dissection *at, enum side from, uint8_t type, struct bytes body);
/* The same for a hello in the format of SSL 2.0. */
bool tls_sslv2_note(struct dissection *at, enum side from, struct bytes body);

/* ---- tls_outcome.c: from facts to the outcome. True: it is known, and stands in the session. ------- */

/* After each record: both sides protected, or enough records of a handshake that was not
 * captured. */
bool tls_outcome_reached(struct dissection *at);
/* After an alert in clear, which stands in session->alerts. */
bool tls_outcome_after_alert(struct dissection *at, enum side from);
/* After FIN or RST of a side. */
bool tls_outcome_after_end(struct dissection *at, enum side from, enum ending ending);
/* When nothing more will come. False: no TLS was seen. */
bool tls_outcome_conclude(struct dissection *at, enum ending ending);

#endif

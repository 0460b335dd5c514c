/* SPDX-License-Identifier: BSD-2-Clause */
/* statements.h: what a summary says, as data: kind, numbers, severity; and the sentences for it. */
#ifndef LASTHELLO_REPORT_STATEMENTS_H
#define LASTHELLO_REPORT_STATEMENTS_H

#include "words.h"

#include <lasthello/questions.h>

#include <stdio.h>

enum statement_kind {
    /* who */
    STATEMENT_LEGACY,     /* clients with old TLS, of all; the third number: 1 singular, 2 plural */
    STATEMENT_LEGACY_ANY, /* the same where TLS of other services than mail is among it */
    STATEMENT_BY_CLIENT,  /* of those */
    STATEMENT_MIXED,
    STATEMENT_BY_SERVER,
    STATEMENT_BY_FALLBACK,
    STATEMENT_UNDETERMINED,
    STATEMENT_SEVERAL_CAUSES,
    STATEMENT_FAILING,
    STATEMENT_EXPOSED,
    STATEMENT_TOO_NEW,
    STATEMENT_OFFER_REFUSED,
    STATEMENT_UNCONFIRMED,
    STATEMENT_CHANGES, /* newly old, newly refused, newer alone */
    STATEMENT_NO_CHANGES,
    STATEMENT_SERVERS,
    STATEMENT_OWN_SERVERS,
    /* what to do */
    STATEMENT_ADVICE,
    STATEMENT_ADVISE_CLIENT,
    STATEMENT_ADVISE_OLD_CLIENT,
    STATEMENT_ADVISE_SERVER,
    STATEMENT_ADVISE_FALLBACK,
    STATEMENT_ADVISE_UNKNOWN,
    /* how far to believe it */
    STATEMENT_NO_MATCH,
    STATEMENT_NOTHING_STORED,
    STATEMENT_NOTHING_SEEN,
    STATEMENT_NO_SOURCE,
    STATEMENT_NO_PACKET,
    STATEMENT_NO_MAIL,
    STATEMENT_SESSIONS,
    STATEMENT_SESSIONS_ANY,
    STATEMENT_NO_HANDSHAKE,
    STATEMENT_HANDSHAKE,
    STATEMENT_MIDSTREAM,
    STATEMENT_ONE_SIDED,
    STATEMENT_UNKNOWN,
    STATEMENT_WITHOUT_TLS,
    STATEMENT_NO_LOSS,
    STATEMENT_DNS,
    STATEMENT_NO_DNS,
    STATEMENT_ZERO_PROVES_LITTLE,
    STATEMENT_ZERO_RESTS_ON,
    STATEMENT_MUCH_ONE_SIDED,
    STATEMENT_DOWN,
    STATEMENT_UNWATCHED,
    STATEMENT_DROPPED,
    STATEMENT_FAILED_SOURCES,
    STATEMENT_INCOMPLETE_SOURCES,
    STATEMENT_GIVEN_UP,
    STATEMENT_UNSTORED,
    STATEMENT_GAPS,
    STATEMENT_TRUNCATED,
    STATEMENT_UNKNOWN_LINK,
    STATEMENT_CONTRADICTORY,
    STATEMENT_COUNT,
};

struct statement {
    enum statement_kind kind;
    enum severity severity;
    uint64_t numbers[3];
};

struct statements {
    struct statement rows[STATEMENT_COUNT];
    size_t count;
};

/* Each fills `out` anew, in the order of a screen, with what is to be said.
 * statements_of_clients: who still uses old TLS, and why; statements_of_changes: what the last days changed,
 * where something was seen before them; statements_of_advice: what to do; statements_of_confidence: how far
 * to believe it, where an empty answer is told apart from a proven zero (`filtered`: the user asked for a
 * part only). */
void statements_of_clients(const struct summary *summary, struct statements *out);
void statements_of_changes(const struct summary *summary, struct statements *out);
void statements_of_advice(const struct summary *summary, struct statements *out);
void statements_of_confidence(const struct summary *summary, bool filtered, struct statements *out);

/* sentences_write writes them as lines. */
void sentences_write(FILE *out, const struct statements *statements);

#endif

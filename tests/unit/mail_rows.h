/* SPDX-License-Identifier: BSD-2-Clause */
/* mail_rows.h: rows of mail sessions and of what is known of them, for the tests of IMAP and POP3. */
#ifndef LASTHELLO_MAIL_ROWS_H
#define LASTHELLO_MAIL_ROWS_H

#include "play.h"
#include "tls_bytes.h"

#define TURNS_MAX 10
#define HELLO     CLIENT(CLIENT_HELLO("0301"))

enum fact { /* of a reader, each true alone */
    OFFERED = 1,
    REQUESTED = 2,
    ACCEPTED = 4,
    REFUSED = 8,
    HELLO_SEEN = 16,
    INJECTION = 32,
    HASTY = 64,
    PREAUTH = 128,
    LOGINDISABLED = 256,
    BYE = 512,
};

struct row {
    const char *promise;
    struct turn turns[TURNS_MAX];
    enum outcome outcome;
    unsigned int facts;
    const char *login;
};

static uint16_t port;

static inline unsigned int facts_of(const struct session *session)
{
    const struct starttls *starttls = &session->starttls;
    const bool flags[] = {starttls->offered, starttls->requested, starttls->accepted, starttls->refused,
        starttls->hello, starttls->injection, starttls->hasty, session->preauth, session->logindisabled, session->bye};
    unsigned int facts = 0;

    for (size_t i = 0; i < COUNT_OF(flags); i++)
        facts |= flags[i] ? 1u << i : 0;
    return facts;
}

static inline void check(const struct row *row, size_t piece)
{
    const struct session *session = &player->session;

    play(player, port, row->turns, piece);
    if (session->outcome != row->outcome || facts_of(session) != row->facts ||
        strcmp(session->login, row->login != NULL ? row->login : "") != 0)
        fail_msg("%s (pieces of %zu): outcome %d facts %u login %s", row->promise, piece, session->outcome,
            facts_of(session), session->login);
}

static inline void check_rows(const struct row *rows, size_t count)
{
    static const size_t pieces[] = {PLAY_WHOLE, 1, 2, 3, 5, 7, 11};

    for (size_t row = 0; row < count; row++)
        for (size_t i = 0; i < COUNT_OF(pieces); i++)
            check(&rows[row], pieces[i]);
}

#endif

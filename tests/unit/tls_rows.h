/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_rows.h: rows of TLS sessions and of what is known of them, however the bytes were cut into
 * segments. */
#ifndef LASTHELLO_TLS_ROWS_H
#define LASTHELLO_TLS_ROWS_H

#include "play.h"
#include "tls_bytes.h"

#define TURNS_MAX 12

struct row {
    const char *promise;
    struct turn turns[TURNS_MAX];
    enum outcome outcome;
    enum evidence evidence;
    enum version negotiated;
    enum refusal refused_by;
    enum version offered;
};

static inline const char *promise_of(const struct row *row, size_t piece)
{
    static char text[200];

    snprintf(text, sizeof(text), "%s (pieces of %zu)", row->promise, piece);
    return text;
}

static inline void check(const struct row *row, size_t piece)
{
    const struct session *session = &player->session;

    play(player, 993, row->turns, piece);
    if (session->outcome != row->outcome || session->evidence != row->evidence ||
        session->negotiated != row->negotiated || session->refused_by != row->refused_by ||
        session->offer.maximum != row->offered)
        fail_msg("%s: outcome %d evidence %d version %d refused %d offered %d", promise_of(row, piece),
            session->outcome, session->evidence, session->negotiated, session->refused_by, session->offer.maximum);
}

static inline void check_rows(const struct row *rows, size_t count)
{
    static const size_t pieces[] = {PLAY_WHOLE, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13, 31, 46, 49, 50, 51};

    for (size_t row = 0; row < count; row++)
        for (size_t i = 0; i < COUNT_OF(pieces); i++)
            check(&rows[row], pieces[i]);
}

#endif

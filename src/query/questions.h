/* SPDX-License-Identifier: BSD-2-Clause */
/* questions.h: what can be asked, as SQL, and what the answers' columns are called. */
#ifndef LASTHELLO_STORE_QUESTIONS_H
#define LASTHELLO_STORE_QUESTIONS_H

#include "filters.h"

#define COLUMNS_MAX 64

struct question_text {
    const char *sql;
    const struct column *columns; /* as many as the SQL yields */
    size_t count;
};

extern const struct question_text question_clients, question_legacy, question_servers, question_sessions,
    question_coverage;

#define COUNT_OF_COLUMNS(columns) (sizeof(columns) / sizeof((columns)[0]))

/* Microseconds as ISO 8601; the function is ours. */
#define UTC(time) "utc(" time ")"

/* How bad a profile k is, worst highest; what was not seen is never safe. */
#define BADNESS                                                                             \
    "CASE WHEN coalesce(k.cause, 'too_new') <> 'too_new' THEN 4 + (k.outcome = 'refused') " \
    "WHEN k.login IS NOT NULL OR k.outcome = 'cleartext' THEN 3 "                           \
    "WHEN k.negotiated >= 'TLS 1.2' THEN 1 ELSE 2 END"
#define VERDICT                                                                                                 \
    "CASE badness WHEN 5 THEN 'failing' WHEN 4 THEN 'legacy' WHEN 3 THEN 'exposed' WHEN 2 THEN 'unknown' ELSE " \
    "'safe' END"

/* A session that was seen on both sides, had no TLS, and sent no login. */
#define WHOLE_WITHOUT_TLS "(k.outcome = 'plain' AND k.directions = 'both')"

/* What a client got in a profile k; NULL: nobody saw it. */
#define GOT                                                                                           \
    "CASE WHEN k.outcome = 'refused' THEN 'refused' WHEN k.negotiated IS NOT NULL THEN k.negotiated " \
    "WHEN k.outcome = 'cleartext' OR " WHOLE_WITHOUT_TLS " THEN 'no TLS' END"

#endif

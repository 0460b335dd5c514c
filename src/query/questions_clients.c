/* SPDX-License-Identifier: BSD-2-Clause */
/* questions_clients.c: which clients break, why, and what to do; worst first. */
#include "questions.h"

/* clang-format off */
/* A row for each client, service, and provider or server name (where neither is known, server): the worst verdict of
 * their sessions, how many had it, and of these the latest. The bare columns are those of the row with max(). Sorted
 * are the few columns of a pair; LIMIT makes SQLite keep their order. */
#define PAIRS(profiles)                                                                                              \
    "WITH kind AS MATERIALIZED (SELECT k.id, coalesce(k.provider, k.server_name) IS NULL AS nameless, "              \
    "dense_rank() OVER (ORDER BY coalesce(k.provider, k.server_name), k.service) AS target, " BADNESS " AS badness " \
    "FROM profile k WHERE k.outcome <> 'foreign' AND " profiles "), "                                                \
    "pair AS MATERIALIZED (SELECT o.client, o.server, o.profile, o.source, o.first_packet, o.last_seen, k.target, "  \
    "k.badness, max(k.badness * 10000000000000000 + o.last_seen), sum(o.sessions) AS all_sessions, "                 \
    "sum_of_worst(k.badness, o.sessions) AS sessions, least_of_worst(k.badness, o.first_seen) AS first_seen "        \
    "FROM observation o CROSS JOIN kind k ON k.id = o.profile WHERE " FILTERED_OBSERVATION                           \
    "GROUP BY o.client, iif(k.nameless, o.server, 0), k.target), "                                                   \
    "better AS MATERIALIZED (SELECT DISTINCT o.client FROM observation o CROSS JOIN profile k ON k.id = o.profile "  \
    "WHERE k.negotiated >= 'TLS 1.2' AND o.client IN (SELECT client FROM pair WHERE badness > 3)), "                 \
    "turn AS (SELECT p.*, p.client IN (SELECT client FROM better) AS better, c.address AS client_address, c.site, "  \
    "v.address AS server_address "                                                                                   \
    "FROM pair p CROSS JOIN host c ON c.id = p.client CROSS JOIN host v ON v.id = p.server "                         \
    "ORDER BY p.badness DESC, p.sessions DESC, c.digits, p.target, v.digits LIMIT -1) "
/* Cannot be said to do no better: the client has done so, under whatever filter. */
#define MIXED "(k.cause = 'client' AND p.better)"
#define TO    "coalesce(k.provider, k.server_name, p.server_address)"
/* clang-format on */
#define ALSO_BETTER   "also does TLS 1.2 or later"
#define ASKED_FOR_TLS "(coalesce(k.starttls, '') LIKE '%requested%')"

static const struct column client_columns[] = {
    {.name = "client", .title = "CLIENT"},
    {.name = "to", .title = "TO"},
    {.name = "service", .title = "SERVICE", .rank = 2},
    {.name = "verdict", .title = "VERDICT", .rank = 2},
    {.name = "offers", .title = "OFFERS"},
    {.name = "got", .title = "GOT", .rank = 1},
    {.name = "cause", .title = "CAUSE", .rank = 3, .may_be_none = true},
    {.name = "what_to_do", .title = "WHAT TO DO", .rank = 3, .may_be_none = true},
    {.name = "sessions", .title = "SESSIONS", .kind = COLUMN_COUNT},
    {.name = "all_sessions", .title = "OF ALL", .kind = COLUMN_COUNT},
    {.name = "last_seen", .title = "LAST SEEN (UTC)", .kind = COLUMN_TIME},
    {.name = "note", .title = "NOTE", .wide_only = true},
    {.name = "evidence", .title = "EVIDENCE", .wide_only = true},
    {.name = "site", .title = "SITE", .wide_only = true},
    {.name = "server", .title = "SERVER", .wide_only = true},
    {.name = "port", .title = "PORT", .kind = COLUMN_NUMBER, .wide_only = true},
    {.name = "server_name", .title = "SERVER NAME", .wide_only = true},
    {.name = "provider", .title = "PROVIDER", .wide_only = true},
    {.name = "first_seen", .title = "FIRST SEEN (UTC)", .kind = COLUMN_TIME, .wide_only = true},
    {.name = "source", .title = "SOURCE", .wide_only = true},
    {.name = "packet", .title = "PACKET", .kind = COLUMN_NUMBER, .wide_only = true},
    {.name = "ja4", .title = "JA4", .wide_only = true},
};

/* clang-format off */
static const char clients_sql[] =
    PAIRS(FILTERED_PROFILE)
    "SELECT p.client_address, " TO ", k.service, " VERDICT ", k.offered_max, " GOT ", k.cause, "
    "CASE k.cause WHEN 'client' THEN iif(p.better, 'find the old program', 'update or replace it') "
    "WHEN 'server' THEN 'update the server' "
    "WHEN 'fallback' THEN 'find what breaks TLS' "
    "WHEN 'unknown' THEN 'capture it whole' "
    "ELSE CASE WHEN badness = 3 THEN iif(k.negotiated IS NULL, 'turn its TLS on', 'log in after STARTTLS') "
    "WHEN badness = 2 AND " WHOLE_WITHOUT_TLS " THEN iif(" ASKED_FOR_TLS ", 'find why STARTTLS failed', "
    "'look at its settings') WHEN badness = 2 THEN 'capture it whole' END END, "
    "p.sessions, p.all_sessions, " UTC("p.last_seen") ", "
    "CASE WHEN " MIXED " THEN '" ALSO_BETTER "' "
    "WHEN " WHOLE_WITHOUT_TLS " AND NOT " ASKED_FOR_TLS " THEN 'never asked for TLS' END, "
    "k.evidence, p.site, p.server_address, k.port, k.server_name, k.provider, " UTC("p.first_seen") ", s.name, "
    "p.first_packet, h.ja4 "
    "FROM turn p CROSS JOIN profile k ON k.id = p.profile "
    "LEFT JOIN source s ON s.id = p.source "
    "LEFT JOIN hello h ON h.id = k.hello";
/* clang-format on */

const struct question_text question_clients = {
    .sql = clients_sql,
    .columns = client_columns,
    .count = COUNT_OF_COLUMNS(client_columns),
};

static const struct column legacy_columns[] = {
    {.name = "client", .title = "CLIENT"},
    {.name = "to", .title = "TO"},
    {.name = "service", .title = "SERVICE"},
    {.name = "offers", .title = "OFFERS"},
    {.name = "got", .title = "GOT"},
    {.name = "cause", .title = "CAUSE", .rank = 1},
    {.name = "sessions", .title = "SESSIONS", .kind = COLUMN_COUNT},
    {.name = "last_seen", .title = "LAST SEEN (UTC)", .kind = COLUMN_TIME},
    {.name = "note", .title = "NOTE", .wide_only = true},
};

/* clang-format off */
/* The first rows of question_clients, with fewer columns. */
static const char legacy_sql[] =
    PAIRS("coalesce(k.cause, 'too_new') <> 'too_new' AND " FILTERED_PROFILE)
    "SELECT p.client_address, " TO ", k.service, k.offered_max, " GOT ", k.cause, p.sessions, " UTC("p.last_seen") ", "
    "nullif(iif(" MIXED ", '" ALSO_BETTER "', '') || iif(" MIXED " AND k.evidence = 'records', ', ', '') || "
    "iif(k.evidence = 'records', 'from records only', ''), '') "
    "FROM turn p CROSS JOIN profile k ON k.id = p.profile";
/* clang-format on */

const struct question_text question_legacy = {
    .sql = legacy_sql,
    .columns = legacy_columns,
    .count = COUNT_OF_COLUMNS(legacy_columns),
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* questions_clients.c: which clients break, why, and what to do; worst first. */
#include "questions.h"

static const struct column client_columns[] = {
    {.name = "client", .title = "CLIENT"},
    {.name = "to", .title = "TO"},
    {.name = "service", .title = "SERVICE"},
    {.name = "verdict", .title = "VERDICT"},
    {.name = "offers", .title = "OFFERS"},
    {.name = "got", .title = "GOT"},
    {.name = "cause", .title = "CAUSE", .wide_only = true},
    {.name = "sessions", .title = "SESSIONS", .kind = COLUMN_COUNT},
    {.name = "last_seen", .title = "LAST SEEN (UTC)", .kind = COLUMN_TIME},
    {.name = "what_to_do", .title = "WHAT TO DO", .wide_only = true},
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

/* The bare columns are those of the row with max(): the worst conduct, and of equals the latest. earliest() and
 * latest() are ours, because a second min() or max() would make it uncertain which row that is. Sorted are the few
 * columns of a pair; LIMIT makes SQLite keep their order. */
/* clang-format off */
static const char clients_sql[] =
    "WITH kind AS MATERIALIZED (SELECT k.id, k.service, " BADNESS " AS badness FROM conduct k "
    "WHERE k.outcome <> 'foreign' AND " FILTERED_CONDUCT "), "
    "pair AS MATERIALIZED (SELECT o.client, o.server, o.conduct, o.source, o.first_packet, k.service, k.badness, "
    "max(k.badness * 10000000000000000 + o.last_seen), sum(o.sessions) AS sessions, "
    "earliest(o.first_seen) AS first_seen, latest(o.last_seen) AS last_seen "
    "FROM observation o CROSS JOIN kind k ON k.id = o.conduct "
    "WHERE " FILTERED_OBSERVATION
    "GROUP BY o.client, o.server, k.service), "
    "turn AS (SELECT p.*, c.address AS client_address, c.site, v.address AS server_address "
    "FROM pair p CROSS JOIN host c ON c.id = p.client CROSS JOIN host v ON v.id = p.server "
    "ORDER BY p.badness DESC, p.sessions DESC, c.digits, v.digits, p.service LIMIT -1) "
    "SELECT p.client_address, coalesce(k.provider, k.server_name, p.server_address), p.service, " VERDICT ", "
    "k.offered_max, " GOT ", k.cause, p.sessions, " UTC("p.last_seen") ", "
    "CASE WHEN badness = 5 AND k.cause = 'client' THEN 'update or replace the client: it is failing already' "
    "WHEN k.cause = 'client' THEN 'update or replace the client: it breaks' "
    "WHEN k.cause = 'server' THEN 'the server is old: update it; the client is fine elsewhere' "
    "WHEN k.cause = 'fallback' THEN 'find what on the way breaks the better hello: a proxy, a firewall, a scanner' "
    "WHEN k.cause = 'unknown' THEN 'capture the start of its connections, both directions' "
    "WHEN badness = 3 THEN 'turn on TLS in the client: it logs in in clear' "
    "WHEN badness = 2 THEN 'nothing is proven: capture the start of its connections, both directions' END, "
    "k.evidence, p.site, p.server_address, k.port, k.server_name, k.provider, " UTC("p.first_seen") ", s.name, "
    "p.first_packet, h.ja4 "
    "FROM turn p CROSS JOIN conduct k ON k.id = p.conduct "
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
    {.name = "cause", .title = "CAUSE"},
    {.name = "sessions", .title = "SESSIONS", .kind = COLUMN_COUNT},
    {.name = "last_seen", .title = "LAST SEEN (UTC)", .kind = COLUMN_TIME},
    {.name = "note", .title = "NOTE", .wide_only = true},
};

/* clang-format off */
/* What a row shows of a conduct is one text (`shown`), so that grouping compares one. */
static const char legacy_sql[] =
    "WITH kind AS MATERIALIZED (SELECT k.id, k.service, k.offered_max, k.cause, k.evidence, "
    "coalesce(k.provider, k.server_name) AS name, " GOT " AS got, "
    "printf('%s|%s|%s|%s|%s|%s', coalesce(k.provider, k.server_name), k.service, k.offered_max, " GOT ", k.cause, "
    "k.evidence = 'records') AS shown "
    "FROM conduct k WHERE k.cause IS NOT NULL AND k.outcome <> 'foreign' AND " FILTERED_CONDUCT "), "
    "old AS MATERIALIZED (SELECT o.client, iif(k.name IS NULL, o.server, 0) AS server, k.name, k.service, "
    "k.offered_max, k.got, k.cause, k.evidence, sum(o.sessions) AS sessions, max(o.last_seen) AS last_seen "
    "FROM observation o CROSS JOIN kind k ON k.id = o.conduct "
    "WHERE " FILTERED_OBSERVATION
    "GROUP BY o.client, 2, k.shown) "
    "SELECT c.address, coalesce(p.name, v.address), p.service, p.offered_max, p.got, p.cause, p.sessions, "
    UTC("p.last_seen") ", "
    "iif(p.evidence = 'records', 'from records only', NULL) "
    "FROM old p CROSS JOIN host c ON c.id = p.client "
    "LEFT JOIN host v ON v.id = p.server "
    "ORDER BY p.got = 'refused' DESC, p.sessions DESC, c.digits, 2, p.service, p.offered_max, p.got";
/* clang-format on */

const struct question_text question_legacy = {
    .sql = legacy_sql,
    .columns = legacy_columns,
    .count = COUNT_OF_COLUMNS(legacy_columns),
};

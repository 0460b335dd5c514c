/* SPDX-License-Identifier: BSD-2-Clause */
/* questions.c: what each server accepts, and every observation with its facts. */
#include "questions.h"

static const struct column server_columns[] = {
    {.name = "server", .title = "SERVER"},
    {.name = "port", .title = "PORT", .kind = COLUMN_NUMBER},
    {.name = "service", .title = "SERVICE", .rank = 1},
    {.name = "verdict", .title = "VERDICT", .rank = 1},
    {.name = "accepts", .title = "ACCEPTS", .kind = COLUMN_LIST, .rank = 2},
    {.name = "what_to_do", .title = "WHAT TO DO", .rank = 3, .may_be_none = true},
    {.name = "refuses", .title = "REFUSES", .kind = COLUMN_LIST, .wide_only = true},
    {.name = "clients", .title = "CLIENTS", .kind = COLUMN_COUNT},
    {.name = "legacy_clients", .title = "WITH OLD TLS", .kind = COLUMN_COUNT},
    {.name = "sessions", .title = "SESSIONS", .kind = COLUMN_COUNT},
    {.name = "last_seen", .title = "LAST SEEN (UTC)", .kind = COLUMN_TIME},
    {.name = "name", .title = "NAME", .wide_only = true},
    {.name = "first_seen", .title = "FIRST SEEN (UTC)", .kind = COLUMN_TIME, .wide_only = true},
    {.name = "site", .title = "SITE", .wide_only = true},
    {.name = "provider", .title = "PROVIDER", .wide_only = true},
    {.name = "cleartext_sessions", .title = "LOGINS WITHOUT TLS", .kind = COLUMN_COUNT, .wide_only = true},
    {.name = "certificate_subject", .title = "CERTIFICATE", .wide_only = true},
    {.name = "certificate_not_after", .title = "VALID UNTIL", .wide_only = true},
    {.name = "certificate_key", .title = "KEY", .wide_only = true},
};

/* A version as a bit, so that one number tells all that a server gave and refused. */
#define BIT(version)                                                                          \
    "CASE " version " WHEN 'TLS 1.3' THEN 64 WHEN 'TLS 1.2+' THEN 32 WHEN 'TLS 1.2' THEN 16 " \
    "WHEN 'TLS 1.1' THEN 8 WHEN 'TLS 1.0' THEN 4 WHEN 'SSL 3.0' THEN 2 WHEN 'SSL 2.0' THEN 1 ELSE 0 END"
#define OLD                     "(d.gave & 15)"
#define NEW                     "(d.gave & 112)"
#define LISTED(bits, bit, name) "iif(" bits " & " bit ", '" name ", ', '')"
/* clang-format off */
/* Best first. */
#define VERSIONS(bits)                                                                                     \
    "nullif(rtrim(" LISTED(bits, "64", "TLS 1.3") " || " LISTED(bits, "32", "TLS 1.2+") " || "              \
    LISTED(bits, "16", "TLS 1.2") " || " LISTED(bits, "8", "TLS 1.1") " || " LISTED(bits, "4", "TLS 1.0")    \
    " || " LISTED(bits, "2", "SSL 3.0") " || " LISTED(bits, "1", "SSL 2.0") ", ', '), '')"

static const char servers_sql[] =
    "WITH kind AS MATERIALIZED (SELECT k.id, k.port, k.service, k.server_name, k.provider, "
    "coalesce(k.cause, 'too_new') <> 'too_new' AS legacy, k.login IS NOT NULL OR k.outcome = 'cleartext' AS clear, "
    BIT("k.negotiated") " AS gave, "
    "iif(k.outcome = 'refused', " BIT("k.offered_max") ", 0) AS refused "
    "FROM profile k WHERE k.outcome <> 'foreign' AND " FILTERED_PROFILE "), "
    "door AS MATERIALIZED (SELECT o.server, k.port, k.service, all_bits(k.gave) AS gave, "
    "all_bits(k.refused) AS refused, count(DISTINCT o.client) AS clients, "
    "count(DISTINCT iif(k.legacy, o.client, NULL)) AS legacy_clients, sum(o.sessions) AS sessions, "
    "sum(iif(k.clear, o.sessions, 0)) AS cleartext, min(o.first_seen) AS first_seen, "
    "max(o.last_seen) AS last_seen, max(k.server_name) AS server_name, max(k.provider) AS provider, "
    "max(o.last_seen || ' ' || o.certificate) AS newest "
    "FROM observation o CROSS JOIN kind k ON k.id = o.profile WHERE " FILTERED_OBSERVATION
    "GROUP BY o.server, k.port, k.service) "
    "SELECT v.address, d.port, d.service, "
    "CASE WHEN " OLD " THEN 'legacy' WHEN d.cleartext > 0 THEN 'exposed' WHEN " NEW " THEN 'safe' "
    "ELSE 'unknown' END, " VERSIONS("d.gave") ", "
    "CASE WHEN " OLD " AND NOT " NEW " THEN 'update the server' "
    "WHEN " OLD " THEN 'update clients first' "
    "WHEN d.cleartext > 0 THEN 'refuse clear logins' END, "
    VERSIONS("d.refused") ", d.clients, d.legacy_clients, "
    "d.sessions, " UTC("d.last_seen") ", d.server_name, " UTC("d.first_seen") ", "
    "v.site, d.provider, d.cleartext, "
    "t.subject, date(t.not_after, 'unixepoch'), t.key_type || ' ' || t.key_bits "
    "FROM door d CROSS JOIN host v ON v.id = d.server "
    "LEFT JOIN certificate t ON t.id = CAST(substr(d.newest, instr(d.newest, ' ') + 1) AS INTEGER) "
    "ORDER BY " OLD " <> 0 DESC, d.gave = 0, d.legacy_clients DESC, d.sessions DESC, v.digits, d.port, d.service";
/* clang-format on */

const struct question_text question_servers = {
    .sql = servers_sql,
    .columns = server_columns,
    .count = COUNT_OF_COLUMNS(server_columns),
};

static const struct column session_columns[] = {
    {.name = "client", .title = "CLIENT"},
    {.name = "server", .title = "SERVER"},
    {.name = "port", .title = "PORT", .kind = COLUMN_NUMBER},
    {.name = "service", .title = "SERVICE"},
    {.name = "offers", .title = "OFFERS"},
    {.name = "negotiated", .title = "NEGOTIATED"},
    {.name = "outcome", .title = "OUTCOME"},
    {.name = "refused_by", .title = "REFUSED BY", .wide_only = true},
    {.name = "cause", .title = "CAUSE", .wide_only = true},
    {.name = "evidence", .title = "EVIDENCE"},
    {.name = "sessions", .title = "SESSIONS", .kind = COLUMN_COUNT},
    {.name = "first_seen", .title = "FIRST SEEN (UTC)", .kind = COLUMN_TIME},
    {.name = "source", .title = "SOURCE", .wide_only = true},
    {.name = "first_packet", .title = "PACKET", .kind = COLUMN_NUMBER},
    {.name = "last_seen", .title = "LAST SEEN (UTC)", .kind = COLUMN_TIME, .wide_only = true},
    {.name = "last_source", .title = "LAST SOURCE", .wide_only = true},
    {.name = "last_packet", .title = "LAST PACKET", .kind = COLUMN_NUMBER, .wide_only = true},
    {.name = "site", .title = "SITE", .wide_only = true},
    {.name = "server_name", .title = "SERVER NAME", .wide_only = true},
    {.name = "provider", .title = "PROVIDER", .wide_only = true},
    {.name = "provider_source", .title = "PROVIDER BY", .wide_only = true},
    {.name = "starttls", .title = "STARTTLS", .kind = COLUMN_LIST, .wide_only = true},
    {.name = "flags", .title = "FLAGS", .kind = COLUMN_LIST, .wide_only = true},
    {.name = "login", .title = "LOGIN IN CLEAR", .wide_only = true},
    {.name = "short_lived", .title = "SHORT-LIVED", .kind = COLUMN_COUNT, .wide_only = true},
    {.name = "gaps", .title = "GAPS", .kind = COLUMN_COUNT, .wide_only = true},
    {.name = "directions", .title = "DIRECTIONS", .wide_only = true},
    {.name = "client_alert", .title = "CLIENT ALERT", .kind = COLUMN_NUMBER, .wide_only = true},
    {.name = "server_alert", .title = "SERVER ALERT", .kind = COLUMN_NUMBER, .wide_only = true},
    {.name = "foreign", .title = "FOREIGN", .wide_only = true},
    {.name = "offered", .title = "OFFERED", .kind = COLUMN_LIST, .wide_only = true},
    {.name = "ja3", .title = "JA3", .wide_only = true},
    {.name = "ja4", .title = "JA4", .wide_only = true},
    {.name = "cipher", .title = "CIPHER", .wide_only = true},
    {.name = "group", .title = "GROUP", .wide_only = true},
    {.name = "ja3s", .title = "JA3S", .wide_only = true},
    {.name = "alpn", .title = "ALPN", .wide_only = true},
    {.name = "resumed", .title = "RESUMED", .kind = COLUMN_NUMBER, .wide_only = true},
    {.name = "certificate_sha256", .title = "CERTIFICATE SHA-256", .wide_only = true},
    {.name = "certificate_subject", .title = "CERTIFICATE", .wide_only = true},
    {.name = "client_mac", .title = "CLIENT MAC", .wide_only = true},
    {.name = "server_mac", .title = "SERVER MAC", .wide_only = true},
    {.name = "vlans", .title = "VLANS", .kind = COLUMN_LIST, .wide_only = true},
    {.name = "tunnel", .title = "TUNNEL", .wide_only = true},
    {.name = "proxy", .title = "PROXY", .wide_only = true},
};

/* clang-format off */
/* Sorted are the numbers of an observation; LIMIT makes SQLite keep their order while the texts are looked up. */
static const char sessions_sql[] =
    "WITH turn AS (SELECT o.* FROM observation o CROSS JOIN profile k ON k.id = o.profile WHERE " FILTERED
    "ORDER BY o.first_seen, o.id LIMIT -1) "
    "SELECT c.address, v.address, k.port, k.service, k.offered_max, k.negotiated, k.outcome, "
    "k.refused_by, k.cause, k.evidence, o.sessions, " UTC("o.first_seen") ", s.name, o.first_packet, "
    UTC("o.last_seen") ", coalesce(l.name, s.name), o.last_packet, c.site, k.server_name, k.provider, "
    "k.provider_source, k.starttls, k.flags, k.login, o.short_lived, o.gaps, k.directions, "
    "k.client_alert, k.server_alert, k.foreign_protocol, h.offered, h.ja3, h.ja4, a.cipher, a.key_group, "
    "a.ja3s, coalesce(a.alpn, h.alpn), a.resumed, t.sha256, t.subject, w.client_mac, w.server_mac, "
    "w.vlans, w.tunnel, w.proxy_address "
    "FROM turn o CROSS JOIN profile k ON k.id = o.profile "
    "CROSS JOIN host c ON c.id = o.client CROSS JOIN host v ON v.id = o.server "
    "LEFT JOIN source s ON s.id = o.source "
    "LEFT JOIN source l ON l.id = o.last_source "
    "LEFT JOIN hello h ON h.id = k.hello "
    "LEFT JOIN answer a ON a.id = k.answer "
    "LEFT JOIN certificate t ON t.id = o.certificate "
    "LEFT JOIN path w ON w.id = o.path";
/* clang-format on */

const struct question_text question_sessions = {
    .sql = sessions_sql,
    .columns = session_columns,
    .count = COUNT_OF_COLUMNS(session_columns),
};

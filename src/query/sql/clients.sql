-- A row for each client, service, and provider or server name (where neither is known, server), worst first: the worst
-- verdict of their sessions (of those that break, that with the first day), how many had it, and of these the latest.
WITH kind AS (
    SELECT o.client, j.target, CASE WHEN j.is_nameless = 1 THEN o.server ELSE 0 END AS lone_server, j.verdict, j.until_day, o.server,
        o.profile, o.path, o.source, min(o.first_packet) AS first_packet, min(o.first_seen) AS first_seen,
        max(o.last_seen) AS last_seen, sum(o.sessions) AS sessions
    FROM observation o
    JOIN judged j ON j.profile = o.profile
    WHERE j.is_asked = 1 AND (j.is_counted = 1 OR j.is_unconfirmed = 1) AND (:legacy_only IS NULL OR j.is_legacy = 1)
        AND o.day >= :since_day AND o.day < :until_day
        AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host))
    GROUP BY o.client, j.target, lone_server, j.verdict, j.until_day, o.server, o.profile, o.path, o.source
), ranked AS (
    SELECT kind.*, row_number() OVER (PARTITION BY client, target, lone_server
            ORDER BY verdict DESC, coalesce(until_day, 9223372036854775807), last_seen DESC, profile, server, path, source) AS place,
        sum(sessions) OVER (PARTITION BY client, target, lone_server) AS all_sessions,
        sum(sessions) OVER (PARTITION BY client, target, lone_server, verdict, until_day) AS worst_sessions,
        min(first_seen) OVER (PARTITION BY client, target, lone_server, verdict, until_day) AS worst_first_seen
    FROM kind
), pair AS MATERIALIZED (
    SELECT client, target, server, profile, path, source, first_packet, last_seen, verdict, until_day, all_sessions,
        worst_sessions AS sessions, worst_first_seen AS first_seen
    FROM ranked
    WHERE place = 1
), legacy AS MATERIALIZED (
    SELECT DISTINCT p.client FROM pair p JOIN judged j ON j.profile = p.profile WHERE j.is_legacy = 1
), better AS MATERIALIZED (
    SELECT o.client, max(j.is_better) AS is_better,
        max(CASE WHEN k.cause = 'client' THEN o.last_seen END) AS old_last,
        min(CASE WHEN j.is_better = 1 THEN o.first_seen END) AS better_first,
        min(CASE WHEN k.cause = 'client' THEN w.client_mac END) AS old_mac,
        max(CASE WHEN k.cause = 'client' THEN w.client_mac END) AS old_mac_last,
        min(CASE WHEN j.is_better = 1 THEN w.client_mac END) AS better_mac,
        max(CASE WHEN j.is_better = 1 THEN w.client_mac END) AS better_mac_last
    FROM observation o
    JOIN judged j ON j.profile = o.profile
    JOIN profile k ON k.id = o.profile
    LEFT JOIN path w ON w.id = o.path
    WHERE (j.is_better = 1 OR k.cause = 'client') AND o.day < :until_day AND o.client IN (SELECT client FROM legacy)
    GROUP BY o.client
    HAVING max(j.is_better) = 1
), sorted AS (
    SELECT p.*, c.address AS client_address, c.site, v.address AS server_address
    FROM pair p
    JOIN host c ON c.id = p.client
    JOIN host v ON v.id = p.server
    ORDER BY p.verdict DESC, coalesce(p.until_day, 9223372036854775807), p.sessions DESC, c.digits, p.target, v.digits
    LIMIT 9223372036854775807
)
SELECT p.client_address AS client, coalesce(k.provider, k.server_name, p.server_address) AS "to", NULL AS name, NULL AS owner,
    k.service,
    p.verdict, k.offered_max AS offers, j.got, k.cause, j.step AS what_to_do, j.due, j.policy, p.sessions, p.all_sessions,
    p.last_seen, j.notes AS note, j.until_day - :today AS days_left, k.evidence, p.site, p.server_address AS server, k.port, k.server_name, k.provider,
    p.first_seen, s.name AS source, p.first_packet AS packet, h.ja4, w.proxy_address AS proxy, NULL AS place, NULL AS remark,
    CASE WHEN w.client_attached = 1 THEN w.client_mac END AS "-client_mac", b.is_better AS "-is_better", b.old_last AS "-old_last", b.better_first AS "-better_first",
    CASE WHEN b.old_mac = b.old_mac_last AND b.better_mac = b.better_mac_last AND b.old_mac <> b.better_mac
        THEN 1 ELSE 0 END AS "-macs_differ"
FROM sorted p
JOIN profile k ON k.id = p.profile
JOIN judged j ON j.profile = p.profile
LEFT JOIN better b ON b.client = p.client
LEFT JOIN source s ON s.id = p.source
LEFT JOIN hello h ON h.id = k.hello
LEFT JOIN path w ON w.id = p.path

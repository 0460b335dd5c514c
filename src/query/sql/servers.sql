-- A row for each server's port and service: what it chose, what it refused, who came, and what is known of whether it
-- can do better. Those with old TLS first. The certificate is the one that was seen last.
WITH kind AS MATERIALIZED (
    SELECT server, profile, sum(sessions) AS sessions, min(first_seen) AS first_seen, max(last_seen) AS last_seen
    FROM server_seen
    GROUP BY server, profile
), port AS MATERIALIZED (
    SELECT t.server, k.port, k.service, sum(DISTINCT j.gave) AS gave, sum(DISTINCT j.refused) AS refused,
        max(j.is_old) AS is_old, max(j.is_better) AS is_better, max(j.is_downgrade) AS is_downgrade,
        max(CASE WHEN k.cause = 'server' THEN 1 ELSE 0 END) AS held_back,
        sum(CASE WHEN j.is_exposed = 1 THEN t.sessions ELSE 0 END) AS cleartext_sessions,
        sum(t.sessions) AS sessions, min(t.first_seen) AS first_seen, max(t.last_seen) AS last_seen,
        max(coalesce(k.server_name, k.dns_name)) AS name, max(k.provider) AS provider
    FROM kind t
    JOIN profile k ON k.id = t.profile
    JOIN judged j ON j.profile = t.profile
    GROUP BY t.server, k.port, k.service
), visitor AS MATERIALIZED (
    SELECT s.server, k.port, k.service, s.clients, s.legacy_clients
    FROM server_visitor s
    JOIN profile k ON k.id = s.profile
), newest AS MATERIALIZED (
    SELECT server, port, service, certificate,
        row_number() OVER (PARTITION BY server, port, service ORDER BY last_seen DESC, certificate) AS place
    FROM (SELECT s.server, k.port, k.service, s.certificate, max(s.last_seen) AS last_seen
        FROM server_seen s
        JOIN profile k ON k.id = s.profile
        WHERE s.certificate <> 0
        GROUP BY s.server, k.port, k.service, s.certificate) shown
)
SELECT v.address AS server, p.port, p.service, 0 AS verdict, p.gave AS accepts, 0 AS what_to_do,
    p.refused AS refuses, c.clients, c.legacy_clients, p.sessions, p.last_seen, p.name, p.first_seen, v.site, p.provider,
    p.cleartext_sessions, t.subject AS certificate_subject, t.not_after AS certificate_not_after,
    t.key_type || ' ' || t.key_bits AS certificate_key, NULL AS asset, NULL AS owner, NULL AS place, NULL AS remark,
    p.is_old AS "-is_old", p.is_better AS "-is_better", p.is_downgrade AS "-is_downgrade", p.held_back AS "-held_back"
FROM port p
JOIN host v ON v.id = p.server
LEFT JOIN visitor c ON c.server = p.server AND c.port = p.port AND c.service = p.service
LEFT JOIN newest n ON n.server = p.server AND n.port = p.port AND n.service = p.service AND n.place = 1
LEFT JOIN certificate t ON t.id = n.certificate
ORDER BY p.is_old DESC, p.gave = 0, c.legacy_clients DESC, p.sessions DESC, v.digits, p.port, p.service

-- The protocols and cipher suites in use: a row for each that a server chose on a port, and one where no TLS was spoken.
WITH kind AS MATERIALIZED (
    SELECT server, profile, sum(sessions) AS sessions, min(first_seen) AS first_seen, max(last_seen) AS last_seen
    FROM server_seen
    GROUP BY server, profile
)
SELECT v.address AS server, NULL AS asset, k.port, k.service, j.got, a.cipher, a.key_group AS "group", k.provider,
    max(coalesce(k.server_name, k.dns_name)) AS name, sum(c.clients) AS clients, sum(s.sessions) AS sessions,
    min(s.first_seen) AS first_seen, max(s.last_seen) AS last_seen, NULL AS owner, NULL AS place, NULL AS remark, v.site
FROM kind s
JOIN judged j ON j.profile = s.profile
JOIN profile k ON k.id = s.profile
JOIN host v ON v.id = s.server
LEFT JOIN answer a ON a.id = k.answer
LEFT JOIN server_visitor c ON c.server = s.server AND c.profile = s.profile
WHERE j.got <> 'refused'
GROUP BY s.server, k.port, k.service, j.got, a.cipher, a.key_group, k.provider
ORDER BY v.digits, v.site, k.port, k.service, j.got, a.cipher, a.key_group, k.provider

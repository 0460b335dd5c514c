-- The protocols and cipher suites in use: a row for each that a server chose on a port, and one where no TLS was spoken.
SELECT v.address AS server, NULL AS asset, k.port, k.service, j.got, a.cipher, a.key_group AS "group", k.provider,
    max(coalesce(k.server_name, k.dns_name)) AS name, count(DISTINCT o.client) AS clients, sum(o.sessions) AS sessions,
    min(o.first_seen) AS first_seen, max(o.last_seen) AS last_seen, NULL AS owner, NULL AS place, NULL AS remark, v.site
FROM observation o
JOIN judged j ON j.profile = o.profile
JOIN profile k ON k.id = o.profile
JOIN host v ON v.id = o.server
LEFT JOIN answer a ON a.id = k.answer
WHERE j.is_asked = 1 AND j.is_counted = 1 AND j.got <> 'refused' AND o.day >= :since_day AND o.day < :until_day
    AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host))
GROUP BY o.server, k.port, k.service, j.got, a.cipher, a.key_group, k.provider
ORDER BY v.digits, v.site, k.port, k.service, j.got, a.cipher, a.key_group, k.provider

-- The sessions that verdicts are about, by client, target, day and kind.
CREATE TEMPORARY TABLE verdict_seen AS
WITH inspected AS MATERIALIZED ( -- a provider's server shows a certificate of no public CA: a middlebox answers in its place
    SELECT DISTINCT o.client, o.server
    FROM observation o
    JOIN certificate c ON c.id = o.certificate AND c.chain = 'no public CA'
    JOIN profile k ON k.id = o.profile AND k.provider IS NOT NULL
    WHERE o.day < :until_day
)
SELECT coalesce(m.machine, o.client) AS machine, j.target, CASE WHEN j.is_nameless = 1 THEN o.server ELSE 0 END AS lone,
    o.day, o.client, o.server, o.profile, o.certificate, o.path, o.source, min(o.first_packet) AS first_packet,
    min(o.first_seen) AS first_seen, max(o.last_seen) AS last_seen, sum(o.sessions) AS sessions,
    sum(o.short_lived) AS short_lived, m.grouped_by,
    CASE WHEN i.client IS NOT NULL AND coalesce(c.chain, 'no public CA') = 'no public CA' THEN 1 ELSE 0 END AS is_inspected
FROM observation o
JOIN judged j ON j.profile = o.profile
LEFT JOIN inspected i ON i.client = o.client AND i.server = o.server
LEFT JOIN certificate c ON c.id = o.certificate
LEFT JOIN verdict_machine m ON m.id = o.client
WHERE j.is_asked = 1 AND j.is_counted = 1 AND o.day >= :since_day AND o.day < :until_day
    AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host))
GROUP BY o.client, j.target, o.server, o.day, o.profile, o.certificate, o.path, o.source

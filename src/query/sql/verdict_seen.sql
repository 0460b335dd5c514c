-- The sessions that verdicts are about, by client, target, day and kind.
CREATE TEMPORARY TABLE verdict_seen AS
SELECT coalesce(m.machine, o.client) AS machine, j.target, CASE WHEN j.is_nameless = 1 THEN o.server ELSE 0 END AS lone,
    o.day, o.client, o.server, o.profile, o.certificate, o.path, o.source, min(o.first_packet) AS first_packet,
    min(o.first_seen) AS first_seen, max(o.last_seen) AS last_seen, sum(o.sessions) AS sessions,
    sum(o.short_lived) AS short_lived, m.grouped_by
FROM observation o
JOIN judged j ON j.profile = o.profile
LEFT JOIN verdict_machine m ON m.id = o.client
WHERE j.is_asked = 1 AND j.is_counted = 1 AND o.day >= :since_day AND o.day < :until_day
    AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host))
GROUP BY o.client, j.target, o.server, o.day, o.profile, o.certificate, o.path, o.source

-- All contacts, by client: those that stand, and the observations of readings that are not gathered yet. The ids of
-- a reading's observations begin with the same 13 bits as its own (src/store/row_id.h). Where nothing is gathered, all
-- observations. `is_asked`: within the network.
WITH place AS MATERIALIZED (
    SELECT DISTINCT (id & 9223372036854775807) >> 50 << 50 AS first_id FROM reading WHERE gathered = 0 AND state = 'counts'
)
SELECT client, server, profile, certificate, path, first_seen, last_seen, sessions, short_lived, days, last_observation,
    CASE WHEN :hosts IS NULL OR client IN (SELECT id FROM asked_host) OR server IN (SELECT id FROM asked_host) THEN 1 ELSE 0 END AS is_asked
FROM contact
UNION ALL
SELECT o.client, o.server, o.profile, coalesce(o.certificate, 0), coalesce(o.path, 0), o.first_seen, o.last_seen, o.sessions, o.short_lived,
    o.day || ':' || o.sessions || '/' || o.short_lived, o.id,
    CASE WHEN :hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host) THEN 1 ELSE 0 END
FROM place p
CROSS JOIN observation o ON o.id BETWEEN p.first_id AND p.first_id + 1125899906842623
CROSS JOIN reading r ON r.id = o.source AND r.gathered = 0
WHERE EXISTS (SELECT 1 FROM contact)
UNION ALL
SELECT o.client, o.server, o.profile, coalesce(o.certificate, 0), coalesce(o.path, 0), o.first_seen, o.last_seen, o.sessions, o.short_lived,
    o.day || ':' || o.sessions || '/' || o.short_lived, o.id,
    CASE WHEN :hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host) THEN 1 ELSE 0 END
FROM observation o
WHERE NOT EXISTS (SELECT 1 FROM contact)
ORDER BY 1

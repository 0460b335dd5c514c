-- What there is since a day: its observations, which are asked for, and for what else is known of a client
-- all its contacts, of which none is later than what is asked for. See contacts_whole.sql.
WITH place AS MATERIALIZED (
    SELECT DISTINCT (id & 9223372036854775807) >> 50 << 50 AS first_id FROM reading WHERE gathered = 0 AND state = 'counts'
)
SELECT client, server, profile, certificate, path, first_seen, last_seen, sessions, short_lived, last_observation, 0 AS is_asked
FROM contact
UNION ALL
SELECT o.client, o.server, o.profile, coalesce(o.certificate, 0), coalesce(o.path, 0), o.first_seen, o.last_seen, o.sessions, o.short_lived, o.id,
    CASE WHEN :hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host) THEN 1 ELSE 0 END
FROM observation o
WHERE o.day >= :since_day AND o.day < :until_day
UNION ALL
SELECT o.client, o.server, o.profile, coalesce(o.certificate, 0), coalesce(o.path, 0), o.first_seen, o.last_seen, o.sessions, o.short_lived, o.id, 0
FROM place p
CROSS JOIN observation o ON o.id BETWEEN p.first_id AND p.first_id + 1125899906842623
CROSS JOIN reading r ON r.id = o.source AND r.gathered = 0
WHERE o.day < :since_day

-- What there was up to a day in the past, from the observations alone. See contacts_whole.sql.
SELECT o.client, o.server, o.profile, coalesce(o.certificate, 0), coalesce(o.path, 0), o.first_seen, o.last_seen, o.sessions, o.short_lived, o.id,
    CASE WHEN o.day >= :since_day
            AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host)) THEN 1 ELSE 0 END AS is_asked
FROM observation o
WHERE o.day < :until_day

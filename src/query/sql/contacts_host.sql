-- Those of one client, from its observations. See contacts_whole.sql.
SELECT o.client, o.server, o.profile, coalesce(o.certificate, 0), coalesce(o.path, 0), o.first_seen, o.last_seen, o.sessions,
    o.short_lived, o.id, CASE WHEN o.day >= :since_day THEN 1 ELSE 0 END AS is_asked
FROM host_observation o
WHERE o.day < :until_day
ORDER BY 1

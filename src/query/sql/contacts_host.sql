-- Those of one client, from its observations. See contacts.sql.
SELECT o.client, o.server, o.profile, coalesce(o.certificate, 0), coalesce(o.path, 0), o.first_seen, o.last_seen, o.sessions,
    o.short_lived, o.day || ':' || o.sessions || '/' || o.short_lived, o.id, 1 AS is_asked
FROM host_observation o
ORDER BY 1

-- How many sessions, and how many clients, were of each version on each day: negotiated, refused, or without TLS. That
-- is what judged_all.sql has a number for.
SELECT s.day * 86400 AS date, CASE WHEN k.outcome = 'refused' THEN 'refused' ELSE coalesce(k.negotiated,
        CASE WHEN j.got = 'no TLS' THEN 'no TLS' ELSE 'not known' END) END AS became_of,
    s.sessions, s.clients
FROM day_seen s
JOIN judged j ON j.profile = s.profile
JOIN profile k ON k.id = s.profile
ORDER BY 1, 2

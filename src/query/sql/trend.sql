-- How many sessions, and how many clients, were of each version on each day: negotiated, refused, or without TLS.
SELECT o.day * 86400 AS date, CASE WHEN k.outcome = 'refused' THEN 'refused' ELSE coalesce(k.negotiated,
        CASE WHEN j.got = 'no TLS' THEN 'no TLS' ELSE 'not known' END) END AS became_of,
    sum(o.sessions) AS sessions, count(DISTINCT o.client) AS clients
FROM observation o
JOIN judged j ON j.profile = o.profile
JOIN profile k ON k.id = o.profile
WHERE j.is_asked = 1 AND j.is_counted = 1 AND o.day >= :since_day AND o.day < :until_day
    AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host))
GROUP BY 1, 2
ORDER BY 1, 2

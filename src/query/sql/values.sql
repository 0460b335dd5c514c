-- What there is to filter by, and how many clients each has: where a filter finds nothing, this tells what it could
-- have found. From all contacts (see contacts.sql).
WITH place AS MATERIALIZED (
    SELECT DISTINCT (id & 9223372036854775807) >> 50 << 50 AS first_id FROM reading WHERE gathered = 0 AND state = 'counts'
), seen AS MATERIALIZED (
    SELECT client, profile FROM contact
    UNION ALL
    SELECT o.client, o.profile
    FROM place p
    CROSS JOIN observation o ON o.id BETWEEN p.first_id AND p.first_id + 1125899906842623
    CROSS JOIN reading r ON r.id = o.source AND r.gathered = 0
    WHERE EXISTS (SELECT 1 FROM contact)
    UNION ALL
    SELECT client, profile FROM observation WHERE NOT EXISTS (SELECT 1 FROM contact)
)
SELECT 'provider' AS filter, k.provider AS value, count(DISTINCT o.client) AS clients
FROM seen o JOIN profile k ON k.id = o.profile WHERE k.provider IS NOT NULL GROUP BY k.provider
UNION ALL
SELECT 'version', coalesce(k.negotiated, k.offered_max), count(DISTINCT o.client)
FROM seen o JOIN profile k ON k.id = o.profile WHERE coalesce(k.negotiated, k.offered_max) IS NOT NULL
GROUP BY coalesce(k.negotiated, k.offered_max)
UNION ALL
SELECT 'cause', k.cause, count(DISTINCT o.client)
FROM seen o JOIN profile k ON k.id = o.profile WHERE k.cause IS NOT NULL GROUP BY k.cause
UNION ALL
SELECT 'service', k.service, count(DISTINCT o.client)
FROM seen o JOIN profile k ON k.id = o.profile GROUP BY k.service
ORDER BY 1, 3 DESC, 2

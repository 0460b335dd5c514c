-- What there is to filter by, and how many clients each has: where a filter finds nothing, this tells what it could
-- have found.
SELECT 'provider' AS filter, k.provider AS value, count(DISTINCT o.client) AS clients
FROM observation o JOIN profile k ON k.id = o.profile WHERE k.provider IS NOT NULL GROUP BY k.provider
UNION ALL
SELECT 'version', coalesce(k.negotiated, k.offered_max), count(DISTINCT o.client)
FROM observation o JOIN profile k ON k.id = o.profile WHERE coalesce(k.negotiated, k.offered_max) IS NOT NULL
GROUP BY coalesce(k.negotiated, k.offered_max)
UNION ALL
SELECT 'cause', k.cause, count(DISTINCT o.client)
FROM observation o JOIN profile k ON k.id = o.profile WHERE k.cause IS NOT NULL GROUP BY k.cause
UNION ALL
SELECT 'service', k.service, count(DISTINCT o.client)
FROM observation o JOIN profile k ON k.id = o.profile GROUP BY k.service
ORDER BY 1, 3 DESC, 2

-- A row for each policy by which a client breaks, and one without a policy for all of them: how many clients.
WITH seen AS MATERIALIZED (
    SELECT DISTINCT b.policy, o.client
    FROM observation o
    JOIN breach b ON b.profile = o.profile AND b.breaks = 1 AND (b.server IS NULL OR b.server = o.server)
        AND (b.certificate IS NULL OR b.certificate = o.certificate)
    JOIN judged j ON j.profile = o.profile
    WHERE j.is_asked = 1 AND o.day >= :since_day AND o.day < :until_day
        AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host))
)
SELECT policy, count(*) AS clients FROM seen GROUP BY policy
UNION ALL
SELECT NULL, count(DISTINCT client) FROM seen

-- How many clients were seen on each day, each by the worst verdict of its sessions on that day.
SELECT day, verdict, count(*) AS clients
FROM (SELECT o.day, o.client, max(j.verdict) AS verdict
    FROM observation o
    JOIN judged j ON j.profile = o.profile
    WHERE j.is_asked = 1 AND j.is_counted = 1 AND o.day >= :since_day AND o.day < :until_day
        AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host))
    GROUP BY o.day, o.client) seen
GROUP BY day, verdict
ORDER BY day, verdict

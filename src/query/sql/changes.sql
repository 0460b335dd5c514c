-- What has changed since a day (:changed_since, as of :today): clients that are old for the first time, refused, fixed,
-- back again; servers that turned old or gave it up, or began to refuse; sensors that went blind. The latest first.
-- What was never seen before is no change: it needs a source that began before.
WITH latest AS MATERIALIZED (
    SELECT machine, target, lone, client, server, profile,
        row_number() OVER (PARTITION BY machine, target, lone ORDER BY last_seen DESC, profile, server, client) AS place
    FROM verdict_seen
), told AS (
    SELECT t.old_first AS day, 'newly old' AS change, t.* FROM verdict_told t
    WHERE t.old_first >= :changed_since AND (SELECT min(started) FROM source) < :changed_since * 86400000000
    UNION ALL
    SELECT t.refused_since, 'newly refused', t.* FROM verdict_told t
    WHERE t.refused_since >= :changed_since AND t.refused_last > :today - :failing_days
    UNION ALL
    SELECT t.old_last + :fixed_days, 'fixed', t.* FROM verdict_told t
    WHERE t.state = 'fixed' AND t.old_last + :fixed_days >= :changed_since
    UNION ALL
    SELECT t.again, 'back again', t.* FROM verdict_told t WHERE t.state = 'back again' AND t.again >= :changed_since
), port AS MATERIALIZED (
    SELECT o.server, k.port, k.service, min(CASE WHEN j.is_old = 1 THEN o.day END) AS old_first,
        max(CASE WHEN j.is_old = 1 THEN o.day END) AS old_last, min(CASE WHEN j.is_failing = 1 THEN o.day END) AS refused_first,
        min(o.day) AS first, max(o.day) AS last, max(coalesce(k.server_name, k.dns_name)) AS server_name,
        max(k.provider) AS provider,
        min(CASE WHEN j.is_better = 1 AND o.day >= :changed_since THEN o.day END) AS better_day
    FROM observation o
    JOIN judged j ON j.profile = o.profile
    JOIN profile k ON k.id = o.profile
    WHERE j.is_asked = 1 AND j.is_counted = 1 AND o.day < :until_day
        AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host))
    GROUP BY o.server, k.port, k.service
), turned AS (
    SELECT old_first AS day, 'server accepts old TLS' AS change, p.* FROM port p WHERE old_first >= :changed_since AND first < :changed_since
    UNION ALL
    SELECT refused_first, 'server refuses old TLS', p.* FROM port p WHERE refused_first >= :changed_since AND first < :changed_since
    UNION ALL
    SELECT better_day, 'server gave no old TLS since', p.* FROM port p WHERE old_last < :changed_since AND better_day IS NOT NULL
), dark AS (
    SELECT s.observer, s.name, s.site, min(b.minute) / 1440 AS day, count(*) AS minutes
    FROM blind b JOIN source s ON s.id = b.source
    WHERE b.minute >= :changed_since * 1440 AND b.minute < (:today + 1) * 1440
    GROUP BY s.observer, s.name, s.site
)
SELECT t.day * 86400 AS date, t.change, c.address AS client, NULL AS name, NULL AS owner,
    coalesce(k.provider, k.server_name, k.dns_name, v.address) AS "to", k.service, v.address AS server, k.port,
    k.offered_max AS offers, NULL AS observer, NULL AS source, NULL AS blind_minutes, c.site, k.provider, NULL AS place, NULL AS remark
FROM told t
JOIN latest l ON l.machine = t.machine AND l.target = t.target AND l.lone = t.lone AND l.place = 1
JOIN host c ON c.id = l.client
JOIN host v ON v.id = l.server
JOIN profile k ON k.id = l.profile
UNION ALL
SELECT t.day * 86400, t.change, NULL, NULL, NULL, coalesce(t.provider, t.server_name, v.address), t.service, v.address, t.port,
    NULL, NULL, NULL, NULL, v.site, t.provider, NULL, NULL
FROM turned t
JOIN host v ON v.id = t.server
UNION ALL
SELECT d.day * 86400, 'sensor went blind', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, d.observer, d.name, d.minutes, d.site,
    NULL, NULL, NULL
FROM dark d
ORDER BY 1 DESC, 2, 3, 7, 8, 11

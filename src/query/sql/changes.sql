-- What has changed since a day (:changed_since, as of :today): clients that are old for the first time, refused, fixed,
-- back again; servers that turned old or gave it up, or began to refuse; sensors that went blind. The latest first.
-- What was never seen before is no change: it needs a source that began before.
WITH port AS MATERIALIZED (
    SELECT d.server, k.port, k.service, min(CASE WHEN j.is_old = 1 THEN d.first END) AS old_first,
        max(CASE WHEN j.is_old = 1 THEN d.last END) AS old_last, min(CASE WHEN j.is_failing = 1 THEN d.first END) AS refused_first,
        min(d.first) AS first, max(d.last) AS last, max(coalesce(k.server_name, k.dns_name)) AS server_name,
        max(k.provider) AS provider, min(CASE WHEN j.is_better = 1 THEN d.since END) AS better_day
    FROM server_day d
    JOIN judged j ON j.profile = d.profile
    JOIN profile k ON k.id = d.profile
    GROUP BY d.server, k.port, k.service
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
FROM client_change t
JOIN host c ON c.id = t.client
JOIN host v ON v.id = t.server
JOIN profile k ON k.id = t.profile
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

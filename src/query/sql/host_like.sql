-- How many other hosts offer the same cipher suites as one client (the middle part of JA4): of so many contacts as can be looked through
-- in some milliseconds. Clients lie there in the order of their ids, which are hashes, so that those are any; where there are more, the
-- numbers are the least.
WITH own AS MATERIALIZED (
    SELECT DISTINCT substr(h.ja4, 12, 12) AS stack
    FROM host_observation o
    JOIN judged j ON j.profile = o.profile
    JOIN profile k ON k.id = o.profile
    JOIN hello h ON h.id = k.hello
    WHERE j.is_asked = 1 AND o.day >= :since_day AND o.day < :until_day AND length(h.ja4) = 36
), kind AS MATERIALIZED (
    SELECT k.id AS profile, w.stack
    FROM profile k
    JOIN hello h ON h.id = k.hello
    JOIN own w ON w.stack = substr(h.ja4, 12, 12)
    WHERE length(h.ja4) = 36 AND (k.flags IS NULL OR k.flags NOT LIKE '%unconfirmed%')
), place AS MATERIALIZED (
    SELECT DISTINCT (id & 9223372036854775807) >> 50 << 50 AS first_id FROM reading WHERE gathered = 0 AND state = 'counts'
), seen AS MATERIALIZED (
    SELECT client, profile FROM contact WHERE first_seen < :until_day * 86400000000
    UNION ALL
    SELECT o.client, o.profile
    FROM place p
    CROSS JOIN observation o ON o.id BETWEEN p.first_id AND p.first_id + 1125899906842623
    CROSS JOIN reading r ON r.id = o.source AND r.gathered = 0
    WHERE o.day < :until_day
    LIMIT 20000
)
SELECT w.stack AS ja4_b,
    (SELECT count(DISTINCT s.client) FROM seen s JOIN kind k ON k.profile = s.profile
        WHERE k.stack = w.stack AND s.client NOT IN (SELECT id FROM asked_host)) AS like_hosts,
    CASE WHEN (SELECT count(*) FROM seen) = 20000 THEN 1 END AS like_is_least
FROM own w
ORDER BY 1

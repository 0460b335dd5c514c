-- The same, with what became of the old client.
CREATE TEMPORARY TABLE verdict_told AS
WITH since_old AS MATERIALIZED ( -- what came after the last old session's day
    SELECT p.machine, p.target, p.lone, sum(b.better) AS better, min(CASE WHEN b.better > 0 THEN b.day END) AS day
    FROM verdict_pair p
    JOIN verdict_day b ON b.machine = p.machine AND b.target = p.target AND b.lone = p.lone AND b.day > p.old_last
    GROUP BY p.machine, p.target, p.lone
), gone AS MATERIALIZED ( -- old before, and none for so many days, with so many better sessions since
    SELECT p.machine, p.target, p.lone, p.old_last, s.day
    FROM verdict_pair p
    JOIN since_old s ON s.machine = p.machine AND s.target = p.target AND s.lone = p.lone
    WHERE p.old_last <= :today - :fixed_days AND s.better >= :fixed_sessions
), trait AS MATERIALIZED ( -- what went on before and since: it is the same machine
    SELECT g.machine, g.target, g.lone, 'mac' AS trait
    FROM gone g
    JOIN verdict_seen s ON s.machine = g.machine AND s.target = g.target AND s.lone = g.lone
    JOIN path w ON w.id = s.path
    JOIN judged j ON j.profile = s.profile
    WHERE w.client_attached = 1 AND w.client_mac IS NOT NULL AND (j.is_legacy = 1 OR s.day > g.old_last)
    GROUP BY g.machine, g.target, g.lone, w.client_mac
    HAVING min(s.day) <= max(g.old_last) AND max(s.day) > max(g.old_last)
    UNION
    SELECT g.machine, g.target, g.lone, 'dhcp'
    FROM gone g
    JOIN (SELECT DISTINCT machine, target, lone, client FROM verdict_seen) s
        ON s.machine = g.machine AND s.target = g.target AND s.lone = g.lone
    JOIN host_name n ON n.host = s.client AND n.source = 'dhcp'
    WHERE n.first_seen < (g.old_last + 1) * 86400000000 AND n.last_seen >= (g.old_last + 1) * 86400000000
        AND NOT EXISTS (SELECT 1 FROM host_name x WHERE x.host = n.host AND x.source = 'dhcp' AND x.name <> n.name)
    UNION
    SELECT g.machine, g.target, g.lone, 'hello'
    FROM gone g
    JOIN verdict_seen s ON s.machine = g.machine AND s.target = g.target AND s.lone = g.lone
    JOIN profile k ON k.id = s.profile
    WHERE k.hello IS NOT NULL
    GROUP BY g.machine, g.target, g.lone, k.hello
    HAVING min(s.day) <= max(g.old_last) AND max(s.day) > max(g.old_last)
)
SELECT p.*, s.better AS better_since_count, s.day AS better_since,
    t.trait,
    CASE WHEN p.old_last IS NULL THEN NULL
        WHEN p.old_last > :today - :fixed_days AND p.again IS NOT NULL THEN 'back again'
        WHEN p.old_last > :today - :fixed_days AND p.better_recent <= p.old_last THEN 'several programs'
        WHEN p.old_last > :today - :fixed_days AND p.better_recent IS NOT NULL THEN 'perhaps updated'
        WHEN p.old_last > :today - :fixed_days THEN NULL
        WHEN s.better >= :fixed_sessions AND t.trait IS NOT NULL THEN 'fixed'
        ELSE 'not seen since' END AS state
FROM verdict_pair p
LEFT JOIN since_old s ON s.machine = p.machine AND s.target = p.target AND s.lone = p.lone
LEFT JOIN (SELECT machine, target, lone, max(trait) AS trait FROM trait GROUP BY machine, target, lone) t
    ON t.machine = p.machine AND t.target = p.target AND t.lone = p.lone

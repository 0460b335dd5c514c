-- How many sessions one client had on each day, by what came of them.
SELECT o.day * 86400 AS date, sum(CASE WHEN j.is_old = 1 THEN o.sessions ELSE 0 END) AS old_sessions,
    sum(CASE WHEN j.is_better = 1 THEN o.sessions ELSE 0 END) AS better_sessions,
    sum(CASE WHEN k.outcome = 'refused' THEN o.sessions ELSE 0 END) AS refused_sessions,
    sum(o.sessions) AS sessions
FROM host_observation o
JOIN judged j ON j.profile = o.profile
JOIN profile k ON k.id = o.profile
WHERE j.is_asked = 1 AND o.day >= :since_day AND o.day < :until_day
GROUP BY o.day
ORDER BY o.day

-- Of them, what was tried with old TLS on each day, and what came of it.
CREATE TEMPORARY TABLE verdict_day AS
SELECT s.machine, s.target, s.lone, s.day,
    sum(CASE WHEN s.is_inspected = 0 AND j.is_legacy = 1 THEN s.sessions ELSE 0 END) AS attempts,
    sum(CASE WHEN s.is_inspected = 0 AND j.is_failing = 1 THEN s.sessions ELSE 0 END) AS refused,
    sum(CASE WHEN s.is_inspected = 0 AND j.is_better = 1 THEN s.sessions ELSE 0 END) AS better,
    sum(CASE WHEN s.is_inspected = 0 AND j.is_old = 1 AND j.is_legacy = 1 THEN s.sessions ELSE 0 END) AS old,
    sum(CASE WHEN s.is_inspected = 0 AND j.is_old = 1 AND j.is_legacy = 1 THEN s.short_lived ELSE 0 END) AS short_lived
FROM verdict_seen s
JOIN judged j ON j.profile = s.profile
GROUP BY s.machine, s.target, s.lone, s.day

-- One row a client and target: old TLS, refusals of the last days, and since when.
CREATE TEMPORARY TABLE verdict_pair AS
WITH old_day AS MATERIALIZED ( -- days with old TLS, refused or not, and the one before each
    SELECT machine, target, lone, day, lag(day) OVER (PARTITION BY machine, target, lone ORDER BY day) AS before
    FROM verdict_day
    WHERE attempts > 0
), returned AS MATERIALIZED ( -- old TLS again, after so many days and sessions without
    SELECT d.machine, d.target, d.lone, d.day AS again
    FROM old_day d
    JOIN verdict_day b ON b.machine = d.machine AND b.target = d.target AND b.lone = d.lone AND b.day > d.before AND b.day < d.day
    WHERE d.day - d.before > :fixed_days
    GROUP BY d.machine, d.target, d.lone, d.day
    HAVING sum(b.better) >= :fixed_sessions
), refused_day AS MATERIALIZED (
    SELECT machine, target, lone, day, lag(day) OVER (PARTITION BY machine, target, lone ORDER BY day) AS before
    FROM verdict_day
    WHERE refused > 0
), refused_since AS MATERIALIZED ( -- the first day of the refusals that are not history
    SELECT machine, target, lone, max(day) AS day
    FROM refused_day
    WHERE before IS NULL OR day - before > :failing_days
    GROUP BY machine, target, lone
), share AS MATERIALIZED ( -- 2026-11-24 3/10
    SELECT machine, target, lone, group_concat(date(day * 86400, 'unixepoch') || ' ' || refused || '/' || attempts) AS days
    FROM (SELECT * FROM verdict_day WHERE refused > 0 AND day > :today - :failing_days ORDER BY machine, target, lone, day) d
    GROUP BY machine, target, lone
), pair AS MATERIALIZED (
    SELECT machine, target, lone, sum(attempts) AS all_attempts, sum(refused) AS all_refused, sum(better) AS better,
        min(CASE WHEN attempts > 0 THEN day END) AS old_first, max(CASE WHEN attempts > 0 THEN day END) AS old_last,
        max(CASE WHEN refused > 0 THEN day END) AS refused_last, max(CASE WHEN better > 0 THEN day END) AS better_last,
        min(CASE WHEN better > 0 AND day > :today - :fixed_days THEN day END) AS better_recent,
        sum(CASE WHEN day > :today - :failing_days THEN attempts ELSE 0 END) AS attempts,
        sum(CASE WHEN day > :today - :failing_days THEN refused ELSE 0 END) AS refused,
        sum(CASE WHEN day > :today - :failing_days THEN old ELSE 0 END) AS old,
        sum(CASE WHEN day > :today - :failing_days THEN short_lived ELSE 0 END) AS short_lived
    FROM verdict_day
    GROUP BY machine, target, lone
)
SELECT p.*, r.day AS refused_since, h.days AS refusals_by_day, a.again
FROM pair p
LEFT JOIN refused_since r ON r.machine = p.machine AND r.target = p.target AND r.lone = p.lone
LEFT JOIN share h ON h.machine = p.machine AND h.target = p.target AND h.lone = p.lone
LEFT JOIN (SELECT machine, target, lone, max(again) AS again FROM returned GROUP BY machine, target, lone) a
    ON a.machine = p.machine AND a.target = p.target AND a.lone = p.lone

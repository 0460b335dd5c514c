-- A row for each client, target and policy: the worst that holds for it as of a day. Without a policy: what was seen
-- alone, where that is worse, or where no policy is offended. A target is a provider or server name with a service;
-- where neither is known, a server. Nothing later than the day is used.
WITH placed AS MATERIALIZED (
    SELECT r.*, row_number() OVER (PARTITION BY machine, target, lone, policy ORDER BY verdict DESC, last_seen DESC, profile, server, path, source) AS place,
        sum(sessions) OVER (PARTITION BY machine, target, lone, policy) AS all_sessions,
        sum(sessions) OVER (PARTITION BY machine, target, lone, policy, verdict) AS worst_sessions,
        min(first_seen) OVER (PARTITION BY machine, target, lone, policy, verdict) AS worst_first_seen
    FROM verdict_offence r
), worst AS MATERIALIZED (
    SELECT p.*, max(CASE WHEN policy IS NOT NULL THEN verdict END) OVER (PARTITION BY machine, target, lone) AS by_policy
    FROM placed p
    WHERE place = 1
), grouped AS MATERIALIZED (
    SELECT machine, target, lone, count(DISTINCT client) AS addresses, max(grouped_by) AS grouped_by
    FROM verdict_seen
    GROUP BY machine, target, lone
)
SELECT c.address AS client, coalesce(k.provider, k.server_name, k.dns_name, v.address) AS "to", k.service, w.verdict, NULL AS sentence, NULL AS statement,
    pl.id AS policy, NULL AS breach, k.cause, NULL AS due, pl.until_day - :today AS days_left, t.state AS became, t.refused_since * 86400 AS since_day,
    t.refused, t.attempts, t.refusals_by_day, t.old_first * 86400 AS old_first_day, t.old_last * 86400 AS old_last_day, t.better AS better_sessions,
    86400 * CASE WHEN t.state = 'back again' THEN t.again ELSE t.better_since END AS changed_day, t.trait, t.refused_last * 86400 AS refused_last_day,
    t.short_lived, g.addresses, CASE WHEN g.addresses > 1 THEN g.grouped_by END AS grouped_by,
    w.worst_sessions AS sessions, w.all_sessions, w.last_seen, w.worst_first_seen AS first_seen, k.offered_max AS offers, j.got, k.evidence,
    CASE WHEN w.is_inspected = 1 THEN (SELECT max(x.issuer) FROM verdict_seen y JOIN certificate x ON x.id = y.certificate
        WHERE y.machine = w.machine AND y.target = w.target AND y.lone = w.lone AND x.chain = 'no public CA') END AS inspected_by,
    c.site, v.address AS server, k.port, coalesce(k.server_name, k.dns_name) AS server_name, k.provider, s.name AS source, w.first_packet AS packet,
    w.policy AS "-policy", w.breach AS "-breach", w.level AS "-level",
    CASE WHEN k.outcome = 'refused' THEN 1 ELSE 0 END AS "-is_refused", w.is_inspected AS "-is_inspected"
FROM worst w
JOIN verdict_told t ON t.machine = w.machine AND t.target = w.target AND t.lone = w.lone
JOIN grouped g ON g.machine = w.machine AND g.target = w.target AND g.lone = w.lone
JOIN host c ON c.id = w.client
JOIN host v ON v.id = w.server
JOIN profile k ON k.id = w.profile
JOIN judged j ON j.profile = w.profile
LEFT JOIN asked_policy pl ON pl.number = w.policy
LEFT JOIN source s ON s.id = w.source
WHERE w.policy IS NOT NULL OR w.by_policy IS NULL OR w.verdict > w.by_policy
ORDER BY w.verdict DESC, coalesce(pl.until_day, 9223372036854775807), w.worst_sessions DESC, c.digits, w.target, v.digits, w.policy

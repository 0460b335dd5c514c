-- Each kind of session by each policy that it offends, and by none; what was fixed is past. With its verdict.
CREATE TEMPORARY TABLE verdict_offence AS
WITH offence AS MATERIALIZED ( -- each kind of session by each policy that it offends, and by none; what was fixed is past
    SELECT s.machine, s.target, s.lone, s.client, s.server, s.profile, s.path, s.source, s.first_packet, s.first_seen, s.last_seen, s.sessions,
        s.is_inspected,
        b.policy, b.breach, b.level, b.breaks, CASE WHEN s.day > :today - :failing_days THEN 1 ELSE 0 END AS is_recent
    FROM verdict_seen s
    JOIN verdict_told t ON t.machine = s.machine AND t.target = s.target AND t.lone = s.lone
    JOIN judged j ON j.profile = s.profile
    JOIN breach b ON b.profile = s.profile AND (b.server IS NULL OR b.server = s.server)
        AND (b.certificate IS NULL OR b.certificate = s.certificate)
    WHERE s.is_inspected = 0 AND (t.state IS NOT 'fixed' OR s.day > t.old_last OR j.is_legacy = 0)
    UNION ALL
    SELECT s.machine, s.target, s.lone, s.client, s.server, s.profile, s.path, s.source, s.first_packet, s.first_seen, s.last_seen, s.sessions,
        s.is_inspected,
        NULL, NULL, NULL, 0, CASE WHEN s.day > :today - :failing_days THEN 1 ELSE 0 END
    FROM verdict_seen s
    JOIN verdict_told t ON t.machine = s.machine AND t.target = s.target AND t.lone = s.lone
    JOIN judged j ON j.profile = s.profile
    WHERE t.state IS NOT 'fixed' OR s.day > t.old_last OR j.is_legacy = 0
)
SELECT o.*, CASE
        WHEN o.is_inspected = 1 THEN :unknown
        WHEN o.policy IS NULL AND j.alone >= :too_new AND o.is_recent = 0 AND j.is_legacy = 0 THEN :unknown
        WHEN o.policy IS NULL AND j.alone >= :too_new AND o.is_recent = 0 THEN :legacy
        WHEN j.is_old = 1 AND t.short_lived >= :short_sessions AND 2 * t.short_lived >= t.old
            AND (o.policy IS NULL OR o.breach IN (:version, :offer)) AND o.is_recent = 1 THEN :login_refused
        WHEN o.policy IS NULL THEN j.alone
        WHEN o.breach IN (:refused, :refused_before) AND o.is_recent = 1 THEN :failing
        WHEN o.breaks = 1 THEN :breaks
        WHEN o.level > 0 THEN :fragile
        WHEN o.breach = :clear_text THEN :exposed
        WHEN o.breach IN (:version, :offer, :refused, :refused_before) AND j.is_legacy = 1 THEN :legacy
        ELSE :fragile END AS verdict
FROM offence o
JOIN verdict_told t ON t.machine = o.machine AND t.target = o.target AND t.lone = o.lone
JOIN judged j ON j.profile = o.profile

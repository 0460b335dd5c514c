-- A row of `report verdicts`, whose client, target, policy and numbers are known (src/query/verdict_rows.c): what is shown
-- of it. Its evidence is the contact that :client, :server and :profile name, and :last_observation.
SELECT c.address AS client, coalesce(k.provider, k.server_name, k.dns_name, v.address) AS "to", k.service, CAST(:verdict AS INTEGER) AS verdict,
    NULL AS sentence, NULL AS statement, pl.id AS policy, NULL AS breach, k.cause, NULL AS due, :ends_day - :today AS days_left,
    :became AS became, :refused_since * 86400 AS since_day, :refused AS refused, :attempts AS attempts, :refusals AS refusals_by_day,
    :old_first * 86400 AS old_first_day, :old_last * 86400 AS old_last_day, :better AS better_sessions, :changed * 86400 AS changed_day,
    :kept AS trait, :refused_last * 86400 AS refused_last_day, :short_lived AS short_lived, :addresses AS addresses, :grouped_by AS grouped_by,
    :sessions AS sessions, :all_sessions AS all_sessions, :last_seen AS last_seen, :first_seen AS first_seen, k.offered_max AS offers, j.got, k.evidence,
    (SELECT issuer FROM certificate WHERE id = :middlebox) AS inspected_by,
    c.site, v.address AS server, k.port, coalesce(k.server_name, k.dns_name) AS server_name, k.provider, s.name AS source, o.first_packet AS packet,
    :policy AS "-policy", CASE WHEN k.outcome = 'refused' THEN 1 ELSE 0 END AS "-is_refused", k.refused_by AS "-refused_by"
FROM profile k
JOIN judged j ON j.profile = k.id
JOIN host c ON c.id = :client
JOIN host v ON v.id = :server
LEFT JOIN asked_policy pl ON pl.number = :policy
LEFT JOIN observation o ON o.id = :last_observation
LEFT JOIN source s ON s.id = o.source
WHERE k.id = :profile

-- One row: how many clients there are, how they are judged, and what was seen of their sessions. That a client does
-- better is looked for in all its sessions up to the last day asked for, whatever else is asked.
WITH seen AS (
    SELECT o.client, o.sessions, k.cause, k.service, j.*,
        CASE WHEN j.is_asked = 1 AND o.day >= :since_day
            AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host)) THEN 1 ELSE 0 END AS asked
    FROM observation o
    JOIN judged j ON j.profile = o.profile
    JOIN profile k ON k.id = o.profile
    WHERE o.day < :until_day AND (j.is_asked = 1 OR j.is_better = 1)
), per_client AS (
    SELECT max(asked * is_counted) AS is_client,
        max(asked * CASE WHEN cause = 'client' THEN 1 ELSE 0 END) AS by_client,
        max(asked * CASE WHEN cause = 'server' THEN 1 ELSE 0 END) AS by_server,
        max(asked * CASE WHEN cause = 'fallback' THEN 1 ELSE 0 END) AS by_fallback,
        max(asked * CASE WHEN cause = 'unknown' THEN 1 ELSE 0 END) AS by_unknown,
        max(asked * CASE WHEN cause = 'too_new' THEN 1 ELSE 0 END) AS is_too_new,
        max(asked * is_failing) AS is_failing, max(asked * is_exposed) AS is_exposed, max(is_better) AS is_better,
        max(asked * is_unconfirmed) AS is_unconfirmed,
        sum(asked * is_counted * sessions) AS sessions, sum(asked * is_handshake * sessions) AS handshake,
        sum(asked * is_midstream * sessions) AS midstream, sum(asked * is_one_sided * sessions) AS one_sided,
        sum(asked * is_unknown * sessions) AS unknown, sum(asked * is_unconfirmed * sessions) AS unconfirmed,
        sum(asked * is_counted * is_contradictory * sessions) AS contradictory,
        sum(asked * is_counted * CASE WHEN service = 'tls' THEN sessions ELSE 0 END) AS other
    FROM seen
    GROUP BY client
)
SELECT coalesce(sum(is_client), 0) AS clients,
    sum(CASE WHEN by_client + by_server + by_fallback + by_unknown > 0 THEN 1 ELSE 0 END) AS legacy_clients,
    sum(by_client) AS client, sum(by_server) AS server, sum(by_fallback) AS fallback, sum(by_unknown) AS unknown_cause,
    sum(CASE WHEN by_client + by_server + by_fallback + by_unknown > 1 THEN 1 ELSE 0 END) AS several_causes,
    sum(by_client * is_better) AS mixed_clients, sum(is_failing) AS failing_clients,
    sum(is_exposed) AS cleartext_clients, sum(is_too_new) AS too_new_clients,
    sum(is_unconfirmed * (1 - is_client)) AS unconfirmed_clients, sum(sessions) AS sessions,
    sum(handshake) AS handshake_sessions, sum(midstream) AS midstream_sessions, sum(one_sided) AS one_sided_sessions,
    sum(unknown) AS unknown_sessions, sum(other) AS other_sessions, sum(unconfirmed) AS unconfirmed_sessions,
    sum(contradictory) AS contradictory_sessions
FROM per_client

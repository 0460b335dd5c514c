-- One row: how many servers there are, how many of them chose less than TLS 1.2, and how many of these have addresses
-- of private networks (RFC 1918, RFC 4193) or of the link (RFC 4291 2.5.6).
SELECT count(*) AS servers, coalesce(sum(s.is_old), 0) AS legacy_servers,
    coalesce(sum(CASE WHEN s.is_old = 1 AND (
            h.digits BETWEEN '00000000000000000000ffff0a000000' AND '00000000000000000000ffff0affffff'
            OR h.digits BETWEEN '00000000000000000000ffffac100000' AND '00000000000000000000ffffac1fffff'
            OR h.digits BETWEEN '00000000000000000000ffffc0a80000' AND '00000000000000000000ffffc0a8ffff'
            OR h.digits BETWEEN 'fc' AND 'fe' OR h.digits BETWEEN 'fe8' AND 'fec')
        THEN 1 ELSE 0 END), 0) AS private_legacy_servers
FROM (SELECT o.server, max(j.is_old) AS is_old
    FROM observation o
    JOIN judged j ON j.profile = o.profile
    WHERE j.is_asked = 1 AND j.is_counted = 1 AND o.day >= :since_day AND o.day < :until_day
        AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host))
    GROUP BY o.server) s
JOIN host h ON h.id = s.server

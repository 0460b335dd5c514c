-- The servers that were asked for by this name, in capitals or not, by all contacts (see contacts.sql). Of DNS a client may have asked for
-- several, joined by commas.
WITH named AS MATERIALIZED (
    SELECT id FROM profile
    WHERE lower(server_name) = lower(:text)
        OR replace(',' || lower(dns_name) || ',', ',' || lower(:text) || ',', '') <> ',' || lower(dns_name) || ','
), place AS MATERIALIZED (
    SELECT DISTINCT (id & 9223372036854775807) >> 50 << 50 AS first_id FROM reading WHERE gathered = 0 AND state = 'counts'
), seen AS (
    SELECT server, profile FROM contact
    UNION ALL
    SELECT o.server, o.profile
    FROM place p
    CROSS JOIN observation o ON o.id BETWEEN p.first_id AND p.first_id + 1125899906842623
    CROSS JOIN reading r ON r.id = o.source AND r.gathered = 0
    WHERE EXISTS (SELECT 1 FROM contact)
    UNION ALL
    SELECT server, profile FROM observation WHERE NOT EXISTS (SELECT 1 FROM contact)
)
SELECT DISTINCT server FROM seen WHERE profile IN (SELECT id FROM named)

-- The observations of the clients of `asked_host`, gathered or not (see contacts.sql): made for one question about
-- one host, and gone after it. PostgreSQL: CREATE TEMPORARY TABLE ... AS, too.
CREATE TEMPORARY TABLE host_observation AS
WITH place AS MATERIALIZED (
    SELECT DISTINCT (id & 9223372036854775807) >> 50 << 50 AS first_id FROM reading WHERE gathered = 0 AND state = 'counts'
)
SELECT o.*
FROM asked_host a
CROSS JOIN client_observation t ON t.client = a.id
CROSS JOIN observation o ON o.id = t.observation
UNION ALL
SELECT o.*
FROM place p
CROSS JOIN observation o ON o.id BETWEEN p.first_id AND p.first_id + 1125899906842623
CROSS JOIN reading r ON r.id = o.source AND r.gathered = 0
WHERE o.client IN (SELECT id FROM asked_host)

-- Each host, and each once more with its own MAC address, where no router lies between it and the sensor: by all contacts
-- (see contacts.sql).
WITH place AS MATERIALIZED (
    SELECT DISTINCT (id & 9223372036854775807) >> 50 << 50 AS first_id FROM reading WHERE gathered = 0 AND state = 'counts'
), seen AS (
    SELECT client, path FROM contact
    UNION ALL
    SELECT o.client, o.path
    FROM place p
    CROSS JOIN observation o ON o.id BETWEEN p.first_id AND p.first_id + 1125899906842623
    CROSS JOIN reading r ON r.id = o.source AND r.gathered = 0
    WHERE EXISTS (SELECT 1 FROM contact)
    UNION ALL
    SELECT client, path FROM observation WHERE NOT EXISTS (SELECT 1 FROM contact)
)
SELECT h.id, h.address, NULL AS mac, h.site FROM host h
UNION
SELECT h.id, h.address, w.client_mac, h.site FROM seen o
JOIN path w ON w.id = o.path
JOIN host h ON h.id = o.client
WHERE :macs IS NOT NULL AND w.client_mac IS NOT NULL AND w.client_attached = 1

-- IPv6 addresses of one client, where it has several: `machine` is one number for all of them, the smallest of their ids.
-- One MAC address, where no router lies between, or one DHCP name; where neither is known, temporary addresses (RFC 8981)
-- of one /64.
WITH attached AS MATERIALIZED ( -- paths of hosts that no router lies before
    SELECT id, client_mac FROM path WHERE client_attached = 1 AND client_mac IS NOT NULL
), seen AS ( -- IPv6 hosts, and whether their address looks made up for a while
    SELECT h.id, site, substr(digits, 1, 16) AS network,
        (SELECT min(n.name) FROM host_name n WHERE n.host = h.id AND n.source = 'dhcp') AS name,
        CASE WHEN substr(digits, 23, 4) <> 'fffe' AND substr(digits, 17, 8) <> '00000000' THEN 1 ELSE 0 END AS is_temporary
    FROM host h
    WHERE substr(digits, 1, 24) <> '00000000000000000000ffff'
), six AS MATERIALIZED ( -- those of which something may tell that they are one
    SELECT * FROM seen WHERE is_temporary = 1 OR EXISTS (SELECT 1 FROM attached) OR name IS NOT NULL
), mac AS MATERIALIZED (
    SELECT s.id AS client, min(w.client_mac) AS mac
    FROM six s
    CROSS JOIN contact c ON c.client = s.id
    JOIN attached w ON w.id = c.path
    WHERE EXISTS (SELECT 1 FROM attached) AND c.first_seen < :until
    GROUP BY s.id
), place AS MATERIALIZED (
    SELECT DISTINCT (id & 9223372036854775807) >> 50 << 50 AS first_id FROM reading WHERE gathered = 0 AND state = 'counts'
), loose AS MATERIALIZED ( -- the same of readings that are not gathered yet (see contacts.sql)
    SELECT o.client, min(w.client_mac) AS mac
    FROM place p
    CROSS JOIN observation o ON o.id BETWEEN p.first_id AND p.first_id + 1125899906842623
    JOIN attached w ON w.id = o.path
    WHERE o.day < :until_day
    GROUP BY o.client
), known AS (
    SELECT s.id, s.site, s.network, s.name, s.is_temporary, coalesce(m.mac, l.mac) AS mac
    FROM six s
    LEFT JOIN mac m ON m.client = s.id
    LEFT JOIN loose l ON l.client = s.id
), grouped AS (
    SELECT id, CASE WHEN mac IS NOT NULL THEN min(id) OVER (PARTITION BY site, mac)
            WHEN name IS NOT NULL THEN min(id) OVER (PARTITION BY site, name, mac)
            WHEN is_temporary = 1 THEN min(id) OVER (PARTITION BY site, network, name, mac, is_temporary) END AS machine,
        CASE WHEN mac IS NOT NULL THEN 'mac' WHEN name IS NOT NULL THEN 'dhcp' ELSE '/64' END AS grouped_by
    FROM known
)
SELECT id, machine, grouped_by
FROM (SELECT id, machine, grouped_by, count(*) OVER (PARTITION BY machine) AS addresses FROM grouped WHERE machine IS NOT NULL) g
WHERE addresses > 1

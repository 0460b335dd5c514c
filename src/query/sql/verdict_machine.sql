-- One row an IPv6 host of a client with several addresses: `machine` is one number for all of them.
CREATE TEMPORARY TABLE verdict_machine AS
WITH mac AS MATERIALIZED ( -- of hosts that no router lies before
    SELECT DISTINCT o.client, w.client_mac AS mac
    FROM observation o
    JOIN path w ON w.id = o.path
    WHERE w.client_attached = 1 AND w.client_mac IS NOT NULL AND o.day < :until_day
), six AS MATERIALIZED ( -- IPv6 hosts: whose they are, and whether their address looks made up for a while (RFC 8981)
    SELECT h.id, h.site, substr(h.digits, 1, 16) AS network,
        (SELECT min(m.mac) FROM mac m WHERE m.client = h.id) AS mac,
        (SELECT min(n.name) FROM host_name n WHERE n.host = h.id AND n.source = 'dhcp') AS name,
        CASE WHEN substr(h.digits, 23, 4) <> 'fffe' AND substr(h.digits, 17, 8) <> '00000000' THEN 1 ELSE 0 END AS is_temporary
    FROM host h
    WHERE substr(h.digits, 1, 24) <> '00000000000000000000ffff'
)
SELECT id, CASE WHEN mac IS NOT NULL THEN min(id) OVER (PARTITION BY site, mac)
        WHEN name IS NOT NULL THEN min(id) OVER (PARTITION BY site, name, mac)
        WHEN is_temporary = 1 THEN min(id) OVER (PARTITION BY site, network, name, mac, is_temporary)
        ELSE id END AS machine,
    CASE WHEN mac IS NOT NULL THEN 'mac' WHEN name IS NOT NULL THEN 'dhcp' WHEN is_temporary = 1 THEN '/64' END AS grouped_by
FROM six

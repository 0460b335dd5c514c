-- Had a client one DHCP name, and no other, before a moment and since?
SELECT 1
FROM host_name n
WHERE n.host = :client AND n.source = 'dhcp' AND n.first_seen < :after AND n.last_seen >= :after
    AND NOT EXISTS (SELECT 1 FROM host_name x WHERE x.host = n.host AND x.source = 'dhcp' AND x.name <> n.name)
LIMIT 1

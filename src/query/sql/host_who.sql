-- What is known of who one host is, and by what; the latest of each first.
SELECT what, value AS known_value, told_by, max(last_seen) AS last_seen
FROM (SELECT CASE n.source WHEN 'dhcp' THEN 'name' WHEN 'dhcp_class' THEN 'vendor class' WHEN 'dhcp_mac' THEN 'MAC address'
            ELSE n.source END AS what, n.name AS value, 'DHCP' AS told_by, n.last_seen
    FROM host_name n WHERE n.host IN (SELECT id FROM asked_host)
    UNION ALL
    SELECT 'MAC address', w.client_mac, CASE w.client_attached WHEN 1 THEN 'its packets; no router lies between'
            ELSE 'its packets; it may be that of a router' END, o.last_seen
    FROM host_observation o JOIN path w ON w.id = o.path
    WHERE w.client_mac IS NOT NULL AND o.day < :until_day
    UNION ALL
    SELECT 'program', k.client_software, 'IMAP ID', o.last_seen
    FROM host_observation o JOIN profile k ON k.id = o.profile
    WHERE k.client_software IS NOT NULL AND o.day < :until_day) known
GROUP BY what, value, told_by
ORDER BY what DESC, 4 DESC, value, told_by

-- A row of `report clients`, whose client, worst contact and numbers are known (src/query/client_rows.c): what is shown
-- of it. The contact is named by :client, :server, :profile, :path; its evidence is :last_observation.
SELECT c.address AS client, coalesce(k.provider, k.server_name, k.dns_name, v.address) AS "to",
    (SELECT n.name FROM host_name n WHERE n.host = c.id AND n.source = 'dhcp' ORDER BY n.last_seen DESC, n.name LIMIT 1) AS name,
    NULL AS owner, k.service,
    CAST(:verdict AS INTEGER) AS verdict, k.offered_max AS offers, j.got, k.cause, j.step AS what_to_do, NULL AS due, CASE WHEN :verdict = j.verdict THEN j.policy END AS policy,
    :sessions AS sessions, :all_sessions AS all_sessions, :last_seen AS last_seen, j.notes AS note,
    :ends_day - :today AS days_left, k.evidence, c.site, v.address AS server, k.port, coalesce(k.server_name, k.dns_name) AS server_name, k.provider,
    :first_seen AS first_seen, s.name AS source, s.kind AS source_kind, o.first_packet AS packet, h.ja4, w.proxy_address AS proxy, NULL AS place,
    NULL AS remark, NULL AS may_be, NULL AS helps, NULL AS told_by, NULL AS other_help, k.client_software,
    k.refused_by, a.cipher, t.subject AS certificate_subject, t.issuer AS certificate_issuer, t.not_after AS certificate_not_after,
    coalesce(k.server_name, k.dns_name) AS "-asked_name", k.starttls AS "-starttls", h.sslv2_format AS "-sslv2_format",
    (SELECT group_concat(n.name, ' ') FROM host_name n WHERE n.host = c.id AND n.source <> 'dhcp_mac') AS "-host",
    CASE WHEN w.client_attached = 1 THEN w.client_mac END AS "-client_mac"
FROM profile k
JOIN judged j ON j.profile = k.id
JOIN host c ON c.id = :client
JOIN host v ON v.id = :server
LEFT JOIN observation o ON o.id = :last_observation
LEFT JOIN source s ON s.id = o.source
LEFT JOIN hello h ON h.id = k.hello
LEFT JOIN answer a ON a.id = k.answer
LEFT JOIN certificate t ON t.id = o.certificate
LEFT JOIN path w ON w.id = :path
WHERE k.id = :profile

-- The kinds of sessions by server, and by certificate, for the policies that have networks, or demand keys of a size (see contacts.sql): the
-- columns are those of profiles.sql.
WITH place AS MATERIALIZED (
    SELECT DISTINCT (id & 9223372036854775807) >> 50 << 50 AS first_id FROM reading WHERE gathered = 0 AND state = 'counts'
), seen AS MATERIALIZED (
    SELECT DISTINCT profile, CASE WHEN :by_server = 1 THEN server END AS server,
        CASE WHEN :by_certificate = 1 THEN nullif(certificate, 0) END AS certificate
    FROM (SELECT DISTINCT server, profile, certificate FROM contact
        UNION ALL
        SELECT o.server, o.profile, o.certificate
        FROM place p
        CROSS JOIN observation o ON o.id BETWEEN p.first_id AND p.first_id + 1125899906842623
        CROSS JOIN reading r ON r.id = o.source AND r.gathered = 0
        WHERE EXISTS (SELECT 1 FROM contact)
        UNION ALL
        SELECT server, profile, certificate FROM observation WHERE NOT EXISTS (SELECT 1 FROM contact)) kind
)
SELECT k.id, k.outcome, k.evidence, k.offered_max, k.negotiated, k.cause, k.login, k.starttls, k.flags, k.directions,
    a.downgrade, NULL AS is_nameless, NULL AS target,
    k.provider, coalesce(k.server_name, k.dns_name) AS server_name, k.service, a.cipher, h.cipher_suites, h.lists_cut, a.key_group, a.group_bits,
    s.server, s.certificate, v.digits AS server_digits, t.key_type, t.key_bits, k.refused_by
FROM seen s
JOIN profile k ON k.id = s.profile
LEFT JOIN answer a ON a.id = k.answer
LEFT JOIN hello h ON h.id = k.hello
LEFT JOIN host v ON v.id = s.server
LEFT JOIN certificate t ON t.id = s.certificate

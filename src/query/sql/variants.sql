-- The kinds of sessions by server, and by certificate, for the policies that have networks, or demand keys of a size: the
-- columns are those of profiles.sql.
WITH seen AS MATERIALIZED (
    SELECT DISTINCT profile, CASE WHEN :by_server = 1 THEN server END AS server,
        CASE WHEN :by_certificate = 1 THEN certificate END AS certificate
    FROM observation
)
SELECT k.id, k.outcome, k.evidence, k.offered_max, k.negotiated, k.cause, k.login, k.starttls, k.flags, k.directions,
    a.downgrade, NULL AS is_nameless, NULL AS target,
    k.provider, k.server_name, k.service, a.cipher, h.cipher_suites, h.lists_cut, a.key_group, a.group_bits,
    s.server, s.certificate, v.digits AS server_digits, t.key_type, t.key_bits
FROM seen s
JOIN profile k ON k.id = s.profile
LEFT JOIN answer a ON a.id = k.answer
LEFT JOIN hello h ON h.id = k.hello
LEFT JOIN host v ON v.id = s.server
LEFT JOIN certificate t ON t.id = s.certificate

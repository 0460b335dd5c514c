-- A row for each kind of session between two hosts on a day, in the order of time, with its evidence. LIMIT makes
-- SQLite keep that order while the texts are looked up: what is sorted are numbers.
WITH sorted AS (
    SELECT o.*
    FROM observation o
    JOIN judged j ON j.profile = o.profile
    WHERE j.is_asked = 1 AND o.day >= :since_day AND o.day < :until_day
        AND (:hosts IS NULL OR o.client IN (SELECT id FROM asked_host) OR o.server IN (SELECT id FROM asked_host))
    ORDER BY o.first_seen, o.id
    LIMIT 9223372036854775807
)
SELECT c.address AS client, v.address AS server, k.port, k.service, k.offered_max AS offers, k.negotiated, k.outcome,
    k.refused_by, k.cause, k.evidence, o.sessions, o.first_seen, s.name AS source, o.first_packet, o.last_seen,
    coalesce(l.name, s.name) AS last_source, o.last_packet, c.site, k.server_name, k.provider, k.provider_source,
    k.starttls, k.flags, k.login, o.short_lived, o.gaps, k.directions, k.client_alert, k.server_alert,
    k.foreign_protocol AS "foreign", h.offered, h.ja3, h.ja4, a.cipher, a.key_group AS "group", a.ja3s, a.alpn,
    a.resumed, t.sha256 AS certificate_sha256, t.subject AS certificate_subject, t.issuer AS certificate_issuer,
    t.not_before AS certificate_not_before, t.not_after AS certificate_not_after, t.key_type AS certificate_key_type,
    t.key_bits AS certificate_key_bits, t.signature AS certificate_signature, t.chain AS certificate_chain, a.wire_version, a.group_bits,
    a.retry_request, a.downgrade, h.legacy_version, h.alpn AS offered_alpn, h.sslv2_format, h.fallback_scsv, h.ech,
    h.cipher_suites, h.supported_versions, h.supported_groups, h.signature_algorithms, h.lists_cut,
    -- the lowest version offered: without supported_versions, or with a part of it, nobody knows
    CASE WHEN h.supported_versions IS NULL OR h.lists_cut = 1 THEN NULL
        WHEN h.supported_versions LIKE '%0300%' THEN 'SSL 3.0' WHEN h.supported_versions LIKE '%0301%' THEN 'TLS 1.0'
        WHEN h.supported_versions LIKE '%0302%' THEN 'TLS 1.1' WHEN h.supported_versions LIKE '%0303%' THEN 'TLS 1.2'
        WHEN h.supported_versions LIKE '%0304%' OR h.supported_versions LIKE '%7f__%' THEN 'TLS 1.3' END AS offered_min,
    w.client_mac, w.server_mac, w.vlans, w.tunnel, w.tunnel_id, w.proxy_address AS proxy, w.proxy_port,
    k.dns_name, k.server_name_source, k.client_software, k.server_software, k.greeting, w.client_attached
FROM sorted o
JOIN profile k ON k.id = o.profile
JOIN host c ON c.id = o.client
JOIN host v ON v.id = o.server
LEFT JOIN source s ON s.id = o.source
LEFT JOIN source l ON l.id = o.last_source
LEFT JOIN hello h ON h.id = k.hello
LEFT JOIN answer a ON a.id = k.answer
LEFT JOIN certificate t ON t.id = o.certificate
LEFT JOIN path w ON w.id = o.path

-- The judgements, for a walk through all contacts (src/query/judged_profiles.c, in this order).
SELECT j.profile, j.target, k.cause, j.is_nameless,
    j.is_asked, j.is_counted, j.is_legacy, j.is_failing, j.is_exposed, j.is_old, j.is_better, j.is_unconfirmed,
    j.is_handshake, j.is_midstream, j.is_one_sided, j.is_unknown, k.service, j.is_contradictory,
    k.server_name IS NULL AS has_no_sni, CASE WHEN k.server_name_source = 'dns' THEN 1 ELSE 0 END AS is_named_by_dns,
    dense_rank() OVER (ORDER BY k.port, k.service) AS place, k.provider IS NOT NULL AS has_provider, j.alone, k.hello,
    CASE WHEN k.outcome = 'refused' THEN 1 ELSE 0 END AS is_refused,
    dense_rank() OVER (ORDER BY CASE WHEN k.outcome = 'refused' THEN 'refused' ELSE coalesce(k.negotiated,
        CASE WHEN j.got = 'no TLS' THEN 'no TLS' ELSE 'not known' END) END) AS became,
    dense_rank() OVER (ORDER BY k.port, k.service, j.got, a.cipher, a.key_group, k.provider) AS suite
FROM judged j
JOIN profile k ON k.id = j.profile
LEFT JOIN answer a ON a.id = k.answer

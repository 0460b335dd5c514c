-- The kinds of sessions, with the facts that a verdict needs. `target` is one number for all that go to the same
-- provider or server name (that of SNI, else what the client had asked DNS for) by the same service; without either (nameless) each server is a target of its own.
SELECT k.id, k.outcome, k.evidence, k.offered_max, k.negotiated, k.cause, k.login, k.starttls, k.flags, k.directions,
    a.downgrade,
    CASE WHEN coalesce(k.provider, k.server_name, k.dns_name) IS NULL THEN 1 ELSE 0 END AS is_nameless,
    min(k.id) OVER (PARTITION BY coalesce(k.provider, k.server_name, k.dns_name), k.service) AS target,
    k.provider, coalesce(k.server_name, k.dns_name) AS server_name, k.service, a.cipher, h.cipher_suites, h.lists_cut, a.key_group, a.group_bits,
    NULL AS server, NULL AS certificate, NULL AS server_digits, NULL AS key_type, NULL AS key_bits, k.refused_by
FROM profile k
LEFT JOIN hello h ON h.id = k.hello
LEFT JOIN answer a ON a.id = k.answer

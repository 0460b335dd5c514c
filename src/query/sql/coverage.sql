-- A row for each source: what was seen of it, and what was not. PostgreSQL says string_agg for group_concat.
WITH asked AS (
    SELECT * FROM source WHERE ended >= :since AND started < :until
), blindness AS (
    SELECT source, count(*) AS minutes, min(minute) AS first, max(minute) AS last FROM blind GROUP BY source
), fates AS (
    SELECT source,
        sum(CASE fate WHEN 'used' THEN packets ELSE 0 END) AS used,
        sum(CASE fate WHEN 'duplicate' THEN packets ELSE 0 END) AS duplicate,
        sum(CASE fate WHEN 'settled' THEN packets ELSE 0 END) AS settled,
        sum(CASE fate WHEN 'no_flow' THEN packets ELSE 0 END) AS no_flow,
        sum(CASE fate WHEN 'not_mail' THEN packets ELSE 0 END) AS not_mail,
        sum(CASE fate WHEN 'not_tcp' THEN packets ELSE 0 END) AS not_tcp,
        sum(CASE fate WHEN 'fragment_held' THEN packets ELSE 0 END) AS fragment_held,
        sum(CASE fate WHEN 'not_ip' THEN packets ELSE 0 END) AS not_ip,
        sum(CASE fate WHEN 'link_unknown' THEN packets ELSE 0 END) AS link_unknown,
        sum(CASE fate WHEN 'malformed' THEN packets ELSE 0 END) AS malformed,
        sum(CASE fate WHEN 'cut_short' THEN packets ELSE 0 END) AS cut_short,
        sum(CASE fate WHEN 'too_deep' THEN packets ELSE 0 END) AS too_deep,
        sum(CASE fate WHEN 'given_up' THEN packets ELSE 0 END) AS given_up
    FROM fate
    GROUP BY source
), foreigners AS (
    SELECT source,
        group_concat(kind || ' ' || CASE number WHEN 0 THEN 'others' ELSE number END
            || coalesce(' (' || name || ')', '') || ': ' || packets, ', ') AS list
    FROM unknown
    GROUP BY source
)
SELECT s.name AS source,
    CASE WHEN s.failed = 1 THEN CASE WHEN s.packets = 0 THEN 'unread' ELSE 'damaged' END
        WHEN s.complete = 1 THEN 'complete' ELSE 'incomplete' END AS state,
    s.packets, s.dropped, s.down_seconds, s.started, s.ended, s.kind, f.used, f.duplicate, f.settled, f.no_flow,
    f.not_mail, f.not_tcp, f.fragment_held, f.not_ip, f.link_unknown, f.malformed, f.cut_short, f.too_deep, f.given_up,
    s.bytes, s.interface_dropped, b.minutes AS blind_minutes, b.first * 60000000 AS blind_first,
    b.last * 60000000 AS blind_last, s.truncated, s.flows, s.scans, s.gaps, s.gap_bytes, s.overlaps, s.given_up_flows,
    s.given_up_sessions, s.given_up_fragments, s.contradictory, s.unstored, u.list AS not_understood, s.site, s.observer, s.dns_answers,
    s.dns_unasked, s.names_unread
FROM asked s
LEFT JOIN blindness b ON b.source = s.id
LEFT JOIN fates f ON f.source = s.id
LEFT JOIN foreigners u ON u.source = s.id
ORDER BY s.started, s.name

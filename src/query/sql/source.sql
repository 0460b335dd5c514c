-- The readings that count, as the schema's own view of that name says it: one of the file is never asked.
CREATE TEMPORARY VIEW source AS
SELECT id, kind, name, site, observer, max(started, coalesce(kept_from * 86400000000, started)) AS started, ended, packets,
    bytes, dropped, interface_dropped, down_seconds, truncated, flows, scans, gaps, gap_bytes, overlaps, given_up_flows,
    given_up_sessions, given_up_fragments, contradictory, unstored, dns_answers, dns_unasked, names_unread,
    continues, failed, complete
FROM main.reading
WHERE state = 'counts'

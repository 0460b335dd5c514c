-- One row: what was read and watched in the time that is asked for, and what was missed. `gap`: of each interface, when
-- its runs so far had ended before another began; its threads are named eth1#1, eth1#2, ...
WITH asked AS (
    SELECT * FROM source WHERE ended >= :since AND started < :until
), run AS (
    SELECT started, max(ended) OVER (PARTITION BY site, observer,
            CASE WHEN name LIKE '%#%' THEN rtrim(rtrim(name, '0123456789'), '#') ELSE name END
            ORDER BY started ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended
    FROM source WHERE kind = 'interface'
), gap AS (
    SELECT CASE WHEN started < :until THEN started ELSE :until END AS until,
        CASE WHEN ended > :since THEN ended ELSE :since END AS since
    FROM run WHERE started > ended
)
SELECT count(*) AS sources, sum(packets) AS packets, sum(dropped + interface_dropped) AS dropped,
    sum(given_up_flows + given_up_sessions) AS given_up, sum(unstored) AS unstored,
    sum(CASE WHEN complete = 0 AND failed = 0 THEN 1 ELSE 0 END) AS incomplete_sources,
    sum(failed) AS failed_sources, sum(gaps) AS gaps, sum(truncated) AS truncated,
    (SELECT sum(u.packets) FROM unknown u WHERE u.kind = 'link type' AND u.source IN (SELECT id FROM asked))
        AS unknown_link_packets,
    (SELECT sum(down_seconds) FROM blind WHERE (minute + 1) * 60000000 > :since AND minute * 60000000 < :until)
        AS down_seconds,
    (SELECT sum(until - since) / 1000000 FROM gap WHERE until > since) AS unwatched_seconds,
    max(CASE WHEN packets > 0 THEN 1 ELSE 0 END) AS has_times,
    max(min(CASE WHEN packets > 0 THEN started END), :since) AS first_time,
    min(max(CASE WHEN packets > 0 THEN ended END), :until - 1) AS last_time
FROM asked

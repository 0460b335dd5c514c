-- What one client's programs offer: a row for each hello, the latest first.
SELECT k.offered_max AS offers, h.offered, h.ja3, h.ja4, h.sslv2_format, h.cipher_suites, sum(o.sessions) AS sessions,
    max(o.last_seen) AS last_seen
FROM host_observation o
JOIN judged j ON j.profile = o.profile
JOIN profile k ON k.id = o.profile
JOIN hello h ON h.id = k.hello
WHERE j.is_asked = 1 AND o.day >= :since_day AND o.day < :until_day
GROUP BY k.offered_max, h.id
ORDER BY 8 DESC, h.id

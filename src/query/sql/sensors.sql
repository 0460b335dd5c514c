-- The sensors of a centre of which something is wrong, as it was when the centre was asked. Times are microseconds; the bounds are those of the
-- centre's view `sensors`: not heard for an hour, changes that had not come, rolled back within a week, a clock a minute ahead or late.
SELECT coalesce(observer, uuid) AS observer, coalesce(site, '') AS site, asked, coalesce(received, 0) AS received, newest - revision AS behind,
    coalesce(sent - received, 0) AS ahead, coalesce(rolled_back, 0) AS rolled_back,
    CASE WHEN received IS NULL OR asked - received > 3600000000 THEN 1 ELSE 0 END AS is_silent,
    CASE WHEN rolled_back > asked - 604800000000 THEN 1 ELSE 0 END AS is_rolled_back,
    CASE WHEN abs(sent - received) > 60000000 THEN 1 ELSE 0 END AS is_wrong_clock
FROM sensor
WHERE received IS NULL OR asked - received > 3600000000 OR newest > revision OR rolled_back > asked - 604800000000
    OR abs(sent - received) > 60000000
ORDER BY received, uuid

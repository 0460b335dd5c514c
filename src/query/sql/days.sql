-- How many clients were seen on each day, each by the worst verdict of its sessions on that day, as of that day.
SELECT day, verdict, clients
FROM day_verdict
ORDER BY day, verdict

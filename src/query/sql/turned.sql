-- Who it is that turned: a client, the server and the profile of what it did.
SELECT c.address AS client, coalesce(k.provider, k.server_name, k.dns_name, v.address) AS "to", k.service, k.offered_max
FROM host c, host v, profile k
WHERE c.id = :client AND v.id = :server AND k.id = :profile

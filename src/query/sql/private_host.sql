-- Has a host an address of private networks (RFC 1918, RFC 4193) or of the link (RFC 4291 2.5.6)?
SELECT CASE WHEN digits BETWEEN '00000000000000000000ffff0a000000' AND '00000000000000000000ffff0affffff'
        OR digits BETWEEN '00000000000000000000ffffac100000' AND '00000000000000000000ffffac1fffff'
        OR digits BETWEEN '00000000000000000000ffffc0a80000' AND '00000000000000000000ffffc0a8ffff'
        OR digits BETWEEN 'fc' AND 'fe' OR digits BETWEEN 'fe8' AND 'fec'
    THEN 1 ELSE 0 END AS is_private
FROM host
WHERE id = :host

-- The hosts on both sides of an address.
SELECT address FROM (SELECT address, digits FROM host WHERE digits < :digits ORDER BY digits DESC LIMIT 3) below
UNION
SELECT address FROM (SELECT address, digits FROM host WHERE digits > :digits ORDER BY digits LIMIT 3) above

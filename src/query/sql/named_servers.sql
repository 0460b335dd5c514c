-- The servers that were asked for by this name, in capitals or not.
WITH named AS MATERIALIZED (
    SELECT id FROM profile WHERE lower(server_name) = lower(:text) OR lower(dns_name) = lower(:text)
)
SELECT server FROM contact WHERE profile IN (SELECT id FROM named)
UNION
SELECT server FROM observation WHERE profile IN (SELECT id FROM named)

-- Names that have the beginning of a text in them, or its domain.
SELECT name FROM (SELECT name FROM host_name WHERE source = 'dhcp'
    UNION SELECT server_name FROM profile WHERE server_name IS NOT NULL) known
WHERE instr(lower(name), lower(substr(:text, 1, 3))) > 0
    OR (instr(:text, '.') > 0 AND instr(lower(name), lower(substr(:text, instr(:text, '.')))) > 0)
ORDER BY name
LIMIT 6

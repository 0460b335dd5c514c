-- The clients that call themselves so (DHCP), in capitals or not.
SELECT DISTINCT host FROM host_name WHERE source = 'dhcp' AND lower(name) = lower(:text)

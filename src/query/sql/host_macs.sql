-- Each host, and each once more with its own MAC address, where no router lies between it and the sensor.
SELECT h.id, h.address, NULL AS mac FROM host h
UNION
SELECT h.id, h.address, w.client_mac FROM observation o
JOIN path w ON w.id = o.path
JOIN host h ON h.id = o.client
WHERE :macs IS NOT NULL AND w.client_mac IS NOT NULL AND w.client_attached = 1

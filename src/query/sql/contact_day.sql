-- What a contact was on one of its days, by its observations: the first and last moment, and the observation that was
-- seen last. A contact of several days is gathered (see contacts.sql).
SELECT o.first_seen, o.last_seen, o.id
FROM client_observation t
CROSS JOIN observation o ON o.id = t.observation
WHERE t.client = :client AND o.server = :server AND o.profile = :profile AND coalesce(o.certificate, 0) = :certificate
    AND coalesce(o.path, 0) = :path AND o.day = :day

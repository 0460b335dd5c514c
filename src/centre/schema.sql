-- SPDX-License-Identifier: BSD-2-Clause
-- The centre: what many sensors saw, in PostgreSQL. `lasthello sync --print-schema | psql -v ON_ERROR_STOP=1 DATABASE` makes it, once and as a whole,
-- as whoever may create roles there.
--
-- Each sensor has rows of its own, under the uuid of its inventory. They are those of its inventory (src/store/schema.sql says what they mean),
-- with the epoch and revision of the change that they have from there. Ids are hashes of what a row says: the same thing has the same id at each
-- sensor. Times are microseconds since 1970-01-01 UTC, days are UTC days since then.
--
-- Tables and views use what PostgreSQL and the distributed databases that speak like it have in common: keys that the sensor makes, and the sensor in
-- each unique key. Roles and rights come at the end, and who may do what is said there.

BEGIN;

-- ---- who ---------------------------------------------------------------------------------------

DO $$ BEGIN CREATE ROLE lasthello_owner NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE lasthello_sensor NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE lasthello_reader NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE lasthello_judge NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT lasthello_owner TO current_user;
CREATE SCHEMA lasthello AUTHORIZATION lasthello_owner;
SET LOCAL ROLE lasthello_owner;
SET LOCAL search_path = lasthello;

-- ---- what --------------------------------------------------------------------------------------

-- The centre, in one row.
CREATE TABLE centre (
    id bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    schema bigint NOT NULL,           -- the number of this script: a program that knows another one says so and does nothing
    kept_from bigint                  -- day: observations of earlier ones were forgotten here, or are about to be (forget)
);
INSERT INTO centre (id, schema) VALUES (1, 1);

-- The sensors, and how far each has come. What it sends next is what its inventory changed after this.
CREATE TABLE sensor (
    uuid text COLLATE "C" NOT NULL PRIMARY KEY, -- of its inventory
    role text COLLATE "C" NOT NULL,   -- the login that it came with first: nobody else may write its rows
    epoch bigint NOT NULL,            -- from 1; one more when its inventory turned out to be older than what it had sent (a backup that was put back)
    revision bigint NOT NULL,         -- of its inventory, in that epoch: all changes up to here have come
    newest bigint NOT NULL,           -- revision that its inventory had when it was heard last: more than `revision` while it catches up
    sent_at bigint,                   -- when that was, by its own clock
    received_at bigint,               -- ... and by the centre's
    rolled_back_at bigint,            -- when the epoch began, by the centre's clock; NULL: it is the first
    version text COLLATE "C",         -- of the program
    observer text COLLATE "C",        -- name of its machine
    site text COLLATE "C"
);
CREATE INDEX sensor_by_role ON sensor (role);

--@ inventory reading fate unknown blind host host_name path hello answer certificate profile observation tombstone

-- 1: it stands in the sensor's table `pending`, and does not count.
ALTER TABLE observation ADD COLUMN aside bigint NOT NULL DEFAULT 0;

-- When hosts were first and last seen, in observations that were forgotten here (forget).
CREATE TABLE forgotten_host (
    sensor text COLLATE "C" NOT NULL,
    host bigint NOT NULL,
    first_seen bigint NOT NULL,
    last_seen bigint NOT NULL,
    PRIMARY KEY (sensor, host)
);

-- The rows of `report verdicts`, as the view verdicts of an inventory has them, when `lasthello policy apply` was run here last.
CREATE TABLE applied_verdict (
    site text COLLATE "C" NOT NULL,
    client text COLLATE "C" NOT NULL,
    "to" text COLLATE "C" NOT NULL,
    service text COLLATE "C" NOT NULL,
    verdict text COLLATE "C" NOT NULL, -- failing, breaks, ... (lasthello-verdicts(7))
    severity bigint NOT NULL,         -- of the verdict: the worse, the higher
    statement text COLLATE "C" NOT NULL, -- the kind of its sentence
    policy text COLLATE "C",          -- that it rests on
    breach text COLLATE "C",          -- what of that is offended
    cause text COLLATE "C",
    due text COLLATE "C",             -- when that policy ends it
    until text COLLATE "C",           -- days: 2026-12-31
    offers text COLLATE "C",
    got text COLLATE "C",             -- a version, refused, no TLS, clear text
    became text COLLATE "C",          -- what became of an old client
    changed_day text COLLATE "C",
    trait text COLLATE "C",
    since_day text COLLATE "C",
    refused_last_day text COLLATE "C",
    refused bigint NOT NULL,
    attempts bigint NOT NULL,
    old_first_day text COLLATE "C",
    old_last_day text COLLATE "C",
    better_sessions bigint NOT NULL,
    sessions bigint NOT NULL,
    all_sessions bigint NOT NULL,
    first_day text COLLATE "C",
    last_day text COLLATE "C"
);
CREATE TABLE judgement_day (
    id bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    day bigint NOT NULL,              -- as of which it was judged, since 1970
    applied bigint NOT NULL           -- when, in seconds since 1970
);

-- What changed at a sensor since it was asked last (merge).
--@ each CREATE INDEX %_by_revision ON % (sensor, epoch, revision);
-- Copies of a reading at several sensors, and equal captures.
CREATE INDEX reading_by_id ON reading (id);
CREATE INDEX reading_by_hash ON reading (hash, length);
CREATE INDEX tombstone_by_reading ON tombstone (reading);
-- One host's story, one day, and days to be forgotten.
CREATE INDEX host_by_address ON host (address, site);
CREATE INDEX observation_by_client ON observation (sensor, client);
CREATE INDEX observation_by_server ON observation (sensor, server);
CREATE INDEX observation_by_day ON observation (sensor, day);
CREATE INDEX blind_by_minute ON blind (minute);
CREATE INDEX reading_by_end ON reading (ended);

-- ---- what is asked: the views of an inventory, under the same names and with the same columns ---------------------------------
--
-- A reading counts once: of its copies at several sensors the one that got further; of equal captures the one that has what the others have, and
-- was asked for as much; none that a sensor says was replaced or forgotten. Captures of which one is but a part of the other count both here, and so
-- do readings of one capture of which each has what the other has not; `lasthello merge postgresql://...` tells them apart.
-- What is asked of one client, one site or one sensor is found by indexes. A question about all of them and all days reads all; it wants
-- SET enable_nestloop = off; before it, because PostgreSQL takes a sensor and its ids for independent of each other, and so expects few rows.

-- Microseconds since 1970 as ISO 8601; NULL beyond the years that this can say, whatever a sensor claims.
CREATE FUNCTION utc(microseconds bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN microseconds BETWEEN -62135596800000000 AND 253402300799999999 THEN to_char(timestamp '1970-01-01'
        + microseconds / 1000000 * interval '1 second' + microseconds % 1000000 * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
$$;
CREATE FUNCTION utc_minute(minutes bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN minutes BETWEEN -1035593280 AND 4223371679 THEN to_char(timestamp '1970-01-01'
        + minutes * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI"Z"') END
$$;
CREATE FUNCTION utc_day(day bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN day BETWEEN -719162 AND 2932896 THEN to_char(timestamp '1970-01-01' + day * interval '1 day', 'YYYY-MM-DD') END
$$;

-- Readings that are over, as they are compared. Sums are numeric: no sensor can make them overflow.
CREATE VIEW ended_reading AS
SELECT sensor, id, name, hash, length, snapshot, captured, settled, complete, discover, coalesce(ports, '') AS ports, coalesce(filter, '') AS filter, unstored,
    unstored::numeric + given_up_flows + given_up_sessions + given_up_fragments AS lost, packets_before,
    packets_before::numeric + packets_after AS neighbours, coalesce(kept_from, -9000000) AS first_day
FROM reading WHERE state = 'counts' AND owner IS NULL AND length > 0;

-- (src/store/reading_facts.c: `reading_includes`, and of two that include each other `reading_is_better`)
CREATE VIEW equal_capture AS
SELECT r.sensor, r.id
FROM ended_reading r
JOIN ended_reading b ON b.hash = r.hash AND b.length = r.length AND b.id <> r.id
WHERE b.snapshot >= r.snapshot AND b.captured >= r.captured AND b.settled >= r.settled AND b.complete >= r.complete AND b.discover >= r.discover
    AND (b.filter = '' OR b.filter = r.filter)
    AND NOT EXISTS (SELECT 1 FROM unnest(string_to_array(r.ports, ',')) AS asked (port) WHERE asked.port <> ALL (string_to_array(b.ports, ',')))
    AND CASE r.settled WHEN 1 THEN b.lost <= r.lost ELSE b.unstored <= r.unstored END
    AND (b.neighbours, b.packets_before) >= (r.neighbours, r.packets_before) AND b.first_day <= r.first_day
    AND ((b.settled, b.snapshot, b.filter = '', b.captured, b.complete, b.neighbours, b.packets_before, b.discover, octet_length(b.ports), b.ports, b.filter,
        r.name, b.id < 0, b.id)
        > (r.settled, r.snapshot, r.filter = '', r.captured, r.complete, r.neighbours, r.packets_before, r.discover, octet_length(r.ports), r.ports, r.filter,
        b.name, r.id < 0, r.id))
    AND NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.reading = b.id);

-- Its observations of days before first_day were forgotten; none were where that lies before all days. With OFFSET 0 it is computed once, before
-- anything is joined to it: PostgreSQL would else look for the order of more tables than it tries orders of.
CREATE VIEW counting AS
SELECT r.*, least(9000000, greatest(-9000000, f.kept_from_day, (SELECT kept_from FROM centre))) AS first_day
FROM reading r
LEFT JOIN (SELECT id, max(kept_from) AS kept_from_day FROM reading WHERE kept_from IS NOT NULL GROUP BY id) f ON f.id = r.id
WHERE r.state = 'counts'
    AND NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.reading = r.id)
    AND NOT EXISTS (SELECT 1 FROM equal_capture e WHERE e.sensor = r.sensor AND e.id = r.id)
    AND NOT EXISTS (SELECT 1 FROM reading c WHERE c.id = r.id AND c.sensor <> r.sensor AND c.state = 'counts'
        AND ((c.settled, c.ended, c.packets, c.length, c.unstored, r.sensor) > (r.settled, r.ended, r.packets, r.length, r.unstored, c.sensor)))
    AND r.ended >= coalesce((SELECT kept_from FROM centre), -9000000) * 86400000000
OFFSET 0;

CREATE VIEW source AS
SELECT id, kind, name, site, observer, greatest(started, first_day * 86400000000) AS started, ended, packets, bytes, dropped, interface_dropped, down_seconds,
    truncated, flows, scans, gaps, gap_bytes, "overlaps", given_up_flows, given_up_sessions, given_up_fragments, contradictory, unstored, dns_answers,
    dns_unasked, names_unread, continues, failed, complete
FROM counting;

-- Observations that count, with times as numbers.
CREATE VIEW fact AS
SELECT s.name AS source, h.site, h.address AS client, h.digits AS client_digits, v.address AS server, v.digits AS server_digits, v.site AS server_site,
    k.port, k.service, k.server_name, k.dns_name, k.server_name_source, k.provider, k.offered_max, k.negotiated, k.outcome, k.refused_by, k.evidence, k.cause,
    o.day, o.first_seen, o.last_seen, o.first_packet, o.sessions, o.profile
FROM observation o
JOIN counting s ON s.sensor = o.sensor AND s.id = o.source
JOIN profile k ON k.sensor = o.sensor AND k.id = o.profile
JOIN host h ON h.sensor = o.sensor AND h.id = o.client
JOIN host v ON v.sensor = o.sensor AND v.id = o.server
WHERE o.aside = 0 AND o.day >= s.first_day;

CREATE VIEW session_facts AS
SELECT source, site, client, client_digits, server, server_digits, port, service, server_name, dns_name, server_name_source, provider, offered_max,
    negotiated, outcome, refused_by, evidence, cause, utc_day(day) AS day, utc(first_seen) AS first_seen, utc(last_seen) AS last_seen, first_packet, sessions
FROM fact;

-- Who still says hello in, or is given, less than TLS 1.2.
CREATE VIEW legacy_clients AS
SELECT site, client, server, port, service, coalesce(server_name, dns_name, '') AS server_name, coalesce(provider, '') AS provider,
    offered_max, CASE outcome WHEN 'refused' THEN 'refused' ELSE negotiated END AS got, evidence, cause,
    sum(sessions) AS sessions, utc(min(first_seen)) AS first_seen, utc(max(last_seen)) AS last_seen
FROM fact
WHERE cause <> 'too_new'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;

-- Which servers gave less than TLS 1.2, and to how many clients.
CREATE VIEW legacy_servers AS
SELECT site, server, port, service, coalesce(provider, '') AS provider, negotiated, count(DISTINCT client) AS clients,
    sum(sessions) AS sessions, utc(min(first_seen)) AS first_seen, utc(max(last_seen)) AS last_seen
FROM fact
WHERE negotiated < 'TLS 1.2'
GROUP BY 1, 2, 3, 4, 5, 6;

-- Is it getting better?
CREATE VIEW trend AS
SELECT site, utc_day(day) AS day, service, version, cause, sum(sessions) AS sessions, count(DISTINCT client) AS clients, count(DISTINCT server) AS servers
FROM (SELECT site, day, service, CASE outcome WHEN 'refused' THEN 'refused' ELSE coalesce(negotiated, 'not known') END AS version, cause, sessions, client, server
    FROM fact) f
GROUP BY site, f.day, service, version, cause;

-- What `report verdicts` says of each client toward each target by each policy, as of the day of the last `lasthello policy apply`
-- (as_of; no row before the first): all but the sentence. The worst of a client: ORDER BY severity DESC.
CREATE VIEW verdicts AS
SELECT t.*, utc_day(j.day) AS as_of
FROM applied_verdict t CROSS JOIN judgement_day j;

-- On which day each client was first and last seen with old TLS toward a target, and first refused because of it; and, as of the day
-- of the last `lasthello policy apply` (as_of), what became of it: fixed, back again, ... since changed_day.
CREATE VIEW changes AS
SELECT f.site, f.client, f."to", f.service, f.old_first, f.old_last, f.refused_first, f.refused_last, f.sessions,
    t.became, t.changed_day, t.trait, t.as_of
FROM (SELECT site, client, coalesce(provider, server_name, dns_name, server) AS "to", service, utc_day(min(day)) AS old_first,
        utc_day(max(day)) AS old_last, utc_day(min(CASE outcome WHEN 'refused' THEN day END)) AS refused_first,
        utc_day(max(CASE outcome WHEN 'refused' THEN day END)) AS refused_last, sum(sessions) AS sessions
    FROM fact
    WHERE cause <> 'too_new'
    GROUP BY 1, 2, 3, 4) f
LEFT JOIN (SELECT site, client, "to", service, max(became) AS became, max(changed_day) AS changed_day, max(trait) AS trait, max(as_of) AS as_of
    FROM verdicts GROUP BY site, client, "to", service) t
    ON t.site = f.site AND t.client = f.client AND t."to" = f."to" AND t.service = f.service;

-- What each sensor saw, and what it did not.
CREATE VIEW coverage AS
SELECT s.kind, s.name, s.site, s.observer, utc(greatest(s.started, s.first_day * 86400000000)) AS started, utc(s.ended) AS ended,
    s.packets, s.bytes, s.dropped, s.interface_dropped, s.down_seconds,
    b.minutes AS blind_minutes, utc_minute(b.first) AS blind_first, utc_minute(b.last) AS blind_last,
    s.truncated, s.flows, s.scans, s.gaps, s.gap_bytes, s."overlaps", s.given_up_flows, s.given_up_sessions,
    s.given_up_fragments, s.contradictory, s.unstored, s.dns_answers, s.dns_unasked, s.names_unread, s.continues, s.failed,
    s.complete,
    f.used, f.duplicate, f.settled, f.no_flow, f.not_mail, f.not_tcp, f.fragment_held, f.not_ip, f.link_unknown, f.malformed,
    f.cut_short, f.too_deep, f.given_up,
    (SELECT string_agg(u.kind || ' ' || CASE u.number WHEN 0 THEN 'others' ELSE u.number::text END
            || coalesce(' (' || u.name || ')', '') || ': ' || u.packets, ', ' ORDER BY u.kind, u.number)
        FROM unknown u WHERE u.sensor = s.sensor AND u.source = s.id) AS not_understood
FROM counting s
LEFT JOIN (SELECT l.sensor, l.source, count(*) AS minutes, min(l.minute) AS first, max(l.minute) AS last
    FROM blind l JOIN counting c ON c.sensor = l.sensor AND c.id = l.source AND l.minute >= c.first_day * 1440 GROUP BY l.sensor, l.source) b
    ON b.sensor = s.sensor AND b.source = s.id
LEFT JOIN (SELECT sensor, source,
        sum(CASE fate WHEN 'used' THEN packets ELSE 0 END) AS used,
        sum(CASE fate WHEN 'duplicate' THEN packets ELSE 0 END) AS duplicate,
        sum(CASE fate WHEN 'settled' THEN packets ELSE 0 END) AS settled,
        sum(CASE fate WHEN 'no_flow' THEN packets ELSE 0 END) AS no_flow,
        sum(CASE fate WHEN 'not_mail' THEN packets ELSE 0 END) AS not_mail,
        sum(CASE fate WHEN 'not_tcp' THEN packets ELSE 0 END) AS not_tcp,
        sum(CASE fate WHEN 'fragment_held' THEN packets ELSE 0 END) AS fragment_held,
        sum(CASE fate WHEN 'not_ip' THEN packets ELSE 0 END) AS not_ip,
        sum(CASE fate WHEN 'link_unknown' THEN packets ELSE 0 END) AS link_unknown,
        sum(CASE fate WHEN 'malformed' THEN packets ELSE 0 END) AS malformed,
        sum(CASE fate WHEN 'cut_short' THEN packets ELSE 0 END) AS cut_short,
        sum(CASE fate WHEN 'too_deep' THEN packets ELSE 0 END) AS too_deep,
        sum(CASE fate WHEN 'given_up' THEN packets ELSE 0 END) AS given_up
    FROM fate GROUP BY sensor, source) f
    ON f.sensor = s.sensor AND f.source = s.id;

-- When each host was first and last seen, also in observations that are kept no longer.
CREATE VIEW hosts AS
SELECT t.site, t.address, utc(min(t.first_seen)) AS first_seen, utc(max(t.last_seen)) AS last_seen,
    (SELECT n.name FROM host_name n JOIN host h ON h.sensor = n.sensor AND h.id = n.host
        WHERE h.site = t.site AND h.address = t.address AND n.source = 'dhcp' ORDER BY n.last_seen DESC, n.name LIMIT 1) AS name
FROM (SELECT c.site, c.address, o.first_seen, o.last_seen
        FROM observation o JOIN counting k ON k.sensor = o.sensor AND k.id = o.source JOIN host c ON c.sensor = o.sensor AND c.id = o.client
        WHERE o.aside = 0 AND o.day >= k.first_day
    UNION ALL SELECT v.site, v.address, o.first_seen, o.last_seen
        FROM observation o JOIN counting k ON k.sensor = o.sensor AND k.id = o.source JOIN host v ON v.sensor = o.sensor AND v.id = o.server
        WHERE o.aside = 0 AND o.day >= k.first_day
    UNION ALL SELECT site, address, first_seen, last_seen FROM host WHERE first_seen IS NOT NULL
    UNION ALL SELECT h.site, h.address, g.first_seen, g.last_seen FROM forgotten_host g JOIN host h ON h.sensor = g.sensor AND h.id = g.host) t
GROUP BY t.site, t.address;

-- What hosts say of themselves: the newest first. The name of one: WHERE source = 'dhcp' AND address = '10.1.4.17'.
CREATE VIEW host_names AS
SELECT h.site, h.address, n.name, n.source, utc(min(n.first_seen)) AS first_seen, utc(max(n.last_seen)) AS last_seen
FROM host_name n
JOIN host h ON h.sensor = n.sensor AND h.id = n.host
GROUP BY h.site, h.address, n.name, n.source
ORDER BY max(n.last_seen) DESC;

-- ---- and one that only a centre has -----------------------------------------------------------------------------------------

-- How the sensors are, those with trouble first: silent (not heard for an hour), behind (its inventory has changes that have not come), rolled back (in
-- the last week a backup was put in the place of its inventory: what the lost part had told stays here), wrong clock (more than a minute from the
-- centre's). Times of observations are the sensor's own: a positive clock_offset_seconds is how much they are ahead.
CREATE VIEW sensors AS
SELECT uuid AS sensor, role, site, observer, version, utc(received_at) AS heard, round(silent) AS silent_seconds, newest::numeric - revision AS behind,
    round(ahead, 1) AS clock_offset_seconds, epoch, utc(rolled_back_at) AS rolled_back,
    nullif(concat_ws(', ', CASE WHEN silent > 3600 THEN 'silent' END, CASE WHEN newest > revision THEN 'behind' END,
        CASE WHEN since_rolled_back < 604800 THEN 'rolled back' END, CASE WHEN abs(ahead) > 60 THEN 'wrong clock' END), '') AS trouble
FROM (SELECT s.*, now_seconds - received_at / 1000000.0 AS silent, now_seconds - rolled_back_at / 1000000.0 AS since_rolled_back,
        (sent_at::numeric - received_at) / 1000000 AS ahead
    FROM sensor s CROSS JOIN (SELECT extract(epoch FROM now())::numeric AS now_seconds) n) t
ORDER BY trouble NULLS LAST, received_at;

-- ---- what is kept no longer ---------------------------------------------------------------------------------------------------
--
-- Forgets the days before this one: CALL lasthello.forget(current_date - 400), as a member of lasthello_owner, once a day. It goes in steps with a
-- transaction each, which take a fraction of a second, and never waits for a sensor: what one is writing is left for the next time. Each is of one
-- sensor, and finds its rows in the order of an index: PostgreSQL would else begin with all that was deleted already, more with each step. Views show
-- nothing of those days from its first step on, and sensors do not send them again. When hosts were seen first and last stays known. What is said
-- once for many observations stays, too: it is little, and a sensor sends it but once.
CREATE PROCEDURE forget(before date) LANGUAGE plpgsql AS $$
DECLARE
    before_day bigint := before - date '1970-01-01';
    one text;
    rows_gone bigint;
    rows_in_all bigint := 0;
    steps bigint := 0;
    begun timestamptz;
    longest interval := interval '0';
BEGIN
    UPDATE lasthello.centre SET kept_from = greatest(kept_from, before_day);
    COMMIT;
    FOR one IN SELECT uuid FROM lasthello.sensor ORDER BY uuid LOOP
        LOOP
            begun := clock_timestamp();
            WITH old AS (SELECT o.sensor, o.id FROM lasthello.observation o WHERE o.sensor = one AND o.day < before_day ORDER BY o.day LIMIT 500
                    FOR UPDATE SKIP LOCKED),
                gone AS (DELETE FROM lasthello.observation o USING old WHERE o.sensor = old.sensor AND o.id = old.id
                    RETURNING o.sensor, o.client, o.server, o.first_seen, o.last_seen),
                seen AS (INSERT INTO lasthello.forgotten_host AS f (sensor, host, first_seen, last_seen)
                    SELECT sensor, host, min(first_seen), max(last_seen)
                    FROM (SELECT sensor, client AS host, first_seen, last_seen FROM gone UNION ALL SELECT sensor, server, first_seen, last_seen FROM gone) t
                    GROUP BY sensor, host
                    ON CONFLICT (sensor, host) DO UPDATE SET first_seen = least(f.first_seen, excluded.first_seen), last_seen = greatest(f.last_seen, excluded.last_seen))
            SELECT count(*) INTO rows_gone FROM gone;
            COMMIT;
            EXIT WHEN rows_gone = 0;
            steps := steps + 1;
            rows_in_all := rows_in_all + rows_gone;
            longest := greatest(longest, clock_timestamp() - begun);
        END LOOP;
    END LOOP;
    LOOP
        DELETE FROM lasthello.blind b USING (SELECT sensor, source, minute FROM lasthello.blind WHERE minute < before_day * 1440
            ORDER BY minute LIMIT 1000 FOR UPDATE SKIP LOCKED) old
            WHERE b.sensor = old.sensor AND b.source = old.source AND b.minute = old.minute;
        GET DIAGNOSTICS rows_gone = ROW_COUNT;
        COMMIT;
        EXIT WHEN rows_gone = 0;
    END LOOP;
    LOOP
        WITH old AS (SELECT r.sensor, r.id FROM lasthello.reading r WHERE r.ended < before_day * 86400000000 ORDER BY r.ended LIMIT 200
                FOR UPDATE SKIP LOCKED),
            fates AS (DELETE FROM lasthello.fate f USING old WHERE f.sensor = old.sensor AND f.source = old.id),
            unknowns AS (DELETE FROM lasthello.unknown u USING old WHERE u.sensor = old.sensor AND u.source = old.id),
            gone AS (DELETE FROM lasthello.reading r USING old WHERE r.sensor = old.sensor AND r.id = old.id RETURNING 1)
        SELECT count(*) INTO rows_gone FROM gone;
        COMMIT;
        EXIT WHEN rows_gone = 0;
    END LOOP;
    RAISE NOTICE 'forgot % observations of days before % in % steps, the longest of % ms', rows_in_all, before, steps,
        round(extract(epoch FROM longest)::numeric * 1000);
END $$;
REVOKE EXECUTE ON PROCEDURE forget FROM PUBLIC;

-- ---- who may do what ---------------------------------------------------------------------------
--
-- A sensor:  CREATE ROLE berlin LOGIN IN ROLE lasthello_sensor;   it sees and writes the rows of those inventories that it was the first to come with
-- A reader:  CREATE ROLE anna LOGIN IN ROLE lasthello_reader;     reads all: the views, `lasthello merge postgresql://...`
-- A judge:   CREATE ROLE judge LOGIN IN ROLE lasthello_judge;     reads all, and writes what `lasthello policy apply` finds
-- lasthello_owner owns the tables, and forgets old days.

GRANT USAGE ON SCHEMA lasthello TO lasthello_sensor, lasthello_reader, lasthello_judge;
GRANT SELECT ON ALL TABLES IN SCHEMA lasthello TO lasthello_reader, lasthello_judge;
GRANT INSERT, UPDATE, DELETE ON applied_verdict, judgement_day TO lasthello_judge;
GRANT SELECT ON centre, sensor TO lasthello_sensor;
GRANT INSERT (uuid, role, epoch, revision, newest, sent_at, received_at, rolled_back_at, version, observer, site) ON sensor TO lasthello_sensor;
GRANT UPDATE (epoch, revision, newest, sent_at, received_at, rolled_back_at, version, observer, site) ON sensor TO lasthello_sensor;
--@ each GRANT SELECT, INSERT, UPDATE, DELETE ON % TO lasthello_sensor;

ALTER TABLE sensor ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON sensor TO lasthello_sensor USING (role = current_user);
CREATE POLICY all_rows ON sensor FOR SELECT TO lasthello_reader, lasthello_judge USING (true);
--@ each ALTER TABLE % ENABLE ROW LEVEL SECURITY;
--@ each CREATE POLICY own ON % TO lasthello_sensor USING (sensor IN (SELECT s.uuid FROM sensor s WHERE s.role = current_user));
--@ each CREATE POLICY all_rows ON % FOR SELECT TO lasthello_reader, lasthello_judge USING (true);

COMMIT;

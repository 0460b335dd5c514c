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

-- What the policies said of each kind of session, when `lasthello policy apply` was run last: for the view verdicts.
CREATE TABLE judgement (
    profile bigint NOT NULL PRIMARY KEY,
    verdict text COLLATE "C" NOT NULL, -- failing, breaks, ... (lasthello-verdicts(7))
    severity bigint NOT NULL,         -- of the verdict: the worse, the higher
    policy text COLLATE "C",          -- that the verdict rests on
    due text COLLATE "C",             -- when that policy ends it
    until_day bigint                  -- the last day, since 1970
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
CREATE INDEX observation_by_day ON observation (day);

-- ---- who may do what ---------------------------------------------------------------------------
--
-- A sensor:  CREATE ROLE berlin LOGIN IN ROLE lasthello_sensor;   it sees and writes the rows of those inventories that it was the first to come with
-- A reader:  CREATE ROLE anna LOGIN IN ROLE lasthello_reader;     reads all: the views, `lasthello merge postgresql://...`
-- A judge:   CREATE ROLE judge LOGIN IN ROLE lasthello_judge;     reads all, and writes what `lasthello policy apply` finds
-- lasthello_owner owns the tables, and forgets old days.

GRANT USAGE ON SCHEMA lasthello TO lasthello_sensor, lasthello_reader, lasthello_judge;
GRANT SELECT ON ALL TABLES IN SCHEMA lasthello TO lasthello_reader, lasthello_judge;
GRANT INSERT, UPDATE, DELETE ON judgement, judgement_day TO lasthello_judge;
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

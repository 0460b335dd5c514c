-- What was seen of each server, by kind of session and certificate (0: none), and how many clients came to each of its ports
-- and services, or got each of its suites there, for which one profile stands: made for one question, and gone after it
-- (src/query/server_tables.c).
CREATE TEMPORARY TABLE server_seen (
    server INTEGER NOT NULL,         -- PostgreSQL: BIGINT, as the ids below
    profile INTEGER NOT NULL,
    certificate INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
);
CREATE TEMPORARY TABLE server_visitor (
    server INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    clients INTEGER NOT NULL,
    legacy_clients INTEGER NOT NULL
)

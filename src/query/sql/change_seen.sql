-- What became of clients since the day that is asked about, and when servers were seen before and since: made for one
-- question, and gone after it (src/query/change_tables.c). A client is shown by its latest session with the target.
CREATE TEMPORARY TABLE client_change (
    day INTEGER NOT NULL,
    change TEXT NOT NULL,
    client INTEGER NOT NULL,         -- PostgreSQL: BIGINT, as the ids below
    server INTEGER NOT NULL,
    profile INTEGER NOT NULL
);
CREATE TEMPORARY TABLE server_day (
    server INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    since INTEGER                    -- the first day that is asked about; NULL: it was not seen then
)

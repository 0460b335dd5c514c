-- How many clients and sessions there were on each day: made for one question, and gone after it (src/query/day_tables.c).
-- By what became of sessions, which a profile stands for; and by the worst verdict of each client's sessions on the day.
CREATE TEMPORARY TABLE day_seen (
    day INTEGER NOT NULL,
    profile INTEGER NOT NULL,        -- PostgreSQL: BIGINT
    sessions INTEGER NOT NULL,
    clients INTEGER NOT NULL
);
CREATE TEMPORARY TABLE day_verdict (
    day INTEGER NOT NULL,
    verdict INTEGER NOT NULL,
    clients INTEGER NOT NULL
)

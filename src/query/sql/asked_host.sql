-- The hosts that a question is about, where it names networks or owners: made for one question, and gone after it.
CREATE TEMPORARY TABLE asked_host (
    id INTEGER PRIMARY KEY           -- PostgreSQL: BIGINT
);
CREATE TEMPORARY TABLE owned_host (
    id INTEGER PRIMARY KEY
)

-- What the verdict room says of each profile: made for one question, and gone after it. Flags are 0 and 1.
-- gave, refused: the version that the server chose, or refused, as a power of two, so that the sum of distinct ones
-- tells all of them.
CREATE TEMPORARY TABLE judged (
    profile INTEGER PRIMARY KEY,     -- PostgreSQL: BIGINT, as the ids below
    target INTEGER NOT NULL,
    is_nameless INTEGER NOT NULL,
    is_asked INTEGER NOT NULL,       -- by the filters on sessions
    is_counted INTEGER NOT NULL,     -- among clients and servers
    verdict INTEGER NOT NULL,        -- the worse, the higher
    alone INTEGER NOT NULL,          -- the verdict by what was seen alone, without policies
    step INTEGER NOT NULL,
    notes INTEGER NOT NULL,
    got TEXT,
    gave INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    is_legacy INTEGER NOT NULL,
    is_failing INTEGER NOT NULL,
    is_exposed INTEGER NOT NULL,
    is_old INTEGER NOT NULL,
    is_better INTEGER NOT NULL,
    is_downgrade INTEGER NOT NULL,
    is_unconfirmed INTEGER NOT NULL,
    is_contradictory INTEGER NOT NULL,
    is_handshake INTEGER NOT NULL,   -- how much was seen: one of these
    is_midstream INTEGER NOT NULL,
    is_one_sided INTEGER NOT NULL,
    is_unknown INTEGER NOT NULL,
    policy TEXT,                     -- that the verdict rests on
    due TEXT,                        -- when that policy ends it
    until_day INTEGER                -- the last day, since 1970; NULL: none is known
);
-- Every policy that a profile offends, by its number; where a policy asks for that, with this server or certificate
-- alone (NULL: with any). breach, level: how, and whether it must not be or should not. breaks: it ends.
CREATE TEMPORARY TABLE breach (
    profile INTEGER NOT NULL,
    server INTEGER,
    certificate INTEGER,
    policy INTEGER NOT NULL,
    breach INTEGER NOT NULL,
    level INTEGER NOT NULL,
    breaks INTEGER NOT NULL
);
-- The policies that are in force.
CREATE TEMPORARY TABLE asked_policy (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    until_day INTEGER                -- the last day, since 1970; NULL: none is known
)

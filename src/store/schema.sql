-- SPDX-License-Identifier: BSD-2-Clause
-- The inventory: what was seen (reading), who (host), and how they talked (observation).
--
-- Schema 2 is the first that was released: an inventory of schema 1 is refused, and migrations begin here.
--
-- Row ids are hashes of what a row says, written as text (src/store/row_id.c): the same fact has the same id in every
-- inventory, so that inventories of several sensors merge by union: same id, min(first_seen), max(last_seen), the larger
-- counter. NULL means: not known.
-- Times are microseconds since 1970-01-01 UTC; the views write them as ISO 8601, rounded down before 1970, too. Days are
-- UTC days since 1970. Versions are written so that they sort as text: 'SSL 2.0' < 'SSL 3.0' < 'TLS 1.0' < 'TLS 1.1' <
-- 'TLS 1.2' < 'TLS 1.2+' < 'TLS 1.3'.
-- `revision` is that of the transaction that last changed the row (inventory.revision): rows with a revision above a
-- number are what has changed since.
-- The views at the end are stable; the tables may change with user_version.

-- This inventory, in one row. A copy that was put back in place of a newer file begins a new epoch: what was sent from
-- the lost part of its history is then not taken for what comes instead.
CREATE TABLE inventory (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    uuid TEXT NOT NULL,              -- 32 hexadecimal digits, random, made with the file
    epoch INTEGER NOT NULL,          -- from 1
    revision INTEGER NOT NULL,       -- of the last transaction that changed rows
    gather_from INTEGER NOT NULL     -- connections of files that come together before they are gathered (see contact)
);
INSERT INTO inventory (id, uuid, epoch, revision, gather_from) VALUES (1, lower(hex(randomblob(16))), 1, 0, 200000);

-- A reading: one pass over a capture file, or an interface from start to stop, and what came of its packets: what a zero
-- is worth. Its id is random; rows of other tables name it as their `source`. Which readings are of the same capture is
-- told by their marks (capture_marks.h), and of those one counts: the one that has what the others have, and was asked
-- for at least as much. What another was asked for beside that stays, too, and both count. The view `source` shows those
-- that count; only their observations stand in `observation`.
CREATE TABLE reading (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,             -- counts; pending: perhaps another one has all of it, which is known at its end;
                                     -- covered: of a merged inventory: another one has all of it
    kind TEXT NOT NULL,              -- file, stdin, interface
    name TEXT NOT NULL,              -- path as given, or interface; of equal files the first by name
    site TEXT NOT NULL,
    observer TEXT NOT NULL,          -- host name of the sensor
    started INTEGER NOT NULL,        -- first packet; of an interface: start of capture; of what could not be read: when
    ended INTEGER NOT NULL,          -- last packet so far; of an interface: until when it was watched
    packets INTEGER NOT NULL,
    bytes INTEGER NOT NULL,          -- on the wire
    dropped INTEGER NOT NULL,        -- by the kernel, before lasthello saw them
    interface_dropped INTEGER NOT NULL,
    down_seconds INTEGER NOT NULL,   -- in which an interface was down, gone, or without a carrier: nothing could be seen
    truncated INTEGER NOT NULL,      -- packets cut by the snapshot length
    flows INTEGER NOT NULL,          -- connections with payload
    scans INTEGER NOT NULL,          -- of a client alone: SYNs that nothing followed, or nothing that makes sense
    gaps INTEGER NOT NULL,
    gap_bytes INTEGER NOT NULL,
    overlaps INTEGER NOT NULL,       -- segments that contradicted others; the first copy won
    given_up_flows INTEGER NOT NULL,
    given_up_sessions INTEGER NOT NULL,
    given_up_fragments INTEGER NOT NULL,
    contradictory INTEGER NOT NULL,  -- sessions whose server chose what was not offered: evidence none
    unstored INTEGER NOT NULL,       -- sessions that were seen and could not be stored
    dns_answers INTEGER NOT NULL,    -- that were asked for, and have an address
    dns_unasked INTEGER NOT NULL,    -- answers to what nobody had asked: not believed
    names_unread INTEGER NOT NULL,   -- DNS and DHCP messages that break their own rules
    continues INTEGER NOT NULL,      -- 1: read after the files before it, sessions came over from them
    failed INTEGER NOT NULL,         -- 1: could not be read to its end
    complete INTEGER NOT NULL,       -- 1: read to its end, and all of it stored
    settled INTEGER NOT NULL,        -- 1: all sessions that its packets tell of are stored
    owner INTEGER,                   -- number of the process that reads the file; NULL: it is over
    place INTEGER,                   -- hash of where the file lies; NULL: nowhere
    length INTEGER NOT NULL,         -- packets of the capture so far, before any filter
    hash INTEGER NOT NULL,           -- over them
    first_hash INTEGER NOT NULL,     -- over the first of them
    marks TEXT,                      -- the hash on the way, 8 hexadecimal digits each
    anchors TEXT,                    -- the sum of its packets' hashes, then those packets by which a part is known again
                                     -- (capture_anchors.h): hash, number, sum up to there, 16 hexadecimal digits each
    captured INTEGER NOT NULL,       -- bytes of them
    snapshot INTEGER NOT NULL,       -- the shortest that a packet was cut to; 4294967295: none was
    ports TEXT,                      -- that were asked for: 143=imap,993=imaps
    discover INTEGER NOT NULL,
    filter TEXT,
    rules TEXT,                      -- by what sessions were judged: the program, the rules for providers, the proxies
    packets_before INTEGER NOT NULL, -- of the files whose sessions went over into it
    packets_after INTEGER NOT NULL,  -- of the files into which its sessions went over
    moved INTEGER NOT NULL,          -- of an interface: microseconds by which its times were moved, since its clock was set
    kept_from INTEGER,               -- day: observations of earlier ones were forgotten
    gathered INTEGER NOT NULL DEFAULT 0, -- 1: its observations stand in `contact` and `client_observation`, too
    revision INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX reading_by_owner ON reading (owner) WHERE owner IS NOT NULL;
CREATE INDEX reading_without_packets ON reading (place) WHERE length = 0;
CREATE INDEX reading_not_gathered ON reading (flows) WHERE gathered = 0;

CREATE VIEW source AS
SELECT id, kind, name, site, observer, max(started, coalesce(kept_from * 86400000000, started)) AS started, ended, packets, bytes, dropped, interface_dropped, down_seconds, truncated,
    flows, scans, gaps, gap_bytes, overlaps, given_up_flows, given_up_sessions, given_up_fragments, contradictory, unstored,
    dns_answers, dns_unasked, names_unread, continues, failed, complete
FROM reading WHERE state = 'counts';

-- The mark of a reading after 2^level packets, by which those that begin in the same way are found.
CREATE TABLE reading_mark (
    level INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    is_last INTEGER NOT NULL,        -- 1: the reading has no higher level
    reading INTEGER NOT NULL,
    PRIMARY KEY (level, mark, is_last, reading)
) WITHOUT ROWID;

-- The packets by which it is known that one reading is a part of another, wherever it begins.
CREATE TABLE reading_anchor (
    anchor INTEGER NOT NULL,         -- hash of a packet
    reading INTEGER NOT NULL,
    PRIMARY KEY (anchor, reading)
) WITHOUT ROWID;

-- Readings that counted and count no more.
CREATE TABLE tombstone (
    reading INTEGER PRIMARY KEY,
    replaced_by INTEGER NOT NULL,    -- the reading that has all that it had
    revision INTEGER NOT NULL
);

-- Of an inventory that a centre was merged into: the sensors that feed it, and how far each was merged.
CREATE TABLE sensor (
    uuid TEXT PRIMARY KEY NOT NULL,  -- of its inventory
    merged_epoch INTEGER NOT NULL,   -- what it had sent up to this revision of this epoch was merged
    merged_revision INTEGER NOT NULL,
    asked INTEGER NOT NULL,          -- when the centre was asked, by the centre's clock; what follows was so then
    epoch INTEGER NOT NULL,          -- from 1; one more whenever its inventory was older than what it had sent
    revision INTEGER NOT NULL,       -- all of its changes up to here had come to the centre,
    newest INTEGER NOT NULL,         -- of those that there were
    sent INTEGER,                    -- when it was heard last, by its own clock
    received INTEGER,                -- ... and by the centre's
    rolled_back INTEGER,             -- when the epoch began; NULL: it is the first
    version TEXT,                    -- of its program
    observer TEXT,
    site TEXT
) WITHOUT ROWID;

-- What became of its packets: exactly one fate each, so that they add up to reading.packets.
CREATE TABLE fate (
    source INTEGER NOT NULL,
    fate TEXT NOT NULL,
    packets INTEGER NOT NULL,
    PRIMARY KEY (source, fate)
) WITHOUT ROWID;

-- What the decoder does not read, or cannot open; number 0: further ones together.
CREATE TABLE unknown (
    source INTEGER NOT NULL,
    kind TEXT NOT NULL,              -- link type, ethertype, IP protocol, UDP port
    number INTEGER NOT NULL,
    name TEXT,                       -- ARP, ESP, WireGuard, ...; NULL: none that is known
    packets INTEGER NOT NULL,
    PRIMARY KEY (source, kind, number)
) WITHOUT ROWID;

-- When a sensor was blind, by minute (minutes since 1970): packets were dropped, or the interface was down. A minute without
-- a row lost nothing.
CREATE TABLE blind (
    source INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    interface_dropped INTEGER NOT NULL,
    down_seconds INTEGER NOT NULL,
    PRIMARY KEY (source, minute)
) WITHOUT ROWID;

-- A client or server of a site. The times are those of observations that were forgotten since (retention); see `hosts`.
CREATE TABLE host (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    address TEXT NOT NULL,           -- for people: 10.1.2.3
    digits TEXT NOT NULL,            -- 32 hexadecimal digits that sort: IPv4 as ::ffff:a.b.c.d
    first_seen INTEGER,
    last_seen INTEGER,
    revision INTEGER NOT NULL DEFAULT 0
);

-- What a host says of itself, and where: told with its sessions. Of a client, since DHCP was heard.
CREATE TABLE host_name (
    host INTEGER NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,            -- what `name` is: dhcp, its name; dhcp_class, its vendor class; dhcp_mac, its MAC address
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (host, name, source)
) WITHOUT ROWID;

-- What lies between two hosts, where the wire tells of it: MAC addresses, VLANs, a tunnel, a proxy.
CREATE TABLE path (
    id INTEGER PRIMARY KEY,
    client_mac TEXT,
    server_mac TEXT,
    vlans TEXT,                      -- outermost first: 100,20
    tunnel TEXT,
    tunnel_id INTEGER,
    proxy_address TEXT,              -- of the proxy that spoke for the client (PROXY header)
    proxy_port INTEGER,
    client_attached INTEGER NOT NULL, -- 1: no router lies between the client and the sensor
    revision INTEGER NOT NULL DEFAULT 0
);

-- What a client's program says in its hello, whomever it talks to. Lists stand as they were sent, in their order, without
-- GREASE (RFC 8701): numbers of four hexadecimal digits (of SSL 2.0: six), joined by commas: 1301,1302,c02b.
CREATE TABLE hello (
    id INTEGER PRIMARY KEY,
    offered TEXT,                    -- TLS 1.3, TLS 1.2
    legacy_version TEXT,             -- as on the wire: 0x0303
    alpn TEXT,
    ja3 TEXT,
    ja4 TEXT,
    sslv2_format INTEGER NOT NULL,   -- RFC 5246 E.2
    fallback_scsv INTEGER NOT NULL,  -- RFC 7507
    ech INTEGER NOT NULL,            -- the server name is only the public one
    cipher_suites TEXT,              -- RFC 5246 7.4.1.2
    supported_versions TEXT,         -- RFC 8446 4.2.1; NULL: the hello has no such extension
    supported_groups TEXT,           -- RFC 8446 4.2.7
    signature_algorithms TEXT,       -- RFC 8446 4.2.3
    lists_cut INTEGER NOT NULL,      -- a list was longer than what is kept of it
    revision INTEGER NOT NULL DEFAULT 0
);

-- What a server chose.
CREATE TABLE answer (
    id INTEGER PRIMARY KEY,
    wire_version TEXT NOT NULL,      -- as on the wire: 0x0303; of a draft its own number
    cipher TEXT,
    key_group TEXT,
    group_bits INTEGER,
    alpn TEXT,
    ja3s TEXT,
    resumed INTEGER NOT NULL,
    retry_request INTEGER NOT NULL,  -- RFC 8446 4.1.3
    downgrade INTEGER NOT NULL,      -- the server says that it could do better (RFC 8446 4.1.3)
    revision INTEGER NOT NULL DEFAULT 0
);

-- A server's certificate, in clear up to TLS 1.2.
CREATE TABLE certificate (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    subject TEXT,
    issuer TEXT,
    not_before INTEGER,              -- seconds since 1970
    not_after INTEGER,
    key_type TEXT,
    key_bits INTEGER,
    signature TEXT,
    chain TEXT,                      -- public CA, no public CA: where it leads to; NULL: the sensor has no list of CAs
    revision INTEGER NOT NULL DEFAULT 0
);

-- A kind of session: all that tells sessions apart but who, when and where, and which certificate was shown.
CREATE TABLE profile (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,           -- imap, imaps, ...: SERVICE_NAMES (session.h) has them all
    port INTEGER NOT NULL,           -- of the server
    outcome TEXT NOT NULL,
    refused_by TEXT,                 -- alert 70, rst, fin, silence
    evidence TEXT NOT NULL,          -- handshake, records, none
    offered_max TEXT,                -- the best version that the client offers
    negotiated TEXT,
    cause TEXT,                      -- of old TLS: client, server, fallback, unknown; too_new: of no old TLS; NULL: none
    server_name TEXT,                -- SNI
    provider TEXT,
    provider_source TEXT,            -- rule, sni, ip, sni+ip
    hello INTEGER,
    answer INTEGER,
    client_alert INTEGER,
    server_alert INTEGER,
    starttls TEXT,                   -- of: offered,requested,accepted,refused,hello
    flags TEXT,                      -- of: preauth,logindisabled,bye,relay,proxy,proxy ignored,injection,hasty,client certificate,
                                     -- unconfirmed,contradictory,unreadable answer
    login TEXT,                      -- mechanism of a login in clear; never a name or a password
    foreign_protocol TEXT,           -- what nDPI takes a foreign payload for
    directions TEXT NOT NULL,        -- both, client, server: whose segments were captured
    dns_name TEXT,                   -- without SNI: what the client had asked DNS for; several are joined by commas
    server_name_source TEXT,         -- sni, dns, certificate
    client_software TEXT,            -- IMAP ID (RFC 2971): name=...; version=...; vendor=...; os=...
    server_software TEXT,
    greeting TEXT,                   -- of the server: known names of products, and versions
    revision INTEGER NOT NULL DEFAULT 0
);

-- Equal sessions of a day between two hosts in one reading that counts.
CREATE TABLE observation (
    id INTEGER PRIMARY KEY,          -- begins with bits of its reading's, so that a reading's rows lie together
    source INTEGER NOT NULL,         -- the reading
    day INTEGER NOT NULL,            -- UTC, of the first session
    client INTEGER NOT NULL,
    server INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    certificate INTEGER,             -- that the server showed to this client
    path INTEGER,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    first_packet INTEGER NOT NULL,   -- evidence: of the first session, in its reading, as Wireshark numbers it
    last_packet INTEGER NOT NULL,
    last_source INTEGER,             -- where last_packet lies, if the sessions went on into another file
    sessions INTEGER NOT NULL,
    short_lived INTEGER NOT NULL,    -- of those, closed by the server within a few hundred protected bytes
    gaps INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0
);

-- Sessions that went on into another file: few.
CREATE INDEX observation_by_last_source ON observation (last_source) WHERE last_source IS NOT NULL;

-- What a client and a server have to do with each other, in one kind of session (profile), with one certificate and by
-- one path, on all days and in all readings together: the sums over their observations, so that a question about millions of them need not read them.
-- It has the observations of those readings that are gathered (reading.gathered = 1) and no others: it is changed in
-- the transactions that change those. A question adds the observations of the other readings, which are few: they
-- are gathered when many have come together (src/store/contacts.h; src/query/sql/contacts.sql).
CREATE TABLE contact (
    client INTEGER NOT NULL,
    server INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    certificate INTEGER NOT NULL,    -- 0: none was seen
    path INTEGER NOT NULL,           -- 0: nothing is known of it
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    short_lived INTEGER NOT NULL,
    days TEXT NOT NULL,              -- sessions on each day: 20423:3,5/1,20429:2 (include/lasthello/day_counts.h)
    last_observation INTEGER NOT NULL, -- the one that was seen last; of several, that with the highest id: its evidence
    revision INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (client, server, profile, certificate, path)
) WITHOUT ROWID;

-- The observations of gathered readings, by client: one host's story without a look at all others.
CREATE TABLE client_observation (
    client INTEGER NOT NULL,
    observation INTEGER NOT NULL,
    PRIMARY KEY (client, observation)
) WITHOUT ROWID;

-- Observations of readings that are pending or covered, and of a merged inventory what a better reading has, too.
CREATE TABLE pending (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    day INTEGER NOT NULL,
    client INTEGER NOT NULL,
    server INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    certificate INTEGER,             -- that the server showed to this client
    path INTEGER,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    first_packet INTEGER NOT NULL,
    last_packet INTEGER NOT NULL,
    last_source INTEGER,
    sessions INTEGER NOT NULL,
    short_lived INTEGER NOT NULL,
    gaps INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX pending_by_last_source ON pending (last_source) WHERE last_source IS NOT NULL;

-- The rows of `report verdicts`, as of the day of the last `lasthello policy apply`: for the views verdicts and changes. Reports judge
-- anew, and do not read it. Neither table is merged. A row's sessions are named by the latest of them, so that what is forgotten goes.
CREATE TABLE applied_verdict (
    client INTEGER NOT NULL,
    server INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    verdict TEXT NOT NULL,           -- failing, breaks, ... (lasthello-verdicts(7))
    severity INTEGER NOT NULL,       -- of the verdict: the worse, the higher
    statement TEXT NOT NULL,         -- the kind of its sentence
    policy TEXT,                     -- that it rests on
    breach TEXT,                     -- what of that is offended
    got TEXT,                        -- a version, refused, no TLS, clear text
    due TEXT,                        -- when that policy ends it
    days_left INTEGER,
    became TEXT,                     -- what became of an old client
    changed_day INTEGER,             -- days: in seconds since 1970
    trait TEXT,
    since_day INTEGER,
    refused_last_day INTEGER,
    refused INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    old_first_day INTEGER,
    old_last_day INTEGER,
    better_sessions INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    all_sessions INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
);
CREATE TABLE judgement_day (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    day INTEGER NOT NULL,            -- as of which it was judged, since 1970
    applied INTEGER NOT NULL         -- when, in seconds since 1970
);

-- ---- for people: stable, UTC in ISO 8601 ------------------------------------------------------

CREATE VIEW session_facts AS
SELECT s.name AS source, h.site, h.address AS client, h.digits AS client_digits, v.address AS server, v.digits AS server_digits,
    k.port, k.service, k.server_name, k.dns_name, k.server_name_source, k.provider, k.offered_max, k.negotiated, k.outcome, k.refused_by, k.evidence, k.cause,
    date(o.day * 86400, 'unixepoch') AS day,
    strftime('%Y-%m-%dT%H:%M:%S', (o.first_seen - (o.first_seen % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || printf('.%06dZ', (o.first_seen % 1000000 + 1000000) % 1000000) AS first_seen,
    strftime('%Y-%m-%dT%H:%M:%S', (o.last_seen - (o.last_seen % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || printf('.%06dZ', (o.last_seen % 1000000 + 1000000) % 1000000) AS last_seen,
    o.first_packet, o.sessions
FROM observation o
CROSS JOIN profile k ON k.id = o.profile
CROSS JOIN host h ON h.id = o.client
CROSS JOIN host v ON v.id = o.server
CROSS JOIN source s ON s.id = o.source;

-- Who still says hello in, or is given, less than TLS 1.2.
CREATE VIEW legacy_clients AS
SELECT site, client, server, port, service, coalesce(server_name, dns_name, '') AS server_name, coalesce(provider, '') AS provider,
    offered_max, CASE outcome WHEN 'refused' THEN 'refused' ELSE negotiated END AS got, evidence, cause,
    sum(sessions) AS sessions, min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM session_facts
WHERE cause <> 'too_new'
GROUP BY site, client, server, port, service, 6, provider, offered_max, got, evidence, cause;

-- Which servers gave less than TLS 1.2, and to how many clients.
CREATE VIEW legacy_servers AS
SELECT site, server, port, service, coalesce(provider, '') AS provider, negotiated, count(DISTINCT client) AS clients,
    sum(sessions) AS sessions, min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM session_facts
WHERE negotiated < 'TLS 1.2'
GROUP BY site, server, port, service, provider, negotiated;

-- Is it getting better?
CREATE VIEW trend AS
SELECT site, day, service, CASE outcome WHEN 'refused' THEN 'refused' ELSE coalesce(negotiated, 'not known') END AS version, cause,
    sum(sessions) AS sessions, count(DISTINCT client) AS clients, count(DISTINCT server) AS servers
FROM session_facts
GROUP BY site, day, service, version, cause;

-- What `report verdicts` says of each client toward each target by each policy, as of the day of the last `lasthello policy apply`
-- (as_of; no row before the first): all but the sentence. The worst of a client: ORDER BY severity DESC.
CREATE VIEW verdicts AS
SELECT h.site, h.address AS client, coalesce(k.provider, k.server_name, k.dns_name, v.address) AS "to", k.service, t.verdict, t.severity,
    t.statement, t.policy, t.breach, k.cause, t.due, date((j.day + t.days_left) * 86400, 'unixepoch') AS until, k.offered_max AS offers,
    t.got, t.became, date(t.changed_day, 'unixepoch') AS changed_day, t.trait,
    date(t.since_day, 'unixepoch') AS since_day, date(t.refused_last_day, 'unixepoch') AS refused_last_day, t.refused, t.attempts,
    date(t.old_first_day, 'unixepoch') AS old_first_day, date(t.old_last_day, 'unixepoch') AS old_last_day, t.better_sessions,
    t.sessions, t.all_sessions, date(t.first_seen / 1000000, 'unixepoch') AS first_day, date(t.last_seen / 1000000, 'unixepoch') AS last_day,
    date(j.day * 86400, 'unixepoch') AS as_of
FROM judgement_day j
CROSS JOIN applied_verdict t
CROSS JOIN profile k ON k.id = t.profile
CROSS JOIN host h ON h.id = t.client
CROSS JOIN host v ON v.id = t.server;

-- On which day each client was first and last seen with old TLS toward a target, and first refused because of it; and, as of the day
-- of the last `lasthello policy apply` (as_of), what became of it: fixed, back again, ... since changed_day.
CREATE VIEW changes AS
SELECT f.site, f.client, f."to", f.service, f.old_first, f.old_last, f.refused_first, f.refused_last, f.sessions,
    t.became, t.changed_day, t.trait, t.as_of
FROM (SELECT site, client, coalesce(provider, server_name, dns_name, server) AS "to", service, min(day) AS old_first, max(day) AS old_last,
        min(CASE outcome WHEN 'refused' THEN day END) AS refused_first, max(CASE outcome WHEN 'refused' THEN day END) AS refused_last,
        sum(sessions) AS sessions
    FROM session_facts
    WHERE cause <> 'too_new'
    GROUP BY site, client, 3, service) f
LEFT JOIN (SELECT site, client, "to", service, max(became) AS became, max(changed_day) AS changed_day, max(trait) AS trait, max(as_of) AS as_of
    FROM verdicts GROUP BY site, client, "to", service) t
    ON t.site = f.site AND t.client = f.client AND t."to" = f."to" AND t.service = f.service;

-- What each sensor saw, and what it did not.
CREATE VIEW coverage AS
SELECT s.kind, s.name, s.site, s.observer,
    strftime('%Y-%m-%dT%H:%M:%S', (s.started - (s.started % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || printf('.%06dZ', (s.started % 1000000 + 1000000) % 1000000) AS started,
    strftime('%Y-%m-%dT%H:%M:%S', (s.ended - (s.ended % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || printf('.%06dZ', (s.ended % 1000000 + 1000000) % 1000000) AS ended,
    s.packets, s.bytes, s.dropped, s.interface_dropped, s.down_seconds,
    b.minutes AS blind_minutes,
    strftime('%Y-%m-%dT%H:%MZ', b.first * 60, 'unixepoch') AS blind_first,
    strftime('%Y-%m-%dT%H:%MZ', b.last * 60, 'unixepoch') AS blind_last,
    s.truncated, s.flows, s.scans, s.gaps, s.gap_bytes, s.overlaps, s.given_up_flows, s.given_up_sessions,
    s.given_up_fragments, s.contradictory, s.unstored, s.dns_answers, s.dns_unasked, s.names_unread, s.continues, s.failed,
    s.complete,
    f.used, f.duplicate, f.settled, f.no_flow, f.not_mail, f.not_tcp, f.fragment_held, f.not_ip, f.link_unknown, f.malformed,
    f.cut_short, f.too_deep, f.given_up,
    (SELECT group_concat(u.kind || ' ' || CASE u.number WHEN 0 THEN 'others' ELSE u.number END
            || coalesce(' (' || u.name || ')', '') || ': ' || u.packets, ', ')
        FROM unknown u WHERE u.source = s.id) AS not_understood
FROM source s
LEFT JOIN (SELECT source, count(*) AS minutes, min(minute) AS first, max(minute) AS last FROM blind GROUP BY source) b
    ON b.source = s.id
LEFT JOIN (SELECT source,
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
    FROM fate GROUP BY source) f
    ON f.source = s.id;

-- When each host was first and last seen, also in observations that are kept no longer.
CREATE VIEW hosts AS
SELECT h.site, h.address,
    strftime('%Y-%m-%dT%H:%M:%S', (min(t.first) - (min(t.first) % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || printf('.%06dZ', (min(t.first) % 1000000 + 1000000) % 1000000) AS first_seen,
    strftime('%Y-%m-%dT%H:%M:%S', (max(t.last) - (max(t.last) % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || printf('.%06dZ', (max(t.last) % 1000000 + 1000000) % 1000000) AS last_seen,
    (SELECT n.name FROM host_name n WHERE n.host = h.id AND n.source = 'dhcp' ORDER BY n.last_seen DESC, n.name LIMIT 1) AS name
FROM (SELECT client AS host, first_seen AS first, last_seen AS last FROM observation
    UNION ALL SELECT server, first_seen, last_seen FROM observation
    UNION ALL SELECT id, first_seen, last_seen FROM host WHERE first_seen IS NOT NULL) t
CROSS JOIN host h ON h.id = t.host
GROUP BY h.id;

-- What hosts say of themselves: the newest first. The name of one: WHERE source = 'dhcp' AND address = '10.1.4.17'.
CREATE VIEW host_names AS
SELECT h.site, h.address, n.name, n.source,
    strftime('%Y-%m-%dT%H:%M:%S', (n.first_seen - (n.first_seen % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || printf('.%06dZ', (n.first_seen % 1000000 + 1000000) % 1000000) AS first_seen,
    strftime('%Y-%m-%dT%H:%M:%S', (n.last_seen - (n.last_seen % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || printf('.%06dZ', (n.last_seen % 1000000 + 1000000) % 1000000) AS last_seen
FROM host_name n
CROSS JOIN host h ON h.id = n.host
ORDER BY n.last_seen DESC;

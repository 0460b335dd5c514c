PRAGMA application_id = 0x6c684c4f; PRAGMA user_version = 2;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE inventory (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    uuid TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    gather_from INTEGER NOT NULL
);
INSERT INTO inventory VALUES(1,'6ef57d778a01d434af21f5713443663d',1,1,200000);
CREATE TABLE reading (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    site TEXT NOT NULL,
    observer TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    packets INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    interface_dropped INTEGER NOT NULL,
    down_seconds INTEGER NOT NULL,
    truncated INTEGER NOT NULL,
    flows INTEGER NOT NULL,
    scans INTEGER NOT NULL,
    gaps INTEGER NOT NULL,
    gap_bytes INTEGER NOT NULL,
    overlaps INTEGER NOT NULL,
    given_up_flows INTEGER NOT NULL,
    given_up_sessions INTEGER NOT NULL,
    given_up_fragments INTEGER NOT NULL,
    contradictory INTEGER NOT NULL,
    unstored INTEGER NOT NULL,
    dns_answers INTEGER NOT NULL,
    dns_unasked INTEGER NOT NULL,
    names_unread INTEGER NOT NULL,
    continues INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    owner INTEGER,
    place INTEGER,
    length INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    first_hash INTEGER NOT NULL,
    marks TEXT,
    anchors TEXT,
    captured INTEGER NOT NULL,
    snapshot INTEGER NOT NULL,
    ports TEXT,
    discover INTEGER NOT NULL,
    filter TEXT,
    rules TEXT,
    packets_before INTEGER NOT NULL,
    packets_after INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    kept_from INTEGER,
    gathered INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0
);
INSERT INTO reading VALUES(3450474958675092943,'counts','file','pcaps/refused-silence-30s/capture.pcapng','default','vm',1795656154903176,1795656200111921,27,1951,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,1,NULL,5715602438561639485,27,7782307073738639764,8132513509859139932,'70dc7df346672fe9fe1c2cc0d7083eb3fc522d6ef19c409f7a9aa5153f084799c3f08944a8f199b9259a8aec06580446b988764ee901069cc2f4fa82dfd0fc502b41ecbf625d3529136d1c4647fbb79dcf45befa32d2bd7beb314a7484d2d15851a2906f93417d5b6c004f0d','a124fbbbc82fde2403583c30046982690000000000000016547f7c5b0f05f40620be5466be8d11f800000000000000040cf21ded1f7ef13127c3fd34ee2436c000000000000000177c43798ffd2a2ac631b5fd0063bf48f0000000000000001174adef45ce30ac7734c1cbf303e8a0cc000000000000000edcbf8fa002836bf336ddf089932c045400000000000000098f2759132c810efc3e19ab187af1b1750000000000000006bb842b937a3c052e3e689ca126e7f91b000000000000000da7fdc3acfe9acb274e511bf4e189faf80000000000000014f50a10aa006c87794e7e6419bb7c89570000000000000013a6b8f4b51ee28c8153217e8ce3a847f80000000000000018cf64f81ce0d272be5c1d2f810a2fea2400000000000000155127402b0a9c719d6debeadfa42c5271000000000000000c6995270bd7b2d20c6e8bb0e3d85d2b2b000000000000000bfba93c2c33867f9b7078628ddfcb628800000000000000057d6a807aff4a53b970dc7df30638215c000000000000000170dc7df30638215c71d8d493f9991d5d000000000000001ba124fbbbc82fde247b66081e2c73eb8e00000000000000194acb003b0d465e4c7e8694d2778ec514000000000000001042f7f2456a7163878a2eb6aabb53e9690000000000000003ec33c98660f1df39a6bc1c7ba06cd1b400000000000000076240480f1aa8d6e2e38ca155953556b30000000000000012583a909b6366032ae48126ecc150627b000000000000001a2f4c2727ce96c0c7e7b1cdd2f05f3280000000000000000fc4715d72f2e29e73f12894e89f65d4740000000000000002620512dba59df5d0f609207a7eac33c600000000000000085849688999550aa8fdf632352ea84574000000000000000a8d1d8b485b295470',1951,4294967295,'110=pop3,143=imap,993=imaps,995=pop3s',0,NULL,'0.1.0 0 0 d1fba762150c532c',0,0,0,NULL,0,1);
CREATE TABLE reading_mark (
    level INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    is_last INTEGER NOT NULL,
    reading INTEGER NOT NULL,
    PRIMARY KEY (level, mark, is_last, reading)
) WITHOUT ROWID;
INSERT INTO reading_mark VALUES(0,1893498355,0,3450474958675092943);
INSERT INTO reading_mark VALUES(1,1181167593,0,3450474958675092943);
INSERT INTO reading_mark VALUES(2,3607641779,0,3450474958675092943);
INSERT INTO reading_mark VALUES(3,1057507225,0,3450474958675092943);
INSERT INTO reading_mark VALUES(4,3755015248,1,3450474958675092943);
CREATE TABLE reading_anchor (
    anchor INTEGER NOT NULL,
    reading INTEGER NOT NULL,
    PRIMARY KEY (anchor, reading)
) WITHOUT ROWID;
INSERT INTO reading_anchor VALUES(-8489647403143272087,3450474958675092943);
INSERT INTO reading_anchor VALUES(-6432234850493869644,3450474958675092943);
INSERT INTO reading_anchor VALUES(-2050086341412825421,3450474958675092943);
INSERT INTO reading_anchor VALUES(-1981259562768899461,3450474958675092943);
INSERT INTO reading_anchor VALUES(-1751392474210815360,3450474958675092943);
INSERT INTO reading_anchor VALUES(-1069441184672918412,3450474958675092943);
INSERT INTO reading_anchor VALUES(-718006955105569850,3450474958675092943);
INSERT INTO reading_anchor VALUES(-146874733845527180,3450474958675092943);
INSERT INTO reading_anchor VALUES(241008756994441833,3450474958675092943);
INSERT INTO reading_anchor VALUES(2359416055049032184,3450474958675092943);
INSERT INTO reading_anchor VALUES(2865412191713244864,3450474958675092943);
INSERT INTO reading_anchor VALUES(3582047256758405360,3450474958675092943);
INSERT INTO reading_anchor VALUES(3801543805080477900,3450474958675092943);
INSERT INTO reading_anchor VALUES(3953580521571484756,3450474958675092943);
INSERT INTO reading_anchor VALUES(4474795826399523189,3450474958675092943);
INSERT INTO reading_anchor VALUES(4497016443885844763,3450474958675092943);
INSERT INTO reading_anchor VALUES(5643322546641828600,3450474958675092943);
INSERT INTO reading_anchor VALUES(5656068243706382679,3450474958675092943);
INSERT INTO reading_anchor VALUES(5990208122959448056,3450474958675092943);
INSERT INTO reading_anchor VALUES(6637513657082178084,3450474958675092943);
INSERT INTO reading_anchor VALUES(7920682615914123889,3450474958675092943);
INSERT INTO reading_anchor VALUES(7965654858568903467,3450474958675092943);
INSERT INTO reading_anchor VALUES(8104335890937766536,3450474958675092943);
INSERT INTO reading_anchor VALUES(8132513509859139932,3450474958675092943);
INSERT INTO reading_anchor VALUES(8203540453268200797,3450474958675092943);
INSERT INTO reading_anchor VALUES(8891803439977458574,3450474958675092943);
INSERT INTO reading_anchor VALUES(9117138127328036116,3450474958675092943);
CREATE TABLE tombstone (
    reading INTEGER PRIMARY KEY,
    replaced_by INTEGER NOT NULL,
    revision INTEGER NOT NULL
);
CREATE TABLE sensor (
    uuid TEXT PRIMARY KEY NOT NULL,
    merged_epoch INTEGER NOT NULL,
    merged_revision INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    sent INTEGER,
    received INTEGER,
    rolled_back INTEGER,
    version TEXT,
    observer TEXT,
    site TEXT
) WITHOUT ROWID;
CREATE TABLE fate (
    source INTEGER NOT NULL,
    fate TEXT NOT NULL,
    packets INTEGER NOT NULL,
    PRIMARY KEY (source, fate)
) WITHOUT ROWID;
INSERT INTO fate VALUES(3450474958675092943,'no_flow',3);
INSERT INTO fate VALUES(3450474958675092943,'settled',7);
INSERT INTO fate VALUES(3450474958675092943,'used',17);
CREATE TABLE unknown (
    source INTEGER NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT,
    packets INTEGER NOT NULL,
    PRIMARY KEY (source, kind, number)
) WITHOUT ROWID;
CREATE TABLE blind (
    source INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    interface_dropped INTEGER NOT NULL,
    down_seconds INTEGER NOT NULL,
    PRIMARY KEY (source, minute)
) WITHOUT ROWID;
CREATE TABLE host (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    address TEXT NOT NULL,
    digits TEXT NOT NULL,
    first_seen INTEGER,
    last_seen INTEGER,
    revision INTEGER NOT NULL DEFAULT 0
);
INSERT INTO host VALUES(5157223865006276893,'default','10.1.0.17','00000000000000000000ffff0a010011',NULL,NULL,1);
INSERT INTO host VALUES(6100766042603197149,'default','10.9.0.3','00000000000000000000ffff0a090003',NULL,NULL,1);
CREATE TABLE host_name (
    host INTEGER NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (host, name, source)
) WITHOUT ROWID;
CREATE TABLE path (
    id INTEGER PRIMARY KEY,
    client_mac TEXT,
    server_mac TEXT,
    vlans TEXT,
    tunnel TEXT,
    tunnel_id INTEGER,
    proxy_address TEXT,
    proxy_port INTEGER,
    client_attached INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0
);
INSERT INTO path VALUES(7798270494744951423,'02-00-00-00-01-11','02-00-00-00-09-03',NULL,NULL,NULL,NULL,NULL,1,1);
CREATE TABLE hello (
    id INTEGER PRIMARY KEY,
    offered TEXT,
    legacy_version TEXT,
    alpn TEXT,
    ja3 TEXT,
    ja4 TEXT,
    sslv2_format INTEGER NOT NULL,
    fallback_scsv INTEGER NOT NULL,
    ech INTEGER NOT NULL,
    cipher_suites TEXT,
    supported_versions TEXT,
    supported_groups TEXT,
    signature_algorithms TEXT,
    lists_cut INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0
);
INSERT INTO hello VALUES(7586505085861206300,'TLS 1.1','0x0302',NULL,'d22bb67c3d597a7b06a4682193042c8d','t11d230600_44099cda8a52_195413a0cc0f',0,0,0,'c00a,c014,0039,0038,0088,0087,c019,003a,0089,c009,c013,0033,0032,0045,0044,c018,0034,0046,0035,0084,002f,0041,00ff',NULL,'001d,0017,001e,0019,0018',NULL,0,1);
CREATE TABLE answer (
    id INTEGER PRIMARY KEY,
    wire_version TEXT NOT NULL,
    cipher TEXT,
    key_group TEXT,
    group_bits INTEGER,
    alpn TEXT,
    ja3s TEXT,
    resumed INTEGER NOT NULL,
    retry_request INTEGER NOT NULL,
    downgrade INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE certificate (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    subject TEXT,
    issuer TEXT,
    not_before INTEGER,
    not_after INTEGER,
    key_type TEXT,
    key_bits INTEGER,
    signature TEXT,
    chain TEXT,
    revision INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE profile (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    port INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    refused_by TEXT,
    evidence TEXT NOT NULL,
    offered_max TEXT,
    negotiated TEXT,
    cause TEXT,
    server_name TEXT,
    provider TEXT,
    provider_source TEXT,
    hello INTEGER,
    answer INTEGER,
    client_alert INTEGER,
    server_alert INTEGER,
    starttls TEXT,
    flags TEXT,
    login TEXT,
    foreign_protocol TEXT,
    directions TEXT NOT NULL,
    dns_name TEXT,
    server_name_source TEXT,
    client_software TEXT,
    server_software TEXT,
    greeting TEXT,
    revision INTEGER NOT NULL DEFAULT 0
);
INSERT INTO profile VALUES(3769196801246407813,'imaps',993,'refused','silence','handshake','TLS 1.1',NULL,'client','mail.example',NULL,NULL,7586505085861206300,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'both',NULL,'sni',NULL,NULL,NULL,1);
CREATE TABLE observation (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    day INTEGER NOT NULL,
    client INTEGER NOT NULL,
    server INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    certificate INTEGER,
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
INSERT INTO observation VALUES(3449937194545304373,3450474958675092943,20783,5157223865006276893,6100766042603197149,3769196801246407813,NULL,7798270494744951423,1795656154904884,1795656200111921,4,27,NULL,1,0,0,1);
CREATE TABLE contact (
    client INTEGER NOT NULL,
    server INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    certificate INTEGER NOT NULL,
    path INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    short_lived INTEGER NOT NULL,
    days TEXT NOT NULL,
    last_observation INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (client, server, profile, certificate, path)
) WITHOUT ROWID;
CREATE TABLE client_observation (
    client INTEGER NOT NULL,
    observation INTEGER NOT NULL,
    PRIMARY KEY (client, observation)
) WITHOUT ROWID;
CREATE TABLE pending (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    day INTEGER NOT NULL,
    client INTEGER NOT NULL,
    server INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    certificate INTEGER,
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
CREATE TABLE applied_verdict (
    client INTEGER NOT NULL,
    server INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    severity INTEGER NOT NULL,
    statement TEXT NOT NULL,
    policy TEXT,
    breach TEXT,
    got TEXT,
    due TEXT,
    days_left INTEGER,
    became TEXT,
    changed_day INTEGER,
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
    day INTEGER NOT NULL,
    applied INTEGER NOT NULL
);
CREATE INDEX reading_by_owner ON reading (owner) WHERE owner IS NOT NULL;
CREATE INDEX reading_without_packets ON reading (place) WHERE length = 0;
CREATE INDEX reading_not_gathered ON reading (flows) WHERE gathered = 0;
CREATE VIEW source AS
SELECT id, kind, name, site, observer, max(started, coalesce(kept_from * 86400000000, started)) AS started, ended, packets, bytes, dropped, interface_dropped, down_seconds, truncated,
    flows, scans, gaps, gap_bytes, overlaps, given_up_flows, given_up_sessions, given_up_fragments, contradictory, unstored,
    dns_answers, dns_unasked, names_unread, continues, failed, complete
FROM reading WHERE state = 'counts';
CREATE INDEX observation_by_last_source ON observation (last_source) WHERE last_source IS NOT NULL;
CREATE INDEX pending_by_last_source ON pending (last_source) WHERE last_source IS NOT NULL;
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
CREATE VIEW legacy_clients AS
SELECT site, client, server, port, service, coalesce(server_name, dns_name, '') AS server_name, coalesce(provider, '') AS provider,
    offered_max, CASE outcome WHEN 'refused' THEN 'refused' ELSE negotiated END AS got, evidence, cause,
    sum(sessions) AS sessions, min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM session_facts
WHERE cause <> 'too_new'
GROUP BY site, client, server, port, service, 6, provider, offered_max, got, evidence, cause;
CREATE VIEW legacy_servers AS
SELECT site, server, port, service, coalesce(provider, '') AS provider, negotiated, count(DISTINCT client) AS clients,
    sum(sessions) AS sessions, min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM session_facts
WHERE negotiated < 'TLS 1.2'
GROUP BY site, server, port, service, provider, negotiated;
CREATE VIEW trend AS
SELECT site, day, service, CASE outcome WHEN 'refused' THEN 'refused' ELSE coalesce(negotiated, 'not known') END AS version, cause,
    sum(sessions) AS sessions, count(DISTINCT client) AS clients, count(DISTINCT server) AS servers
FROM session_facts
GROUP BY site, day, service, version, cause;
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
CREATE VIEW host_names AS
SELECT h.site, h.address, n.name, n.source,
    strftime('%Y-%m-%dT%H:%M:%S', (n.first_seen - (n.first_seen % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || printf('.%06dZ', (n.first_seen % 1000000 + 1000000) % 1000000) AS first_seen,
    strftime('%Y-%m-%dT%H:%M:%S', (n.last_seen - (n.last_seen % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || printf('.%06dZ', (n.last_seen % 1000000 + 1000000) % 1000000) AS last_seen
FROM host_name n
CROSS JOIN host h ON h.id = n.host
ORDER BY n.last_seen DESC;
COMMIT;

/* SPDX-License-Identifier: BSD-2-Clause */
/* Each fact that the table declares comes back from its own column, has a stable name in row ids, and
 * stands in the schema and in reports under the name and title that the table says. */
#include "../../src/report/titles.h"
#include "../../src/store/row_key.h"
#include "store_help.h"

/* A session with a different value in each field. */
static void fill_path(struct session *session)
{
    session->has_macs = session->proxy = true;
    memcpy(session->macs, (uint8_t[SIDE_COUNT][6]){{0, 0, 0x5e, 0, 0x53, 1}, {0, 0, 0x5e, 0, 0x53, 2}},
        sizeof(session->macs));
    session->vlan_count = 2;
    session->vlans[0] = 100;
    session->vlans[1] = 20;
    session->tunnel = TUNNEL_VXLAN;
    session->tunnel_id = 4711;
    session->proxy_endpoint = (struct endpoint){{{[10] = 0xff, [11] = 0xff, 203, 0, 113, 9}}, 50999};
}

static void fill_messages(struct session *session)
{
    session->offer = (struct offer){
        .seen = true,
        .sslv2_format = true,
        .ech = true,
        .maximum = VERSION_TLS_1_2,
        .legacy_version = 0x0301,
        .version_count = 2,
        .versions = {0x0303, 0x0302},
        .suite_count = 3,
        .suites = {0xc02f, 0x0035, 0x010080},
        .group_count = 2,
        .groups = {0x001d, 0x0017},
        .signature_count = 1,
        .signatures = {0x0403},
        .alpn = "imap,http/1.1",
        .ja3 = "ja3-value",
        .ja4 = "ja4-value",
        .server_name = "imap.example.net",
    };
    session->answer = (struct answer){
        .seen = true,
        .retry_request = true,
        .wire_version = 0x0302,
        .cipher_suite = 0xc013,
        .group = 0x0018,
        .group_bits = 1024,
        .alpn = "imap",
        .ja3s = "ja3s-value",
    };
    session->certificate = (struct certificate){
        .seen = true,
        .readable = true,
        .sha256 = {0xab, [31] = 0x01},
        .subject = "CN=mail",
        .issuer = "CN=ca",
        .not_before = -631152000, /* 1950 */
        .not_after = 1700000000,
        .key_type = "RSA",
        .key_bits = 2048,
        .signature = "sha256WithRSAEncryption",
        .chain = "no public CA",
    };
}

static struct session full_session(void)
{
    struct session session = make_session(7, 1, 0);

    fill_path(&session);
    fill_messages(&session);
    session.outcome = OUTCOME_REFUSED;
    session.refused_by = REFUSAL_ALERT;
    session.evidence = EVIDENCE_HANDSHAKE;
    session.negotiated = VERSION_TLS_1_1;
    session.cause = CAUSE_FALLBACK;
    session.alerts[SIDE_CLIENT] = (struct alert){true, 2, 47};
    session.alerts[SIDE_SERVER] = (struct alert){true, 2, 70};
    session.starttls.requested = session.starttls.hasty = session.bye = true;
    session.directions = 2;
    strcpy(session.provider, "GMail");
    session.provider_source = "rule";
    strcpy(session.login, "PLAIN");
    strcpy(session.foreign, "SSH");
    session.server_name_source = "sni";
    strcpy(session.hints.dns_name, "a.example.net,b.example.net");
    strcpy(session.hints.client_software, "name=Pine; version=4.44");
    strcpy(session.hints.server_software, "name=Dovecot");
    strcpy(session.hints.greeting, "Dovecot ready");
    return session;
}

struct expected {
    enum fact_table table;
    const char *column, *value;
};

/* What stands where, by hand. */
static const struct expected rows[] = {
    {TABLE_PATH, "client_mac", "00-00-5E-00-53-01"},
    {TABLE_PATH, "server_mac", "00-00-5E-00-53-02"},
    {TABLE_PATH, "vlans", "100,20"},
    {TABLE_PATH, "tunnel", "vxlan"},
    {TABLE_PATH, "tunnel_id", "4711"},
    {TABLE_PATH, "proxy_address", "203.0.113.9"},
    {TABLE_PATH, "proxy_port", "50999"},
    {TABLE_PATH, "client_attached", "0"},
    {TABLE_HELLO, "offered", "TLS 1.2, TLS 1.1"},
    {TABLE_HELLO, "legacy_version", "0x0301"},
    {TABLE_HELLO, "alpn", "imap,http/1.1"},
    {TABLE_HELLO, "ja3", "ja3-value"},
    {TABLE_HELLO, "ja4", "ja4-value"},
    {TABLE_HELLO, "sslv2_format", "1"},
    {TABLE_HELLO, "fallback_scsv", "0"},
    {TABLE_HELLO, "ech", "1"},
    {TABLE_HELLO, "cipher_suites", "c02f,0035,010080"},
    {TABLE_HELLO, "supported_versions", "0303,0302"},
    {TABLE_HELLO, "supported_groups", "001d,0017"},
    {TABLE_HELLO, "signature_algorithms", "0403"},
    {TABLE_HELLO, "lists_cut", "0"},
    {TABLE_ANSWER, "wire_version", "0x0302"},
    {TABLE_ANSWER, "cipher", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
    {TABLE_ANSWER, "key_group", "secp384r1"},
    {TABLE_ANSWER, "group_bits", "1024"},
    {TABLE_ANSWER, "alpn", "imap"},
    {TABLE_ANSWER, "ja3s", "ja3s-value"},
    {TABLE_ANSWER, "resumed", "0"},
    {TABLE_ANSWER, "retry_request", "1"},
    {TABLE_ANSWER, "downgrade", "0"},
    {TABLE_CERTIFICATE, "sha256", "ab00000000000000000000000000000000000000000000000000000000000001"},
    {TABLE_CERTIFICATE, "subject", "CN=mail"},
    {TABLE_CERTIFICATE, "issuer", "CN=ca"},
    {TABLE_CERTIFICATE, "not_before", "-631152000"},
    {TABLE_CERTIFICATE, "not_after", "1700000000"},
    {TABLE_CERTIFICATE, "key_type", "RSA"},
    {TABLE_CERTIFICATE, "key_bits", "2048"},
    {TABLE_CERTIFICATE, "signature", "sha256WithRSAEncryption"},
    {TABLE_CERTIFICATE, "chain", "no public CA"},
    {TABLE_PROFILE, "service", "imaps"},
    {TABLE_PROFILE, "port", "993"},
    {TABLE_PROFILE, "negotiated", "TLS 1.1"},
    {TABLE_PROFILE, "outcome", "refused"},
    {TABLE_PROFILE, "refused_by", "alert 70"},
    {TABLE_PROFILE, "evidence", "handshake"},
    {TABLE_PROFILE, "offered_max", "TLS 1.2"},
    {TABLE_PROFILE, "cause", "fallback"},
    {TABLE_PROFILE, "server_name", "imap.example.net"},
    {TABLE_PROFILE, "provider", "GMail"},
    {TABLE_PROFILE, "provider_source", "rule"},
    {TABLE_PROFILE, "client_alert", "47"},
    {TABLE_PROFILE, "server_alert", "70"},
    {TABLE_PROFILE, "starttls", "requested"},
    {TABLE_PROFILE, "flags", "bye,proxy,hasty"},
    {TABLE_PROFILE, "login", "PLAIN"},
    {TABLE_PROFILE, "foreign_protocol", "SSH"},
    {TABLE_PROFILE, "directions", "server"},
    {TABLE_PROFILE, "dns_name", "a.example.net,b.example.net"},
    {TABLE_PROFILE, "server_name_source", "sni"},
    {TABLE_PROFILE, "client_software", "name=Pine; version=4.44"},
    {TABLE_PROFILE, "server_software", "name=Dovecot"},
    {TABLE_PROFILE, "greeting", "Dovecot ready"},
};

static struct references references_of(const struct session *session)
{
    struct references references = {{0}};
    struct sheet sheet;

    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++) {
        if (!fact_table_applies(table, session))
            continue;
        sheet_write(&sheet, table, session, &references);
        references.ids[table] = row_id_of_sheet(&sheet);
    }
    return references;
}

static void store(const struct session *session)
{
    struct source_record source = make_source(session->first.source, 100, true);
    struct desk desk = open_desk();
    struct error error = {0};

    add(&desk, session);
    assert_true(ledger_source(desk.ledger, &source));
    assert_true(close_desk(&desk, &error));
}

/* Is the value of the column in the row with this id as said? */
static int64_t holds(enum fact_table table, uint64_t id, const char *column, const char *value)
{
    char sql[512];

    snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s WHERE id = %lld AND CAST(%s AS TEXT) = '%s'",
        fact_tables[table].name,
        (long long)id, column, value);
    return number(sql);
}

static void each_fact_comes_back_from_its_own_column(void **state)
{
    struct session session = full_session();
    struct references references = references_of(&session);

    (void)state;
    store(&session);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (holds(rows[i].table, references.ids[rows[i].table], rows[i].column, rows[i].value) != 1)
            fail_msg("%s.%s is not %s", fact_tables[rows[i].table].name, rows[i].column, rows[i].value);
    assert_int_equal(number("SELECT count(*) FROM profile p JOIN hello h ON h.id = p.hello "
                            "JOIN answer a ON a.id = p.answer JOIN observation o ON o.profile = p.id JOIN certificate c ON c.id = o.certificate "
                            "JOIN path w ON w.id = o.path"),
        1);
}

/* Two sessions: what is counted, and when, differs in each column. */
static void each_column_of_an_observation_holds_its_own(void **state)
{
    static const char row[] =
        "SELECT count(*) FROM observation o JOIN host c ON c.id = o.client JOIN host v ON v.id = o.server "
        "WHERE o.source = 7 AND o.day = 20417 AND c.address = '10.0.0.1' AND v.address = '192.0.2.1' "
        "AND o.first_seen = 1764072000000000 AND o.last_seen = 1764072009000005 AND o.first_packet = 10 "
        "AND o.last_packet = 29 AND o.last_source IS NULL AND o.sessions = 2 AND o.short_lived = 1 AND o.gaps = 3";
    struct source_record source = make_source(7, 100, true);
    struct session session = make_session(7, 1, 0), later = make_session(7, 1, 9);
    struct amendment amendment;
    struct error error = {0};
    struct desk desk;

    (void)state;
    session.gaps = 3;
    desk = open_desk();
    add(&desk, &session);
    amendment = (struct amendment){.observation = add(&desk, &later), .last = later.last, .short_lived = true};
    assert_true(ledger_amend(desk.ledger, &amendment));
    assert_true(ledger_source(desk.ledger, &source));
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number(row), 1);
    assert_int_equal(number("SELECT count(*) FROM observation o, inventory i WHERE o.revision BETWEEN 1 AND i.revision"), 1);
}

static bool has_row(enum fact_table table, const char *column)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].table == table && strcmp(rows[i].column, column) == 0)
            return true;
    return false;
}

static void no_fact_is_left_out_above(void **state)
{
    (void)state;
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        for (size_t i = 0; i < fact_tables[table].count; i++)
            if (fact_tables[table].facts[i].type != FACT_REFERENCE)
                assert_true(has_row(table, fact_tables[table].facts[i].column));
}

/* One flag after the other, alone. */
static void each_flag_is_told_from_all_others(void **state)
{
    (void)state;
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        for (size_t i = 0; i < fact_tables[table].count; i++) {
            const struct fact *fact = &fact_tables[table].facts[i];
            struct session session = make_session(8, (uint8_t)(i + 1), 0);
            struct references references;

            if (fact->type != FACT_FLAG && fact->type != FACT_MEMBER)
                continue;
            *((bool *)&session + fact->offset) = true;
            references = references_of(&session);
            store(&session);
            if (holds(table, references.ids[table], fact->column,
                    fact->type == FACT_FLAG ? "1" : fact->member) != 1)
                fail_msg("%s %s is not stored", fact->column, fact->member == NULL ? "" : fact->member);
        }
}

/* ---- names that never change: an inventory of today merges with one of next year ---- */

static void what_a_row_says_is_written_down_in_one_way(void **state)
{
    static const char expected[] = "answer\0wire_version=0x0301\0cipher=TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA";
    struct session session = make_session(7, 1, 0);
    struct references references = {{0}};
    struct sheet sheet;

    (void)state;
    sheet_write(&sheet, TABLE_ANSWER, &session, &references);
    assert_int_equal(sheet.len, sizeof(expected));
    assert_memory_equal(sheet.text, expected, sizeof(expected));
    assert_int_equal(sheet.id_len, sheet.len);
}

/* SipHash-1-3 with the key zero of what row_id.h says, computed by another program. */
static void the_golden_ids_stand(void **state)
{
    static const uint64_t golden[TABLE_REPEATED_COUNT] = {
        [TABLE_PATH] = 0x01f2ad5c82ede4ec,
        [TABLE_HELLO] = 0x4c59b36198321a58,
        [TABLE_ANSWER] = 0x0f653c2cf5db3252,
        [TABLE_CERTIFICATE] = 0x69de7b5e150fc2bb,
        [TABLE_PROFILE] = 0x1eb26c533ad9cd1a,
    };
    struct session session = full_session();
    struct references references = references_of(&session);
    struct observation_key key = {.source = 7, .day = 20417, .client = 1, .server = 2, .profile = 3, .certificate = 4};

    (void)state;
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        if (references.ids[table] != golden[table])
            fail_msg("%s is now 0x%llx", fact_tables[table].name, (long long)references.ids[table]);
    assert_int_equal(row_id_of_host("default", &session.endpoints[SIDE_CLIENT].address),
        0x7dee5de132038b41);
    assert_int_equal(row_id_of_observation(&key), 0x0000147d08dc2fab);
}

/* A pointer, or the upper bytes of an enum: what they say cannot be anything. */
static bool is_pointer_or_enum(size_t byte)
{
    static const size_t pointers[] = {offsetof(struct session, service), offsetof(struct session, provider_source),
        offsetof(struct session, server_name_source)};
    static const size_t enums[] = {offsetof(struct session, outcome), offsetof(struct session, refused_by),
        offsetof(struct session, evidence), offsetof(struct session, negotiated), offsetof(struct session, cause),
        offsetof(struct session, tunnel), offsetof(struct session, offer.maximum)};

    for (size_t i = 0; i < COUNT_OF(pointers); i++)
        if (byte - pointers[i] < sizeof(void *))
            return true;
    for (size_t i = 0; i < COUNT_OF(enums); i++)
        if (byte - enums[i] - 1 < sizeof(enum outcome) - 1)
            return true;
    return false;
}

/* In place of text, which is what the ids are made of, a ledger compares keys. */
static void what_changes_a_row_changes_its_key(void **state)
{
    static struct key_plans plans;
    struct references references = {{0}};
    size_t changes = 0;

    (void)state;
    assert_true(key_plans_open(&plans));
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++) {
        struct session base = full_session();
        struct sheet before, after;
        uint64_t key;

        base.evidence = EVIDENCE_RECORDS; /* with its lowest bit changed it is one, too */
        key = row_key(&plans, table, &base, &references);
        sheet_write(&before, table, &base, &references);
        for (size_t i = 0; i < sizeof(base); i++) {
            struct session session = base;

            if (is_pointer_or_enum(i))
                continue;
            ((uint8_t *)&session)[i] ^= 1;
            if (!fact_table_applies(table, &session))
                continue;
            sheet_write(&after, table, &session, &references);
            if (after.id_len == before.id_len && memcmp(after.text, before.text, after.id_len) == 0)
                continue;
            changes++;
            if (row_key(&plans, table, &session, &references) == key)
                fail_msg("byte %zu of a session changes a %s, but not its key", i, fact_tables[table].name);
        }
    }
    assert_true(changes > 200);
}

static void the_longest_row_fits(void **state)
{
    struct session session = full_session();
    struct references references = {{0}};
    char text[FACT_TEXT_BYTES];
    struct sheet sheet;

    (void)state;
    assert_true(row_id_bounds_hold());
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        for (size_t i = 0; i < fact_tables[table].count; i++) {
            const struct fact *fact = &fact_tables[table].facts[i];

            if (fact->type == FACT_TEXT)
                memset((char *)&session + fact->offset, 'x', fact->size - 1u);
        }
    session.offer.version_count = SESSION_VERSIONS_MAX;
    session.offer.suite_count = OFFER_SUITES_MAX;
    session.offer.group_count = OFFER_GROUPS_MAX;
    session.offer.signature_count = OFFER_SIGNATURES_MAX;
    for (size_t i = 0; i < OFFER_SUITES_MAX; i++)
        session.offer.suites[i] = 0xfffffe;
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++) {
        sheet_write(&sheet, table, &session, &references);
        assert_true(sheet.len < SHEET_BYTES / 2);
    }
    assert_int_equal(strlen(fact_text(fact_find(TABLE_HELLO, "cipher_suites"), &session, text)),
        7 * OFFER_SUITES_MAX - 1);
}

/* ---- the schema and the reports agree with the table ---- */

static void read_text(const char *sql, char *out, size_t out_size)
{
    struct error error = {0};
    struct query query;
    struct db db;

    assert_true(db_open(&db, path, DB_READ, &error) && query_open(&query, &db, sql, &error));
    assert_int_equal(query_row(&query, &error), ROW_ONE);
    snprintf(out, out_size, "%s", query_text(&query, 0));
    query_close(&query);
    db_close(&db);
}

static void the_columns_of_the_schema_are_the_facts(void **state)
{
    (void)state;
    read_source(7, 100, 1);
    for (enum fact_table table = 0; table < TABLE_COUNT; table++) {
        const struct fact_list *list = &fact_tables[table];
        char sql[256], columns[2048], expected[2048] = "id";

        for (size_t i = 0; i < list->count; i += fact_count_of_column(list, i)) {
            strcat(expected, ",");
            strcat(expected, list->facts[i].column);
        }
        strcat(expected, ",revision");
        snprintf(sql, sizeof(sql), "SELECT group_concat(name) FROM pragma_table_info('%s')", list->name);
        read_text(sql, columns, sizeof(columns));
        assert_string_equal(columns, expected);
    }
}

static bool has_column(const struct rows *found, const char *name)
{
    size_t count;
    const struct column *columns = rows_columns(found, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(columns[i].name, name) == 0)
            return true;
    return false;
}

static void a_report_of_sessions_has_every_fact_under_its_title(void **state)
{
    struct error error = {0};
    struct inventory *inventory;
    struct rows *found;

    (void)state;
    read_source(7, 100, 1);
    inventory = inventory_open(path, &error);
    found = inventory_ask(inventory, QUESTION_SESSIONS, NULL, &error);
    assert_non_null(found);
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        for (size_t i = 0; i < fact_tables[table].count; i++) {
            const struct fact *fact = &fact_tables[table].facts[i];

            if (fact->type == FACT_REFERENCE)
                continue;
            if (!has_column(found, fact_report(fact)))
                fail_msg("there is no column %s", fact_report(fact));
            assert_string_equal(title_of(fact_report(fact))->title, fact->title);
        }
    rows_close(found);
    inventory_close(inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(each_fact_comes_back_from_its_own_column),
        IN_FOLDER(each_column_of_an_observation_holds_its_own),
        cmocka_unit_test(no_fact_is_left_out_above),
        IN_FOLDER(each_flag_is_told_from_all_others),
        cmocka_unit_test(what_a_row_says_is_written_down_in_one_way),
        cmocka_unit_test(the_golden_ids_stand),
        cmocka_unit_test(what_changes_a_row_changes_its_key),
        cmocka_unit_test(the_longest_row_fits),
        IN_FOLDER(the_columns_of_the_schema_are_the_facts),
        IN_FOLDER(a_report_of_sessions_has_every_fact_under_its_title),
    };

    return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}

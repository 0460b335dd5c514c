/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and their names, as IANA and the RFCs give them. */
#include "test.h"

#include <lasthello/session.h>

static void versions_are_read_from_the_wire(void **state)
{
    static const struct {
        uint16_t wire;
        enum version version;
        const char *name;
    } rows[] = {
        {0x0002, VERSION_SSL_2_0, "SSL 2.0"},
        {0x0300, VERSION_SSL_3_0, "SSL 3.0"},
        {0x0301, VERSION_TLS_1_0, "TLS 1.0"},
        {0x0302, VERSION_TLS_1_1, "TLS 1.1"},
        {0x0303, VERSION_TLS_1_2, "TLS 1.2"},
        {0x0304, VERSION_TLS_1_3, "TLS 1.3"},
        {0x7f1c, VERSION_TLS_1_3, "TLS 1.3"},
        {0xfb17, VERSION_TLS_1_3, "TLS 1.3"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(version_from_wire(rows[i].wire), rows[i].version);
        assert_string_equal(version_name(rows[i].version), rows[i].name);
    }
    assert_string_equal(version_name(VERSION_TLS_1_2_PLUS), "TLS 1.2+");
}

static void what_is_no_version_is_unknown_and_has_no_name(void **state)
{
    static const uint16_t wires[] = {0, 0x0001, 0x0200, 0x0305, 0xfeff, 0xfafa, 0x0a0a, 0x7a7a, 0xffff};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wires); i++)
        assert_int_equal(version_from_wire(wires[i]), VERSION_UNKNOWN);
    assert_null(version_name(VERSION_UNKNOWN));
}

static void cipher_suites_have_their_registered_names(void **state)
{
    static const struct {
        uint16_t number;
        const char *name;
    } rows[] = {
        {0x0000, "TLS_NULL_WITH_NULL_NULL"},
        {0x0005, "TLS_RSA_WITH_RC4_128_SHA"},
        {0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"},
        {0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"},
        {0x1301, "TLS_AES_128_GCM_SHA256"},
        {0x5600, "TLS_FALLBACK_SCSV"},
        {0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
        {0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
        {0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
        {0xfeff, "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA"}, /* not registered: data/cipher-suites.csv */
        {0xd005, "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256"},
        {0xc0ff, "0xC0FF"},
        {0xffff, "0xFFFF"},
    };
    char out[NAME_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(cipher_suite_name(rows[i].number, out), rows[i].name);
}

static void groups_have_their_registered_names(void **state)
{
    char out[NAME_BYTES];

    (void)state;
    assert_string_equal(group_name(23, out), "secp256r1");
    assert_string_equal(group_name(29, out), "x25519");
    assert_string_equal(group_name(256, out), "ffdhe2048");
    assert_string_equal(group_name(0x11ec, out), "X25519MLKEM768");
    assert_string_equal(group_name(0x6399, out), "X25519Kyber768Draft00");
    assert_string_equal(group_name(0x0abc, out), "0x0ABC");
}

static void alerts_have_their_registered_names(void **state)
{
    (void)state;
    assert_string_equal(alert_name(0), "close_notify");
    assert_string_equal(alert_name(40), "handshake_failure");
    assert_string_equal(alert_name(70), "protocol_version");
    assert_string_equal(alert_name(86), "inappropriate_fallback");
    assert_string_equal(alert_name(121), "ech_required");
    assert_null(alert_name(1));
    assert_null(alert_name(255));
}

static void unknown_words_are_left_out(void **state)
{
    char out[16];

    (void)state;
    assert_null(outcome_name(OUTCOME_NONE));
    assert_null(cause_name(CAUSE_NONE));
    assert_null(tunnel_name(TUNNEL_NONE));
    assert_null(refusal_name(&(struct session){0}, out));
    assert_string_equal(evidence_name(EVIDENCE_NONE), "none");
    for (enum outcome outcome = OUTCOME_ESTABLISHED; outcome < OUTCOME_COUNT; outcome++)
        assert_non_null(outcome_name(outcome));
    for (enum tunnel tunnel = TUNNEL_IPIP; tunnel < TUNNEL_COUNT; tunnel++)
        assert_non_null(tunnel_name(tunnel));
}

static void a_refusal_by_alert_shows_its_number(void **state)
{
    struct session session = {.refused_by = REFUSAL_ALERT, .alerts[SIDE_SERVER] = {.seen = true, .level = 2, .description = 70}};
    char out[16];

    (void)state;
    assert_string_equal(refusal_name(&session, out), "alert 70");
    session.refused_by = REFUSAL_SILENCE;
    assert_string_equal(refusal_name(&session, out), "silence");
}

static void offered_versions_stand_highest_first(void **state)
{
    static const struct {
        struct offer offer;
        const char *text;
    } rows[] = {
        {{.seen = true, .version_count = 4, .versions = {0x0301, 0x0304, 0x0302, 0x0303}},
            "TLS 1.3, TLS 1.2, TLS 1.1, TLS 1.0"},
        {{.seen = true, .version_count = 3, .versions = {0x7f17, 0x7f1c, 0x0304}},
            "TLS 1.3, TLS 1.3 (draft 28), TLS 1.3 (draft 23)"},
        {{.seen = true, .version_count = 2, .versions = {0x1234, 0x0303}}, "TLS 1.2, 0x1234"},
        {{.seen = true, .legacy_version = 0x0301}, "TLS 1.0"},
        {{.seen = false, .legacy_version = 0x0301}, ""},
    };
    char out[128];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(offered_versions(&rows[i].offer, out, sizeof(out)), strlen(rows[i].text));
        assert_string_equal(out, rows[i].text);
    }
}

static void offered_versions_are_cut_between_names(void **state)
{
    const struct offer offer = {.seen = true, .version_count = 2, .versions = {0x0304, 0x0303}};
    char out[12];

    (void)state;
    assert_int_equal(offered_versions(&offer, out, sizeof(out)), 7);
    assert_string_equal(out, "TLS 1.3");
}

static void a_fingerprint_is_like_that_of_a_stack(void **state)
{
    (void)state;
    assert_string_equal(stack_of_ja4("t10i060200_e91ed181b052_000000000000")->name, "OpenSSL 0.9.8");
    assert_false(stack_of_ja4("t10i060200_e91ed181b052_000000000000")->is_tried);
    assert_true(stack_of_ja4("t13d301000_e8f1e7e78f70_000000000000")->is_tried);
    assert_null(stack_of_ja4("t10i060200_e91ed181b053_000000000000"));
    assert_null(stack_of_ja4("t10i060200_e91ed181b05"));
    assert_null(stack_of_ja4(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fingerprint_is_like_that_of_a_stack),
        cmocka_unit_test(versions_are_read_from_the_wire),
        cmocka_unit_test(what_is_no_version_is_unknown_and_has_no_name),
        cmocka_unit_test(cipher_suites_have_their_registered_names),
        cmocka_unit_test(groups_have_their_registered_names),
        cmocka_unit_test(alerts_have_their_registered_names),
        cmocka_unit_test(unknown_words_are_left_out),
        cmocka_unit_test(a_refusal_by_alert_shows_its_number),
        cmocka_unit_test(offered_versions_stand_highest_first),
        cmocka_unit_test(offered_versions_are_cut_between_names),
    };

    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}

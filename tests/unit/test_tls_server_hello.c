/* SPDX-License-Identifier: BSD-2-Clause */
/* What a server chose (RFC 5246 7.4.1.3, RFC 8446 4.1.3), and the size of its keys. */
#include "play.h"
#include "tls_bytes.h"

#include <lasthello/tls.h>

#define BODY(version, random, suite) version random "00 " suite "00 "

static enum version note(const char *hex, struct answer *answer)
{
    struct server_hello hello;

    *answer = (struct answer){0};
    assert_true(tls_server_hello_read(body_of(hex), &hello));
    return tls_server_hello_note(&hello, answer);
}

static void the_version_chosen_is_what_supported_versions_say(void **state)
{
    static const struct {
        const char *hex;
        enum version version;
        uint16_t wire;
    } rows[] = {
        {BODY("0300 ", RANDOM, "002f "), VERSION_SSL_3_0, 0x0300},
        {BODY("0301 ", RANDOM, "002f "), VERSION_TLS_1_0, 0x0301},
        {BODY("0303 ", RANDOM, "002f ") "0000", VERSION_TLS_1_2, 0x0303},
        {BODY("0303 ", RANDOM, "1301 ") "0006 002b 0002 0304", VERSION_TLS_1_3, 0x0304},
        {BODY("0303 ", RANDOM, "1301 ") "0006 002b 0002 7f1c", VERSION_TLS_1_3, 0x7f1c},
        {BODY("0303 ", RANDOM, "1301 ") "0006 002b 0002 fb17", VERSION_TLS_1_3, 0xfb17},
        {"7f12 " RANDOM "1301 0000", VERSION_TLS_1_3, 0x7f12}, /* draft 18: neither session id nor compression */
        {BODY("0303 ", RANDOM, "1301 ") "0006 002b 0002 3a3a", VERSION_UNKNOWN, 0x3a3a},
    };
    struct answer answer;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(note(rows[i].hex, &answer), rows[i].version);
        assert_int_equal(answer.wire_version, rows[i].wire);
    }
}

static void the_rest_of_the_choice_is_noted(void **state)
{
    struct answer answer;

    (void)state;
    /* key_share x25519, pre_shared_key 0 */
    note(BODY("0303 ", RANDOM, "1302 ") "0014 002b 0002 0304 0033 0004 001d 0000 0029 0002 0000", &answer);
    assert_int_equal(answer.cipher_suite, 0x1302);
    assert_int_equal(answer.group, 0x001d);
    assert_true(answer.resumed);
    note(BODY("0303 ", RANDOM, "c02f ") "000b 0010 0007 0005 04 696d6170", &answer);
    assert_string_equal(answer.alpn, "imap");
    assert_false(answer.resumed);
}

static void the_downgrade_sentinel_is_seen_below_tls_1_3_only(void **state)
{
    static const struct {
        const char *hex;
        bool downgrade;
    } rows[] = {
        {BODY("0303 ", DOWNGRADE_RANDOM, "002f "), true},
        {BODY("0301 ", "00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 444f574e47524400 ", "002f "), true},
        {BODY("0301 ", "00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 444f574e47524402 ", "002f "), false},
        {BODY("0301 ", RANDOM, "002f "), false},
        {BODY("0303 ", DOWNGRADE_RANDOM, "1301 ") "0006 002b 0002 0304", false},
    };
    struct answer answer;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        note(rows[i].hex, &answer);
        assert_int_equal(answer.downgrade, rows[i].downgrade);
    }
}

static void a_retry_request_is_known_by_its_random(void **state)
{
    struct server_hello hello;

    (void)state;
    assert_true(tls_server_hello_read(body_of(BODY("0303 ", RETRY_RANDOM, "1301 ") "0006 002b 0002 0304"), &hello));
    assert_true(tls_is_hello_retry_request(&hello));
    assert_true(tls_server_hello_read(body_of(BODY("0303 ", RANDOM, "1301 ") "0006 002b 0002 0304"), &hello));
    assert_false(tls_is_hello_retry_request(&hello));
}

/* What cannot be read costs only itself, and is said to be broken: what makes a version TLS 1.3 may
 * stand there. */
static void the_rest_of_a_hello_may_be_broken(void **state)
{
    static const struct {
        const char *hex;
        uint16_t suite;
        bool broken;
        enum version version;
    } rows[] = {
        {"0301 " RANDOM "21 " RANDOM "00 002f 00", 0x002f, false, VERSION_TLS_1_0},
        {BODY("0301 ", RANDOM, "002f ") "0001", 0x002f, true, VERSION_TLS_1_0},
        {BODY("0301 ", RANDOM, "002f ") "0003 ff01 00", 0x002f, true, VERSION_TLS_1_0},
        {BODY("0301 ", RANDOM, "002f ") "00", 0x002f, true, VERSION_TLS_1_0},
        {"0301 " RANDOM "00 002f", 0x002f, true, VERSION_TLS_1_0},
        {BODY("0301 ", RANDOM, "002f ") "0000 00", 0x002f, false, VERSION_TLS_1_0},
        {BODY("0303 ", RANDOM, "1301 ") "0009 002b 0002 0304 ff01 00", 0x1301, true, VERSION_TLS_1_3},
        {BODY("0303 ", RANDOM, "1301 ") "000a ff01 0006 002b 0002 0304", 0x1301, false, VERSION_TLS_1_2},
    };
    struct server_hello hello;
    struct answer answer;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(tls_server_hello_read(body_of(rows[i].hex), &hello));
        assert_int_equal(hello.cipher_suite, rows[i].suite);
        assert_int_equal(hello.is_broken, rows[i].broken);
        assert_int_equal(tls_server_hello_note(&hello, &answer), rows[i].version);
    }
}

static void a_hello_without_its_suite_is_none(void **state)
{
    static const char *const rows[] = {"0301 00", "0301 " RANDOM, "0301 " RANDOM "ff 00 002f 00", "0301 " RANDOM "00 00"};
    struct server_hello hello;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (tls_server_hello_read(body_of(rows[i]), &hello))
            fail_msg("row %zu", i);
}

/* Drafts before 22 of TLS 1.3 have neither session id nor compression method, later ones and all
 * others have. */
static void a_draft_is_read_in_its_own_shape(void **state)
{
    static const struct {
        const char *hex;
        uint16_t suite;
        enum version version;
    } rows[] = {
        {"0304 " RANDOM "1301 0000", 0x1301, VERSION_TLS_1_3},                     /* before draft 16 */
        {"0304 " RANDOM "1301 0008 0028 0004 001d 0000", 0x1301, VERSION_TLS_1_3}, /* with its key share */
        {"0304 " RANDOM "1301", 0x1301, VERSION_TLS_1_3},                          /* ... and without extensions */
        {"0304 " RANDOM "00 1301 00", 0x1301, VERSION_TLS_1_3},                    /* a server that mixes them up */
        {"0304 " RANDOM "20 " RANDOM "1302 00 0000", 0x1302, VERSION_TLS_1_3},
        {"7f0e " RANDOM "1301 0000", 0x1301, VERSION_TLS_1_3},
        {"7f15 " RANDOM "1301 0000", 0x1301, VERSION_TLS_1_3},
        {"7f16 " RANDOM "00 1301 00 0000", 0x1301, VERSION_TLS_1_3},
        {"7e01 " RANDOM "00 1301 00 0000", 0x1301, VERSION_UNKNOWN}, /* an experiment, of which nothing is written down */
        {BODY("0303 ", RANDOM, "1301 ") "0006 002b 0002 7e01", 0x1301, VERSION_UNKNOWN},
        {BODY("0400 ", RANDOM, "002f "), 0x002f, VERSION_UNKNOWN},
    };
    struct server_hello hello;
    struct answer answer;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(tls_server_hello_read(body_of(rows[i].hex), &hello));
        if (hello.cipher_suite != rows[i].suite || tls_server_hello_note(&hello, &answer) != rows[i].version)
            fail_msg("row %zu: suite %04x", i, hello.cipher_suite);
    }
}

static void the_key_exchange_is_read_by_its_suite(void **state)
{
    static const struct {
        const char *promise;
        uint16_t suite;
        const char *hex;
        bool read;
        uint16_t group, bits;
    } rows[] = {
        {"ECDHE_RSA", 0xc014, "03 0017 02 0401", true, 0x0017, 0},
        {"an explicit curve has no name", 0xc014, "01 0017 02 0401", false, 0, 0},
        {"DHE_RSA, 9 bits", 0x0033, "0002 0101 0001 02 0001 03", true, 0, 9},
        {"DHE_RSA, a leading zero", 0x0033, "0003 00 0081 0001 02 0001 03", true, 0, 8},
        {"DHE_RSA, the prime is 0", 0x0033, "0001 00 0001 02 0001 03", true, 0, 0},
        {"ECDHE_PSK, after a hint", 0xc035, "0002 6869 03 001d 01 04", true, 0x001d, 0},
        {"RSA has none", 0x002f, "03 0017 02 0401", false, 0, 0},
        {"cut short", 0xc014, "03 00", false, 0, 0},
    };
    struct key_exchange exchange;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const bool read = tls_key_exchange_read(body_of(rows[i].hex), rows[i].suite, &exchange);

        if (read != rows[i].read || (read && (exchange.group != rows[i].group || exchange.group_bits != rows[i].bits)))
            fail_msg("%s: group %x bits %u", rows[i].promise, exchange.group, exchange.group_bits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_version_chosen_is_what_supported_versions_say),
        cmocka_unit_test(the_rest_of_the_choice_is_noted),
        cmocka_unit_test(the_downgrade_sentinel_is_seen_below_tls_1_3_only),
        cmocka_unit_test(a_retry_request_is_known_by_its_random),
        cmocka_unit_test(the_rest_of_a_hello_may_be_broken),
        cmocka_unit_test(a_hello_without_its_suite_is_none),
        cmocka_unit_test(a_draft_is_read_in_its_own_shape),
        cmocka_unit_test(the_key_exchange_is_read_by_its_suite),
    };

    return cmocka_run_group_tests_name("tls_server_hello", tests, NULL, NULL);
}

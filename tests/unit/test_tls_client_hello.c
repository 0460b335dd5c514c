/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client offers (RFC 5246 7.4.1.2, RFC 8446 4.1.2): bodies of ClientHello, without their
 * headers. */
#include "play.h"
#include "tls_bytes.h"

#include <lasthello/tls.h>

#define BODY(version, suites) version RANDOM "00 " suites "01 00 "
#define ONE_SUITE             "0002 002f "
/* GREASE and four suites; supported_groups: GREASE and two; signature_algorithms: two; supported_versions: GREASE and
 * three */
#define OFFER_OF_LISTS                              \
    BODY("0303 ", "000a 2a2a 1301 c02f 0035 00ff ") \
    "0023 000a 0008 0006 2a2a 001d 0017 "           \
    "000d 0006 0004 0403 0804 "                     \
    "002b 0009 08 1a1a 0304 0303 0302"
#define SESSION_ID_255                                     \
    "ff " RANDOM RANDOM RANDOM RANDOM RANDOM RANDOM RANDOM \
    "00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e "

static struct offer offer_of(const char *hex)
{
    struct client_hello hello;
    struct offer offer;

    memset(&offer, 0xa5, sizeof(offer));
    assert_true(tls_client_hello_read(body_of(hex), &hello));
    tls_client_hello_note(&hello, &offer);
    return offer;
}

static void the_best_offer_is_what_supported_versions_say(void **state)
{
    static const struct {
        const char *promise;
        const char *hex;
        enum version maximum;
    } rows[] = {
        {"SSL 3.0", BODY("0300 ", ONE_SUITE), VERSION_SSL_3_0},
        {"TLS 1.0", BODY("0301 ", ONE_SUITE), VERSION_TLS_1_0},
        {"no extensions, 1.2", BODY("0303 ", ONE_SUITE), VERSION_TLS_1_2},
        {"0304 without the extension is 1.2 (RFC 8446 4.2.1)", BODY("0304 ", ONE_SUITE), VERSION_TLS_1_2},
        {"an empty list of extensions", BODY("0302 ", ONE_SUITE) "0000", VERSION_TLS_1_1},
        {"1.3", BODY("0303 ", ONE_SUITE) "0007 002b 0003 02 0304", VERSION_TLS_1_3},
        {"less than legacy_version", BODY("0303 ", ONE_SUITE) "0007 002b 0003 02 0301", VERSION_TLS_1_0},
        {"in any order", BODY("0303 ", ONE_SUITE) "000b 002b 0007 06 0302 0304 0303", VERSION_TLS_1_3},
        {"GREASE is no version", BODY("0303 ", ONE_SUITE) "0009 002b 0005 04 fafa 0303", VERSION_TLS_1_2},
        {"only GREASE says nothing", BODY("0302 ", ONE_SUITE) "0007 002b 0003 02 0a0a", VERSION_TLS_1_1},
        {"an empty extension counts as absent", BODY("0302 ", ONE_SUITE) "0004 002b 0000", VERSION_TLS_1_1},
        {"so does an empty list", BODY("0302 ", ONE_SUITE) "0005 002b 0001 00", VERSION_TLS_1_1},
        {"and one of one version and a half", BODY("0302 ", ONE_SUITE) "0008 002b 0004 03 0304 03", VERSION_TLS_1_1},
        {"and one that is longer than its extension", BODY("0302 ", ONE_SUITE) "0007 002b 0003 08 0304", VERSION_TLS_1_1},
        {"a draft", BODY("0303 ", ONE_SUITE) "0009 002b 0005 04 7f1c 0303", VERSION_TLS_1_3},
        {"nonsense", BODY("4711 ", ONE_SUITE), VERSION_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (offer_of(rows[i].hex).maximum != rows[i].maximum)
            fail_msg("%s: %d", rows[i].promise, offer_of(rows[i].hex).maximum);
}

static void the_versions_are_kept_as_said_without_grease(void **state)
{
    const struct offer offer = offer_of(BODY("0303 ", ONE_SUITE) "000d 002b 0009 08 1a1a 0304 0303 0301");

    (void)state;
    assert_int_equal(offer.version_count, 3);
    assert_int_equal(offer.versions[0], 0x0304);
    assert_int_equal(offer.versions[2], 0x0301);
    assert_int_equal(offer.legacy_version, 0x0303);
}

static void what_is_offered_is_kept_as_sent_without_grease(void **state)
{
    const struct offer offer = offer_of(OFFER_OF_LISTS);

    (void)state;
    assert_int_equal(offer.suite_count, 4);
    assert_int_equal(offer.suites[0], 0x1301);
    assert_int_equal(offer.suites[3], 0x00ff);
    assert_int_equal(offer.group_count, 2);
    assert_int_equal(offer.groups[1], 0x0017);
    assert_int_equal(offer.signature_count, 2);
    assert_int_equal(offer.signatures[0], 0x0403);
    assert_int_equal(offer.minimum, VERSION_TLS_1_1);
    assert_false(offer.cut);
}

static void the_lowest_version_is_known_of_supported_versions_only(void **state)
{
    (void)state;
    assert_int_equal(offer_of(BODY("0303 ", ONE_SUITE)).minimum, VERSION_UNKNOWN);
    assert_int_equal(offer_of(BODY("0303 ", ONE_SUITE) "0007 002b 0003 02 0304").minimum, VERSION_TLS_1_3);
    assert_int_equal(offer_of(BODY("0303 ", ONE_SUITE) "0009 002b 0005 04 7f1c 3a3a").minimum, VERSION_TLS_1_3);
}

static void more_suites_than_are_kept_are_said_to_be_cut(void **state)
{
    static uint8_t bytes[600];
    struct client_hello hello = {.cipher_suites = {bytes, 2 * OFFER_SUITES_MAX}};
    struct offer offer;

    (void)state;
    tls_client_hello_note(&hello, &offer);
    assert_int_equal(offer.suite_count, OFFER_SUITES_MAX);
    assert_false(offer.cut);
    hello.cipher_suites.left += 2;
    tls_client_hello_note(&hello, &offer);
    assert_int_equal(offer.suite_count, OFFER_SUITES_MAX);
    assert_true(offer.cut);
}

static void of_13_versions_12_are_kept_and_all_count(void **state)
{
    const struct offer offer = offer_of(BODY("0303 ",
        ONE_SUITE) "001f 002b 001b 1a 0301 0301 0301 0301 0301 0301 0301 0301 0301 0301 0301 0302 0304");

    (void)state;
    assert_int_equal(offer.version_count, 12);
    assert_int_equal(offer.versions[11], 0x0302);
    assert_int_equal(offer.maximum, VERSION_TLS_1_3);
}

static void of_protocols_those_that_fit_are_kept(void **state)
{
    /* five of ten characters, one of two, one of six, for which there are five left, one of two */
    const struct offer offer = offer_of(BODY("0303 ",
        ONE_SUITE) "004a 0010 0046 0044 "
                   "0a 30313233343536373839 0a 30313233343536373839 0a 30313233343536373839 0a 30313233343536373839 "
                   "0a 30313233343536373839 02 6832 06 303132333435 02 6833");

    (void)state;
    assert_string_equal(offer.alpn, "0123456789,0123456789,0123456789,0123456789,0123456789,h2,h3");
}

static void names_and_protocols_are_made_safe(void **state)
{
    /* server_name "Mail.\x1b" and ALPN: GREASE, imap, "h\n" */
    const struct offer offer = offer_of(BODY("0303 ",
        ONE_SUITE) "0024 0000 000b 0009 00 0006 4d61696c2e1b  0010 000d 000b 02 0a0a 04 696d6170 02 680a fe0d 0000");

    (void)state;
    assert_string_equal(offer.server_name, "mail.\\x1b");
    assert_string_equal(offer.alpn, "imap,h\\x0a");
    assert_true(offer.ech);
    assert_false(offer.fallback_scsv);
}

static void the_fallback_scsv_is_a_suite(void **state)
{
    (void)state;
    assert_true(offer_of(BODY("0301 ", "0006 002f 5600 000a ")).fallback_scsv);
}

/* What cannot be read costs only itself: the version and the suites come first. */
static void the_rest_of_a_hello_may_be_broken(void **state)
{
    static const struct {
        const char *promise;
        const char *hex;
        uint8_t suites;
        enum version maximum;
    } rows[] = {
        {"a session id of 33 bytes", "0301 " RANDOM "21 " RANDOM "00 0002 002f 01 00", 1, VERSION_TLS_1_0},
        {"... of 255", "0302 " RANDOM SESSION_ID_255 "0004 002f 0035 01 00", 2, VERSION_TLS_1_1},
        {"RFC 4346 7.4.1.2: data after the compression methods", BODY("0301 ", ONE_SUITE) "ff", 1, VERSION_TLS_1_0},
        {"... that look like a list longer than what is left", BODY("0302 ", ONE_SUITE) "0009 002b 0003 02 0304", 1,
            VERSION_TLS_1_1},
        {"data after the extensions", BODY("0303 ", ONE_SUITE) "0007 002b 0003 02 0304 0000", 1, VERSION_TLS_1_3},
        {"an extension longer than the list, behind the versions", BODY("0303 ", ONE_SUITE) "000b 002b 0003 02 0304 0017 0001",
            1, VERSION_TLS_1_3},
        {"... before the versions", BODY("0303 ", ONE_SUITE) "000b 0017 0008 002b 0003 02 0304", 1, VERSION_TLS_1_2},
        {"half a suite", BODY("0301 ", "0003 002f00 "), 1, VERSION_TLS_1_0},
        {"no compression methods", "0301 " RANDOM "00 0002 002f", 1, VERSION_TLS_1_0},
        {"the versions are empty", BODY("0303 ", ONE_SUITE) "0004 002b 0000", 1, VERSION_TLS_1_2},
        {"the versions are none", BODY("0303 ", ONE_SUITE) "0005 002b 0001 00", 1, VERSION_TLS_1_2},
        {"the versions are longer than their extension", BODY("0303 ", ONE_SUITE) "0007 002b 0003 04 0304", 1, VERSION_TLS_1_2},
        {"an extension twice, of which a server may take either",
            BODY("0303 ", ONE_SUITE) "000e 002b 0003 02 0303 002b 0003 02 0304", 1, VERSION_TLS_1_3},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct offer offer = offer_of(rows[i].hex);

        if (offer.maximum != rows[i].maximum || offer.suite_count != rows[i].suites)
            fail_msg("%s: version %d, %d suites", rows[i].promise, offer.maximum, offer.suite_count);
    }
}

static void a_hello_with_an_empty_list_of_suites_still_offers_its_version(void **state)
{
    struct client_hello hello;
    struct offer offer;

    (void)state;
    assert_true(tls_client_hello_read(body_of(BODY("0301 ", "0000 ")), &hello));
    tls_client_hello_note(&hello, &offer);
    assert_int_equal(offer.maximum, VERSION_TLS_1_0);
    assert_int_equal(offer.suite_count, 0);
}

static void a_hello_without_a_list_of_suites_is_none(void **state)
{
    static const char *const rows[] = {
        "0301 00",
        "0301 " RANDOM "ff 00 0002 002f", /* the session id takes all */
        "0301 " RANDOM "00 0004 002f",    /* no whole list */
    };
    struct client_hello hello;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (tls_client_hello_read(body_of(rows[i]), &hello))
            fail_msg("row %zu", i);
}

static void a_hello_cut_anywhere_says_what_is_left_of_it(void **state)
{
    const struct bytes whole = body_of(BODY("0303 ", ONE_SUITE) "0007 002b 0003 02 0304");
    struct client_hello hello;
    struct offer offer;

    (void)state;
    for (size_t cut = 0; cut <= whole.left; cut++) {
        uint8_t *copy = malloc(cut + 1);

        memcpy(copy, whole.data, cut);
        assert_int_equal(tls_client_hello_read((struct bytes){copy, cut}, &hello), cut >= 39);
        if (cut >= 39) {
            tls_client_hello_note(&hello, &offer);
            assert_int_equal(offer.maximum, cut == whole.left ? VERSION_TLS_1_3 : VERSION_TLS_1_2);
        }
        free(copy);
    }
}

static void broken_extensions_are_left_out(void **state)
{
    const struct offer offer = offer_of(BODY("0303 ",
        ONE_SUITE) "0012 0000 0002 0009  0010 0001 ff  002b 0003 09 0304");

    (void)state;
    assert_string_equal(offer.server_name, "");
    assert_string_equal(offer.alpn, "");
    assert_int_equal(offer.maximum, VERSION_TLS_1_2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_offer_is_what_supported_versions_say),
        cmocka_unit_test(the_versions_are_kept_as_said_without_grease),
        cmocka_unit_test(what_is_offered_is_kept_as_sent_without_grease),
        cmocka_unit_test(the_lowest_version_is_known_of_supported_versions_only),
        cmocka_unit_test(more_suites_than_are_kept_are_said_to_be_cut),
        cmocka_unit_test(of_13_versions_12_are_kept_and_all_count),
        cmocka_unit_test(of_protocols_those_that_fit_are_kept),
        cmocka_unit_test(names_and_protocols_are_made_safe),
        cmocka_unit_test(the_fallback_scsv_is_a_suite),
        cmocka_unit_test(the_rest_of_a_hello_may_be_broken),
        cmocka_unit_test(a_hello_with_an_empty_list_of_suites_still_offers_its_version),
        cmocka_unit_test(a_hello_without_a_list_of_suites_is_none),
        cmocka_unit_test(a_hello_cut_anywhere_says_what_is_left_of_it),
        cmocka_unit_test(broken_extensions_are_left_out),
    };

    return cmocka_run_group_tests_name("tls_client_hello", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Classes of cipher suites, against the lists of draft -07 of RFC 10015; sets as policies write them. */
#include "suite_set.h"
#include "test.h"

#include <lasthello/names.h>
#include <lasthello/verdict.h>

/* Less those for anonymous servers, 0017 and C015, which are of a class of their own. */
static const char static_rsa[] = "0001-000A 002E 002F 0035 003B-003D 0041 0084 0092-0096 009C 009D 00AC 00AD 00B6-00BA 00C0 "
                                 "C03C C03D C050 C051 C068 C069 C06E C06F C07A C07B C092 C093 C098 C099 C09C C09D C0A0 C0A1 CCAE";
static const char dhe[] = "0011-0016 002D 0032 0033 0038 0039 0040 0044 0045 0067 006A 006B 0087 0088 008E-0091 0099 009A "
                          "009E 009F 00A2 00A3 00AA 00AB 00B2-00B5 00BD 00BE 00C3 00C4 C042-C045 C052 C053 C056 C057 C066 C067 "
                          "C06C C06D C07C C07D C080 C081 C090 C091 C096 C097 C09E C09F C0A2 C0A3 C0A6 C0A7 C0AA C0AB CCAA CCAD";
static const char static_dh[] = "000B-0010 0030 0031 0036 0037 003E 003F 0042 0043 0068 0069 0085 0086 0097 0098 00A0 00A1 "
                                "00A4 00A5 00BB 00BC 00C1 00C2 C03E-C041 C054 C055 C058 C059 C07E C07F C082 C083";
static const char static_ecdh[] = "C001-C005 C00B-C00F C025 C026 C029 C02A C02D C02E C031 C032 C04A C04B C04E C04F C05E C05F "
                                  "C062 C063 C074 C075 C078 C079 C088 C089 C08C C08D";

/* What was never registered is not: drafts of export suites and of ChaCha20, and Netscape's. */
static bool is_of_rfc_lists(uint16_t suite)
{
    return suite < 0xfe00 && (suite < 0x0060 || suite > 0x0066) && (suite < 0xcc13 || suite > 0xcc15);
}

static void classes_are_those_of_the_lists(void **state)
{
    static const struct {
        const char *class_name, *list;
    } rows[] = {{"static-rsa", static_rsa}, {"dhe", dhe}, {"static-dh", static_dh}, {"static-ecdh", static_ecdh}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct suite_set set = {{0}};
        uint16_t suite;
        const char *name;

        assert_null(suite_set_add(&set, rows[i].list));
        for (size_t k = 0; (name = cipher_suite_at(k, &suite)) != NULL; k++)
            if (is_of_rfc_lists(suite) && suite_set_has(&set, suite) != suite_name_has_class(name, rows[i].class_name))
                fail_msg("%s: %s", rows[i].class_name, name);
    }
}

static void other_classes_have_the_suites_that_are_named_so(void **state)
{
    static const struct {
        const char *class_name;
        uint16_t in, out;
    } rows[] = {{"null", 0x0002, 0x002f}, {"null", 0xc0b4, 0x1301}, {"export", 0x0003, 0x0005}, {"anon", 0x0034, 0x0033},
        {"anon", 0xc018, 0xc013}, {"rc2", 0x0006, 0x0005}, {"rc4", 0x0005, 0x000a}, {"des", 0x0009, 0x000a}, {"des", 0x0008, 0x002f},
        {"idea", 0x0007, 0x002f}, {"3des", 0x000a, 0x0009}, {"ecdhe", 0xc02f, 0xc031}, {"tls13", 0x1301, 0xc02f},
        {"tls13", 0x1303, 0x00ff}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct suite_set set = {{0}};

        assert_null(suite_set_add(&set, rows[i].class_name));
        assert_true(suite_set_has(&set, rows[i].in));
        assert_false(suite_set_has(&set, rows[i].out));
    }
}

static void a_set_has_what_its_lines_have_and_no_more(void **state)
{
    struct suite_set set = {{0}};

    (void)state;
    assert_null(suite_set_add(&set, "C023-C025, 1301\t0000"));
    assert_null(suite_set_add(&set, "ffff"));
    for (uint32_t suite = 0; suite < SUITES_END; suite++)
        assert_true(suite_set_has(&set, suite) ==
            (suite == 0 || (suite >= 0xc023 && suite <= 0xc025) || suite == 0x1301 || suite == 0xffff));
    assert_false(suite_set_has(&set, 0x010080)); /* a kind of SSL 2.0 */
}

static void of_a_stored_list_signals_are_no_suites(void **state)
{
    const char *list = "c02f,00ff,010080,5600";
    uint32_t suite;

    (void)state;
    assert_true(suites_next(&list, &suite));
    assert_int_equal(suite, 0xc02f);
    assert_true(suites_next(&list, &suite));
    assert_int_equal(suite, 0x010080);
    assert_false(suites_next(&list, &suite));
}

static void of_an_offer_what_matters_is_told(void **state)
{
    static const struct {
        const char *list, *told;
    } rows[] = {
        {"", ""},
        {"1301,1302", ""},
        {"c02f,009c", ""},
        {"c02f,000a,0005", ", some with RC4, 3DES"},
        {"002f,00ff", ", none with ECDHE"},
        {"002f,0003,0001,0034,0009", ", none with ECDHE, some with no encryption, no certificate, export keys, RC4, DES"},
        {"010080,002f", ", none with ECDHE"},
        {"00ff", ""}, /* no suite at all */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char told[SUITES_TOLD_BYTES];

        assert_string_equal(suites_told(rows[i].list, told), rows[i].told);
    }
}

static void of_an_offer_that_was_cut_nothing_is_told_to_be_missing(void **state)
{
    char list[OFFER_SUITES_MAX * 5 + 1], told[SUITES_TOLD_BYTES];

    (void)state;
    for (size_t i = 0; i < OFFER_SUITES_MAX; i++)
        snprintf(list + i * 5, 6, "%s", "002f,");
    assert_string_equal(suites_told(list, told), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_those_of_the_lists),
        cmocka_unit_test(other_classes_have_the_suites_that_are_named_so),
        cmocka_unit_test(a_set_has_what_its_lines_have_and_no_more),
        cmocka_unit_test(of_a_stored_list_signals_are_no_suites),
        cmocka_unit_test(of_an_offer_what_matters_is_told),
        cmocka_unit_test(of_an_offer_that_was_cut_nothing_is_told_to_be_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

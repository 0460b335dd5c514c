/* SPDX-License-Identifier: BSD-2-Clause */
/* Remedies: each that is shipped fits the client it is for; a broken file is refused with its line. */
#include "test.h"

#include <lasthello/remedy.h>

#include <unistd.h>

static struct remedies remedies;

static int open_shipped(void **state)
{
    struct error error;

    (void)state;
    return remedies_read_file(&remedies, REMEDIES_FILE, &error) ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    remedies_close(&remedies);
    return 0;
}

static const char *ids(const struct remedy_facts *facts)
{
    static char text[256];
    const struct remedy *remedy = NULL;

    text[0] = '\0';
    while ((remedy = remedy_next(&remedies, facts, remedy)) != NULL) {
        const size_t used = strlen(text);

        snprintf(text + used, sizeof(text) - used, "%s%s", used == 0 ? "" : " ", remedy->id);
    }
    return text;
}

#define OLD    .offered_max = VERSION_TLS_1_0, .cause = CAUSE_CLIENT
#define JA4(b) .ja4 = "t10d100100_" b "_0123456789ab"

/* The values of JA4_b, and the traits, are those of the list of what is seen in the field. */
static void each_remedy_fits_the_client_it_is_for(void **state)
{
    static const struct {
        struct remedy_facts facts;
        const char *ids;
    } rows[] = {
        {{OLD, .server_name = "imap-legacy.office365.com"}, "legacy-name"},
        {{.offered_max = VERSION_TLS_1_3, .server_name = "POP-legacy.office365.com"}, "legacy-name"},
        {{OLD, .server_name = "imap-legacy.partner.outlook.cn"}, "legacy-name"},
        {{OLD, .server_name = "imap-legacy.office365.com.example.net"}, "nothing-known"},
        {{OLD, .server_name = "imap-legacy.office365.com,outlook.office365.com"}, "legacy-name"}, /* asked of DNS */
        {{OLD, .server_name = "outlook.office365.com,pop-legacy.office365.com"}, "legacy-name"},
        {{OLD, .server_name = "imap.example.net,outlook.office365.com"}, "nothing-known"},
        {{OLD, .starttls = true, .better_beside = true}, "uw-c-client"},
        {{OLD, .starttls = true}, "nothing-known"},
        {{.offered_max = VERSION_TLS_1_1, .cause = CAUSE_CLIENT, .starttls = true, .better_beside = true}, "nothing-known"},
        {{OLD, .software = "name=Mail.NET component; version=2"}, "dotnet"},
        {{OLD, JA4("b3c2d19a1f57")}, "java-7"},
        {{OLD, JA4("d94e65cdb899")}, "schannel-7"},
        {{OLD, JA4("3609b414f052")}, "schannel-xp"},
        {{OLD, JA4("e91ed181b052")}, "openssl-0.9.8"},
        {{OLD, JA4("9ee8ab185e04")}, "android-4"},
        {{OLD, JA4("2c1d8c27db2a")}, "android-4"},
        {{OLD, JA4("1707c18335a6")}, "android-4"},
        {{OLD, JA4("77f462745360")}, "nss-2013"},
        {{OLD, JA4("49dac2a37825")}, "nss-2013"},
        {{OLD, JA4("5a1c999c90cf")}, "os-x-10.8"},
        {{OLD, JA4("6c4a56578f33")}, "os-x-10.8"},
        {{OLD, JA4("c491f621fb4c")}, "held-back"},
        {{OLD, JA4("051fb07a0855")}, "held-back"},
        {{OLD, .ja4 = "t10d100100_000000000000_b3c2d19a1f57"}, "nothing-known"}, /* its third part */
        {{OLD, .software = "name=fetchmail; version=6.3.26"}, "fetchmail"},
        {{OLD, .sslv2_format = true}, "sslv2-hello"},
        {{OLD, .host = "mfp-2nd-floor Ricoh Company"}, "printer"},
        {{.offered_max = VERSION_TLS_1_3, .cause = CAUSE_TOO_NEW}, "too-new"},
        {{OLD, .server_name = "pop-legacy.office365.com", JA4("b3c2d19a1f57")}, "legacy-name java-7"},
        {{OLD}, "nothing-known"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(ids(&rows[i].facts), rows[i].ids);
}

static void by_what_it_was_told_is_said(void **state)
{
    static const struct remedy_facts java = {OLD, JA4("b3c2d19a1f57")};
    static const struct remedy_facts php = {OLD, .starttls = true, .better_beside = true};
    static const struct remedy_facts unknown = {OLD};
    char told[REMEDY_TOLD_BYTES];

    (void)state;
    remedy_told(remedy_next(&remedies, &java, NULL), &java, told);
    assert_string_equal(told, "JA4_b b3c2d19a1f57");
    remedy_told(remedy_next(&remedies, &php, NULL), &php, told);
    assert_string_equal(
        told, "offers at most TLS 1.0, after STARTTLS, TLS 1.2 or later on a port that begins with TLS");
    remedy_told(remedy_next(&remedies, &unknown, NULL), &unknown, told);
    assert_string_equal(told, "");
}

#define WHOLE "may_be = a\nhelps = b\nsource = c\ncertainty = inferred\nseen = 2026-11-30\n"

static void what_is_wrong_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text, *error; /* behind the path */
    } rows[] = {
        {"may_be = a\n", ":1: may_be = a: a remedy begins with its id, as [java-7]"},
        {"[one]\nja4_b = 12\n", ":2: ja4_b = 12: it has twelve hexadecimal digits"},
        {"[one]\noffered = 1.0\n", ":2: offered = 1.0: a version is written as TLS 1.0"},
        {"[one]\ncause = weather\n", ":2: cause = weather: a cause is one of client"},
        {"[one]\nstarttls = no\n", ":2: starttls = no: it is 'yes', or left out"},
        {"[one]\nseen = 2026-02-30\n", ":2: seen = 2026-02-30: a date is a day that exists"},
        {"[one]\nhelp = b\n", ":2: help = b: a remedy has server_name"},
        {"[one]\n" WHOLE, ":6: the remedy before has no trait"},
        {"[one]\nfallback = yes\nhost = b\n" WHOLE, ":8: the remedy before has no trait, or is a fallback with traits"},
        {"[one]\nhost = b\nmay_be = a\n[two]\nhost = c\n", ":5: host = c: the remedy before lacks may_be or helps"},
        {"[one]\nhost = b\n" WHOLE "[two]\nhost = c\n" WHOLE "[one]\nhost = d\n", ":16: host = d: the id of this section stands already"},
        {"[one]\nhost = b\nmay_be = a\nhelps = b\n", ":4: the remedy before lacks source, certainty or seen"},
        {"[one]\r\n", ":1: it ends with CR LF"},
    };
    char path[SCRATCH_BYTES + 16], folder[SCRATCH_BYTES];

    (void)state;
    assert_true(make_scratch("remedy", folder));
    snprintf(path, sizeof(path), "%s/r", folder);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct remedies broken = {0};
        struct error error;
        FILE *out = fopen(path, "w");

        fputs(rows[i].text, out);
        fclose(out);
        assert_false(remedies_read_file(&broken, path, &error));
        assert_int_equal(broken.count, 0);
        if (strstr(error.text, rows[i].error) == NULL)
            fail_msg("%s: not '%s'", error.text, rows[i].error);
    }
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_remedy_fits_the_client_it_is_for, open_shipped, close_all),
        cmocka_unit_test_setup_teardown(by_what_it_was_told_is_said, open_shipped, close_all),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

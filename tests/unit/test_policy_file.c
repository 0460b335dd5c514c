/* SPDX-License-Identifier: BSD-2-Clause */
/* Policy files: what is wrong is refused with file, line and reason, and nothing is cut silently. */
#include "test.h"

#include <lasthello/policy.h>

#include <unistd.h>

static char folder[SCRATCH_BYTES], path[SCRATCH_BYTES + 32];
static struct policies policies;

static int open_folder(void **state)
{
    (void)state;
    return make_scratch("policy", folder) ? 0 : -1;
}

static int close_folder(void **state)
{
    char command[SCRATCH_BYTES + 16];

    (void)state;
    policies_close(&policies);
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

static void write_file(const char *name, const void *text, size_t len)
{
    FILE *out;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, len, out), len);
    fclose(out);
}

#define HEAD     "[policy]\nid = own\ntitle = Own\ncertainty = second hand\n"
#define TAIL     "[source]\nsource = us\nseen = 2026-11-30\n"
#define LONG_50  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_200 LONG_50 LONG_50 LONG_50 LONG_50

#define NO_SUITE                                                                                         \
    "a suite is four hexadecimal digits (C02F), a range (C023-C032), or one of: static-rsa, static-dh, " \
    "static-ecdh, dhe, ecdhe, tls13, anon, null, export, rc2, rc4, des, idea, 3des"

struct bad_row {
    const char *text, *error; /* behind the path */
    size_t len;               /* 0: that of the text */
};

static const struct bad_row bad_rows[] = {
    {.text = "", .error = ":1: it has no id"},
    {.text = HEAD TAIL, .error = ":7: it demands nothing: [demand] is empty"},
    {.text = HEAD "[demand]\nends = yes\n", .error = ":6: it has no source"},
    {.text = HEAD "[demand]\nends = no\n" TAIL, .error = ":6: ends = no: ends is 'yes', or left out"},
    {.text = HEAD "[demand]\nnegotiated = 1.2\n" TAIL,
        .error = ":6: negotiated = 1.2: a version is one of: SSL 3.0, TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3"},
    {.text = HEAD "[demand]\noffered = TLS 1.2+\n" TAIL,
        .error = ":6: offered = TLS 1.2+: a version is one of: SSL 3.0, TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3"},
    {.text = HEAD "[dates]\nuntil = 2026-02-30\n" TAIL, .error = ":6: until = 2026-02-30: a date is a day that exists, as 2026-12-31"},
    {.text = HEAD "[dates]\nuntil = 2026-2-3\n" TAIL, .error = ":6: until = 2026-2-3: a date is a day that exists, as 2026-12-31"},
    {.text = HEAD "[dates]\nfrom = 31.12.2026\n" TAIL, .error = ":6: from = 31.12.2026: a date is a day that exists, as 2026-12-31"},
    {.text = HEAD "[dates]\nannounced = 2026-13-01\n", .error = ":6: announced = 2026-13-01: a date is a day that exists, as 2026-12-31"},
    {.text = HEAD "[source]\nseen = 2026-13\n", .error = ":6: seen = 2026-13: seen is a day or a month, as 2026-11"},
    {.text = HEAD "[demand]\nends = yes\n[dates]\nfrom = 2026-08-01\n" TAIL, .error = ":11: it has a date from and none until"},
    {.text = HEAD "[demand]\nends = yes\n[dates]\nfrom = 2026-08-02\nuntil = 2026-08-01\n" TAIL,
        .error = ":12: its date until is before its date from"},
    {.text = HEAD "[demand]\nversion = TLS 1.2\n" TAIL, .error = ":6: version = TLS 1.2: this section has no such word"},
    {.text = HEAD "negotiated = TLS 1.2\n" TAIL, .error = ":5: negotiated = TLS 1.2: this section has no such word"},
    {.text = "[polisy]\nid = own\n",
        .error = ":2: id = own: no section of this name: there are [policy], [scope], [demand], [should], [dates] and [source]"},
    {.text = "id = own\n", .error = ":1: id = own: no section of this name: there are [policy], [scope], [demand], [should], [dates] and [source]"},
    {.text = HEAD "id = two\n", .error = ":5: id = two: this word stands there a second time"},
    {.text = "[policy]\nid = Own Policy\n", .error = ":2: id = Own Policy: an id is 1 to 31 small letters, digits and -"},
    {.text = "[policy]\ntitle =\n", .error = ":2: title = : nothing stands behind the ="},
    {.text = "[policy]\ncertainty = sure\n", .error = ":2: certainty = sure: certainty is one of: primary text, second hand, inferred"},
    {.text = "[scope]\nserver = com\n",
        .error = ":2: server = com: a server is a name in small letters, or, with a dot before it, the end of names: .example.net"},
    {.text = "[scope]\nservice = IMAP4\n",
        .error = ":2: service = IMAP4: a service is one word as reports have it: imap, imaps, pop3, pop3s, smtp, smtps, tls"},
    {.text = "[policy]\nin_force = no\n", .error = ":2: in_force = no: in_force is 'when asked', or left out"},
    {.text = "[scope]\nnetwork = 10.9.0.0/33\n",
        .error = ":2: network = 10.9.0.0/33: a network is an address, or a network, of servers: 10.9.0.0/16, 2001:db8::/32"},
    {.text = "[demand]\nsuites = C02F\nsuites =\n", .error = ":3: suites = : nothing stands behind the ="},
    {.text = "[demand]\nno_suites = C02\n", .error = ":2: no_suites = C02: " NO_SUITE},
    {.text = "[demand]\noffers_some = ecdh\n", .error = ":2: offers_some = ecdh: " NO_SUITE},
    {.text = "[should]\noffers_none = C032-C023\n", .error = ":2: offers_none = C032-C023: " NO_SUITE},
    {.text = "[demand]\noffers_more = null exports\n", .error = ":2: offers_more = null exports: " NO_SUITE},
    {.text = "[demand]\nrsa_bits = 2048 bits\n", .error = ":2: rsa_bits = 2048 bits: a key's size is a number of bits, as 2048"},
    {.text = "[demand]\ndh_bits = 100000\n", .error = ":2: dh_bits = 100000: a key's size is a number of bits, as 2048"},
    {.text = "[demand]\nrsa_bits = 2048\n[should]\nrsa_bits = 3072\nrsa_bits = 1\n",
        .error = ":5: rsa_bits = 1: this word stands there a second time"},
    {.text = "[should]\nends = yes\n", .error = ":2: ends = yes: this section has no such word"},
    {.text = "[policy\n", .error = ":1: it is neither [section], nor word = text, nor a comment (; or #)"},
    {.text = "[policy]\nTLS 1.2 only\n", .error = ":2: it is neither [section], nor word = text, nor a comment (; or #)"},
    {.text = "[policy]\r\nid = own\r\n", .error = ":1: it ends with CR LF: save the file with Unix line ends"},
    {.text = "\xef\xbb\xbf[policy]\n", .error = ":1: the file begins with a byte order mark: save it as UTF-8 without one"},
    {.text = "\xff\xfe[\0p\0", .len = 6, .error = ":1: the file is UTF-16: save it as UTF-8"},
    {.text = "\xfe\xff\0[\0p", .len = 6, .error = ":1: the file is UTF-16: save it as UTF-8"},
    {.text = "[\0p\0o\0", .len = 6, .error = ":1: it holds a zero byte: save the file as UTF-8"},
    {.text = "[policy]\ntitle = M\xfcnchen\n", .error = ":2: it holds what is no text in UTF-8, or is invisible"},
    {.text = "[policy]\ntitle = a\x1b[31m\n", .error = ":2: it holds what is no text in UTF-8, or is invisible"},
    {.text = "[policy]\ntitle = one ; two\n", .error = ":2: a blank and a semicolon would begin a comment"},
    {.text = "[policy]\ntitle = one\n two\n", .error = ":3: it begins with a blank: write the word once more"},
    {.text = "[policy]\ntitle = " LONG_200 "\n",
        .error = ":2: a line has at most 198 bytes; a list, and a text, goes on with the same word in the next line"},
    {.text = "[policy" LONG_50 "]\nid = own\n", .error = ":1: the name of a section has at most 49 bytes"},
};

static void what_is_wrong_is_refused_with_file_line_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad_rows); i++) {
        const struct bad_row *row = &bad_rows[i];
        struct error error = {0};

        write_file("own.policy", row->text, row->len > 0 ? row->len : strlen(row->text));
        assert_false(policies_read_file(&policies, path, &error));
        assert_int_equal(strncmp(error.text, path, strlen(path)), 0);
        assert_string_equal(error.text + strlen(path), row->error);
        assert_int_equal(policies.count, 0);
    }
}

static void the_longest_line_is_kept_whole(void **state)
{
    char text[4096], title[POLICY_TEXT_BYTES] = "";
    struct error error = {0};

    (void)state;
    memset(title, 'a', 190); /* "title = " and this: 198 bytes */
    snprintf(text, sizeof(text), "# %s\n[policy]\nid = own\ncertainty = second hand\ntitle = %s\n[demand]\nends = yes\n%s", LONG_200,
        title, TAIL);
    write_file("own.policy", text, strlen(text) - 1); /* without an end of the last line */
    assert_true(policies_read_file(&policies, path, &error));
    assert_string_equal(policy_first(policies.rows[0], POLICY_TITLE), title);
    assert_string_equal(policy_first(policies.rows[0], POLICY_SEEN), "2026-11-30");
}

static void more_lines_than_a_policy_may_have_are_refused(void **state)
{
    char text[4096] = HEAD "[scope]\n";
    struct error error = {0};

    (void)state;
    for (int i = 0; i < POLICY_LINES_MAX; i++)
        strcat(text, "provider = GMail\n");
    write_file("own.policy", text, strlen(text));
    assert_false(policies_read_file(&policies, path, &error));
    assert_non_null(strstr(error.text, ":131: provider = GMail: a policy has at most 128 lines with words")); /* 3 before them */
}

static unsigned told;
static char reason[ERROR_TEXT_BYTES];

static void tell(const char *text)
{
    told++;
    snprintf(reason, sizeof(reason), "%s", text);
}

/* a: good; b: has its id, too; c: broken; d: no policy by its name; e: a folder */
static void of_a_folder_the_good_ones_count(void **state)
{
    static const char good[] = "# Ours\n" HEAD "[demand]\nends = yes\n" TAIL;
    bool found;

    (void)state;
    write_file("a.policy", good, sizeof(good) - 1);
    write_file("b.policy", good, sizeof(good) - 1);
    write_file("c.policy", "x", 1);
    write_file("d.policy.orig", "x", 1);
    told = 0;
    assert_int_equal(policies_read_folder(&policies, folder, &found, tell), 2);
    assert_true(found);
    assert_int_equal(told, 2);
    assert_int_equal(policies.count, 1);
    assert_true(unlink(path) == 0);
    snprintf(path, sizeof(path), "%s/c.policy", folder);
    assert_true(unlink(path) == 0);
    assert_int_equal(policies_read_folder(&policies, folder, &found, tell), 2); /* now a is there already, too */
    assert_non_null(strstr(reason, "/b.policy:3: the id own is that of "));
}

static void what_is_no_file_is_not_waited_for(void **state)
{
    struct error error = {0};
    bool found = true;

    (void)state;
    assert_false(policies_read_file(&policies, "/nonexistent.policy", &error));
    assert_string_equal(error.text, "/nonexistent.policy: No such file or directory");
    assert_false(policies_read_file(&policies, folder, &error));
    assert_non_null(strstr(error.text, ": is no file"));
    assert_int_equal(policies_read_folder(&policies, "/nonexistent", &found, tell), 0);
    assert_false(found);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_is_wrong_is_refused_with_file_line_and_reason),
        IN_FOLDER(the_longest_line_is_kept_whole),
        IN_FOLDER(more_lines_than_a_policy_may_have_are_refused),
        IN_FOLDER(of_a_folder_the_good_ones_count),
        IN_FOLDER(what_is_no_file_is_not_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What programs say of themselves in clear, and what of it is kept. */
#include "../../dissectors/software.h"
#include "test.h"

static struct bytes text(const char *line)
{
    return (struct bytes){(const uint8_t *)line, strlen(line)};
}

static void of_an_id_four_fields_are_kept(void **state)
{
    static const struct {
        const char *said, *kept;
    } rows[] = {
        /* RFC 2971 3.3 */
        {"(\"name\" \"sodr\" \"version\" \"19.34\" \"vendor\" \"Pink Floyd Music Limited\")",
            "name=sodr; version=19.34; vendor=Pink Floyd Music Limited"},
        {"(\"os\" \"AIX\" \"NAME\" \"Pine\")", "name=Pine; os=AIX"},
        {"(\"name\" NIL \"os\" \"AIX\")", "os=AIX"},
        {"(\"support-url\" \"mailto:joe@example.org\" \"command\" \"mail joe\" \"arguments\" \"-u joe\")", ""},
        {"(\"name\" \"one\" \"name\" \"two\")", "name=one"},
        {"(\"name\" \"a\\\"b; os=c\")", "name=a\"b, os=c"},
        {"(\"name\" \"a\x1b[1mb\")", "name=a\\x1b[1mb"},
        {"NIL", ""},
        {"(\"name\" {4}", ""},
        {"(\"name\" \"no end", ""},
        {"(\"name", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char kept[SESSION_SOFTWARE_BYTES] = "";

        software_note_id(text(rows[i].said), kept);
        assert_string_equal(kept, rows[i].kept);
    }
}

static void a_long_value_is_cut_and_the_others_stay(void **state)
{
    char kept[SESSION_SOFTWARE_BYTES] = "";

    (void)state;
    software_note_id(text("(\"name\" \"0123456789012345678901234567890123456789abcdefghijklmnopqrstuvwxyz0123456789\" \"os\" \"AIX\")"), kept);
    assert_string_equal(kept, "name=012345678901234567890123456789012345678; os=AIX");
}

static void the_first_id_counts(void **state)
{
    char kept[SESSION_SOFTWARE_BYTES] = "";

    (void)state;
    software_note_id(text("(\"name\" \"one\")"), kept);
    software_note_id(text("(\"name\" \"two\")"), kept);
    assert_string_equal(kept, "name=one");
}

static void of_a_greeting_the_words_of_products_are_kept(void **state)
{
    static const struct {
        const char *said, *kept;
    } rows[] = {
        {"[CAPABILITY IMAP4rev1 SASL-IR] Dovecot (Debian) ready.", "Dovecot Debian ready"},
        {"[CAPABILITY IMAP4rev1] Dovecot ready.", "Dovecot ready"},
        {"+OK Dovecot ready. <1896.697170952@dbc.mtview.ca.us>", "Dovecot ready"},
        {"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>", ""},
        {"mail.example.org ESMTP Postfix (Debian/GNU)", "ESMTP Postfix"},
        {"mail.example.org ESMTP Exim 4.94.2 Mon, 30 Nov 2026 10:00:00 +0000", "ESMTP Exim 4.94.2"},
        {"mail.example.org ESMTP Sendmail 8.14.4/8.14.4; Mon, 30 Nov 2026", "ESMTP Sendmail 8.14.4"},
        {"mx Cyrus IMAP v2.4.17-Fedora-RPM server ready", "Cyrus IMAP 2.4.17 server ready"},
        {"The Microsoft Exchange IMAP4 service is ready. [QQBNADAAUABSADAAMQBDAEEA]", "Microsoft Exchange IMAP4 service ready"},
        {"Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 (mail.example.org) ready.",
            "Microsoft Exchange server 2003 IMAP4rev1 server Version 6.5.7638.1 ready"},
        {"Dovecot 1896.6971@dbc.mtview.ca.us ready", "Dovecot ready"},
        {"dovecot.example.org ready", ""},
        {"Dovecot at 10.1.2.3 ready", "Dovecot ready"},
        {"QMAIL qpopper courier COURIER-IMAP axigen zimbra 2000 version", "qmail Qpopper Courier Courier-IMAP Axigen Zimbra 2000 Version"},
        {"Dove dovecott imap44 Dovecot-", ""},
        {"Dovecot one two three four 1.2", "Dovecot"},
        {"[CAPABILITY IMAP4rev1", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char kept[SESSION_GREETING_BYTES] = "";

        software_note_greeting(text(rows[i].said), kept);
        assert_string_equal(kept, rows[i].kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_an_id_four_fields_are_kept),
        cmocka_unit_test(a_long_value_is_cut_and_the_others_stay),
        cmocka_unit_test(the_first_id_counts),
        cmocka_unit_test(of_a_greeting_the_words_of_products_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

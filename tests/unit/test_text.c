/* SPDX-License-Identifier: BSD-2-Clause */
/* Text from the wire, made safe: nothing that a terminal, a table or a reader's eye would obey gets through. */
#include "test.h"

#include <lasthello/text.h>

static void text_stays_readable_and_loses_what_is_obeyed(void **state)
{
    static const struct {
        const char *raw;
        const char *safe;
    } rows[] = {
        {"mail.example.net", "mail.example.net"},
        {"Bj\xc3\xb6rn", "Bj\xc3\xb6rn"},
        {"a\nb\tc", "a\\x0ab\\x09c"},
        {"\x1b[31mred", "\\x1b[31mred"},
        {"back\\slash", "back\\\\slash"},
        {"\xe2\x80\xaerevers", "\\xe2\\x80\\xaerevers"}, /* right-to-left override */
        {"\xc0\xaf", "\\xc0\\xaf"},                      /* overlong */
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},             /* a surrogate */
        {"\xff cut \xc3", "\\xff cut \\xc3"},
        {"\xc2\x9b", "\\xc2\\x9b"}, /* C1: a terminal's escape */
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bytes raw = {(const uint8_t *)rows[i].raw, strlen(rows[i].raw)};

        assert_int_equal(text_safe(raw, out, sizeof(out)), strlen(rows[i].safe));
        assert_string_equal(out, rows[i].safe);
    }
}

static void a_nul_does_not_end_text(void **state)
{
    char out[16];

    (void)state;
    text_safe((struct bytes){(const uint8_t *)"a\0b", 3}, out, sizeof(out));
    assert_string_equal(out, "a\\x00b");
}

static void what_does_not_fit_is_cut_between_characters(void **state)
{
    char out[4];

    (void)state;
    assert_int_equal(text_safe((struct bytes){(const uint8_t *)"ab\xc3\xb6", 4}, out, sizeof(out)), 2);
    assert_string_equal(out, "ab");
}

static void a_server_name_keeps_its_few_letters(void **state)
{
    char out[64];

    (void)state;
    text_server_name((struct bytes){(const uint8_t *)"IMAP.Example_1-x.NET.", 21}, out, sizeof(out));
    assert_string_equal(out, "imap.example_1-x.net");
    text_server_name((struct bytes){(const uint8_t *)"a b'\xc3", 5}, out, sizeof(out));
    assert_string_equal(out, "a\\x20b\\x27\\xc3");
}

static void addresses_read_as_people_write_them(void **state)
{
    const struct address v4 = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3}};
    const struct address v6 = {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
    char out[ADDRESS_TEXT_BYTES];

    (void)state;
    address_text(&v4, out);
    assert_string_equal(out, "10.1.2.3");
    address_text(&v6, out);
    assert_string_equal(out, "2001:db8::1");
}

static void what_a_process_without_rights_wrote_has_an_end_and_steers_nothing(void **state)
{
    char full[8], line[32] = "a\nREADY=1\x1b[2J";

    (void)state;
    memset(full, 'x', sizeof(full));
    text_received(full, sizeof(full));
    assert_string_equal(full, "xxxxxxx");
    text_received(line, sizeof(line));
    assert_string_equal(line, "a\\x0aREADY=1\\x1b[2J");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_stays_readable_and_loses_what_is_obeyed),
        cmocka_unit_test(a_nul_does_not_end_text),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(a_server_name_keeps_its_few_letters),
        cmocka_unit_test(addresses_read_as_people_write_them),
        cmocka_unit_test(what_a_process_without_rights_wrote_has_an_end_and_steers_nothing),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}

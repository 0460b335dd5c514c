/* SPDX-License-Identifier: BSD-2-Clause */
/* What a table shows of a value. */
#include "../../src/report/cell.h"
#include "../../src/report/words.h"
#include "test.h"

static void a_value_is_shown_as_people_read_it(void **state)
{
    static const struct {
        enum column_kind kind;
        const char *value, *shown;
    } rows[] = {
        {COLUMN_TEXT, "18204", "18204"},
        {COLUMN_NUMBER, "18204", "18204"}, /* a packet's number, to be copied */
        {COLUMN_COUNT, "18204", "18,204"},
        {COLUMN_COUNT, "?", "?"},
        {COLUMN_TIME, "2026-11-20T08:00:59.999999Z", "2026-11-20 08:00"},
        {COLUMN_TIME, "?", "?"},
        {COLUMN_LIST, "TLS 1.3, TLS 1.2+, TLS 1.2, SSL 3.0, SSL 2.0", "TLS 1.3, 1.2+, 1.2, SSL 3.0, 2.0"},
        {COLUMN_LIST, "offered,requested", "offered,requested"},
        {COLUMN_LIST, "", ""},
    };
    char out[CELL_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(cell_shown(rows[i].kind, rows[i].value, out), rows[i].shown);
}

static void a_value_is_written_exactly_for_programs(void **state)
{
    static const struct {
        enum column_kind kind;
        struct value value;
        const char *text; /* NULL: not known */
    } rows[] = {
        {COLUMN_TEXT, {"a b", 0}, "a b"},
        {COLUMN_TEXT, {NULL, 0}, NULL},
        {COLUMN_TEXT, {"a\\x1b", 0}, "a\\x1b"}, /* made safe where it was parsed */
        {COLUMN_TEXT, {"a\033\n", 0}, "a\\x1b\\x0a"},
        {COLUMN_LIST, {"a\xff,b", 0}, "a\\xff,b"},
        {COLUMN_TIME, {"x", 1795161600000001}, "2026-11-20T08:00:00.000001Z"},
        {COLUMN_TIME, {"x", -500000}, "1969-12-31T23:59:59.500000Z"},
        {COLUMN_TIME, {NULL, 0}, NULL},
        {COLUMN_DAY, {"x", 1795161600}, "2026-11-20"},
        {COLUMN_DAY, {"x", INT64_MAX}, NULL},
        {COLUMN_VERSIONS, {"x", 1 << VERSION_TLS_1_3 | 1 << VERSION_TLS_1_0}, "TLS 1.3, TLS 1.0"},
        {COLUMN_VERSIONS, {"x", 0}, NULL},
        {COLUMN_VERDICT, {"x", VERDICT_FAILING}, "failing"},
        {COLUMN_STEP, {"x", STEP_NONE}, NULL},
        {COLUMN_STEP, {"x", STEP_UPDATE_SERVER}, "update the server"},
        {COLUMN_NOTES, {"x", NOTE_ALSO_BETTER | NOTE_UPDATED}, "also negotiates TLS 1.2 or later, nothing older since"},
        {COLUMN_NOTES, {"x", 0}, NULL},
    };
    struct cell cell = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *text = cell_exact(&cell, rows[i].kind, &rows[i].value);

        if (rows[i].text == NULL)
            assert_null(text);
        else
            assert_string_equal(text, rows[i].text);
    }
    cell_close(&cell);
}

static void a_list_that_is_too_long_is_shown_as_it_is(void **state)
{
    char value[2 * CELL_BYTES], out[CELL_BYTES];

    (void)state;
    memset(value, 'a', sizeof(value));
    value[sizeof(value) - 1] = '\0';
    assert_ptr_equal(cell_shown(COLUMN_LIST, value, out), value);
}

static void of_a_long_path_the_end_is_kept(void **state)
{
    char out[CELL_BYTES];

    (void)state;
    assert_string_equal(cell_tail("captures/monday.pcap", 20, out), "captures/monday.pcap");
    assert_string_equal(cell_tail("captures/monday.pcap", 14, out), "...monday.pcap");
    assert_string_equal(cell_tail("b\303\274cher/b\303\274cher.pcap", 14, out),
        "...b\303\274cher.pcap"); /* no half letter */
}

static void a_sentence_goes_on_in_the_next_line(void **state)
{
    char out[CELL_BYTES];

    (void)state;
    assert_string_equal(cell_wrapped("update the server", 30, out), "update the server");
    assert_string_equal(cell_wrapped("update the server", 10, out), "update the\nserver");
    assert_string_equal(cell_wrapped("update the server", 3, out), "update\nthe\nserver");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_shown_as_people_read_it),
        cmocka_unit_test(a_value_is_written_exactly_for_programs),
        cmocka_unit_test(a_list_that_is_too_long_is_shown_as_it_is),
        cmocka_unit_test(a_sentence_goes_on_in_the_next_line),
        cmocka_unit_test(of_a_long_path_the_end_is_kept),
    };

    return cmocka_run_group_tests_name("cell", tests, NULL, NULL);
}

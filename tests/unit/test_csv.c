/* SPDX-License-Identifier: BSD-2-Clause */
/* CSV as RFC 4180 wants it, and harmless in a spreadsheet. */
#include "stub_inventory.h"

static const struct column columns[] = {
    {.name = "client"},
    {.name = "name"},
    {.name = "sessions", .kind = COLUMN_NUMBER},
};

static const struct rows some_columns = {.columns = columns, .column_count = COUNT_OF(columns)};

static void a_header_and_lines_that_end_in_crlf(void **state)
{
    static const char *const values[][STUB_COLUMNS_MAX] = {{"10.1.4.17", "imap.example.net", "312"}, {"10.2.0.5", NULL, "2"}};

    (void)state;
    stub_rows = some_columns;
    stub_rows.values = values;
    stub_rows.count = COUNT_OF(values);
    assert_rows(QUESTION_CLIENTS, FORMAT_CSV, "client,name,sessions\r\n10.1.4.17,imap.example.net,312\r\n10.2.0.5,,2\r\n");
}

static void no_rows_leave_the_header(void **state)
{
    (void)state;
    stub_rows = some_columns;
    assert_rows(QUESTION_CLIENTS, FORMAT_CSV, "client,name,sessions\r\n");
}

/* How the cell comes out, alone on its line. */
static void assert_cell(const char *value, const char *cell)
{
    static const struct column column[] = {{.name = "c"}};
    const char *const values[][STUB_COLUMNS_MAX] = {{value}};
    char expected[128];

    stub_rows = (struct rows){.columns = column, .column_count = 1, .values = values, .count = 1};
    snprintf(expected, sizeof(expected), "c\r\n%s\r\n", cell);
    assert_rows(QUESTION_CLIENTS, FORMAT_CSV, expected);
}

static void what_would_break_a_line_is_quoted(void **state)
{
    (void)state;
    assert_cell("a,b", "\"a,b\"");
    assert_cell("say \"hello\"", "\"say \"\"hello\"\"\"");
    assert_cell("two\nlines", "two\\x0alines"); /* and what steers a terminal is no more */
    assert_cell("two\r\nlines", "two\\x0d\\x0alines");
    assert_cell(" as it is ", " as it is ");
    assert_cell("", "");
}

static void what_a_spreadsheet_would_compute_is_text(void **state)
{
    (void)state;
    assert_cell("=1+1", "'=1+1");
    assert_cell("@SUM(A1)", "'@SUM(A1)");
    assert_cell("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0");
    assert_cell("-2+3", "'-2+3");
    assert_cell("\t=1", "\\x09=1");
    assert_cell("=HYPERLINK(\"http://evil.example\",\"x\")", "\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\"");
}

static void numbers_with_a_sign_stay_numbers(void **state)
{
    (void)state;
    assert_cell("-5", "-5");
    assert_cell("+3.25", "+3.25");
    assert_cell("-5.", "'-5.");
    assert_cell("--5", "'--5");
}

static void a_failure_midway_is_passed_on(void **state)
{
    struct error error = {""};
    const struct filters filters = {0};
    const struct report report = {.out = fopen("/dev/null", "w"), .format = FORMAT_CSV, .filters = &filters};

    (void)state;
    stub_rows = some_columns;
    stub_rows.failure = "inventory.db: disk I/O error";
    assert_false(report_question(&report, QUESTION_CLIENTS, &error));
    assert_string_equal(error.text, "inventory.db: disk I/O error");
    fclose(report.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_and_lines_that_end_in_crlf),
        cmocka_unit_test(no_rows_leave_the_header),
        cmocka_unit_test(what_would_break_a_line_is_quoted),
        cmocka_unit_test(what_a_spreadsheet_would_compute_is_text),
        cmocka_unit_test(numbers_with_a_sign_stay_numbers),
        cmocka_unit_test(a_failure_midway_is_passed_on),
    };

    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Sentences on a narrow terminal. */
#include "../../src/report/line_wrap.h"
#include "test.h"

static void long_lines_go_on_in_the_next(void **state)
{
    static const struct {
        const char *text;
        size_t width;
        const char *wrapped;
    } rows[] = {
        {"one two three\n\nfour\n", 0, "one two three\n\nfour\n"},
        {"one two three\n", 13, "one two three\n"},
        {"one two three\n", 12, "one two\n   three\n"},
        {"one two three four\n", 9, "one two\n   three\n   four\n"},
        {"a-word-too-long for it\n", 6, "a-word-too-long\n   for\n   it\n"},
        {"no newline", 80, "no newline\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *wrapped = line_wrap(rows[i].text, rows[i].width);

        assert_string_equal(wrapped, rows[i].wrapped);
        free(wrapped);
    }
}

static void lines_are_counted(void **state)
{
    (void)state;
    assert_int_equal(line_wrap_count(""), 0);
    assert_int_equal(line_wrap_count("one\n\ntwo\n"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_lines_go_on_in_the_next),
        cmocka_unit_test(lines_are_counted),
    };

    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of numbers: the largest is full, what is there shows, 0 is a point. */
#include "../../src/report/sparkline.h"
#include "test.h"

static const char *line(const uint64_t *numbers, size_t count, bool is_utf8)
{
    static char text[256];
    FILE *out = fmemopen(text, sizeof(text), "w");

    memset(text, 0, sizeof(text));
    sparkline_write(out, numbers, count, is_utf8);
    fclose(out);
    return text;
}

static void the_largest_is_full_and_what_is_there_shows(void **state)
{
    const uint64_t numbers[] = {0, 1, 50, 100}, huge[] = {UINT64_MAX, UINT64_MAX / 2, 1}, one[] = {3};

    (void)state;
    assert_string_equal(line(numbers, 4, true), ".\u2581\u2584\u2588");
    assert_string_equal(line(numbers, 4, false), ".159");
    assert_string_equal(line(huge, 3, false), "951");
    assert_string_equal(line(one, 1, true), "\u2588");
}

static void nothing_at_all_is_points(void **state)
{
    const uint64_t numbers[] = {0, 0};

    (void)state;
    assert_string_equal(line(numbers, 2, true), "..");
    assert_string_equal(line(numbers, 0, true), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_is_full_and_what_is_there_shows),
        cmocka_unit_test(nothing_at_all_is_points),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

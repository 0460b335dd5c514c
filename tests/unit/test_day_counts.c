/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts by day as text: read, added to, merged; what is in another form ends them. */
#include "test.h"

#include <lasthello/day_counts.h>

#include <stdio.h>
#include <string.h>

static void each_day_is_read(void **state)
{
    static const struct day_count expected[] = {{-2, 7, 0}, {-1, 1, 1}, {0, 4, 0}, {20429, 2, 0}};
    struct day_counts counts = {.rest = "-2:7,1/1,4,20429:2"};
    struct day_count count;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_true(day_counts_next(&counts, &count));
        assert_int_equal(count.day, expected[i].day);
        assert_int_equal(count.sessions, expected[i].sessions);
        assert_int_equal(count.short_lived, expected[i].short_lived);
    }
    assert_false(day_counts_next(&counts, &count));
}

static void what_is_of_another_form_ends_them(void **state)
{
    static const struct {
        const char *text;
        unsigned days;
    } rows[] = {
        {"", 0},
        {"3", 0}, /* no day is named */
        {"20423:", 0},
        {"20423:-3", 0},
        {"20423:3;4", 1},
        {"20423:3,", 1},
        {"20423:3,20422:4", 1}, /* days grow */
        {"20423:3,4/", 1},
        {"20423:3,99999999999999999999", 1},
        {"99999999999999999999:3", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct day_counts counts = {.rest = rows[i].text};
        struct day_count count;
        unsigned days = 0;

        while (day_counts_next(&counts, &count))
            days++;
        assert_int_equal(days, rows[i].days);
    }
}

static void what_is_merged_stands_in_the_order_of_days(void **state)
{
    static const struct {
        const char *one, *other, *merged;
    } rows[] = {
        {"20423:3", "20424:5", "20423:3,5"},
        {"20424:5", "20423:3", "20423:3,5"},
        {"20423:3", "20423:5/1", "20423:8/1"},
        {"20423:3,20425:1", "20424:5", "20423:3,5,1"},
        {"20423:3,20425:1,2", "20425:5", "20423:3,20425:6,2"},
        {"20423:3,20430:1", "20425:5", "20423:3,20425:5,20430:1"},
        {"20423:1,1,1", "20422:9,20424:9,20430:9", "20422:9,1,10,1,20430:9"},
        {"20423:3", "20423:0/2", "20423:3/2"},
        {"-1:3", "0:4", "-1:3,4"},
    };
    char merged[512];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(day_counts_room(rows[i].one, rows[i].other) <= sizeof(merged));
        day_counts_merge(rows[i].one, rows[i].other, merged);
        assert_string_equal(merged, rows[i].merged);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_day_is_read),
        cmocka_unit_test(what_is_of_another_form_ends_them),
        cmocka_unit_test(what_is_merged_stands_in_the_order_of_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A time is written as the calendar has it, also after another day was. Texts by date(1). */
#include "test.h"

#include <lasthello/utc.h>

static void times_are_written_in_utc(void **state)
{
    static const struct {
        int64_t microseconds;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000000Z"},
        {1764072000000000, "2025-11-25T12:00:00.000000Z"},
        {1764115199999999, "2025-11-25T23:59:59.999999Z"},
        {1764115200000001, "2025-11-26T00:00:00.000001Z"},
        {951782400000000, "2000-02-29T00:00:00.000000Z"},
        {1, "1970-01-01T00:00:00.000001Z"},
        {-1, "1969-12-31T23:59:59.999999Z"},
        {-86400000000, "1969-12-31T00:00:00.000000Z"},
    };
    char text[UTC_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        utc_text(rows[i].microseconds, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void nanoseconds_are_rounded_down(void **state)
{
    char text[UTC_BYTES];

    (void)state;
    utc_text(utc_microseconds(1795537490123456789), text); /* date -u -d @1795537490 */
    assert_string_equal(text, "2026-11-24T16:24:50.123456Z");
    utc_text(utc_microseconds(-1), text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
}

static void any_number_stays_within_its_room(void **state)
{
    static const int64_t rows[] = {INT64_MIN, INT64_MAX, INT64_MIN + 1};
    char text[UTC_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        utc_text(rows[i], text);
        assert_int_equal(text[strlen(text) - 1], 'Z');
    }
}

static void days_are_days_of_the_calendar(void **state)
{
    static const struct {
        const char *text;
        int64_t day;
    } rows[] = {{"1970-01-01", 0}, {"1969-12-31", -1}, {"2000-03-01", 11017}, {"2026-12-31", 20818}, {"2024-02-29", 19782}};
    char text[UTC_DAY_BYTES];
    int64_t day;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(utc_day_read(rows[i].text, &day));
        assert_int_equal(day, rows[i].day);
        utc_day_text(day, text);
        assert_string_equal(text, rows[i].text);
    }
    assert_false(utc_day_read("2023-02-29", &day));
    assert_false(utc_day_read("2026-12-31 ", &day));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written_in_utc),
        cmocka_unit_test(nanoseconds_are_rounded_down),
        cmocka_unit_test(any_number_stays_within_its_room),
        cmocka_unit_test(days_are_days_of_the_calendar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The wall clock: small corrections are taken, a jump is doubted until it has lasted, and stamps are put
 * right meanwhile. */
#include "../../src/sensor/wall_clock.h"
#include "test.h"

#define SECOND INT64_C(1000000000)
#define DAY    (86400 * SECOND)
#define START  (INT64_C(1764115200) * SECOND) /* 2025-11-26 */

/* Looks every ten seconds from `from` to `to`, with a clock that is `wrong` by so much; the last news that
 * was any. */
static enum clock_news look(struct wall_clock *clock, int64_t from, int64_t to, int64_t wrong)
{
    enum clock_news last = CLOCK_AS_EXPECTED, news;
    int64_t change;

    for (int64_t at = from; at <= to; at += 10 * SECOND)
        if ((news = wall_clock_look(clock, START + at + wrong, at, &change)) != CLOCK_AS_EXPECTED)
            last = news;
    return last;
}

static void a_correction_is_taken_at_once(void **state)
{
    struct wall_clock clock;

    (void)state;
    wall_clock_begin(&clock, START, 0);
    assert_int_equal(look(&clock, 0, 20 * SECOND, 3600 * SECOND), CLOCK_AS_EXPECTED);
    assert_int_equal(wall_clock_now(&clock, 20 * SECOND), START + 3620 * SECOND);
}

static void a_jump_of_seconds_changes_no_time(void **state)
{
    const int64_t jumps[] = {3650 * DAY, -3650 * DAY, 2 * DAY, -2 * DAY, -START};
    struct wall_clock clock;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(jumps); i++) {
        wall_clock_begin(&clock, START, 0);
        assert_int_equal(look(&clock, 0, 60 * SECOND, jumps[i]), CLOCK_DOUBTED);
        assert_int_equal(wall_clock_now(&clock, 60 * SECOND), START + 60 * SECOND);
        /* captured before the jump, and after it */
        assert_int_equal(wall_clock_of(&clock, START + 50 * SECOND, 60 * SECOND), START + 50 * SECOND);
        assert_int_equal(wall_clock_of(&clock, START + 50 * SECOND + jumps[i], 60 * SECOND), START + 50 * SECOND);
        assert_int_equal(look(&clock, 70 * SECOND, 80 * SECOND, 0), CLOCK_RETURNED);
        assert_int_equal(wall_clock_of(&clock, START + 80 * SECOND, 80 * SECOND), START + 80 * SECOND);
    }
}

static void a_jump_that_lasts_is_believed(void **state)
{
    struct wall_clock clock;

    (void)state;
    wall_clock_begin(&clock, START + 2 * DAY, 0);
    assert_int_equal(look(&clock, 0, 170 * SECOND, 0), CLOCK_DOUBTED);
    assert_int_equal(wall_clock_now(&clock, 170 * SECOND), START + 2 * DAY + 170 * SECOND);
    assert_int_equal(look(&clock, 180 * SECOND, 190 * SECOND, 0), CLOCK_SET);
    /* the time of the run goes on; what is stored moves back by two days */
    assert_int_equal(wall_clock_now(&clock, 190 * SECOND), START + 2 * DAY + 190 * SECOND);
    assert_int_equal(clock.moved_ns, -2 * DAY);
    assert_int_equal(wall_clock_of(&clock, START + 189 * SECOND, 190 * SECOND), START + 2 * DAY + 189 * SECOND);
    /* ... and a jump after that is doubted like any other */
    assert_int_equal(look(&clock, 200 * SECOND, 220 * SECOND, 9 * DAY), CLOCK_DOUBTED);
    assert_int_equal(wall_clock_of(&clock, START + 220 * SECOND + 9 * DAY, 220 * SECOND), START + 2 * DAY + 220 * SECOND);
}

static void a_time_before_2025_gives_way_at_once_and_is_never_believed_after_another(void **state)
{
    struct wall_clock clock;

    (void)state;
    wall_clock_begin(&clock, 0, 0); /* 1970: a machine without a battery */
    assert_int_equal(look(&clock, 0, 10 * SECOND, 0), CLOCK_SET);
    assert_int_equal(clock.moved_ns, START);
    assert_int_equal(wall_clock_now(&clock, 20 * SECOND), 20 * SECOND);
    assert_int_equal(look(&clock, 20 * SECOND, 900 * SECOND, -START), CLOCK_DOUBTED);
    assert_int_equal(clock.moved_ns, START);
}

static void at_the_end_the_clock_counts_that_was_there_for_longer(void **state)
{
    struct wall_clock clock;
    int64_t change;

    (void)state;
    for (int64_t until = 20; until <= 100; until += 10) { /* wrong for 40 seconds */
        wall_clock_begin(&clock, START + DAY + SECOND, 0);
        look(&clock, 0, 30 * SECOND, DAY + SECOND);
        if (until >= 40)
            look(&clock, 40 * SECOND, until * SECOND, 0);
        assert_int_equal(wall_clock_end(&clock, until * SECOND, &change), until > 80 ? CLOCK_SET : CLOCK_AS_EXPECTED);
        assert_int_equal(clock.moved_ns, until > 80 ? -DAY - SECOND : 0);
    }
}

static void a_clock_that_runs_wild_is_never_believed(void **state)
{
    struct wall_clock clock;

    (void)state;
    wall_clock_begin(&clock, START, 0);
    for (int64_t minute = 1; minute < 60; minute++)
        assert_int_not_equal(look(&clock, minute * 60 * SECOND, minute * 60 * SECOND + 50 * SECOND, minute * 40 * DAY), CLOCK_SET);
    assert_int_equal(wall_clock_now(&clock, 3600 * SECOND), START + 3600 * SECOND);
}

static void a_stamp_that_nothing_explains_is_now(void **state)
{
    struct wall_clock clock;

    (void)state;
    wall_clock_begin(&clock, START, 0);
    assert_int_equal(wall_clock_of(&clock, START + 900 * DAY, SECOND), START + SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_correction_is_taken_at_once),
        cmocka_unit_test(a_jump_of_seconds_changes_no_time),
        cmocka_unit_test(a_jump_that_lasts_is_believed),
        cmocka_unit_test(a_time_before_2025_gives_way_at_once_and_is_never_believed_after_another),
        cmocka_unit_test(at_the_end_the_clock_counts_that_was_there_for_longer),
        cmocka_unit_test(a_clock_that_runs_wild_is_never_believed),
        cmocka_unit_test(a_stamp_that_nothing_explains_is_now),
    };

    return cmocka_run_group_tests_name("wall_clock", tests, NULL, NULL);
}

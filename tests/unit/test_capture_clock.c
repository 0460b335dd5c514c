/* SPDX-License-Identifier: BSD-2-Clause */
/* Time of capture grows, whatever timestamps do. */
#include "../../src/flow/capture_clock.h"
#include "test.h"

#define YEAR (365 * 86400 * NANOSECONDS)

static void the_clock_follows_timestamps_and_never_runs_back(void **state)
{
    static const struct {
        const char *promise;
        int64_t times[6];
        int64_t now_s;
    } rows[] = {
        {"in order", {0, 1, 2, 3, 4, 5}, 5},
        {"back and forth", {0, 3, 1, 4, 2, 5}, 5},
        {"one absurd timestamp", {0, 1, 1000000000, 2, 3, 4}, 4},
        {"absurd timestamps that disagree", {0, 1, 1000000000, 2000000000, 3000000000, 4}, 4},
        {"a pause that three packets agree on is one step", {0, 1, 7201, 7202, 7203, 7204}, 1 + 600 + 1},
        {"two clocks in turn", {0, 7200, 1, 7201, 2, 7202}, 2},
        {"set back", {0, 10, -7200, -7199, -7198, -7197}, 10},
        {"a short pause", {0, 600, 1200, 1800, 2400, 2400}, 2400},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct capture_clock clock = {0};

        for (size_t j = 0; j < COUNT_OF(rows[i].times); j++)
            clock_advance(&clock, 50 * YEAR + rows[i].times[j] * NANOSECONDS);
        assert_int_equal(clock.now_ns, rows[i].now_s * NANOSECONDS);
    }
}

static void a_clock_that_was_set_back_goes_on_once_a_thousand_packets_agree(void **state)
{
    struct capture_clock clock = {0};

    (void)state;
    clock_advance(&clock, 2 * YEAR);
    for (int i = 0; i < CLOCK_BEHIND_PACKETS + 5; i++)
        clock_advance(&clock, YEAR + i * NANOSECONDS);
    assert_int_equal(clock.now_ns, 5 * NANOSECONDS);
}

static void the_ends_of_time_break_nothing(void **state)
{
    static const int64_t times[] = {INT64_MIN, INT64_MAX, 0, INT64_MIN, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MIN};
    struct capture_clock clock = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(times); i++)
        clock_advance(&clock, times[i]);
    assert_between(clock.now_ns, 0, CLOCK_STEP_NS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_follows_timestamps_and_never_runs_back),
        cmocka_unit_test(a_clock_that_was_set_back_goes_on_once_a_thousand_packets_agree),
        cmocka_unit_test(the_ends_of_time_break_nothing),
    };

    return cmocka_run_group_tests_name("capture_clock", tests, NULL, NULL);
}

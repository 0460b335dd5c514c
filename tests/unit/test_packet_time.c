/* SPDX-License-Identifier: BSD-2-Clause */
/* Times of packets that cannot be are not believed, and a pause is none of them. */
#include "test.h"

#include <lasthello/packet_time.h>
#include <lasthello/wire.h>

#define DAY_NS  (86400 * NANOSECONDS)
#define PACKETS 7

/* In days. What is believed in the end: when a packet came, or as was proved later. */
static void an_absurd_time_is_not_believed(void **state)
{
    static const struct {
        const char *promise;
        int64_t times[PACKETS], believed[PACKETS];
    } rows[] = {
        {"times of one day", {1000, 1000, 1000, 1001, 1001, 1002, 1001}, {1000, 1000, 1000, 1001, 1001, 1002, 1001}},
        {"one of 2106", {1000, 1000, 49710, 1000, 1000, 1000, 1000}, {1000, 1000, 1000, 1000, 1000, 1000, 1000}},
        {"one of 1970", {1000, 1000, 0, 1000, 1000, 1000, 1000}, {1000, 1000, 1000, 1000, 1000, 1000, 1000}},
        {"the first one", {49710, 1000, 1000, 1000, 1000, 1000, 1000}, {1000, 1000, 1000, 1000, 1000, 1000, 1000}},
        {"the last one", {1000, 1000, 1000, 1000, 1000, 1000, 49710}, {1000, 1000, 1000, 1000, 1000, 1000, 1000}},
        {"two that differ", {1000, 1000, 49710, 24855, 1000, 1000, 1000}, {1000, 1000, 1000, 1000, 1000, 1000, 1000}},
        {"two that agree", {1000, 1000, 49710, 49710, 1000, 1000, 1000}, {1000, 1000, 1000, 1000, 1000, 1000, 1000}},
        {"a pause of a month", {1000, 1000, 1030, 1030, 1030, 1030, 1030}, {1000, 1000, 1030, 1030, 1030, 1030, 1030}},
        {"a clock set back by a month", {1000, 1000, 970, 970, 970, 970, 970}, {1000, 1000, 970, 970, 970, 970, 970}},
        {"two clocks in turn", {1000, 1000, 500, 1000, 500, 1000, 500}, {1000, 1000, 1000, 1000, 1000, 1000, 1000}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct packet_time time = {0};
        int64_t believed[PACKETS + 1];
        struct time_doubt proved;
        bool is_doubted;

        for (uint64_t number = 1; number <= PACKETS; number++) {
            believed[number] = packet_time_believe(&time, rows[i].times[number - 1] * DAY_NS, number, &is_doubted);
            while (packet_time_proved(&time, &proved))
                believed[proved.number] = proved.time_ns;
        }
        for (size_t j = 0; j < PACKETS; j++)
            if (believed[j + 1] != rows[i].believed[j] * DAY_NS)
                fail_msg("%s: packet %zu", rows[i].promise, j + 1);
    }
}

static void the_ends_of_time_overflow_nothing(void **state)
{
    static const int64_t times[] = {INT64_MIN, INT64_MAX, 0, INT64_MIN, INT64_MAX, INT64_MAX, INT64_MAX};
    struct packet_time time = {0};
    struct time_doubt proved;
    bool is_doubted;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        packet_time_believe(&time, times[i], i + 1, &is_doubted);
        while (packet_time_proved(&time, &proved))
            assert_between(proved.number, 1, COUNT_OF(times));
    }
    assert_true(packet_time_peek(&time, 0) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_absurd_time_is_not_believed),
        cmocka_unit_test(the_ends_of_time_overflow_nothing),
    };

    return cmocka_run_group_tests_name("packet_time", tests, NULL, NULL);
}

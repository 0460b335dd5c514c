/* SPDX-License-Identifier: BSD-2-Clause */
/* The two interfaces of a tap: the earlier packet is the next, and one waits for the other side only as long as that may
 * still have an earlier one. */
#include "../../src/capture/tap_order.h"
#include "test.h"

#define MS  INT64_C(1000000)
#define LAG (150 * MS)
#define NOW (INT64_C(1764115200000) * MS)

enum { WAIT = -1 };

static const struct {
    const char *name;
    struct tap_head sides[2];
    int next;
} orders[] = {
    {"none has come", {{0}, {0}}, WAIT},
    {"the earlier of two", {{.has_packet = true, .time_ns = NOW - 2 * MS}, {.has_packet = true, .time_ns = NOW - 3 * MS}}, 1},
    {"... on either side", {{.has_packet = true, .time_ns = NOW - 3 * MS}, {.has_packet = true, .time_ns = NOW - 2 * MS}}, 0},
    {"of two at once, the first side's", {{.has_packet = true, .time_ns = NOW}, {.has_packet = true, .time_ns = NOW}}, 0},
    {"the other was never asked", {{.has_packet = true, .time_ns = NOW - 1000 * MS}, {0}}, WAIT},
    {"an earlier one may be on its way", {{.has_packet = true, .time_ns = NOW - 149 * MS}, {.empty_ns = NOW}}, WAIT},
    {"... but no longer", {{.has_packet = true, .time_ns = NOW - 150 * MS}, {.empty_ns = NOW}}, 0},
    {"... on the second side", {{.empty_ns = NOW}, {.has_packet = true, .time_ns = NOW - 150 * MS}}, 1},
    {"what was not asked since does not count", {{.has_packet = true, .time_ns = NOW - 150 * MS}, {.empty_ns = NOW - MS}}, WAIT},
    {"one that is down is not waited for", {{.has_packet = true, .time_ns = NOW}, {.is_over = true}}, 0},
    {"... on the first side", {{.is_over = true}, {.has_packet = true, .time_ns = NOW}}, 1},
    {"the last packet before it went down waits as any other", {{.has_packet = true, .is_over = true, .time_ns = NOW}, {.empty_ns = NOW}}, WAIT},
    {"both are down", {{.is_over = true}, {.is_over = true}}, WAIT},
    {"a time of the future does not wait", {{.has_packet = true, .time_ns = NOW + 151 * MS}, {.empty_ns = NOW}}, 0},
    {"... nor hold up", {{.has_packet = true, .time_ns = NOW - MS}, {.has_packet = true, .time_ns = NOW + 3600000 * MS}}, 1},
    {"a little ahead is no future", {{.has_packet = true, .time_ns = NOW + 150 * MS}, {.has_packet = true, .time_ns = NOW}}, 1},
};

static void the_next_is_the_earlier(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        const struct tap_heads heads = {{orders[i].sides[0], orders[i].sides[1]}, LAG};

        if (tap_order_next(&heads, NOW) != orders[i].next)
            fail_msg("%s: %d", orders[i].name, tap_order_next(&heads, NOW));
    }
}

static void nothing_waits_longer_than_twice_the_lag(void **state)
{
    struct tap_heads heads = {{{.has_packet = true, .time_ns = NOW}, {0}}, LAG};

    (void)state;
    assert_int_equal(tap_order_due(&heads, NOW), LAG);
    assert_int_equal(tap_order_due(&heads, NOW + 100 * MS), 50 * MS);
    assert_int_equal(tap_order_due(&heads, NOW + 3600000 * MS), 0);
    assert_int_equal(tap_order_due(&heads, NOW - LAG), 2 * LAG); /* earlier still, it is of the future */
    heads.sides[0].has_packet = false;
    assert_int_equal(tap_order_due(&heads, NOW), INT64_MAX);
}

/* Each side hands over all it has every 100 ms, at moments of its own; what comes out is in order. */
static void packets_in_blocks_come_out_by_time(void **state)
{
    struct tap_heads heads = {.lag_ns = LAG};
    int64_t last_ns = 0, made[2] = {0, 0};
    int taken = 0;

    (void)state;
    for (int64_t at = 0; at < 3000; at++) {
        int next;

        for (;;) {
            for (int side = 0; side < 2; side++) { /* side 0 has a packet every 3 ms, side 1 every 70 ms */
                const int64_t time = made[side] * (side == 0 ? 3 : 70) + side;
                const int64_t handed_over = (at + side * 37) / 100 * 100 - side * 37;

                if (heads.sides[side].has_packet)
                    continue;
                heads.sides[side].has_packet = time < handed_over;
                heads.sides[side].time_ns = NOW + time * MS;
                if (!heads.sides[side].has_packet)
                    heads.sides[side].empty_ns = NOW + at * MS;
            }
            if ((next = tap_order_next(&heads, NOW + at * MS)) < 0)
                break;
            assert_true(heads.sides[next].time_ns >= last_ns);
            assert_true(heads.sides[next].time_ns >= NOW + (at - 300) * MS);
            last_ns = heads.sides[next].time_ns;
            heads.sides[next].has_packet = false;
            made[next]++;
            taken++;
        }
    }
    assert_between(taken, 2700 / 3 + 2700 / 70, 3000 / 3 + 3000 / 70 + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_is_the_earlier),
        cmocka_unit_test(nothing_waits_longer_than_twice_the_lag),
        cmocka_unit_test(packets_in_blocks_come_out_by_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

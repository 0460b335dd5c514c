/* SPDX-License-Identifier: BSD-2-Clause */
/* A part of a capture is known wherever it begins, and what merely shares packets with it is no part. */
#include "test.h"

#include <lasthello/capture_anchors.h>
#include <lasthello/hash.h>

/* Packets `from` to `to` of a capture; `odd` is another packet, `twin` a copy of the first (0: none). */
struct extent {
    uint64_t from, to, odd, twin;
};

static struct capture_anchors make(struct extent extent)
{
    struct capture_anchors anchors;

    capture_anchors_begin(&anchors);
    for (uint64_t i = extent.from; i <= extent.to; i++) {
        const uint64_t number = i == extent.twin ? 1 : i == extent.odd ? i + UINT32_MAX
                                                                       : i;

        capture_anchors_add(&anchors, hash_pair(&hash_key_zero, number, 0));
    }
    return anchors;
}

static bool inside(struct extent part, struct extent whole)
{
    const struct capture_anchors a = make(part), b = make(whole);
    uint64_t before;
    const bool is_inside = capture_anchors_inside(&a, &b, &before);

    if (is_inside)
        assert_int_equal(before, part.from - whole.from);
    return is_inside;
}

static void each_part_of_a_small_capture_is_known(void **state)
{
    (void)state;
    for (uint64_t from = 1; from < 40; from++)
        for (uint64_t to = from + 1; to <= 40; to++)
            assert_true(inside((struct extent){from, to, 0, 0}, (struct extent){1, 40, 0, 0}));
}

static void a_part_with_another_packet_is_none(void **state)
{
    (void)state;
    for (uint64_t odd = 10; odd <= 30; odd++) {
        assert_false(inside((struct extent){10, 30, odd, 0}, (struct extent){1, 40, 0, 0}));
        assert_false(inside((struct extent){10, 30, 0, 0}, (struct extent){1, 40, odd, 0}));
    }
}

static void what_goes_beyond_the_whole_is_no_part(void **state)
{
    (void)state;
    assert_false(inside((struct extent){30, 41, 0, 0}, (struct extent){1, 40, 0, 0}));
    assert_false(inside((struct extent){1, 40, 0, 0}, (struct extent){2, 40, 0, 0}));
    assert_false(inside((struct extent){50000, 100001, 0, 0}, (struct extent){1, 100000, 0, 0}));
    assert_false(inside((struct extent){100001, 200000, 0, 0}, (struct extent){1, 100000, 0, 0}));
}

static void parts_of_a_large_capture_are_known(void **state)
{
    (void)state;
    for (uint64_t from = 1; from < 100000; from += 7919)
        assert_true(inside((struct extent){from, from + 10000, 0, 0}, (struct extent){1, 120000, 0, 0}));
    assert_true(inside((struct extent){50001, 100000, 0, 0}, (struct extent){1, 100000, 0, 0}));
    assert_false(inside((struct extent){40000, 80000, 60000, 0}, (struct extent){1, 100000, 0, 0}));
    assert_false(inside((struct extent){40000, 80000, 0, 0}, (struct extent){1, 100000, 60000, 0}));
    /* to its end: the last one differs */
    assert_false(inside((struct extent){50001, 100000, 100000, 0}, (struct extent){1, 100000, 0, 0}));
}

static void the_same_packet_twice_is_no_hindrance(void **state)
{
    (void)state;
    assert_true(inside((struct extent){10, 40, 0, 20}, (struct extent){1, 40, 0, 20}));
    assert_true(inside((struct extent){1, 30, 0, 20}, (struct extent){1, 40, 0, 20}));
    assert_false(inside((struct extent){1, 30, 0, 20}, (struct extent){1, 40, 0, 0}));
}

static void too_little_tells_nothing(void **state)
{
    (void)state;
    assert_false(inside((struct extent){7, 7, 0, 0}, (struct extent){1, 40, 0, 0}));
    assert_false(inside((struct extent){1, 0, 0, 0}, (struct extent){1, 40, 0, 0}));
    assert_false(inside((struct extent){1, 0, 0, 0}, (struct extent){1, 0, 0, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_of_a_small_capture_is_known),
        cmocka_unit_test(a_part_with_another_packet_is_none),
        cmocka_unit_test(what_goes_beyond_the_whole_is_no_part),
        cmocka_unit_test(parts_of_a_large_capture_are_known),
        cmocka_unit_test(the_same_packet_twice_is_no_hindrance),
        cmocka_unit_test(too_little_tells_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

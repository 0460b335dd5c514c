/* SPDX-License-Identifier: BSD-2-Clause */
/* A capture is known again by its packets, wherever it lies, however it is stored and wherever it was cut. */
#include "test.h"

#include <lasthello/capture_marks.h>
#include <lasthello/ledger.h>

#define BYTES 64

/* How a capture is stored, and how much of it. */
struct shape {
    uint64_t packets;
    size_t captured;
    int64_t tick_ns; /* what of the time is dropped */
    uint64_t odd;    /* the packet that is another one; 0: none */
    const char *site;
};

static void make(struct capture_marks *marks, struct shape shape)
{
    uint8_t bytes[BYTES];

    capture_marks_begin(marks, shape.site == NULL ? "a" : shape.site);
    for (uint64_t i = 1; i <= shape.packets; i++) {
        struct packet packet = {.data = {bytes, shape.captured == 0 ? BYTES : shape.captured}, .wire_len = BYTES};
        int64_t time_ns = (int64_t)i * 1000123;

        memset(bytes, (int)(i & 0xff), sizeof(bytes));
        bytes[20] = (uint8_t)(i == shape.odd);
        packet.time_ns = shape.tick_ns == 0 ? time_ns : time_ns / shape.tick_ns * shape.tick_ns;
        capture_marks_add(marks, &packet);
    }
}

static bool agree(struct shape one, struct shape other)
{
    struct capture_marks a, b;

    make(&a, one);
    make(&b, other);
    assert_int_equal(capture_marks_agree(&a, &b), capture_marks_agree(&b, &a));
    return capture_marks_agree(&a, &b);
}

static void a_copy_is_the_same_capture(void **state)
{
    (void)state;
    assert_true(agree((struct shape){.packets = 1000}, (struct shape){.packets = 1000}));
    assert_true(agree((struct shape){.packets = 1000}, (struct shape){.packets = 1000, .captured = 50}));
    assert_true(agree((struct shape){.packets = 1000}, (struct shape){.packets = 1000, .tick_ns = 1000}));
    assert_true(agree((struct shape){.packets = 0}, (struct shape){.packets = 0}));
}

static void the_beginning_of_a_capture_is_known_at_any_length(void **state)
{
    static const uint64_t lengths[] = {1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 65, 66, 67, 127, 128, 129, 130, 500, 999};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        assert_true(agree((struct shape){.packets = 1000}, (struct shape){.packets = lengths[i]}));
}

static void another_capture_is_another_one_wherever_they_differ(void **state)
{
    static const uint64_t odd[] = {1, 2, 3, 31, 32, 33, 64, 65, 100, 998, 1000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(odd); i++)
        assert_false(agree((struct shape){.packets = 1000}, (struct shape){.packets = 1000, .odd = odd[i]}));
    for (uint64_t at = 1; at <= 64; at++) /* up to there each packet has its mark */
        assert_false(agree((struct shape){.packets = 1000}, (struct shape){.packets = at, .odd = at}));
    assert_false(agree((struct shape){.packets = 0}, (struct shape){.packets = 1}));
    assert_false(agree((struct shape){.packets = 9}, (struct shape){.packets = 9, .site = "b"}));
}

static void what_contains_the_other_is_as_long_and_cut_no_shorter(void **state)
{
    static const struct {
        struct shape one, other;
        bool contains;
    } rows[] = {
        {{.packets = 100}, {.packets = 100}, true},
        {{.packets = 100}, {.packets = 40}, true},
        {{.packets = 40}, {.packets = 100}, false},
        {{.packets = 100}, {.packets = 100, .captured = 54}, true},
        {{.packets = 100, .captured = 54}, {.packets = 100}, false},
        {{.packets = 100, .captured = 54}, {.packets = 40}, false},
        {{.packets = 100, .captured = 54}, {.packets = 40, .captured = 50}, true},
    };
    struct capture_marks one, other;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        make(&one, rows[i].one);
        make(&other, rows[i].other);
        assert_int_equal(capture_marks_contain(&one, &other), rows[i].contains);
    }
}

/* 2^20 packets, of which the levels are 21. */
static void levels_are_powers_of_two(void **state)
{
    struct capture_marks one, other;

    (void)state;
    make(&one, (struct shape){.packets = 1 << 20});
    assert_int_equal(capture_marks_levels(&one), 21);
    assert_int_equal(capture_marks_at_level(&one, 20), (uint32_t)(one.hash >> 32));
    for (unsigned level = 0; level < 12; level++) {
        make(&other, (struct shape){.packets = 1u << level});
        assert_int_equal(capture_marks_levels(&other), level + 1);
        assert_int_equal(capture_marks_at_level(&one, level), (uint32_t)(other.hash >> 32));
    }
}

static void times_before_1970_are_rounded_down(void **state)
{
    uint8_t bytes[BYTES] = {0};
    struct packet nano = {.data = {bytes, BYTES}, .wire_len = BYTES, .time_ns = -1}, micro = nano;
    struct capture_marks a, b;

    (void)state;
    micro.time_ns = -1000;
    capture_marks_begin(&a, "");
    capture_marks_add(&a, &nano);
    capture_marks_begin(&b, "");
    capture_marks_add(&b, &micro);
    assert_true(capture_marks_agree(&a, &b));
}

static void each_reading_has_a_name_of_its_own(void **state)
{
    const uint64_t id = source_id_new();

    (void)state;
    assert_true(id > 0 && id <= INT64_MAX); /* SQLite's integers have a sign */
    assert_int_not_equal(id, source_id_new());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_the_same_capture),
        cmocka_unit_test(the_beginning_of_a_capture_is_known_at_any_length),
        cmocka_unit_test(another_capture_is_another_one_wherever_they_differ),
        cmocka_unit_test(what_contains_the_other_is_as_long_and_cut_no_shorter),
        cmocka_unit_test(levels_are_powers_of_two),
        cmocka_unit_test(times_before_1970_are_rounded_down),
        cmocka_unit_test(each_reading_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

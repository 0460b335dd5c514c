/* SPDX-License-Identifier: BSD-2-Clause */
/* Who waits for changes: told once of each, also of those that were missed. */
#include "../../src/serve/changes.h"
#include "test.h"

static void the_first_line_tells_that_one_is_connected_and_is_no_event(void **state)
{
    struct listener listener;
    char out[EVENT_BYTES];

    (void)state;
    listener_begin(&listener, NULL, 100);
    assert_true(listener_next(&listener, 5, 100, out) > 0);
    assert_string_equal(out, ": here\nid: 5\n\n");
    assert_int_equal(listener_next(&listener, 5, 101, out), 0);
}

static void a_change_is_told_once(void **state)
{
    struct listener listener;
    char out[EVENT_BYTES];

    (void)state;
    listener_begin(&listener, NULL, 100);
    listener_next(&listener, 5, 100, out);
    assert_true(listener_next(&listener, 6, 101, out) > 0);
    assert_string_equal(out, "event: changed\nid: 6\ndata: 6\n\n");
    assert_int_equal(listener_next(&listener, 6, 102, out), 0);
}

static void whoever_comes_back_learns_what_was_missed(void **state)
{
    struct listener listener;
    char out[EVENT_BYTES];

    (void)state;
    listener_begin(&listener, "4", 100);
    assert_true(listener_next(&listener, 6, 100, out) > 0);
    assert_string_equal(out, "event: changed\nid: 6\ndata: 6\n\n");
}

/* A copy from yesterday took the inventory's place: that is news, too. */
static void a_revision_that_went_back_is_a_change(void **state)
{
    struct listener listener;
    char out[EVENT_BYTES];

    (void)state;
    listener_begin(&listener, "9", 100);
    assert_true(listener_next(&listener, 6, 100, out) > 0);
    assert_string_equal(out, "event: changed\nid: 6\ndata: 6\n\n");
}

static void an_id_that_is_no_number_is_none(void **state)
{
    static const char *const ids[] = {"", "x", "-3", "4x", "99999999999999999999999x"};
    char out[EVENT_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        struct listener listener;

        listener_begin(&listener, ids[i], 100);
        assert_true(listener_next(&listener, 6, 100, out) > 0);
        assert_string_equal(out, ": here\nid: 6\n\n");
    }
}

static void a_line_that_is_silent_for_long_gets_a_sign_of_life(void **state)
{
    struct listener listener;
    char out[EVENT_BYTES];

    (void)state;
    listener_begin(&listener, NULL, 100);
    listener_next(&listener, 5, 100, out);
    assert_int_equal(listener_next(&listener, 5, 100 + SIGN_OF_LIFE_S - 1, out), 0);
    assert_true(listener_next(&listener, 5, 100 + SIGN_OF_LIFE_S, out) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_tells_that_one_is_connected_and_is_no_event),
        cmocka_unit_test(a_change_is_told_once),
        cmocka_unit_test(whoever_comes_back_learns_what_was_missed),
        cmocka_unit_test(a_revision_that_went_back_is_a_change),
        cmocka_unit_test(an_id_that_is_no_number_is_none),
        cmocka_unit_test(a_line_that_is_silent_for_long_gets_a_sign_of_life),
    };

    return cmocka_run_group_tests_name("serve_changes", tests, NULL, NULL);
}

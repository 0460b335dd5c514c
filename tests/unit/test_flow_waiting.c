/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments that wait for each other, so that what they need is fetched together. */
#include "flow_rig.h"
#include "test.h"

#define MEMORY (32u << 20)

/* Their bytes are gone by the time that they are heard: rig_say frees them. */
static void segments_that_wait_are_heard_in_turn(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "ok", 0},
        {C, ACK, 3, 3, "cd", 0}};
    struct rig *rig = rig_open(MEMORY);

    (void)state;
    rig->waits = true;
    rig_play(rig, said, COUNT_OF(said));
    assert_string_equal(rig->log, "");
    rig_attend(rig);
    assert_string_equal(rig->log, "+c:abs:okc:cd");
    rig_close(rig);
}

static void none_waits_with_a_payload_that_is_too_long_to_be_copied(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}};
    char text[600];
    struct rig *rig = rig_open(MEMORY);

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    rig->waits = true;
    rig_play(rig, said, COUNT_OF(said));
    assert_string_equal(rig->log, "");
    rig_say(rig, &(struct said){S, ACK, 1, 3, text, 0});
    assert_memory_equal(rig->log, "+c:abs:xxx", 10);
    rig_close(rig);
}

/* Of those that wait together the first payload begins the flow that the others are of. */
static void a_flow_that_begins_among_those_that_wait_is_found_by_them(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 3, 1, "cd", 0},
        {C, ACK, 3, 1, "cd", 0}};
    struct rig *rig = rig_open(MEMORY);

    (void)state;
    rig->waits = true;
    rig_play(rig, said, COUNT_OF(said));
    rig_attend(rig);
    assert_string_equal(rig->log, "+c:abcd");
    assert_int_equal(flow_table_counts(rig->table)->flows, 1);
    assert_int_equal(flow_table_counts(rig->table)->fates[FATE_DUPLICATE], 1);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_that_wait_are_heard_in_turn),
        cmocka_unit_test(none_waits_with_a_payload_that_is_too_long_to_be_copied),
        cmocka_unit_test(a_flow_that_begins_among_those_that_wait_is_found_by_them),
    };

    return cmocka_run_group_tests_name("flow_waiting", tests, NULL, NULL);
}

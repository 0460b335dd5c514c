/* SPDX-License-Identifier: BSD-2-Clause */
/* What is given up for want of room, and that it is counted. */
#include "../../src/flow/flow_table.h"
#include "flow_rig.h"
#include "test.h"

#define MEMORY (32u << 20)

static void begin_session(struct rig *rig, uint16_t port)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "half a hello", 0}};

    rig->ports[C] = port;
    rig->log[0] = '\0';
    rig_play(rig, said, COUNT_OF(said));
    assert_int_equal(rig->fate, FATE_USED);
}

/* Begins one session from each of `count` ports, all open at once. */
static struct rig *crowd(size_t memory_bytes, uint32_t count, bool settle_soon)
{
    struct rig *rig = rig_open(memory_bytes);

    rig->settle_soon = settle_soon;
    rig->hold = 100;
    for (uint32_t i = 0; i < count; i++)
        begin_session(rig, (uint16_t)(20000 + i));
    return rig;
}

static void for_want_of_room_the_oldest_session_is_given_up_and_counted(void **state)
{
    struct rig *rig = crowd(4u << 20, 1000, false);
    const struct flow_counts *counts = flow_table_counts(rig->table);

    (void)state;
    assert_int_equal(counts->flows, 1000);
    assert_between(counts->given_up_sessions, 600, 999);
    assert_int_equal(counts->given_up_flows, 0);
    rig->ports[C] = 20999; /* the youngest is still there */
    rig_say(rig, &(struct said){C, ACK, 13, 1, "more", 0});
    assert_int_equal(rig->fate, FATE_USED);
    rig->ports[C] = 20000; /* the oldest is known as recorded */
    rig_say(rig, &(struct said){C, ACK, 13, 1, "more", 0});
    assert_int_equal(rig->fate, FATE_SETTLED);
    rig_close(rig);
}

/* From `count` ports each a SYN and a few bytes, and nobody answers. */
static void flood(struct rig *rig, uint32_t count)
{
    const struct said said[] = {{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "half a hello", 0}};

    for (uint32_t i = 0; i < count; i++) {
        rig->ports[C] = (uint16_t)(20000 + i);
        rig->log[0] = '\0';
        rig_play(rig, said, COUNT_OF(said));
    }
}

static void a_flood_that_nobody_answers_leaves_real_sessions_alone(void **state)
{
    const struct said real[] = {HANDSHAKE, {C, ACK, 1, 1, "half a hello", 0}};
    struct rig *rig = rig_open(4u << 20);

    (void)state;
    rig->hold = 100;
    rig_play(rig, real, COUNT_OF(real));
    flood(rig, 1000);
    assert_between(flow_table_counts(rig->table)->given_up_sessions, 960, 1000);
    rig->ports[C] = 40000;
    rig_say(rig, &(struct said){C, ACK, 13, 1, "more", 0});
    assert_int_equal(rig->fate, FATE_USED);
    rig_flush(rig);
    assert_int_equal(flow_table_counts(rig->table)->flows, 1001);
    rig_close(rig);
}

static void for_want_of_room_the_oldest_flow_is_forgotten_and_counted(void **state)
{
    struct rig *rig = crowd(4u << 20, 30000, true);

    (void)state;
    assert_between(flow_table_counts(rig->table)->given_up_flows, 10000, 20000);
    assert_int_equal(flow_table_counts(rig->table)->given_up_sessions, 0);
    rig_close(rig);
}

/* How many sessions are open until one is given up? */
static uint32_t count_open(struct rig *rig)
{
    uint32_t count = 0;

    rig->settle_soon = false;
    rig->hold = 0; /* no bytes wait */
    while (flow_table_counts(rig->table)->given_up_sessions == 0 && count < 5000)
        begin_session(rig, (uint16_t)(1024 + count++));
    return count;
}

/* 18% of the memory is always theirs, and 48% where no flow ever needed it. */
static void open_sessions_take_what_flows_have_not_needed(void **state)
{
    const uint32_t share = (4u << 20) / 100 * 18 / RIG_GUEST_BYTES;
    struct rig *fresh = crowd(4u << 20, 0, false), *full = crowd(4u << 20, 30000, true);
    const uint32_t many = count_open(fresh), few = count_open(full);

    (void)state;
    assert_between(few, share * 80 / 100, share); /* a session is somewhat more than its guest */
    assert_between(many, few * 9 / 4, few * 3);
    assert_int_equal(flow_table_counts(fresh->table)->given_up_flows, 0);
    rig_close(fresh);
    rig_close(full);
}

/* Older flows make room, but where one port is used again and again they all stand in the same two buckets of the
 * index, and linger: then it is the newest connection that finds no place. */
static void for_want_of_a_place_in_the_index_a_connection_is_given_up_and_counted(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}};
    struct rig *rig = rig_open(MEMORY);
    const struct flow_counts *counts = flow_table_counts(rig->table);

    (void)state;
    rig->table->key = hash_key_zero; /* by a random key both buckets of a connection may be the same one */
    for (uint32_t i = 0; i <= INDEX_MATCHES_MAX; i++) {
        rig->isn[C] += 10000000;
        rig->isn[S] += 10000000;
        rig_play(rig, said, COUNT_OF(said));
        assert_int_equal(rig->fate, i < INDEX_MATCHES_MAX ? FATE_USED : FATE_GIVEN_UP);
        assert_int_equal(counts->flows, i < INDEX_MATCHES_MAX ? i + 1 : INDEX_MATCHES_MAX);
        assert_int_equal(counts->given_up_flows, i < INDEX_MATCHES_MAX ? 0 : 1);
    }
    rig_wait(rig, 3); /* they linger no more */
    rig_say(rig, &(struct said){C, ACK, 1, 1, "ab", 0});
    assert_int_equal(rig->fate, FATE_USED);
    rig_close(rig);
}

static void too_little_memory_is_refused(void **state)
{
    (void)state;
    assert_null(flow_table_open(&(struct flow_limits){.memory_bytes = 1000}, NULL, NULL));
}

/* Of 256 MiB, which are the default, fragments have a 16th. */
static void by_default_a_million_flows_find_room_or_twenty_thousand_open_sessions(void **state)
{
    struct flow_table *table = flow_table_open(&(struct flow_limits){240u << 20, sizeof(struct reader), sizeof(struct session)},
        NULL, NULL);

    (void)state;
    assert_non_null(table);
    assert_true(table->flows.count >= 1000000);
    assert_true(table->connections.count >= 20000);
    flow_table_close(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(for_want_of_room_the_oldest_session_is_given_up_and_counted),
        cmocka_unit_test(a_flood_that_nobody_answers_leaves_real_sessions_alone),
        cmocka_unit_test(for_want_of_room_the_oldest_flow_is_forgotten_and_counted),
        cmocka_unit_test(open_sessions_take_what_flows_have_not_needed),
        cmocka_unit_test(for_want_of_a_place_in_the_index_a_connection_is_given_up_and_counted),
        cmocka_unit_test(too_little_memory_is_refused),
        cmocka_unit_test(by_default_a_million_flows_find_room_or_twenty_thousand_open_sessions),
    };

    return cmocka_run_group_tests_name("flow_limits", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections one after the other between the same two ports: each is a session, and each segment is of its own. */
#include "flow_rig.h"
#include "test.h"

#define MEMORY (32u << 20)

static struct rig *played(const struct said *said, size_t count)
{
    struct rig *rig = rig_open(MEMORY);

    rig_play(rig, said, count);
    return rig;
}

static void a_reused_port_is_another_session(void **state)
{
    static const uint32_t far[] = {7, 5000, 3000000, 2000000000, 4000000000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(far); i++) {
        const uint32_t c = far[i], s = far[COUNT_OF(far) - 1 - i];
        const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, FIN, 3, 1, "", 0}, {S, FIN, 1, 4, "", 0},
            {C, SYN, c, 0, "", 0}, {S, SYN | ACK, s, c + 1, "", 0}, {C, ACK, c + 1, s + 1, "cd", 0}};
        struct rig *rig = played(said, COUNT_OF(said));

        assert_string_equal(rig->log, "+c:abc.s.+c:cd");
        assert_int_equal(flow_table_counts(rig->table)->flows, 2);
        rig_close(rig);
    }
}

static void a_reused_port_needs_no_end_of_the_session_before(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, SYN, 9000, 0, "", 0},
        {S, SYN | ACK, 90000, 9001, "", 0}, {C, ACK, 9001, 90001, "cd", 0}, {C, FIN, 3, 1, "", 0},
        {S, ACK, 90001, 9003, "ok", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    rig_flush(rig);
    assert_string_equal(rig->log, "+c:ab+c:cds:okc.||");
    rig_close(rig);
}

static void a_repeated_syn_begins_no_other_session(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, SYN, 0, 0, "", 0},
        {S, SYN | ACK, 0, 1, "", 0}, {C, ACK, 3, 1, "cd", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    assert_string_equal(rig->log, "+c:abcd");
    assert_int_equal(flow_table_counts(rig->table)->flows, 1);
    assert_int_equal(flow_table_counts(rig->table)->scans, 0);
    rig_close(rig);
}

/* Of the server nothing was seen, or only what it acknowledged. */
static void a_reused_port_is_another_session_also_where_one_side_alone_was_seen(void **state)
{
    static const uint32_t far[] = {1000, 3000000, 0u - 1000, 0u - 3000000};
    static const struct said between[] = {{S, ACK, 1, 3, "", 0}, {C, ACK, 3, 1, "", 0}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(far); i++)
        for (int with = 0; with < 4; with++) {
            const struct said before[] = {{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "ab", 0}};
            struct rig *rig = played(before, COUNT_OF(before));

            if ((with & 1) != 0)
                rig_wait(rig, 31); /* the server is not waited for any more */
            rig_say(rig, &(struct said){C, SYN, far[i], 0, "", 0});
            if ((with & 2) != 0)
                rig_play(rig, between, COUNT_OF(between));
            rig_say(rig, &(struct said){C, ACK, far[i] + 1, 1, "cd", 0});
            assert_int_equal(rig->fate, FATE_USED);
            rig_flush(rig);
            assert_int_equal(flow_table_counts(rig->table)->flows, 2);
            assert_int_equal(flow_table_counts(rig->table)->gaps, 0);
            rig_close(rig);
        }
}

/* Or it would seem to be a server that read what the old one was sent, and said nothing to it. */
static void what_a_later_server_answers_is_not_said_to_the_connection_before(void **state)
{
    const struct said said[] = {{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "ab", 0}, {C, SYN, 1000, 0, "", 0},
        {S, SYN | ACK, 7000, 1001, "", 0}, {C, ACK, 1001, 7001, "", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    rig_wait(rig, 31);
    assert_null(strchr(rig->log, '~'));
    assert_false(rig->acknowledged);
    rig_say(rig, &(struct said){C, ACK, 1001, 7001, "cd", 0});
    rig_say(rig, &(struct said){S, ACK, 7001, 1003, "ok", 0});
    rig_flush(rig);
    assert_non_null(strstr(rig->log, "+c:cds:ok|"));
    assert_int_equal(flow_table_counts(rig->table)->flows, 2);
    rig_close(rig);
}

static void a_server_that_is_seen_late_is_that_of_the_later_connection(void **state)
{
    const struct said said[] = {{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "ab", 0}, {C, SYN, 1000, 0, "", 0},
        {C, ACK, 1001, 7001, "cd", 0}, {S, SYN | ACK, 7000, 1001, "", 0}, {S, ACK, 7001, 1003, "ok", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    rig_flush(rig);
    assert_non_null(strstr(rig->log, "c:cds:ok"));
    assert_int_equal(flow_table_counts(rig->table)->flows, 2);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reused_port_is_another_session),
        cmocka_unit_test(a_reused_port_needs_no_end_of_the_session_before),
        cmocka_unit_test(a_repeated_syn_begins_no_other_session),
        cmocka_unit_test(a_reused_port_is_another_session_also_where_one_side_alone_was_seen),
        cmocka_unit_test(what_a_later_server_answers_is_not_said_to_the_connection_before),
        cmocka_unit_test(a_server_that_is_seen_late_is_that_of_the_later_connection),
    };

    return cmocka_run_group_tests_name("flow_reuse", tests, NULL, NULL);
}

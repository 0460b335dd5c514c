/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments that wait outside of a session: copied, recalled once, forgotten oldest first and counted. */
#include "../../src/flow/unanswered.h"
#include "flow_rig.h"
#include "test.h"

#define PLACES 4
#define MEMORY (32u << 20)

static struct segment segment_of(uint16_t port, const char *text)
{
    static const struct link link = {.vlan_count = 1, .vlans = {7}};

    return (struct segment){
        .source = {.port = port},
        .destination = {.port = 993},
        .payload = {(const uint8_t *)text, strlen(text)},
        .payload_len = (uint32_t)strlen(text),
        .link = &link,
        .number = port,
    };
}

/* All of one hash, so that only the endpoints tell them apart. */
static const struct flow_key key = {.hash = 77, .from = 0}, back = {.hash = 77, .from = 1};

static void keep(struct unanswered *kept, uint16_t port, const char *text)
{
    const struct segment segment = segment_of(port, text);

    unanswered_keep(kept, &segment, &key, 3, 5);
}

static const struct kept_segment *recall(struct unanswered *kept, uint16_t port)
{
    const struct segment segment = segment_of(port, "more");

    return unanswered_recall(kept, &segment, &key);
}

static void what_is_recalled_is_a_copy_of_all(void **state)
{
    struct unanswered kept;
    char text[] = "half a hello";
    const struct kept_segment *found;

    (void)state;
    assert_true(unanswered_open(&kept, PLACES * sizeof(struct kept_segment)));
    keep(&kept, 1, text);
    memset(text, 'x', sizeof(text) - 1);
    found = recall(&kept, 1);
    assert_non_null(found);
    assert_int_equal(found->segment.number, 1);
    assert_int_equal(found->source, 3);
    assert_int_equal(found->since, 5);
    assert_int_equal(found->segment.link->vlans[0], 7);
    assert_int_equal(found->segment.payload.left, 12);
    assert_memory_equal(found->segment.payload.data, "half a hello", 12);
    assert_null(recall(&kept, 1)); /* once */
    assert_int_equal(kept.count, 0);
    unanswered_flush(&kept);
    assert_int_equal(kept.scans, 0);
    unanswered_close(&kept);
}

static void the_other_side_recalls_it_as_well(void **state)
{
    struct unanswered kept;
    struct segment answer = segment_of(1, "");

    (void)state;
    answer.destination = answer.source;
    answer.source = segment_of(1, "").destination;
    assert_true(unanswered_open(&kept, PLACES * sizeof(struct kept_segment)));
    keep(&kept, 1, "?");
    assert_null(unanswered_recall(&kept, &answer, &key)); /* port 1 of the server: another connection */
    assert_non_null(unanswered_recall(&kept, &answer, &back));
    unanswered_close(&kept);
}

static void connections_of_one_hash_are_told_apart(void **state)
{
    struct unanswered kept;

    (void)state;
    assert_true(unanswered_open(&kept, PLACES * sizeof(struct kept_segment)));
    keep(&kept, 1, "one");
    keep(&kept, 2, "two");
    keep(&kept, 3, "three");
    assert_int_equal(recall(&kept, 2)->segment.payload_len, 3);
    assert_null(recall(&kept, 4));
    assert_int_equal(recall(&kept, 3)->segment.payload_len, 5);
    assert_int_equal(recall(&kept, 1)->segment.payload_len, 3);
    assert_int_equal(kept.count, 0);
    unanswered_close(&kept);
}

static void the_oldest_gives_way_and_is_counted(void **state)
{
    struct unanswered kept;

    (void)state;
    assert_true(unanswered_open(&kept, PLACES * sizeof(struct kept_segment)));
    assert_int_equal(kept.place_count, PLACES);
    for (uint16_t port = 1; port <= PLACES + 2; port++)
        keep(&kept, port, "?");
    assert_int_equal(kept.count, PLACES);
    assert_int_equal(kept.scans, 2);
    assert_null(recall(&kept, 2));
    assert_non_null(recall(&kept, 3));
    keep(&kept, 7, "?"); /* its place is free */
    assert_int_equal(kept.scans, 2);
    assert_non_null(recall(&kept, PLACES + 2));
    assert_non_null(recall(&kept, 7));
    unanswered_flush(&kept);
    assert_int_equal(kept.scans, 4); /* the fourth and the fifth */
    assert_null(recall(&kept, 4));
    keep(&kept, 4, "again");
    assert_non_null(recall(&kept, 4));
    unanswered_close(&kept);
}

static void there_are_never_more_places_than_it_says(void **state)
{
    struct unanswered kept;

    (void)state;
    assert_true(unanswered_open(&kept, 2 * UNANSWERED_MAX * sizeof(struct kept_segment)));
    for (uint32_t port = 1; port <= UNANSWERED_MAX + 1; port++)
        keep(&kept, (uint16_t)port, "?");
    assert_int_equal(kept.count, UNANSWERED_MAX);
    assert_int_equal(kept.scans, 1);
    unanswered_close(&kept);
}

/* ---- in a flow table ------------------------------------------------------------------------- */

static const struct said half_said[] = {{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "half", 0}};

static struct rig *kept(const struct said *said, size_t count)
{
    struct rig *rig = rig_open(MEMORY);

    rig->keeps_segments = true;
    rig_play(rig, said, count);
    return rig;
}

static void unanswered_that_nobody_recalls_are_a_scan(void **state)
{
    struct rig *rig = kept(half_said, COUNT_OF(half_said));

    (void)state;
    assert_int_equal(flow_table_counts(rig->table)->scans, 0);
    rig_flush(rig);
    assert_string_equal(rig->log, "");
    assert_int_equal(flow_table_counts(rig->table)->scans, 1);
    assert_int_equal(flow_table_counts(rig->table)->flows, 0);
    rig_close(rig);
}

static void unanswered_are_read_before_what_recalls_them(void **state)
{
    static const struct {
        struct said said;
        const char *log;
    } rows[] = {
        {{C, ACK, 5, 1, " a hello", 0}, "+c:half a hello|"},
        {{C, ACK, 1, 1, "half", 0}, "+c:half|"},
        {{S, SYN | ACK, 0, 1, "", 0}, "+c:half|"},
        {{S, ACK, 1, 5, "no", 0}, "+c:halfs:no|"},
        {{S, RST, 1, 5, "", 0}, "+c:halfs#|"},
        {{C, RST, 5, 1, "", 0}, "+c:halfc#|"},
        {{C, FIN, 5, 1, "", 0}, "+c:halfc.|"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rig *rig = kept(half_said, COUNT_OF(half_said));

        rig_say(rig, &rows[i].said);
        rig_flush(rig);
        assert_string_equal(rig->log, rows[i].log);
        assert_int_equal(flow_table_counts(rig->table)->scans, 0);
        assert_true(rig->whole[C]);
        rig_close(rig);
    }
}

static void unanswered_begin_where_they_should_though_their_syn_was_forgotten(void **state)
{
    struct rig *rig = kept(half_said, COUNT_OF(half_said));

    (void)state;
    for (uint32_t port = 1; port < 65536; port++)
        if (port != 143 && port != 40000) {
            rig->ports[C] = (uint16_t)port;
            rig_say(rig, &(struct said){C, SYN, 0, 0, "", 0});
        }
    assert_true(flow_table_counts(rig->table)->scans > 1000); /* rows that gave way */
    rig->ports[C] = 40000;
    rig_say(rig, &(struct said){C, ACK, 5, 1, " a hello", 0});
    rig->log[0] = '\0';
    rig_flush(rig);
    assert_string_equal(rig->log, "c:half a hello|");
    assert_true(rig->whole[C]);
    rig_close(rig);
}

static void unanswered_of_hours_ago_are_a_scan(void **state)
{
    struct rig *rig = kept(half_said, COUNT_OF(half_said));

    (void)state;
    for (int i = 0; i < 13; i++)
        rig_wait(rig, 600); /* as far as the clock goes at a time */
    rig_say(rig, &(struct said){C, ACK, 5, 1, " a hello", 0});
    assert_int_equal(rig->fate, FATE_SETTLED);
    assert_string_equal(rig->log, "");
    assert_int_equal(flow_table_counts(rig->table)->scans, 1);
    rig_close(rig);
}

static void what_may_wait_is_said_first_and_by_one_side_alone(void **state)
{
    static const struct {
        const char *why;
        struct said said[3];
    } rows[] = {
        {"no SYN", {{C, ACK, 1, 1, "half", 0}}},
        {"an answer", {{C, SYN, 0, 0, "", 0}, {S, SYN | ACK, 0, 1, "", 0}, {C, ACK, 1, 1, "half", 0}}},
        {"an acknowledgement", {{C, SYN, 0, 0, "", 0}, {S, ACK, 1, 1, "", 0}, {C, ACK, 1, 1, "half", 0}}},
        {"a hole before it", {{C, SYN, 0, 0, "", 0}, {C, ACK, 2, 1, "half", 0}}},
        {"an end", {{C, SYN, 0, 0, "", 0}, {C, FIN, 1, 1, "half", 0}}},
        {"cut off", {{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "half", 1}}},
        {"with the SYN", {{C, SYN, 0, 0, "half", 0}}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t count = 0;
        struct rig *rig;

        while (count < COUNT_OF(rows[i].said) && rows[i].said[count].text != NULL)
            count++;
        rig = kept(rows[i].said, count);
        if (flow_table_counts(rig->table)->flows != 1)
            fail_msg("%s", rows[i].why);
        rig_close(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_recalled_is_a_copy_of_all),
        cmocka_unit_test(the_other_side_recalls_it_as_well),
        cmocka_unit_test(connections_of_one_hash_are_told_apart),
        cmocka_unit_test(the_oldest_gives_way_and_is_counted),
        cmocka_unit_test(there_are_never_more_places_than_it_says),
        cmocka_unit_test(unanswered_that_nobody_recalls_are_a_scan),
        cmocka_unit_test(unanswered_are_read_before_what_recalls_them),
        cmocka_unit_test(unanswered_begin_where_they_should_though_their_syn_was_forgotten),
        cmocka_unit_test(unanswered_of_hours_ago_are_a_scan),
        cmocka_unit_test(what_may_wait_is_said_first_and_by_one_side_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What is remembered of connections before they say anything, and at what cost. */
#include "../../src/flow/syn_memory.h"
#include "test.h"

#define MEMORY  (1u << 16)
#define HASH(n) ((n)*0x9e3779b97f4a7c15u + 1)

static struct syn_memory opened(void)
{
    struct syn_memory memory;

    assert_true(syn_memory_open(&memory, MEMORY));
    return memory;
}

/* True: another connection. */
static bool note(struct syn_memory *memory, uint64_t hash, const struct segment *segment, int from)
{
    bool another;

    assert_non_null(syn_memory_note(memory, hash, segment, from, &another));
    return another;
}

static struct syn_row *first_row(const struct syn_memory *memory, uint64_t hash)
{
    return syn_memory_next(memory, hash, NULL);
}

static const struct segment syn = {.sequence = 1000, .flags = SEGMENT_SYN};
static const struct segment syn_ack = {.sequence = 5000, .acknowledgement = 1001, .flags = SEGMENT_SYN | SEGMENT_ACK};

static void a_syn_and_its_answer_are_one_row(void **state)
{
    struct syn_memory memory = opened();
    struct syn_row *row;

    (void)state;
    assert_false(note(&memory, HASH(1), &syn, 0));
    assert_false(note(&memory, HASH(1), &syn_ack, 1));
    row = first_row(&memory, HASH(1));
    assert_non_null(row);
    assert_int_equal(row->isn[0], 1000);
    assert_int_equal(row->isn[1], 5000);
    assert_true(syn_has(row, SYN_CLIENT, 0));
    assert_null(first_row(&memory, HASH(2)));
    syn_memory_close(&memory);
}

static void an_answer_alone_tells_both_numbers(void **state)
{
    struct syn_memory memory = opened();
    struct syn_row *row;

    (void)state;
    note(&memory, HASH(1), &syn_ack, 1);
    row = first_row(&memory, HASH(1));
    assert_non_null(row);
    assert_int_equal(row->isn[0], 1000);
    assert_int_equal(row->isn[1], 5000);
    assert_true(syn_has(row, SYN_CLIENT, 0));
    syn_memory_close(&memory);
}

static void a_repeated_syn_is_not_another_connection_and_a_new_number_is(void **state)
{
    const struct segment again = {.sequence = 1001, .flags = SEGMENT_SYN};
    struct syn_memory memory = opened();

    (void)state;
    note(&memory, HASH(1), &syn, 0);
    assert_false(note(&memory, HASH(1), &syn, 0));
    assert_true(note(&memory, HASH(1), &again, 0));
    assert_int_equal(memory.unused, 2); /* each has a row */
    syn_memory_close(&memory);
}

static void a_rst_or_acknowledgement_may_come_before_the_syn(void **state)
{
    const struct segment rst = {.sequence = 5001, .acknowledgement = 1006, .flags = SEGMENT_RST | SEGMENT_ACK};
    const struct segment strange = {.sequence = 99, .flags = SEGMENT_RST};
    struct syn_memory memory = opened();
    struct syn_row *row;

    (void)state;
    syn_memory_add(&memory, HASH(1), &strange, 0);
    syn_memory_add(&memory, HASH(1), &rst, 1);
    assert_int_equal(memory.unused, 0);
    note(&memory, HASH(1), &syn_ack, 1);
    row = first_row(&memory, HASH(1));
    assert_non_null(row);
    assert_true(syn_has(row, SYN_RST, 1) && syn_has(row, SYN_ACKNOWLEDGED, 1));
    assert_int_equal(syn_extra_of(&memory, row)->close_at[1], 5001);
    assert_int_equal(syn_extra_of(&memory, row)->acknowledged[1], 1006);
    assert_false(syn_has(row, SYN_RST, 0)); /* of an older connection */
    syn_memory_close(&memory);
}

static void of_a_flood_the_newest_are_remembered_and_all_are_counted(void **state)
{
    struct syn_memory memory = opened();
    const uint64_t count = 100000;
    uint64_t remembered = 0;

    (void)state;
    for (uint64_t i = 0; i < count; i++)
        note(&memory, HASH(i), &syn, 0);
    assert_non_null(first_row(&memory, HASH(count - 1)));
    assert_null(first_row(&memory, HASH(0)));
    for (uint64_t i = 0; i < count; i++)
        remembered += first_row(&memory, HASH(i)) != NULL;
    assert_int_equal(remembered, memory.unused);
    assert_int_equal(memory.scans + memory.unused, count);
    syn_memory_flush(&memory);
    assert_int_equal(memory.scans, count);
    assert_null(first_row(&memory, HASH(count - 1)));
    syn_memory_close(&memory);
}

static void what_is_remembered_is_found_when_the_memory_has_grown(void **state)
{
    const struct segment rst = {.sequence = 5001, .acknowledgement = 1006, .flags = SEGMENT_RST | SEGMENT_ACK};
    struct syn_memory memory;
    const uint64_t count = 2000;

    (void)state;
    assert_true(syn_memory_open(&memory, 16 * MEMORY));
    for (uint64_t i = 0; i < count; i++) {
        note(&memory, HASH(i), &syn_ack, 1);
        syn_memory_add(&memory, HASH(i), &rst, 1);
    }
    assert_true(memory.sets > memory.sets_min);
    for (uint64_t i = 0; i < count; i++)
        assert_int_equal(syn_extra_of(&memory, first_row(&memory, HASH(i)))->close_at[1], 5001);
    assert_int_equal(memory.unused, count); /* and nothing was forgotten for that */
    syn_memory_close(&memory);
}

static void a_connection_with_payload_is_no_scan(void **state)
{
    struct syn_memory memory = opened();

    (void)state;
    note(&memory, HASH(1), &syn, 0);
    syn_memory_use(&memory, first_row(&memory, HASH(1)));
    syn_memory_use(&memory, first_row(&memory, HASH(1)));
    syn_memory_flush(&memory);
    assert_int_equal(memory.scans, 0);
    syn_memory_close(&memory);
}

static void a_segment_is_of_the_connection_that_it_is_near_to(void **state)
{
    static const struct segment syns[] = {
        {.sequence = 1000, .flags = SEGMENT_SYN},
        {.sequence = 3000000000, .flags = SEGMENT_SYN},
    };
    static const struct {
        uint32_t sequence;
        uint32_t isn; /* 0: of none */
    } rows[] = {{1001, 1000}, {1000, 1000}, {999, 0}, {70000, 1000}, {1000 + (1 << 20), 0},
        {3000000001, 3000000000}, {0, 0}};
    struct syn_memory memory = opened();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(syns); i++)
        note(&memory, HASH(1), &syns[i], 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct segment segment = {.sequence = rows[i].sequence};
        const struct syn_row *row = syn_memory_of(&memory, HASH(1), &segment, 0);

        assert_int_equal(row != NULL ? row->isn[0] : 0, rows[i].isn);
    }
    syn_memory_close(&memory);
}

/* Equal numbers of one end, as behind a firewall that shifts those of the other. */
static void an_acknowledgement_tells_connections_apart(void **state)
{
    static const struct segment syns[] = {
        {.sequence = 1000, .flags = SEGMENT_SYN},
        {.sequence = 5000, .acknowledgement = 1001, .flags = SEGMENT_SYN | SEGMENT_ACK},
        {.sequence = 3000000000, .flags = SEGMENT_SYN},
        {.sequence = 5000, .acknowledgement = 3000000001, .flags = SEGMENT_SYN | SEGMENT_ACK},
    };
    static const struct segment greeting = {.sequence = 5001, .acknowledgement = 1001, .flags = SEGMENT_ACK};
    static const struct segment strange = {.sequence = 5001, .acknowledgement = 2000000000, .flags = SEGMENT_ACK};
    struct syn_memory memory = opened();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(syns); i++)
        note(&memory, HASH(1), &syns[i], i & 1);
    assert_int_equal(syn_memory_of(&memory, HASH(1), &greeting, 1)->isn[0], 1000);
    assert_null(syn_memory_of(&memory, HASH(1), &strange, 1));
    syn_memory_close(&memory);
}

/* RFC 9293 3.10.7.3: a SYN-ACK alone begins nothing; which number counts tells who acknowledges it. */
static void of_two_numbers_of_a_server_the_acknowledged_one_counts(void **state)
{
    static const uint32_t numbers[] = {5000, 100004999};

    (void)state;
    for (unsigned with = 0; with < 8; with++) {
        const uint32_t counts = numbers[with & 1], first = numbers[with >> 1 & 1];
        const uint32_t second = numbers[0] + numbers[1] - first;
        const struct segment answers[] = {
            {.sequence = first, .acknowledgement = 1001, .flags = SEGMENT_SYN | SEGMENT_ACK},
            {.sequence = second, .acknowledgement = 1001, .flags = SEGMENT_SYN | SEGMENT_ACK},
        };
        const struct segment acknowledged = {.sequence = 1001, .acknowledgement = counts + 1, .flags = SEGMENT_ACK};
        struct syn_memory memory = opened();

        note(&memory, HASH(1), &syn, 0);
        if ((with & 4) != 0) /* shuffled */
            syn_memory_add(&memory, HASH(1), &acknowledged, 0);
        for (size_t i = 0; i < COUNT_OF(answers); i++)
            assert_false(note(&memory, HASH(1), &answers[i], 1));
        syn_memory_add(&memory, HASH(1), &acknowledged, 0);
        assert_int_equal(first_row(&memory, HASH(1))->isn[1], counts);
        assert_null(syn_memory_next(&memory, HASH(1), first_row(&memory, HASH(1))));
        syn_memory_close(&memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_syn_and_its_answer_are_one_row),
        cmocka_unit_test(an_answer_alone_tells_both_numbers),
        cmocka_unit_test(a_repeated_syn_is_not_another_connection_and_a_new_number_is),
        cmocka_unit_test(a_rst_or_acknowledgement_may_come_before_the_syn),
        cmocka_unit_test(of_a_flood_the_newest_are_remembered_and_all_are_counted),
        cmocka_unit_test(what_is_remembered_is_found_when_the_memory_has_grown),
        cmocka_unit_test(a_connection_with_payload_is_no_scan),
        cmocka_unit_test(a_segment_is_of_the_connection_that_it_is_near_to),
        cmocka_unit_test(an_acknowledgement_tells_connections_apart),
        cmocka_unit_test(of_two_numbers_of_a_server_the_acknowledged_one_counts),
    };

    return cmocka_run_group_tests_name("syn_memory", tests, NULL, NULL);
}

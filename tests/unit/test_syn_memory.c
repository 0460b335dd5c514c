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

static const struct segment syn = {.sequence = 1000, .flags = SEGMENT_SYN};
static const struct segment syn_ack = {.sequence = 5000, .acknowledgement = 1001, .flags = SEGMENT_SYN | SEGMENT_ACK};

static void a_syn_and_its_answer_are_one_row(void **state)
{
    struct syn_memory memory = opened();
    struct syn_row *row;

    (void)state;
    assert_false(syn_memory_note(&memory, HASH(1), &syn, 0));
    assert_false(syn_memory_note(&memory, HASH(1), &syn_ack, 1));
    row = syn_memory_find(&memory, HASH(1));
    assert_non_null(row);
    assert_int_equal(row->isn[0], 1000);
    assert_int_equal(row->isn[1], 5000);
    assert_true(syn_has(row, SYN_CLIENT, 0));
    assert_null(syn_memory_find(&memory, HASH(2)));
    syn_memory_close(&memory);
}

static void an_answer_alone_tells_both_numbers(void **state)
{
    struct syn_memory memory = opened();
    struct syn_row *row;

    (void)state;
    syn_memory_note(&memory, HASH(1), &syn_ack, 1);
    row = syn_memory_find(&memory, HASH(1));
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
    syn_memory_note(&memory, HASH(1), &syn, 0);
    assert_false(syn_memory_note(&memory, HASH(1), &syn, 0));
    assert_true(syn_memory_note(&memory, HASH(1), &again, 0));
    assert_int_equal(memory.scans, 1);
    assert_int_equal(memory.unused, 1);
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
    syn_memory_note(&memory, HASH(1), &syn_ack, 1);
    row = syn_memory_find(&memory, HASH(1));
    assert_non_null(row);
    assert_true(syn_has(row, SYN_RST, 1) && syn_has(row, SYN_ACKNOWLEDGED, 1));
    assert_int_equal(syn_words_of(&memory, row)->end_at[1], 5001);
    assert_int_equal(syn_words_of(&memory, row)->acknowledged[1], 1006);
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
        syn_memory_note(&memory, HASH(i), &syn, 0);
    assert_non_null(syn_memory_find(&memory, HASH(count - 1)));
    assert_null(syn_memory_find(&memory, HASH(0)));
    for (uint64_t i = 0; i < count; i++)
        remembered += syn_memory_find(&memory, HASH(i)) != NULL;
    assert_int_equal(remembered, memory.unused);
    assert_int_equal(memory.scans + memory.unused, count);
    syn_memory_flush(&memory);
    assert_int_equal(memory.scans, count);
    assert_null(syn_memory_find(&memory, HASH(count - 1)));
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
        syn_memory_note(&memory, HASH(i), &syn_ack, 1);
        syn_memory_add(&memory, HASH(i), &rst, 1);
    }
    assert_true(memory.sets > memory.sets_min);
    for (uint64_t i = 0; i < count; i++)
        assert_int_equal(syn_words_of(&memory, syn_memory_find(&memory, HASH(i)))->end_at[1], 5001);
    assert_int_equal(memory.unused, count); /* and nothing was forgotten for that */
    syn_memory_close(&memory);
}

static void a_connection_with_payload_is_no_scan(void **state)
{
    struct syn_memory memory = opened();

    (void)state;
    syn_memory_note(&memory, HASH(1), &syn, 0);
    syn_memory_use(&memory, syn_memory_find(&memory, HASH(1)));
    syn_memory_use(&memory, syn_memory_find(&memory, HASH(1)));
    syn_memory_flush(&memory);
    assert_int_equal(memory.scans, 0);
    syn_memory_close(&memory);
}

static void a_sequence_number_fits_near_the_beginning(void **state)
{
    static const struct {
        uint32_t sequence;
        bool fits;
    } rows[] = {{1001, true}, {1000, false}, {70000, true}, {1001 + (1 << 20), false}, {0, false}, {1u << 31, false}};
    struct syn_memory memory = opened();

    (void)state;
    syn_memory_note(&memory, HASH(1), &syn, 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(syn_memory_fits(syn_memory_find(&memory, HASH(1)), rows[i].sequence, 0), rows[i].fits);
    assert_false(syn_memory_fits(syn_memory_find(&memory, HASH(1)), 1001, 1));
    syn_memory_close(&memory);
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
        cmocka_unit_test(a_sequence_number_fits_near_the_beginning),
    };

    return cmocka_run_group_tests_name("syn_memory", tests, NULL, NULL);
}

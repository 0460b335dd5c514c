/* SPDX-License-Identifier: BSD-2-Clause */
/* A flow that was inserted is found until it is removed, also where the index is as full as it gets. */
#include "../../src/flow/flow_index.h"
#include "test.h"

#define FLOWS 20000

static uint64_t hash_of(uint64_t flow)
{
    flow = (flow + 1) * 0x9e3779b97f4a7c15u;
    flow = (flow ^ flow >> 30) * 0xbf58476d1ce4e5b9u;
    return flow ^ flow >> 27;
}

static bool is_found(const struct flow_index *index, uint32_t flow)
{
    uint32_t flows[INDEX_MATCHES_MAX];
    size_t count = index_find(index, hash_of(flow), flows);

    for (size_t i = 0; i < count; i++)
        if (flows[i] == flow)
            return true;
    return false;
}

static void what_is_inserted_is_found_until_it_is_removed(void **state)
{
    struct flow_index index;

    (void)state;
    assert_true(index_open(&index, FLOWS));
    for (uint32_t i = 0; i < 10 * FLOWS; i++) { /* the youngest FLOWS of them at a time */
        if (i >= FLOWS)
            index_remove(&index, hash_of(i - FLOWS), i - FLOWS);
        assert_true(index_insert(&index, hash_of(i), i));
        assert_int_equal(is_found(&index, i - FLOWS), false);
        assert_true(is_found(&index, i) && (i < FLOWS || is_found(&index, i - FLOWS + 1)));
    }
    for (uint32_t i = 9 * FLOWS; i < 10 * FLOWS; i++)
        assert_true(is_found(&index, i));
    index_close(&index);
}

static void equal_hashes_are_all_found(void **state)
{
    struct flow_index index;
    uint32_t flows[INDEX_MATCHES_MAX];

    (void)state;
    assert_true(index_open(&index, FLOWS));
    for (uint32_t i = 0; i < INDEX_BUCKET_SLOTS; i++)
        assert_true(index_insert(&index, 42, i));
    assert_int_equal(index_find(&index, 42, flows), INDEX_BUCKET_SLOTS);
    index_remove(&index, 42, 3);
    assert_int_equal(index_find(&index, 42, flows), INDEX_BUCKET_SLOTS - 1);
    index_close(&index);
}

static void where_both_buckets_are_full_of_equal_hashes_there_is_no_place(void **state)
{
    struct flow_index index;

    (void)state;
    assert_true(index_open(&index, FLOWS));
    for (uint32_t i = 0; i < INDEX_MATCHES_MAX; i++)
        assert_true(index_insert(&index, 42, i));
    assert_false(index_insert(&index, 42, INDEX_MATCHES_MAX));
    index_remove(&index, 42, 0);
    assert_true(index_insert(&index, 42, INDEX_MATCHES_MAX));
    index_close(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_inserted_is_found_until_it_is_removed),
        cmocka_unit_test(equal_hashes_are_all_found),
        cmocka_unit_test(where_both_buckets_are_full_of_equal_hashes_there_is_no_place),
    };

    return cmocka_run_group_tests_name("flow_index", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* test_pool.c: blocks that are lent, given back, and shared with another pool. */
#include "test.h"

#include <lasthello/pool.h>

static void blocks_are_lent_until_all_are_and_come_again(void **state)
{
    struct pool pool;
    void *first, *second;

    (void)state;
    assert_true(pool_open(&pool, 100, 2));
    first = pool_take(&pool);
    second = pool_take(&pool);
    assert_non_null(first);
    assert_int_equal((uint8_t *)second - (uint8_t *)first, 112); /* aligned to 16 */
    assert_false(pool_has_room(&pool));
    assert_null(pool_take(&pool));
    pool_give(&pool, first);
    pool_give(&pool, NULL);
    assert_true(pool_has_room(&pool));
    assert_ptr_equal(pool_take(&pool), first);
    assert_int_equal(pool.taken, 2);
    pool_close(&pool);
}

static void what_pools_share_is_taken_once(void **state)
{
    struct pool_budget budget = {.bytes_left = 5 * 64 + 16};
    struct pool large, small;
    void *blocks[4];

    (void)state;
    assert_true(pool_open(&large, 64, 10) && pool_open(&small, 16, 10));
    pool_share(&large, &budget, large.block_bytes);
    pool_share(&small, &budget, small.block_bytes);
    for (int i = 0; i < 4; i++)
        assert_non_null(blocks[i] = pool_take(&large));
    assert_true(pool_has_room_beside(&large, &small)); /* one of each */
    assert_non_null(pool_take(&small));
    assert_true(pool_has_room(&large));
    assert_false(pool_has_room_beside(&large, &small)); /* a small one would take what the large one needs */
    assert_non_null(pool_take(&small));
    assert_false(pool_has_room(&large));
    assert_null(pool_take(&large));
    for (int i = 0; i < 3; i++)
        assert_non_null(pool_take(&small));
    assert_null(pool_take(&small));
    pool_give(&large, blocks[0]); /* stays its own */
    assert_false(pool_has_room(&small));
    assert_true(pool_has_room_beside(&large, &small));
    assert_ptr_equal(pool_take(&large), blocks[0]);
    pool_close(&large);
    pool_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_lent_until_all_are_and_come_again),
        cmocka_unit_test(what_pools_share_is_taken_once),
    };

    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}

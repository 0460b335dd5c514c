/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows come out in the order of their ids, whatever bits the ids differ in. */
#include "../../src/store/sort.h"
#include "test.h"

#define ROWS 1000

static void sort_and_check(uint64_t (*id_of)(uint64_t number))
{
    static struct sorted rows[ROWS], spare[ROWS];
    static char names[ROWS];
    const struct sorted *sorted;

    for (uint64_t i = 0; i < ROWS; i++)
        rows[i] = (struct sorted){id_of(i), &names[i]};
    sorted = sort_by_id(rows, spare, ROWS);
    for (size_t i = 1; i < ROWS; i++)
        assert_true(sorted[i - 1].id < sorted[i].id);
    for (size_t i = 0; i < ROWS; i++) /* each with its own row */
        assert_int_equal(sorted[i].id, id_of((uint64_t)((const char *)sorted[i].row - names)));
}

static uint64_t scattered(uint64_t number)
{
    return (number + 1) * 0x9e3779b97f4a7c15ULL;
}

static uint64_t of_one_source(uint64_t number)
{
    return 0x1234ULL << 48 | scattered(number) >> 16;
}

static uint64_t falling(uint64_t number)
{
    return ROWS - number;
}

static void ids_of_any_kind_are_sorted(void **state)
{
    (void)state;
    sort_and_check(scattered);
    sort_and_check(of_one_source);
    sort_and_check(falling);
}

static void no_row_and_one_row_are_sorted_already(void **state)
{
    struct sorted one[1] = {{7, NULL}}, spare[1];

    (void)state;
    assert_ptr_equal(sort_by_id(one, spare, 0), one);
    assert_int_equal(sort_by_id(one, spare, 1)->id, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_of_any_kind_are_sorted),
        cmocka_unit_test(no_row_and_one_row_are_sorted_already),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

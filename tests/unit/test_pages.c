/* SPDX-License-Identifier: BSD-2-Clause */
/* test_pages.c: memory of any size, of which all but the first part may be large pages. */
#include "test.h"

#include <lasthello/pages.h>

#include <dlfcn.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

static const size_t sizes[] = {1, 4096, MIB / 8, MIB / 8 + 1, 2 * MIB - 1, 2 * MIB, 5 * MIB / 8, 7 * MIB, 64 * MIB};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void it_is_zero_to_its_last_byte_and_may_be_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZES; i++) {
        uint8_t *memory = pages_take(sizes[i]);

        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 4096, 0);
        for (size_t at = 0; at < sizes[i]; at++)
            assert_int_equal(memory[at], 0);
        memset(memory, 1, sizes[i]);
        pages_give(memory, sizes[i]);
    }
}

static size_t mapped_pages(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    size_t pages = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%zu", &pages), 1);
    fclose(file);
    return pages;
}

static void all_that_was_taken_is_given_back(void **state)
{
    size_t before = mapped_pages();

    (void)state;
    before = mapped_pages(); /* what stdio needs, it has by now */
    for (size_t i = 0; i < SIZES; i++) {
        void *memory = pages_take(sizes[i]);

        assert_true(mapped_pages() >= before + sizes[i] / 4096);
        pages_give(memory, sizes[i]);
        assert_int_equal(mapped_pages(), before);
    }
    pages_give(NULL, MIB);
}

static void more_than_there_can_be_is_refused(void **state)
{
    (void)state;
    assert_null(pages_take((size_t)1 << 60));
}

/* Of the mapping that holds the address: "hg" among its flags. */
static bool may_be_large(const void *address)
{
    FILE *file = fopen("/proc/self/smaps", "r");
    bool is_inside = false, is_large = false;
    uintptr_t from, to;
    char line[512];

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &from, &to) == 2)
            is_inside = (uintptr_t)address >= from && (uintptr_t)address < to;
        else if (is_inside && strncmp(line, "VmFlags:", 8) == 0)
            is_large = strstr(line, " hg") != NULL;
    }
    fclose(file);
    return is_large;
}

static void all_but_the_first_part_may_be_large_pages(void **state)
{
    uint8_t *memory = pages_take(8 * MIB), *small = pages_take(MIB);

    (void)state;
    if (access("/sys/kernel/mm/transparent_hugepage", F_OK) != 0)
        return; /* a kernel without large pages; skip() is "not ok" in cmocka's TAP */
    assert_false(may_be_large(memory));
    assert_false(may_be_large(memory + MIB / 8 - 1));
    assert_true(may_be_large(memory + MIB / 8));
    assert_true(may_be_large(memory + 8 * MIB - 1));
    assert_false(may_be_large(small + MIB - 1));
    pages_give(memory, 8 * MIB);
    pages_give(small, MIB);
}

static void what_malloc_takes_next_may_be_large_pages_and_is_kept(void **state)
{
    uint8_t *room;
    size_t before;

    (void)state;
    if (dlsym(RTLD_DEFAULT, "__asan_init") != NULL || dlsym(RTLD_DEFAULT, "__tsan_init") != NULL)
        return; /* another malloc */
    assert_true(pages_for_heap(16 * MIB));
    before = mapped_pages();
    room = malloc(12 * MIB);
    assert_non_null(room);
    if (access("/sys/kernel/mm/transparent_hugepage", F_OK) == 0)
        assert_true(may_be_large(room + 4 * MIB));
    assert_int_equal(mapped_pages(), before);
    free(room);
    assert_int_equal(mapped_pages(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_zero_to_its_last_byte_and_may_be_written),
        cmocka_unit_test(all_that_was_taken_is_given_back),
        cmocka_unit_test(more_than_there_can_be_is_refused),
        cmocka_unit_test(all_but_the_first_part_may_be_large_pages),
        cmocka_unit_test(what_malloc_takes_next_may_be_large_pages_and_is_kept),
    };

    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* test_scratch.c: a folder of one's own, or a sentence. */
#include "test.h"

#include <lasthello/scratch.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void it_is_new_and_nobody_elses(void **state)
{
    char one[SCRATCH_PATH_BYTES], other[SCRATCH_PATH_BYTES];
    struct error error;
    struct stat about;

    (void)state;
    assert_true(scratch_folder_make(one, "a test", &error));
    assert_true(scratch_folder_make(other, "a test", &error));
    assert_string_not_equal(one, other);
    assert_int_equal(stat(one, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    assert_int_equal(about.st_uid, geteuid());
    assert_int_equal(rmdir(one), 0);
    assert_int_equal(rmdir(other), 0);
}

static void what_keeps_it_from_being_made_is_said(void **state)
{
    char path[SCRATCH_PATH_BYTES], parent[SCRATCH_PATH_BYTES], *before = getenv("TMPDIR");
    struct error error;

    (void)state;
    before = before == NULL ? NULL : strdup(before);
    setenv("TMPDIR", "/nowhere/at/all", 1);
    assert_false(scratch_folder_make(path, "a test", &error));
    assert_string_equal(path, "");
    assert_string_equal(error.text, "/nowhere/at/all: no folder can be made there for a test (No such file or "
                                    "directory); set TMPDIR to another one");
    memset(parent, 'x', sizeof(parent) - 1);
    parent[sizeof(parent) - 1] = '\0';
    setenv("TMPDIR", parent, 1);
    assert_false(scratch_folder_make(path, "a test", &error));
    assert_string_equal(path, "");
    if (before == NULL)
        unsetenv("TMPDIR");
    else
        setenv("TMPDIR", before, 1);
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_new_and_nobody_elses),
        cmocka_unit_test(what_keeps_it_from_being_made_is_said),
    };

    return cmocka_run_group_tests_name("scratch", tests, NULL, NULL);
}

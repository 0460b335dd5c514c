/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are to be written: links and files of strangers are left alone, whatever else is on the way. */
#include "test.h"

#include <lasthello/process.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define STRANGER 65534

static char folder[SCRATCH_BYTES];

static const char *in_folder(const char *name)
{
    static char paths[4][SCRATCH_BYTES + 64];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static void make_link(const char *target, const char *name)
{
    assert_int_equal(symlink(target, in_folder(name)), 0);
}

static int set_up(void **state)
{
    (void)state;
    if (!make_scratch("open_safely", folder))
        return -1;
    mkdir(in_folder("inner"), 0700);
    close(open(in_folder("inner/ours"), O_WRONLY | O_CREAT, 0600));
    make_link("inner/ours", "link");
    make_link("inner", "way");
    make_link(in_folder("inner/new"), "dangling");
    make_link("circle", "circle");
    mkfifo(in_folder("pipe"), 0600);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"inner/ours", "inner/new", "new", "link", "way", "dangling", "circle",
        "pipe", "theirs", "their_link", "their_way"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        unlink(in_folder(names[i]));
    rmdir(in_folder("inner"));
    return rmdir(folder);
}

static int append_to(const char *path)
{
    const int descriptor = open_to_append(path);

    if (descriptor >= 0)
        close(descriptor);
    return descriptor >= 0 ? 0 : descriptor;
}

static void what_is_ours_is_opened(void **state)
{
    static const char *const names[] = {"inner/ours", "link", "way/ours", "way/../inner//ours", "new", "dangling"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(append_to(in_folder(names[i])), 0);
    assert_int_equal(access(in_folder("inner/new"), F_OK), 0);
    assert_int_equal(append_to("/proc/self/fd/2"), 0);
    assert_int_equal(append_to("/dev/null"), 0);
}

static void what_cannot_be_opened_says_why(void **state)
{
    (void)state;
    assert_int_equal(append_to(in_folder("circle")), -ELOOP);
    assert_int_equal(append_to(in_folder("nowhere/new")), -ENOENT);
    assert_int_equal(append_to(in_folder("inner")), -EISDIR);
    assert_int_equal(append_to(in_folder("inner/ours/more")), -ENOTDIR);
    assert_int_equal(append_to(in_folder("pipe")), -ENXIO);
    assert_int_equal(append_to(""), -ENOENT);
}

/* Only root can give a file away. */
static void what_is_a_strangers_is_left_alone(void **state)
{
    (void)state;
    if (geteuid() != 0)
        return;
    close(open(in_folder("theirs"), O_WRONLY | O_CREAT, 0666));
    make_link("inner/ours", "their_link");
    make_link("inner", "their_way");
    assert_int_equal(chown(in_folder("theirs"), STRANGER, STRANGER), 0);
    assert_int_equal(lchown(in_folder("their_link"), STRANGER, STRANGER), 0);
    assert_int_equal(lchown(in_folder("their_way"), STRANGER, STRANGER), 0);
    assert_int_equal(append_to(in_folder("theirs")), -EPERM);
    assert_int_equal(append_to(in_folder("their_link")), -ELOOP);
    assert_int_equal(append_to(in_folder("their_way/ours")), -ELOOP);
    assert_int_equal(append_to(in_folder("their_way/new")), -ELOOP);
    assert_int_equal(access(in_folder("inner/new"), F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_ours_is_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_opened_says_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_a_strangers_is_left_alone, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("open_safely", tests, NULL, NULL);
}

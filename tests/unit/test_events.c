/* SPDX-License-Identifier: BSD-2-Clause */
/* The events file: whole lines, appended, and none lost when the file is moved away and opened again. */
#include "test.h"

#include <lasthello/events.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[SCRATCH_BYTES];
static char path[SCRATCH_BYTES + 16];
static char moved[SCRATCH_BYTES + 16];

static int set_up(void **state)
{
    (void)state;
    if (!make_scratch("events", folder))
        return -1;
    snprintf(path, sizeof(path), "%s/events", folder);
    snprintf(moved, sizeof(moved), "%s/events.1", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    unlink(moved);
    return rmdir(folder);
}

static void assert_file_says(const char *name, const char *expected)
{
    char text[256];
    FILE *file = fopen(name, "r");
    size_t len;

    assert_non_null(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    text[len] = '\0';
    assert_string_equal(text, expected);
    fclose(file);
}

static void a_rotated_file_keeps_what_was_written_before(void **state)
{
    struct error error;
    struct events *events = events_open(path, &error);

    (void)state;
    events_write(events, "one\n");
    assert_int_equal(rename(path, moved), 0);
    events_write(events, "two\n");
    assert_true(events_reopen(events, open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600), &error));
    events_write(events, "three\n");
    assert_true(events_close(events, &error));
    assert_file_says(moved, "one\ntwo\n");
    assert_file_says(path, "three\n");
}

static void a_file_that_cannot_be_opened_again_leaves_the_old_one(void **state)
{
    struct error error;
    struct events *events = events_open(path, &error);

    (void)state;
    assert_false(events_reopen(events, -EACCES, &error));
    assert_non_null(strstr(error.text, path));
    events_write(events, "one\n");
    assert_true(events_close(events, &error));
    assert_file_says(path, "one\n");
}

static void events_are_appended(void **state)
{
    struct error error;

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct events *events = events_open(path, &error);

        events_write(events, "line\n");
        assert_true(events_close(events, &error));
    }
    assert_file_says(path, "line\nline\n");
}

static void a_line_cut_by_a_full_disk_is_taken_back_and_what_is_lost_is_told_once(void **state)
{
    struct rlimit limit, full;
    struct error error;
    struct events *events = events_open(path, &error);

    (void)state;
    getrlimit(RLIMIT_FSIZE, &limit);
    full = (struct rlimit){.rlim_cur = 6, .rlim_max = limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    for (int i = 0; i < 2; i++) {
        events_write(events, i == 0 ? "one\ntwo\n" : "two\n");
        events_flush(events);
        assert_int_equal(events_news(events, &error), i == 0);
        assert_non_null(strstr(error.text, "File too large; events are lost until it can be written again"));
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    events_write(events, "three\n");
    events_flush(events);
    assert_true(events_news(events, &error));
    assert_non_null(strstr(error.text, "can be written again; events lost so far: 2,"));
    assert_false(events_news(events, &error));
    assert_false(events_close(events, &error));
    assert_non_null(strstr(error.text, "events lost: 2 (File too large)"));
    assert_file_says(path, "one\nthree\n");
}

/* What went into a pipe cannot be taken back. */
static void after_a_line_cut_in_a_pipe_the_next_begins_on_its_own(void **state)
{
    struct error error;
    struct events *events = events_open(path, &error);
    char line[6002], got[6002];
    int ends[2];

    (void)state;
    memset(line, 'x', sizeof(line));
    memcpy(line + sizeof(line) - 2, "\n", 2);
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    assert_int_equal(fcntl(ends[1], F_SETPIPE_SZ, 4096), 4096);
    assert_true(events_reopen(events, ends[1], &error));
    events_write(events, line);
    events_flush(events);
    assert_int_equal(read(ends[0], got, sizeof(got)), 4096);
    events_write(events, "three\n");
    assert_false(events_close(events, &error));
    assert_int_equal(read(ends[0], got, sizeof(got)), 7);
    assert_memory_equal(got, "\nthree\n", 7);
    close(ends[0]);
}

static void an_event_that_could_not_be_made_is_told_at_the_end(void **state)
{
    struct error error;
    struct events *events = events_open(path, &error);

    (void)state;
    events_write(events, "one\n");
    events_write(events, NULL);
    events_write(events, "three\n");
    assert_false(events_close(events, &error));
    assert_non_null(strstr(error.text, "not enough memory"));
    assert_file_says(path, "one\nthree\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_rotated_file_keeps_what_was_written_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_opened_again_leaves_the_old_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_are_appended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_line_cut_by_a_full_disk_is_taken_back_and_what_is_lost_is_told_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(after_a_line_cut_in_a_pipe_the_next_begins_on_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_event_that_could_not_be_made_is_told_at_the_end, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The events file: whole lines, appended, and none lost when the file is moved away and opened again. */
#include "test.h"

#include <lasthello/events.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
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

static int open_file(void)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
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
    struct events *events = events_open(path, open_file(), false, &error);

    (void)state;
    events_write(events, "one\n");
    assert_int_equal(rename(path, moved), 0);
    events_write(events, "two\n");
    assert_true(events_reopen(events, open_file(), &error));
    events_write(events, "three\n");
    assert_true(events_close(events, &error));
    assert_file_says(moved, "one\ntwo\n");
    assert_file_says(path, "three\n");
}

static void a_file_that_cannot_be_opened_again_leaves_the_old_one(void **state)
{
    struct error error;
    struct events *events = events_open(path, open_file(), false, &error);

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
        struct events *events = events_open(path, open_file(), false, &error);

        events_write(events, "line\n");
        assert_true(events_close(events, &error));
    }
    assert_file_says(path, "line\nline\n");
}

static void a_line_cut_by_a_full_disk_is_taken_back_and_what_is_lost_is_told_once(void **state)
{
    struct rlimit limit, full;
    struct error error;
    struct events *events = events_open(path, open_file(), false, &error);

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
    assert_non_null(strstr(error.text, "can be written again; events lost so far: 2"));
    assert_false(events_news(events, &error));
    assert_false(events_close(events, &error));
    assert_non_null(strstr(error.text, "events lost: 2 (File too large)"));
    assert_file_says(path, "one\nthree\n");
}

/* A pipe of one page, whose reader stands still. */
static struct events *open_pipe(int ends[2], bool waits)
{
    struct error error;

    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    assert_int_equal(fcntl(ends[1], F_SETPIPE_SZ, 4096), 4096);
    return events_open(path, ends[1], waits, &error);
}

static void a_line_longer_than_a_pipe_goes_on_when_it_is_read(void **state)
{
    struct error error;
    char line[6002], got[6008];
    int ends[2];
    struct events *events = open_pipe(ends, false);

    (void)state;
    memset(line, 'x', sizeof(line));
    memcpy(line + sizeof(line) - 2, "\n", 2);
    events_write(events, line);
    events_flush(events);
    assert_false(events_are_written(events));
    assert_int_equal(read(ends[0], got, 4096), 4096);
    events_write(events, "three\n");
    events_flush(events);
    assert_int_equal(read(ends[0], got + 4096, sizeof(got) - 4096), 6001 - 4096);
    events_flush(events);
    assert_int_equal(read(ends[0], got + 6001, sizeof(got) - 6001), 6);
    assert_memory_equal(got, line, 6001);
    assert_memory_equal(got + 6001, "three\n", 6);
    assert_true(events_close(events, &error));
    close(ends[0]);
}

#define MANY 3000

/* Neither who writes lines nor who closes waits for a reader; each line is read whole, or counted. */
static void a_reader_that_stands_still_holds_up_nobody(void **state)
{
    char line[2000], got[8192], told[32];
    struct error error;
    int ends[2], lines = 0;
    struct events *events = open_pipe(ends, false);
    ssize_t len;

    (void)state;
    assert_true(events_start(events, &error));
    memset(line, 'x', sizeof(line));
    memcpy(line + sizeof(line) - 2, "\n", 2);
    for (int i = 0; i < 3 * MANY; i++)
        events_write(events, line);
    assert_true(events_news(events, &error));
    assert_non_null(strstr(error.text, "its reader stands still; events are lost"));
    assert_false(events_close(events, &error));
    while ((len = read(ends[0], got, sizeof(got))) > 0) {
        assert_int_equal(len % 1999, 0);
        lines += (int)len / 1999;
    }
    snprintf(told, sizeof(told), "events lost: %d (", 3 * MANY - lines);
    assert_non_null(strstr(error.text, told));
    close(ends[0]);
}

static void *read_slowly(void *argument)
{
    static char got[1 << 20];
    size_t *all = argument;
    const int from = (int)*all;
    ssize_t len;

    *all = 0;
    while ((len = read(from, got, sizeof(got))) != 0) {
        if (len > 0)
            *all += (size_t)len;
        else
            usleep(1000);
    }
    return NULL;
}

static void who_reads_files_waits_for_a_slow_reader(void **state)
{
    char line[2000];
    struct error error;
    int ends[2];
    struct events *events = open_pipe(ends, true);
    size_t all = (size_t)ends[0];
    pthread_t reader;

    (void)state;
    memset(line, 'x', sizeof(line));
    memcpy(line + sizeof(line) - 2, "\n", 2);
    assert_true(events_start(events, &error));
    pthread_create(&reader, NULL, read_slowly, &all);
    for (int i = 0; i < 3 * MANY; i++)
        events_write(events, line);
    events_flush(events);
    while (!events_are_written(events))
        usleep(1000);
    assert_true(events_close(events, &error));
    pthread_join(reader, NULL);
    assert_int_equal(all, 3 * MANY * 1999);
    close(ends[0]);
}

/* Lines that the old file did not take are in the new one. */
static void another_file_frees_from_a_reader_that_stands_still(void **state)
{
    struct error error;
    int ends[2];
    struct events *events = open_pipe(ends, false);
    char line[4097];

    (void)state;
    memset(line, 'x', sizeof(line));
    memcpy(line + sizeof(line) - 2, "\n", 2);
    assert_true(events_start(events, &error));
    events_write(events, line); /* fills the pipe */
    events_write(events, "two\n");
    events_flush(events);
    usleep(300000);
    assert_true(events_reopen(events, open_file(), &error));
    assert_true(events_close(events, &error));
    assert_file_says(path, "two\n");
    close(ends[0]);
}

static void what_cannot_be_opened_is_a_sentence(void **state)
{
    static const struct {
        int why;
        const char *sentence;
    } rows[] = {
        {-ELOOP, "a symbolic link of another user"},
        {-EPERM, "belongs to another user"},
        {-ENXIO, "nobody reads this named pipe"},
        {-EACCES, "cannot be appended to (Permission denied)"},
    };
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_null(events_open(path, rows[i].why, false, &error));
        assert_non_null(strstr(error.text, rows[i].sentence));
    }
}

static void an_event_that_could_not_be_made_is_told_at_the_end(void **state)
{
    struct error error;
    struct events *events = events_open(path, open_file(), false, &error);

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
        cmocka_unit_test_setup_teardown(a_line_longer_than_a_pipe_goes_on_when_it_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_that_stands_still_holds_up_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_reads_files_waits_for_a_slow_reader, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_file_frees_from_a_reader_that_stands_still, set_up, tear_down),
        cmocka_unit_test(what_cannot_be_opened_is_a_sentence),
        cmocka_unit_test_setup_teardown(an_event_that_could_not_be_made_is_told_at_the_end, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

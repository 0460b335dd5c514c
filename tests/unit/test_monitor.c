/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor: what it hands over and what not, and the signals that it passes on. Its sensors end by _exit,
 * so that no second test program goes on. */
#include "test.h"

#include <lasthello/error.h>
#include <lasthello/process.h>

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SOON_NS 200000000L

static unsigned complaints;

void complain(const char *format, ...)
{
    (void)format; /* what a sensor was ended by is not for the test's output */
    complaints++;
}

static const char *const captures[] = {"/dev/null", "/nonexistent"};
static const struct monitor_files files = {.captures = captures, .capture_count = 2};

static void pause_shortly(void)
{
    nanosleep(&(struct timespec){.tv_nsec = SOON_NS}, NULL);
}

static int ask_for_files(struct monitor *monitor, void *argument)
{
    (void)argument;
    _exit(monitor_capture(monitor, 0) > 0 && monitor_capture(monitor, 1) == -ENOENT &&
                monitor_capture(monitor, 2) == -EINVAL && monitor_capture(monitor, SIZE_MAX) == -EINVAL &&
                monitor_events(monitor) == -EINVAL && !monitor_interface(monitor, 0)
            ? 0
            : 1);
}

static void only_what_was_named_is_handed_over(void **state)
{
    (void)state;
    assert_int_equal(monitor_run(&files, ask_for_files, NULL), 0);
}

static int be_questioned(struct monitor *monitor, void *argument)
{
    (void)monitor;
    (void)argument;
    kill(getppid(), SIGUSR1);
    kill(getppid(), SIGHUP);
    pause_shortly();
    _exit(7);
}

static void a_sensor_that_still_opens_its_files_is_not_ended_by_a_question(void **state)
{
    (void)state;
    assert_int_equal(monitor_run(&files, be_questioned, NULL), 7);
}

/* Two sensors: the second asks the first's question no more. */
static int begin_anew(struct monitor *monitor, void *argument)
{
    (void)argument;
    if (monitor_round(monitor) == 2)
        _exit(9);
    kill(getppid(), SIGUSR1);
    kill(getppid(), SIGHUP);
    _exit(MONITOR_AGAIN);
}

static void questions_between_two_sensors_end_neither_them_nor_the_monitor(void **state)
{
    (void)state;
    assert_int_equal(monitor_run(&files, begin_anew, NULL), 9);
}

static void block_endings(void)
{
    sigset_t endings;

    sigemptyset(&endings);
    sigaddset(&endings, SIGINT);
    sigaddset(&endings, SIGTERM);
    sigprocmask(SIG_BLOCK, &endings, NULL);
}

/* As a sensor that is ending already: SIGTERM is blocked, and not looked at any more. */
static int end_too_late(struct monitor *monitor, void *argument)
{
    (void)argument;
    block_endings();
    if (monitor_round(monitor) > 0)
        _exit(9);
    kill(getppid(), SIGTERM);
    pause_shortly();
    _exit(MONITOR_AGAIN);
}

static void a_sensor_that_was_told_to_end_has_no_successor(void **state)
{
    (void)state;
    assert_int_equal(monitor_run(&files, end_too_late, NULL), EXIT_DONE);
}

/* As a sensor that still opens what it needs. */
static int be_ended(struct monitor *monitor, void *number)
{
    (void)monitor;
    kill(getppid(), *(int *)number);
    pause_shortly();
    _exit(9);
}

static void a_sensor_that_is_ended_before_it_answers_is_a_stop(void **state)
{
    int signals[] = {SIGINT, SIGTERM};

    (void)state;
    complaints = 0;
    for (size_t i = 0; i < COUNT_OF(signals); i++)
        assert_int_equal(monitor_run(&files, be_ended, &signals[i]), MONITOR_STOPPED);
    assert_int_equal(complaints, 0);
}

/* More than the monitor reads before it hears of the end: the least numbers come first. */
static const int late_signals[] = {SIGHUP, SIGINT, SIGUSR1, SIGTERM};

/* They come while it ends, as one that answers them: the monitor stands still until it is gone. */
static int end_meanwhile(struct monitor *monitor, void *argument)
{
    const pid_t sensor = getpid(), parent = getppid();

    (void)argument;
    block_endings();
    kill(parent, SIGSTOP);
    for (size_t i = 0; i < COUNT_OF(late_signals); i++)
        kill(parent, late_signals[i]);
    if (fork() == 0) {
        close(*(const int *)monitor); /* its first member: the sensor's end of the socket */
        while (getppid() == sensor)
            pause_shortly();
        kill(parent, SIGCONT);
    }
    _exit(EXIT_DONE);
}

static void what_comes_while_the_sensor_ends_does_not_end_the_monitor(void **state)
{
    const struct timespec now = {0};
    sigset_t late;

    (void)state;
    assert_int_equal(monitor_run(&files, end_meanwhile, NULL), EXIT_DONE);
    sigemptyset(&late);
    for (size_t i = 0; i < COUNT_OF(late_signals); i++)
        sigaddset(&late, late_signals[i]);
    while (sigtimedwait(&late, NULL, &now) > 0) /* nor the sensor of the next test */
        continue;
}

/* As one that was taken over: it shuts its line, and does not listen to signals. */
static int be_deaf(struct monitor *monitor, void *argument)
{
    (void)argument;
    block_endings();
    close(*(const int *)monitor); /* its first member */
    pause_shortly();
    kill(getppid(), SIGTERM);
    while (getppid() != 1)
        pause();
    _exit(9);
}

static void a_sensor_that_does_not_end_is_killed(void **state)
{
    struct timespec before, after;

    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(monitor_run(&files, be_deaf, NULL), EXIT_FAILED);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_between(after.tv_sec - before.tv_sec, MONITOR_PATIENCE_MS / 1000, MONITOR_PATIENCE_MS / 1000 + 60);
}

static int speak_nonsense(struct monitor *monitor, void *argument)
{
    const int *socket = (const int *)monitor; /* its first member */

    (void)argument;
    send(*socket, "?", 1, MSG_NOSIGNAL);
    pause_shortly();
    _exit(0);
}

static void a_sensor_that_speaks_nonsense_is_killed(void **state)
{
    (void)state;
    assert_int_equal(monitor_run(&files, speak_nonsense, NULL), EXIT_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_was_named_is_handed_over),
        cmocka_unit_test(a_sensor_that_still_opens_its_files_is_not_ended_by_a_question),
        cmocka_unit_test(questions_between_two_sensors_end_neither_them_nor_the_monitor),
        cmocka_unit_test(a_sensor_that_was_told_to_end_has_no_successor),
        cmocka_unit_test(a_sensor_that_is_ended_before_it_answers_is_a_stop),
        cmocka_unit_test(what_comes_while_the_sensor_ends_does_not_end_the_monitor),
        cmocka_unit_test(a_sensor_that_speaks_nonsense_is_killed),
        cmocka_unit_test(a_sensor_that_does_not_end_is_killed),
    };

    return cmocka_run_group_tests_name("monitor", tests, NULL, NULL);
}

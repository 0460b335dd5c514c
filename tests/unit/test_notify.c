/* SPDX-License-Identifier: BSD-2-Clause */
/* What systemd is told: the right datagram to the socket it named, and nothing where it named none. */
#include "test.h"

#include <lasthello/process.h>

#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The service manager's end: a socket with an abstract name, in the environment as "@NAME". */
static int listen_for_news(const char *watchdog_usec)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int len = snprintf(address.sun_path, sizeof(address.sun_path), "@lasthello-test-%d", (int)getpid());
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    if (watchdog_usec == NULL)
        unsetenv("WATCHDOG_USEC");
    else
        setenv("WATCHDOG_USEC", watchdog_usec, 1);
    address.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (struct sockaddr *)&address,
                         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)len)),
        0);
    return fd;
}

static void a_state_arrives_as_it_is(void **state)
{
    int manager = listen_for_news(NULL);
    struct notifier notifier;
    char news[64] = "";

    (void)state;
    notifier_open(&notifier);
    notifier_tell(&notifier, "READY=1");
    assert_int_equal(recv(manager, news, sizeof(news) - 1, MSG_DONTWAIT), 7);
    assert_string_equal(news, "READY=1");
    assert_false(notifier_is_due(&notifier));
    notifier_close(&notifier);
    close(manager);
}

static void the_watchdog_is_due_after_half_its_time(void **state)
{
    int manager = listen_for_news("40000");
    struct notifier notifier;

    (void)state;
    notifier_open(&notifier);
    assert_int_equal(notifier.watchdog_ns, 20000000);
    notifier_tell(&notifier, "WATCHDOG=1");
    assert_false(notifier_is_due(&notifier));
    usleep(25000);
    assert_true(notifier_is_due(&notifier));
    notifier_close(&notifier);
    close(manager);
}

static void without_a_manager_nothing_is_told(void **state)
{
    struct notifier notifier;

    (void)state;
    unsetenv("NOTIFY_SOCKET");
    setenv("WATCHDOG_USEC", "1", 1);
    notifier_open(&notifier);
    assert_int_equal(notifier.fd, -1);
    notifier_tell(&notifier, "READY=1");
    assert_false(notifier_is_due(&notifier));
}

static void a_manager_that_is_not_there_does_no_harm(void **state)
{
    struct notifier notifier;

    (void)state;
    setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
    notifier_open(&notifier);
    assert_int_equal(notifier.fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_arrives_as_it_is),
        cmocka_unit_test(the_watchdog_is_due_after_half_its_time),
        cmocka_unit_test(without_a_manager_nothing_is_told),
        cmocka_unit_test(a_manager_that_is_not_there_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

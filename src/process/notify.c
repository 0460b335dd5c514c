/* SPDX-License-Identifier: BSD-2-Clause */
/* notify.c: the few lines of sd_notify(3) that a service needs. */
#include <lasthello/clock.h>
#include <lasthello/process.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MICROSECOND_NS 1000

/* A path, or "@NAME" for a name that begins with a zero byte. */
static bool connect_to(int fd, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    size_t address_len = offsetof(struct sockaddr_un, sun_path) + len;

    if (len == 0 || len >= sizeof(address.sun_path))
        return false;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    return connect(fd, (const struct sockaddr *)&address, (socklen_t)address_len) == 0;
}

void notifier_open(struct notifier *notifier)
{
    const char *path = getenv("NOTIFY_SOCKET");
    const char *watchdog = getenv("WATCHDOG_USEC");

    *notifier = (struct notifier){.fd = -1};
    if (path == NULL)
        return;
    notifier->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (notifier->fd < 0)
        return;
    if (!connect_to(notifier->fd, path))
        notifier_close(notifier);
    else if (watchdog != NULL)
        notifier->watchdog_ns = strtoll(watchdog, NULL, 10) / 2 * MICROSECOND_NS;
}

void notifier_close(struct notifier *notifier)
{
    if (notifier->fd >= 0)
        close(notifier->fd);
    notifier->fd = -1;
}

void notifier_tell(struct notifier *notifier, const char *state)
{
    if (notifier->fd < 0)
        return;
    /* whether it arrives is the affair of the one who asked to be told */
    (void)send(notifier->fd, state, strlen(state), MSG_DONTWAIT | MSG_NOSIGNAL);
    notifier->told_ns = clock_ns(CLOCK_MONOTONIC);
}

bool notifier_is_due(const struct notifier *notifier)
{
    if (notifier->fd < 0 || notifier->watchdog_ns == 0)
        return false;
    return clock_ns(CLOCK_MONOTONIC) - notifier->told_ns >= notifier->watchdog_ns;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* notify.h: tells systemd how the service is (sd_notify(3)): a datagram to the socket that it names. */
#ifndef LASTHELLO_NOTIFY_H
#define LASTHELLO_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct notifier {
    int fd;              /* -1: nobody wants to be told */
    int64_t watchdog_ns; /* how often WATCHDOG=1 is due; 0: never */
    int64_t told_ns;     /* the last time, monotonic clock */
};

/* notifier_open looks for NOTIFY_SOCKET and WATCHDOG_USEC in the environment. The socket is connected at
 * once: a sandbox may forbid it later. */
void notifier_open(struct notifier *notifier);
void notifier_close(struct notifier *notifier);

/* notifier_tell sends a state: "READY=1", "STOPPING=1", "WATCHDOG=1". It never waits. */
void notifier_tell(struct notifier *notifier, const char *state);

/* notifier_is_due: has half of the watchdog's time passed since WATCHDOG=1 was told? */
bool notifier_is_due(const struct notifier *notifier);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor.h: two processes: the sensor, which reads untrusted bytes and gives its rights up, and the monitor, which
 * started it, reads nothing, and opens again for it what was named at the start, and only that.
 *
 * The sensor asks by number; a path never crosses the socket between the two. */
#ifndef LASTHELLO_MONITOR_H
#define LASTHELLO_MONITOR_H

#include <stdbool.h>
#include <stddef.h>

/* What the sensor may ask for. */
struct monitor_files {
    const char *const *captures; /* to be read, by their index */
    size_t capture_count;
    const char *events;            /* to be appended to; NULL: none */
    const char *const *interfaces; /* of which it may ask whether they are back */
    size_t interface_count;
};

/* The sensor's exit status that asks for another one in its place: an interface was made anew. */
#define MONITOR_AGAIN 75
/* What monitor_run returns of a sensor that SIGINT or SIGTERM ended before it answered them: nothing was read yet. */
#define MONITOR_STOPPED 76

struct monitor; /* the sensor's end */

/* monitor_run forks. The new process calls `sense`, whose exit status monitor_run returns there; the old one serves
 * it, passes SIGINT, SIGTERM, SIGHUP and SIGUSR1 on, and returns the sensor's exit status when it ends. A sensor
 * that was killed is told in a sentence on standard error; one that speaks nonsense is killed. A sensor begins with
 * SIGHUP and SIGUSR1 blocked: they wait until it answers them. The old process keeps all of them blocked: what is left
 * for it to do is to end. */
int monitor_run(const struct monitor_files *files, int (*sense)(struct monitor *monitor, void *argument),
    void *argument);

/* How many sensors there were before this one. */
unsigned monitor_round(const struct monitor *monitor);

/* monitor_capture and monitor_events yield an open descriptor, the caller's to close, or -errno. */
int monitor_capture(struct monitor *monitor, size_t index);
int monitor_events(struct monitor *monitor);
/* monitor_interface: is there an interface of that name, and is it up? */
bool monitor_interface(struct monitor *monitor, size_t index);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor.h: two processes: the sensor, which reads untrusted bytes and gives its rights up, and the monitor, which
 * started it, reads nothing, and opens again for it what was named at the start, and only that.
 *
 * The sensor asks by number; a path never crosses the socket between the two. */
#ifndef LASTHELLO_MONITOR_H
#define LASTHELLO_MONITOR_H

#include <lasthello/error.h>

#include <stddef.h>

/* What the sensor may ask for. */
struct monitor_files {
    const char *const *captures; /* to be read, by their index */
    size_t capture_count;
    const char *events; /* to be appended to; NULL: none */
};

/* The sensor's exit status that asks for another one in its place: an interface is back. */
#define MONITOR_AGAIN 75

struct monitor; /* the sensor's end */

/* monitor_run forks. The new process calls `sense` and its exit status is what monitor_run returns there; the old one
 * serves it, passes SIGINT, SIGTERM, SIGHUP and SIGUSR1 on, and returns the sensor's exit status when it ends.
 * A sensor that was killed is told in a sentence on standard error. */
int monitor_run(const struct monitor_files *files, int (*sense)(struct monitor *monitor, void *argument), void *argument);

/* monitor_capture and monitor_events yield an open descriptor, the caller's to close; -1 with a sentence. */
int monitor_capture(struct monitor *monitor, size_t index, struct error *error);
int monitor_events(struct monitor *monitor, struct error *error);

#endif

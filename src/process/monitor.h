/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor.h: two processes: the sensor, which reads untrusted bytes and gives its rights up, and the monitor,
 * which started it, reads nothing, and opens for it what was named at the start, and only that.
 *
 *
 * The sensor asks by number; a path never crosses the socket between the two. */
#ifndef LASTHELLO_MONITOR_H
#define LASTHELLO_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* What the sensor may ask for. */
struct monitor_files {
    const char *const *captures; /* to be read, by their index */
    size_t capture_count;
    const char *events; /* to be appended to; NULL: none */
    /* to be read and written, with the files that SQLite keeps beside it; NULL: none */
    const char *inventory;
    const char *const *interfaces; /* of which it may ask whether they are back */
    size_t interface_count;
};

/* The sensor's exit status that asks for another one in its place: an interface was made anew. */
#define MONITOR_AGAIN 75
/* What monitor_run returns of a sensor that SIGINT or SIGTERM ended before it answered them: nothing was read
 * yet. */
#define MONITOR_STOPPED 76

/* A sensor that was told to end and is still there after so long is killed. */
#define MONITOR_PATIENCE_MS 4000

struct monitor; /* the sensor's end */

/* monitor_run forks. The new process calls `sense`, whose exit status monitor_run returns there; the old one
 * serves it, passes SIGINT, SIGTERM, SIGHUP and SIGUSR1 on, and returns the sensor's exit status when it
 * ends. A sensor that was killed is told in a sentence on standard error; one that speaks nonsense is killed,
 * and one that does not end in MONITOR_PATIENCE_MS after SIGINT or SIGTERM. A sensor begins with SIGHUP and
 * SIGUSR1 blocked: they wait until it answers them. It has standard input, output and error, and no other
 * descriptor of its caller's. The old process keeps all of these signals blocked: what is left for it to do
 * is to end. */
int monitor_run(const struct monitor_files *files, int (*sense)(struct monitor *monitor, void *argument),
    void *argument);

/* How many sensors there were before this one. */
unsigned monitor_round(const struct monitor *monitor);

/* monitor_is_gone: has the monitor ended? Its sensor is to end, too. */
bool monitor_is_gone(const struct monitor *monitor);
/* The socket to it, which a sandbox must leave writable. */
int monitor_descriptor(const struct monitor *monitor);

/* These yield an open descriptor, the caller's to close, or -errno. A symbolic link of a stranger is -ELOOP,
 * a stranger's file of events -EPERM (open_safely.h). An events file that is a named pipe without a reader is
 * -ENXIO: nothing here waits. A monitor that does not answer within two seconds is -ETIMEDOUT, but for
 * captures: a slow disk may take longer to open them. */
int monitor_capture(struct monitor *monitor, size_t index);
int monitor_events(struct monitor *monitor);
/* monitor_interface: is there an interface of that name, and is it up? */
bool monitor_interface(struct monitor *monitor, size_t index);

/* The files of the inventory. */
enum inventory_file {
    INVENTORY_DATABASE,
    INVENTORY_WAL,
    INVENTORY_SHM,
    INVENTORY_JOURNAL,
    INVENTORY_FILES,
};

/* monitor_inventory opens one of them, to be read and written; `create`: also where there is none. */
int monitor_inventory(struct monitor *monitor, enum inventory_file file, bool create);
/* monitor_inventory_look fills device, inode, mode and size as its name shows them now: 0 or -errno. */
int monitor_inventory_look(struct monitor *monitor, enum inventory_file file, struct stat *about);
/* monitor_inventory_remove removes one that SQLite keeps beside the database; never that itself. 0 or
 * -errno. */
int monitor_inventory_remove(struct monitor *monitor, enum inventory_file file);

#endif

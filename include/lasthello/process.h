/* SPDX-License-Identifier: BSD-2-Clause */
/* process.h: two processes, and what each may do: the sensor, which reads untrusted bytes and gives its
 * rights up, and the monitor, which started it, reads nothing, and opens for it what was named at the
 * start, and only that. */
#ifndef LASTHELLO_PROCESS_H
#define LASTHELLO_PROCESS_H

#include <lasthello/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* ---- the monitor: the sensor asks it by number; a path never crosses the socket between the two ---- */

/* A database, with the files that SQLite keeps beside it. */
struct monitor_database {
    const char *path;
    bool is_written; /* else none of its files is changed or removed, but for the -shm file */
};

/* What the sensor may ask for. */
struct monitor_files {
    const char *name;            /* of the process, in sentences; NULL: the sensor */
    const char *const *captures; /* to be read, by their index */
    size_t capture_count;
    const char *events;  /* to be appended to; NULL: none */
    const char *metrics; /* to be written anew again and again; NULL: none */
    /* to be read and written, with the files that SQLite keeps beside it; NULL: none */
    const char *inventory;
    const char *const *interfaces; /* of which it may ask whether they are back */
    size_t interface_count;
    const struct monitor_database *databases; /* by their index, as those that are merged */
    size_t database_count;
};

/* The sensor's exit status that asks for another one in its place: an interface was made anew. */
#define MONITOR_AGAIN 75
/* What monitor_run returns of a sensor that SIGINT or SIGTERM ended before it answered them: nothing was
 * read yet. */
#define MONITOR_STOPPED 76

/* A sensor that was told to end and is still there after so long is killed. */
#define MONITOR_PATIENCE_MS 4000

struct monitor; /* the sensor's end */

/* monitor_run forks. The new process calls `sense`, whose exit status monitor_run returns there; the old
 * one serves it, passes SIGINT, SIGTERM, SIGHUP and SIGUSR1 on, and returns the sensor's exit status when
 * it ends. A sensor that was killed is told in a sentence on standard error; one that speaks nonsense is
 * killed, and one that does not end in MONITOR_PATIENCE_MS after SIGINT or SIGTERM. A sensor begins with
 * SIGHUP and SIGUSR1 blocked: they wait until it answers them. It has standard input, output and error,
 * and no other descriptor of its caller's. The old process keeps all of these signals blocked: what is
 * left for it to do is to end. */
int monitor_run(const struct monitor_files *files, int (*sense)(struct monitor *monitor, void *argument),
    void *argument);

/* monitor_run_apart does that for a caller who goes on: the new process ends with what `sense` returns,
 * without what a caller would do at its end, and the old one has its signals as before. */
int monitor_run_apart(const struct monitor_files *files,
    int (*sense)(struct monitor *monitor, void *argument), void *argument);

/* How many sensors there were before this one. */
unsigned monitor_round(const struct monitor *monitor);

/* monitor_is_gone: has the monitor ended? Its sensor is to end, too. */
bool monitor_is_gone(const struct monitor *monitor);
/* The socket to it, which a sandbox must leave writable. */
int monitor_descriptor(const struct monitor *monitor);

/* These yield an open descriptor, the caller's to close, or -errno. A symbolic link of a stranger is
 * -ELOOP, a stranger's file of events -EPERM (open_safely.h). An events file that is a named pipe without
 * a reader is -ENXIO: nothing here waits. A monitor that does not answer within two seconds is -ETIMEDOUT,
 * but for captures: a slow disk may take longer to open them. */
int monitor_capture(struct monitor *monitor, size_t index);
int monitor_events(struct monitor *monitor);
/* monitor_metrics makes an empty file beside that of the metrics; monitor_metrics_done puts it in its
 * place: 0 or -errno. */
int monitor_metrics(struct monitor *monitor);
int monitor_metrics_done(struct monitor *monitor);
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

/* The same of one of the databases; `flags` of open(2). */
int monitor_database(struct monitor *monitor, size_t database, enum inventory_file file, int flags);
int monitor_database_look(
    struct monitor *monitor, size_t database, enum inventory_file file, struct stat *about);
int monitor_database_remove(struct monitor *monitor, size_t database, enum inventory_file file);

/* ---- the sandbox: the rights that the reader of untrusted bytes gives up, once everything is open -- */

/* After sandbox_enter the process has no capability, cannot gain any, is nobody where it was root, opens no
 * file, writes to no descriptor but those that the plan names and those that come later, and has no system
 * call left that opens a socket, starts a program or looks into another process. Threads that start later
 * inherit all of it: enter before they start. What must be opened comes from the monitor, or was opened
 * before. */
#define SANDBOX_WRITTEN_MAX 8
#define SANDBOX_CONNECTIONS 1024

struct sandbox_plan {
    /* at which it accepts connections, SANDBOX_CONNECTIONS of them; 0: none */
    int listener;
    const char *user;                     /* whom to become when started as root; NULL: nobody else */
    int written[SANDBOX_WRITTEN_MAX + 1]; /* of the descriptors that are open already; ends with -1 */
};

/* sandbox_enter gives the rights up; there is no way back. False with a sentence if a step that this
 * kernel knows fails: nothing may be read then. A kernel without Landlock is no failure: the other steps
 * still hold; `missing` then names what it lacks, else it is NULL. */
bool sandbox_enter(const struct sandbox_plan *plan, const char **missing, struct error *error);

/* sandbox_fill_gaps: whoever has a listener calls it once everything is open. A number below
 * SANDBOX_CONNECTIONS that was given back meanwhile would be a connection's, to which nothing may be
 * written. */
void sandbox_fill_gaps(void);

/* ---- files that are to be written, opened with all rights: where somebody else may have put a symbolic
 * link, or a file of his, into the path ---- */

/* A file where its folder is known: no link is left on the way. */
struct safe_place {
    int folder; /* a descriptor (O_PATH) */
    char name[256];
};

/* safe_place_find walks along `path`. It follows a symbolic link only where root or the user who runs this
 * owns it: else -ELOOP. 0, or -errno of what cannot be walked through. The file itself need not exist.
 * safe_place_close gives the folder back. */
int safe_place_find(const char *path, struct safe_place *place);
void safe_place_close(struct safe_place *place);

/* safe_place_open opens it with `flags` of open(2), as long as it is no link; `mode` not 0: where there is
 * none, it is made new, with that mode. A descriptor or -errno. */
int safe_place_open(const struct safe_place *place, int flags, mode_t mode);

/* open_to_append opens a file of lines, without waiting: an ordinary file, which is made where there is
 * none, a named pipe (-ENXIO: nobody reads it), a terminal; for "unix:PATH" the stream socket there
 * (-ENXIO: nobody listens). -EPERM: it belongs to a stranger, neither root nor the user who runs this. */
int open_to_append(const char *path);

/* replacement_open makes an empty file, PATH.new, that everybody may read, for what others read whole
 * while it is written anew; one that was left there goes. A descriptor or -errno: of the way to it as
 * safe_place_find has it. replacement_done puts it in the place of `path`: 0 or -errno. */
int replacement_open(const char *path);
int replacement_done(const char *path);

/* ---- the service manager: how the service is (sd_notify(3)): a datagram to the socket that it names -- */

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

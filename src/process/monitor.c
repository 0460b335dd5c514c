/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor.c: the small parent that opens what was named at the start, passes signals on, and sees to it that
 * its sensor ends when it is told to. */
#include "monitor_line.h"

#include <lasthello/error.h>

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KILLED_MS      500 /* how long the kernel may take to end one that was killed */
#define INVENTORY_MODE 0640

struct sensor {
    pid_t pid;
    int socket;         /* the monitor's end; -1: closed */
    bool told_to_end;   /* by a signal that was passed on */
    bool killed;        /* because it did not end */
    int64_t patient_ms; /* until then it may end by itself, monotonic clock; 0: it was not told to */
};

/* ---- what is opened for the sensor ---------------------------------------------------------------- */

static bool is_up(const char *interface)
{
    struct ifreq request = {0};
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_there;

    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
    is_there = any >= 0 && ioctl(any, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) != 0;
    if (any >= 0)
        close(any);
    return is_there;
}

static int descriptor_of(int descriptor)
{
    return descriptor < 0 ? -errno : descriptor;
}

/* Like SQLite, which as root gives the files beside the database its owner and its mode: whoever may write to
 * the one must be able to write to the others. */
static int open_beside(const struct safe_place *database, const struct safe_place *place, bool create)
{
    struct stat about;
    int descriptor;

    if (fstatat(database->folder, database->name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return -errno;
    descriptor = safe_place_open(place, O_RDWR, create ? about.st_mode & 0777 : 0);
    if (descriptor < 0 || !create || geteuid() != 0)
        return descriptor;
    if (fchown(descriptor, about.st_uid, about.st_gid) == 0)
        return descriptor;
    close(descriptor);
    return -EPERM;
}

static int remove_at(const struct safe_place *place)
{
    return unlinkat(place->folder, place->name, 0) == 0 ? 0 : -errno;
}

static int look_at(const struct safe_place *place, struct reply *reply)
{
    struct stat about;

    if (fstatat(place->folder, place->name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return -errno;
    reply_with_look(reply, &about);
    return 0;
}

/* A descriptor, 0 for a yes without one, or -errno. */
static int serve_inventory(
    const struct safe_place *database, const struct request *request, struct reply *reply)
{
    static const char *const ends[INVENTORY_FILES] = {"", "-wal", "-shm", "-journal"};
    const bool create = request->wanted == WANTED_INVENTORY_NEW;
    struct safe_place place = {.folder = database->folder};
    const int most = sizeof(place.name);

    if (request->index >= INVENTORY_FILES ||
        snprintf(place.name, (size_t)most, "%s%s", database->name, ends[request->index]) >= most)
        return -EINVAL;
    if (request->wanted == WANTED_INVENTORY_LOOK)
        return look_at(&place, reply);
    if (request->wanted == WANTED_INVENTORY_REMOVE)
        return request->index == INVENTORY_DATABASE ? -EPERM : remove_at(&place);
    if (request->index == INVENTORY_DATABASE)
        return safe_place_open(&place, O_RDWR, create ? INVENTORY_MODE : 0);
    return open_beside(database, &place, create);
}

static int answer_inventory(const char *path, const struct request *request, struct reply *reply)
{
    struct safe_place database;
    int answer;

    if (path == NULL)
        return -EINVAL;
    answer = safe_place_find(path, &database);
    if (answer != 0)
        return answer;
    answer = serve_inventory(&database, request, reply);
    safe_place_close(&database);
    return answer;
}

/* A descriptor, 0 for a yes without one, or -errno. Nothing here waits for another process. */
static int answer(const struct monitor_files *files, const struct request *request, struct reply *reply)
{
    switch (request->wanted) {
    case WANTED_CAPTURE:
        if (request->index >= files->capture_count)
            break;
        /* a named pipe must not make us wait for its writer; the sensor waits before it reads */
        return descriptor_of(
            open(files->captures[request->index], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    case WANTED_EVENTS:
        return files->events == NULL ? -EINVAL : open_to_append(files->events);
    case WANTED_METRICS:
        return files->metrics == NULL ? -EINVAL : replacement_open(files->metrics);
    case WANTED_METRICS_DONE:
        return files->metrics == NULL ? -EINVAL : replacement_done(files->metrics);
    case WANTED_INTERFACE:
        if (request->index >= files->interface_count)
            break;
        return is_up(files->interfaces[request->index]) ? 0 : -ENODEV;
    case WANTED_INVENTORY:
    case WANTED_INVENTORY_NEW:
    case WANTED_INVENTORY_LOOK:
    case WANTED_INVENTORY_REMOVE:
        return answer_inventory(files->inventory, request, reply);
    case WANTED_DATABASE:
    case WANTED_DATABASE_LOOK:
    case WANTED_DATABASE_REMOVE:
        return databases_answer(files, request, reply);
    }
    return -EINVAL;
}

/* ---- the sensor's life ------------------------------------------------------------------------------ */

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static void stop_listening(struct sensor *sensor)
{
    close(sensor->socket);
    sensor->socket = -1;
}

/* One that speaks nonsense, or does not listen, is not ours any more. One that has closed its end is ending,
 * or is not ours any more either: what it may still be told are signals. */
static void serve(struct sensor *sensor, const struct monitor_files *files)
{
    struct request request;
    const ssize_t len = recv(sensor->socket, &request, sizeof(request), MSG_DONTWAIT);
    struct reply reply = {0};
    bool sent = false;
    int got;

    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (len == (ssize_t)sizeof(request)) {
        reply.number = request.number;
        got = answer(files, &request, &reply);
        reply.failure = got < 0 ? -got : 0;
        sent = monitor_line_reply(sensor->socket, got > 0 ? got : -1, &reply);
        if (got > 0)
            close(got);
    }
    if (sent)
        return;
    if (len > 0)
        kill(sensor->pid, SIGKILL);
    stop_listening(sensor);
}

static void pass_signals(int signals, struct sensor *sensor)
{
    struct signalfd_siginfo came;

    while (read(signals, &came, sizeof(came)) == (ssize_t)sizeof(came)) {
        if (came.ssi_signo == SIGCHLD)
            continue;
        kill(sensor->pid, (int)came.ssi_signo);
        if (came.ssi_signo != SIGINT && came.ssi_signo != SIGTERM)
            continue;
        if (!sensor->told_to_end)
            sensor->patient_ms = now_ms() + MONITOR_PATIENCE_MS;
        sensor->told_to_end = true;
    }
}

static int status_of(const struct sensor *sensor, const char *name, int status)
{
    if (WIFEXITED(status)) /* one that was told to end has no successor */
        return WEXITSTATUS(status) == MONITOR_AGAIN && sensor->told_to_end ? EXIT_DONE : WEXITSTATUS(status);
    if (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM)
        return MONITOR_STOPPED;
    if (!sensor->killed)
        complain("%s was ended by signal %d (%s); what it had committed is in the inventory", name,
            WTERMSIG(status), strsignal(WTERMSIG(status)));
    return EXIT_FAILED;
}

/* Its time is over. False: it was killed before, and the kernel does not let it go: it waits for a disk, for
 * instance. */
static bool kill_late(struct sensor *sensor)
{
    if (sensor->killed)
        return false;
    sensor->killed = true;
    sensor->patient_ms = now_ms() + KILLED_MS;
    complain(
        "the sensor did not end within %d seconds, and is killed; what it had committed is in the inventory",
        MONITOR_PATIENCE_MS / 1000);
    kill(sensor->pid, SIGKILL);
    return true;
}

/* How long nothing has to be done unless something comes; -1: for ever. */
static int time_left(const struct sensor *sensor)
{
    const int64_t left = sensor->patient_ms - now_ms();

    return sensor->patient_ms == 0 ? -1 : left < 0 ? 0
                                                   : (int)left;
}

/* Its number is still its own then: waitpid gives that back. */
static bool has_ended(const struct sensor *sensor)
{
    siginfo_t about = {0};

    return waitid(P_PID, (id_t)sensor->pid, &about, WEXITED | WNOHANG | WNOWAIT) != 0 || about.si_pid != 0;
}

static int watch_over(struct sensor *sensor, int signals, const struct monitor_files *files)
{
    int status;

    while (!has_ended(sensor)) {
        struct pollfd polled[] = {
            {.fd = sensor->socket, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
        const int came = poll(polled, 2, time_left(sensor));

        if (came == 0 && !kill_late(sensor))
            return EXIT_FAILED;
        if (came <= 0)
            continue;
        if (polled[1].revents != 0)
            pass_signals(signals, sensor);
        if (polled[0].revents != 0)
            serve(sensor, files);
    }
    pass_signals(signals, sensor); /* what came while it ended: no other is wanted in its place */
    return waitpid(sensor->pid, &status, 0) < 0
        ? EXIT_FAILED
        : status_of(sensor, files->name == NULL ? "the sensor" : files->name, status);
}

/* ---- the start -------------------------------------------------------------------------------------- */

/* What this process was started with beside the three, it shall not have. */
static void close_others(int socket)
{
    if (socket > STDERR_FILENO + 1)
        syscall(SYS_close_range, STDERR_FILENO + 1, socket - 1, 0);
    syscall(SYS_close_range, socket + 1, ~0U, 0);
}

static int be_sensor(
    struct monitor *monitor, int (*sense)(struct monitor *monitor, void *argument), void *argument)
{
    int status;

    close_others(monitor->socket);
    pthread_mutex_init(&monitor->lock, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* who ends the monitor ends the sensor, in good order */
    if (monitor_is_gone(monitor))     /* ... also before that held */
        return EXIT_FAILED;
    status = sense(monitor, argument);
    close(monitor->socket);
    return status;
}

/* Blocks what is passed on, for good: none is lost between two sensors, and what comes when the last has
 * ended cannot make a run that is done look like one that was killed. Yields the descriptor that they are
 * read from. */
static int open_signals(sigset_t *before)
{
    sigset_t passed;

    sigemptyset(&passed);
    sigaddset(&passed, SIGINT);
    sigaddset(&passed, SIGTERM);
    sigaddset(&passed, SIGHUP);
    sigaddset(&passed, SIGUSR1);
    sigaddset(&passed, SIGCHLD);
    sigprocmask(SIG_BLOCK, &passed, before);
    return signalfd(-1, &passed, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A sensor may be ended while it opens what it needs, but not by what it would only be asked by. */
static void mask_sensor(const sigset_t *before)
{
    sigset_t asked = *before;

    sigdelset(&asked, SIGINT);
    sigdelset(&asked, SIGTERM);
    sigaddset(&asked, SIGHUP);
    sigaddset(&asked, SIGUSR1);
    sigprocmask(SIG_SETMASK, &asked, NULL);
}

int monitor_run(const struct monitor_files *files, int (*sense)(struct monitor *monitor, void *argument),
    void *argument)
{
    const pid_t self = getpid();
    int status = MONITOR_AGAIN;
    sigset_t before;
    int signals = open_signals(&before);

    signal(SIGCHLD, SIG_DFL); /* a caller that ignores it would leave us without the sensor's exit status */
    signal(SIGPIPE, SIG_IGN); /* a reader of messages that goes away is no end */
    for (unsigned round = 0; status == MONITOR_AGAIN; round++) {
        struct sensor sensor = {.pid = -1};
        int ends[2]; /* the monitor's, the sensor's */

        if (signals >= 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0)
            sensor = (struct sensor){.pid = fork(), .socket = ends[0]};
        if (sensor.pid == 0) {
            mask_sensor(&before);
            return be_sensor(
                &(struct monitor){.socket = ends[1], .parent = self, .round = round}, sense, argument);
        }
        if (sensor.pid < 0) {
            complain("cannot start: %s", strerror(errno));
            return EXIT_FAILED;
        }
        close(ends[1]);
        status = watch_over(&sensor, signals, files);
        if (sensor.socket >= 0)
            stop_listening(&sensor);
    }
    close(signals);
    return status;
}

struct apart {
    int (*sense)(struct monitor *monitor, void *argument);
    void *argument;
};

static int sense_and_end(struct monitor *monitor, void *argument)
{
    const struct apart *apart = argument;

    _exit(apart->sense(monitor, apart->argument));
}

int monitor_run_apart(const struct monitor_files *files,
    int (*sense)(struct monitor *monitor, void *argument), void *argument)
{
    struct apart apart = {sense, argument};
    struct sigaction child, pipe;
    sigset_t mask;
    int status;

    sigprocmask(SIG_SETMASK, NULL, &mask);
    sigaction(SIGCHLD, NULL, &child);
    sigaction(SIGPIPE, NULL, &pipe);
    status = monitor_run(files, sense_and_end, &apart);
    sigaction(SIGCHLD, &child, NULL);
    sigaction(SIGPIPE, &pipe, NULL);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    return status;
}

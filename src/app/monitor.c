/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor.c: the small parent that opens what was named at the start. */
#include "monitor.h"

#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct monitor {
    int socket;
    pthread_mutex_t lock; /* a request and its reply belong together */
    const struct monitor_files *files;
};

enum wanted {
    WANTED_CAPTURE,
    WANTED_EVENTS,
};

struct request {
    enum wanted wanted;
    size_t index;
};

struct reply {
    int failure; /* errno; 0: a descriptor comes with it */
};

/* ---- a descriptor through a socket (unix(7), SCM_RIGHTS) ---------------------------------------- */

union descriptor_message {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

static bool send_reply(int socket, int descriptor, int failure)
{
    struct reply reply = {.failure = failure};
    struct iovec part = {&reply, sizeof(reply)};
    union descriptor_message control = {.header = {
                                            .cmsg_len = CMSG_LEN(sizeof(int)),
                                            .cmsg_level = SOL_SOCKET,
                                            .cmsg_type = SCM_RIGHTS,
                                        }};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (failure == 0) {
        memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(descriptor));
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(reply);
}

static int receive_descriptor(int socket)
{
    struct reply reply;
    struct iovec part = {&reply, sizeof(reply)};
    union descriptor_message control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    struct cmsghdr *header;
    int descriptor;

    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof(reply)) {
        errno = EPIPE;
        return -1;
    }
    header = CMSG_FIRSTHDR(&message);
    if (reply.failure != 0 || header == NULL || header->cmsg_type != SCM_RIGHTS) {
        errno = reply.failure;
        return -1;
    }
    memcpy(&descriptor, CMSG_DATA(header), sizeof(descriptor));
    return descriptor;
}

/* ---- the sensor's side -------------------------------------------------------------------------- */

static int ask(struct monitor *monitor, enum wanted wanted, size_t index)
{
    const struct request request = {.wanted = wanted, .index = index};
    int descriptor = -1;

    pthread_mutex_lock(&monitor->lock);
    if (send(monitor->socket, &request, sizeof(request), MSG_NOSIGNAL) == (ssize_t)sizeof(request))
        descriptor = receive_descriptor(monitor->socket);
    pthread_mutex_unlock(&monitor->lock);
    return descriptor;
}

int monitor_capture(struct monitor *monitor, size_t index, struct error *error)
{
    int descriptor = ask(monitor, WANTED_CAPTURE, index);

    if (descriptor < 0)
        error_set(error, "%s: cannot be opened: %s", monitor->files->captures[index], strerror(errno));
    return descriptor;
}

int monitor_events(struct monitor *monitor, struct error *error)
{
    int descriptor = ask(monitor, WANTED_EVENTS, 0);

    if (descriptor < 0)
        error_set(error, "%s: cannot be appended to: %s", monitor->files->events, strerror(errno));
    return descriptor;
}

/* ---- the monitor's side ------------------------------------------------------------------------- */

static int open_wanted(const struct monitor_files *files, const struct request *request)
{
    if (request->wanted == WANTED_CAPTURE && request->index < files->capture_count)
        return open(files->captures[request->index], O_RDONLY | O_CLOEXEC);
    if (request->wanted == WANTED_EVENTS && files->events != NULL)
        return open(files->events, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    errno = EINVAL;
    return -1;
}

/* False: the sensor is gone, or speaks nonsense. */
static bool serve(int socket, const struct monitor_files *files)
{
    struct request request;
    int descriptor;
    bool sent;

    if (recv(socket, &request, sizeof(request), 0) != (ssize_t)sizeof(request))
        return false;
    descriptor = open_wanted(files, &request);
    sent = send_reply(socket, descriptor, descriptor < 0 ? errno : 0);
    if (descriptor >= 0)
        close(descriptor);
    return sent;
}

static void pass_signal(int signals, pid_t sensor)
{
    struct signalfd_siginfo came;

    if (read(signals, &came, sizeof(came)) == (ssize_t)sizeof(came) && came.ssi_signo != SIGCHLD)
        kill(sensor, (int)came.ssi_signo);
}

static int status_of(pid_t sensor)
{
    int status;

    while (waitpid(sensor, &status, 0) < 0)
        if (errno != EINTR)
            return EXIT_FAILED;
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    complain("the sensor was ended by signal %d (%s); what it had committed is in the inventory", WTERMSIG(status),
        strsignal(WTERMSIG(status)));
    return EXIT_FAILED;
}

static int watch_over(int socket, int signals, pid_t sensor, const struct monitor_files *files)
{
    struct pollfd polled[] = {{.fd = socket, .events = POLLIN}, {.fd = signals, .events = POLLIN}};

    for (;;) {
        if (poll(polled, 2, -1) < 0 && errno != EINTR)
            break;
        if (polled[1].revents != 0)
            pass_signal(signals, sensor);
        if (polled[0].revents != 0 && !serve(socket, files))
            break;
    }
    return status_of(sensor);
}

static int be_sensor(int socket, const struct monitor_files *files, const sigset_t *mask,
    int (*sense)(struct monitor *monitor, void *argument), void *argument)
{
    struct monitor monitor = {.socket = socket, .files = files};
    int status;

    pthread_mutex_init(&monitor.lock, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* who ends the monitor ends the sensor, in good order */
    sigprocmask(SIG_SETMASK, mask, NULL);
    status = sense(&monitor, argument);
    close(socket);
    return status;
}

/* One sensor from start to end. `is_sensor`: this is the process that it ran in. */
static int run_once(const struct monitor_files *files, int (*sense)(struct monitor *monitor, void *argument),
    void *argument, bool *is_sensor)
{
    sigset_t passed, mask;
    int ends[2], signals, status;
    pid_t sensor;

    sigemptyset(&passed);
    sigaddset(&passed, SIGINT);
    sigaddset(&passed, SIGTERM);
    sigaddset(&passed, SIGHUP);
    sigaddset(&passed, SIGUSR1);
    sigaddset(&passed, SIGCHLD);
    sigprocmask(SIG_BLOCK, &passed, &mask);
    signals = signalfd(-1, &passed, SFD_CLOEXEC);
    if (signals < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        complain("cannot start: %s", strerror(errno));
        return EXIT_FAILED;
    }
    sensor = fork();
    if (sensor == 0) {
        *is_sensor = true;
        close(ends[0]);
        close(signals);
        return be_sensor(ends[1], files, &mask, sense, argument);
    }
    close(ends[1]);
    status = sensor < 0 ? EXIT_FAILED : watch_over(ends[0], signals, sensor, files);
    close(ends[0]);
    close(signals);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    return status;
}

int monitor_run(const struct monitor_files *files, int (*sense)(struct monitor *monitor, void *argument), void *argument)
{
    bool is_sensor = false;
    int status;

    do
        status = run_once(files, sense, argument, &is_sensor);
    while (status == MONITOR_AGAIN && !is_sensor);
    return status;
}

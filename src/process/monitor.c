/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor.c: the small parent that opens what was named at the start. */
#include "monitor.h"

#include <lasthello/error.h>

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct monitor {
    int socket;
    pthread_mutex_t lock; /* a request and its reply belong together */
    unsigned round;
};

enum wanted {
    WANTED_CAPTURE,
    WANTED_EVENTS,
    WANTED_INTERFACE, /* no descriptor: is it there? */
};

struct request {
    enum wanted wanted;
    size_t index;
};

struct reply {
    int failure; /* errno; 0: yes, and a descriptor comes with it where one was asked for */
};

/* ---- a descriptor through a socket (unix(7), SCM_RIGHTS) ---------------------------------------- */

union descriptor_message {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

/* `descriptor` negative: none goes with it. */
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

    if (descriptor >= 0) {
        memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(descriptor));
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof(reply);
}

/* What came: a descriptor, 0 without one, or -errno. */
static int receive_reply(int socket)
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

    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof(reply))
        return -EPIPE;
    header = CMSG_FIRSTHDR(&message);
    if (reply.failure != 0 || header == NULL || header->cmsg_type != SCM_RIGHTS)
        return -reply.failure;
    memcpy(&descriptor, CMSG_DATA(header), sizeof(descriptor));
    return descriptor;
}

/* ---- the sensor's side -------------------------------------------------------------------------- */

static int ask(struct monitor *monitor, enum wanted wanted, size_t index)
{
    const struct request request = {.wanted = wanted, .index = index};
    int answer = -EPIPE;

    pthread_mutex_lock(&monitor->lock);
    if (send(monitor->socket, &request, sizeof(request), MSG_NOSIGNAL) == (ssize_t)sizeof(request))
        answer = receive_reply(monitor->socket);
    pthread_mutex_unlock(&monitor->lock);
    return answer;
}

unsigned monitor_round(const struct monitor *monitor)
{
    return monitor->round;
}

int monitor_capture(struct monitor *monitor, size_t index)
{
    return ask(monitor, WANTED_CAPTURE, index);
}

int monitor_events(struct monitor *monitor)
{
    return ask(monitor, WANTED_EVENTS, 0);
}

bool monitor_interface(struct monitor *monitor, size_t index)
{
    return ask(monitor, WANTED_INTERFACE, index) == 0;
}

/* ---- the monitor's side ------------------------------------------------------------------------- */

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

/* A descriptor, 0 for a yes without one, or -errno. */
static int answer(const struct monitor_files *files, const struct request *request)
{
    switch (request->wanted) {
    case WANTED_CAPTURE:
        if (request->index >= files->capture_count)
            break;
        /* a named pipe must not make us wait for its writer; the sensor waits before it reads */
        return descriptor_of(open(files->captures[request->index], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    case WANTED_EVENTS:
        if (files->events == NULL)
            break;
        return descriptor_of(open(files->events, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
    case WANTED_INTERFACE:
        if (request->index >= files->interface_count)
            break;
        return is_up(files->interfaces[request->index]) ? 0 : -ENODEV;
    }
    return -EINVAL;
}

struct sensor {
    pid_t pid;
    int socket;       /* the monitor's end */
    bool told_to_end; /* by a signal that was passed on */
};

/* False: the sensor has closed its end. One that speaks nonsense, or does not listen, is not ours any more. */
static bool serve(struct sensor *sensor, const struct monitor_files *files)
{
    struct request request;
    const ssize_t len = recv(sensor->socket, &request, sizeof(request), 0);
    bool sent = false;
    int got;

    if (len == 0)
        return false;
    if (len == (ssize_t)sizeof(request)) {
        got = answer(files, &request);
        sent = send_reply(sensor->socket, got > 0 ? got : -1, got < 0 ? -got : 0);
        if (got > 0)
            close(got);
    }
    if (!sent)
        kill(sensor->pid, SIGKILL);
    return sent;
}

static void pass_signal(int signals, struct sensor *sensor)
{
    struct signalfd_siginfo came;

    if (read(signals, &came, sizeof(came)) != (ssize_t)sizeof(came) || came.ssi_signo == SIGCHLD)
        return;
    kill(sensor->pid, (int)came.ssi_signo);
    sensor->told_to_end = sensor->told_to_end || came.ssi_signo == SIGINT || came.ssi_signo == SIGTERM;
}

static int status_of(pid_t sensor)
{
    int status;

    while (waitpid(sensor, &status, 0) < 0)
        if (errno != EINTR)
            return EXIT_FAILED;
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    if (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM)
        return MONITOR_STOPPED;
    complain("the sensor was ended by signal %d (%s); what it had committed is in the inventory", WTERMSIG(status),
        strsignal(WTERMSIG(status)));
    return EXIT_FAILED;
}

static int watch_over(struct sensor *sensor, int signals, const struct monitor_files *files)
{
    struct pollfd polled[] = {{.fd = sensor->socket, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    bool is_open = true;
    int status;

    while (is_open) {
        if (poll(polled, 2, -1) < 0)
            continue; /* interrupted: nothing was looked at */
        if (polled[1].revents != 0)
            pass_signal(signals, sensor);
        if (polled[0].revents != 0)
            is_open = serve(sensor, files);
    }
    status = status_of(sensor->pid);
    /* it was ending already when it was told to: no other is wanted in its place */
    return status == MONITOR_AGAIN && sensor->told_to_end ? EXIT_DONE : status;
}

static int be_sensor(int socket, unsigned round, int (*sense)(struct monitor *monitor, void *argument), void *argument)
{
    struct monitor monitor = {.socket = socket, .round = round};
    int status;

    pthread_mutex_init(&monitor.lock, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* who ends the monitor ends the sensor, in good order */
    status = sense(&monitor, argument);
    close(socket);
    return status;
}

/* Blocks what is passed on, for good: none is lost between two sensors, and what comes when the last has ended cannot
 * make a run that is done look like one that was killed. Yields the descriptor that they are read from. */
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
    return signalfd(-1, &passed, SFD_CLOEXEC);
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
    int status = MONITOR_AGAIN;
    sigset_t before;
    int signals = open_signals(&before);

    for (unsigned round = 0; status == MONITOR_AGAIN; round++) {
        struct sensor sensor = {.pid = -1};
        int ends[2]; /* the monitor's, the sensor's */

        if (signals >= 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0)
            sensor = (struct sensor){.pid = fork(), .socket = ends[0]};
        if (sensor.pid == 0) {
            close(ends[0]);
            close(signals);
            mask_sensor(&before);
            return be_sensor(ends[1], round, sense, argument);
        }
        if (sensor.pid < 0) {
            complain("cannot start: %s", strerror(errno));
            return EXIT_FAILED;
        }
        close(ends[1]);
        status = watch_over(&sensor, signals, files);
        close(ends[0]);
    }
    close(signals);
    return status;
}

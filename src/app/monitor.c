/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor.c: the small parent that opens what was named at the start. */
#include "monitor.h"

#include "options.h"

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
    return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(reply);
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

/* False: the sensor is gone, or speaks nonsense. */
static bool serve(int socket, const struct monitor_files *files)
{
    struct request request;
    int got;
    bool sent;

    if (recv(socket, &request, sizeof(request), 0) != (ssize_t)sizeof(request))
        return false;
    got = answer(files, &request);
    sent = send_reply(socket, got > 0 ? got : -1, got < 0 ? -got : 0);
    if (got > 0)
        close(got);
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

struct pair {
    int ends[2]; /* the monitor's, the sensor's */
    int signals;
    sigset_t mask; /* as it was before */
};

static bool open_pair(struct pair *pair)
{
    sigset_t passed;

    sigemptyset(&passed);
    sigaddset(&passed, SIGINT);
    sigaddset(&passed, SIGTERM);
    sigaddset(&passed, SIGHUP);
    sigaddset(&passed, SIGUSR1);
    sigaddset(&passed, SIGCHLD);
    sigprocmask(SIG_BLOCK, &passed, &pair->mask);
    pair->signals = signalfd(-1, &passed, SFD_CLOEXEC);
    if (pair->signals >= 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair->ends) == 0)
        return true;
    complain("cannot start: %s", strerror(errno));
    return false;
}

int monitor_run(const struct monitor_files *files, int (*sense)(struct monitor *monitor, void *argument),
    void *argument)
{
    int status = MONITOR_AGAIN;

    for (unsigned round = 0; status == MONITOR_AGAIN; round++) {
        struct pair pair;
        pid_t sensor;

        if (!open_pair(&pair))
            return EXIT_FAILED;
        sensor = fork();
        if (sensor == 0) {
            close(pair.ends[0]);
            close(pair.signals);
            sigprocmask(SIG_SETMASK, &pair.mask, NULL);
            return be_sensor(pair.ends[1], round, sense, argument);
        }
        close(pair.ends[1]);
        status = sensor < 0 ? EXIT_FAILED : watch_over(pair.ends[0], pair.signals, sensor, files);
        close(pair.ends[0]);
        close(pair.signals);
        sigprocmask(SIG_SETMASK, &pair.mask, NULL);
    }
    return status;
}

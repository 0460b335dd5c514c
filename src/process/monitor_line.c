/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor_line.c: the sensor's end of the socket to the monitor, and the way a descriptor goes through it
 * (unix(7), SCM_RIGHTS). */
#include "monitor_line.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MS   2000 /* how long an answer may take that needs no disk */
#define NO_BOUND_MS (-1)

union descriptor_message {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

bool monitor_line_reply(int socket, int descriptor, const struct reply *reply)
{
    struct reply sent = *reply;
    struct iovec part = {&sent, sizeof(sent)};
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
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof(sent);
}

/* False: the monitor is gone. `descriptor` is negative where none came. */
static bool receive(int socket, struct reply *reply, int *descriptor)
{
    struct iovec part = {reply, sizeof(*reply)};
    union descriptor_message control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    const struct cmsghdr *header;

    *descriptor = -1;
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof(*reply))
        return false;
    header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_type == SCM_RIGHTS)
        memcpy(descriptor, CMSG_DATA(header), sizeof(*descriptor));
    return true;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* False: nothing came in time. */
static bool await_reply(int socket, int64_t until_ms)
{
    struct pollfd waiting = {.fd = socket, .events = POLLIN};
    int64_t left_ms = -1;

    do {
        if (until_ms >= 0)
            left_ms = until_ms - now_ms();
        if (until_ms >= 0 && left_ms < 0)
            return false;
    } while (poll(&waiting, 1, (int)left_ms) < 0 && errno == EINTR);
    return waiting.revents != 0;
}

/* The reply to request `number`; what comes late to an earlier one is let go. A descriptor, 0 without one, or
 * -errno. */
static int receive_answer(const struct monitor *monitor, int bound_ms, struct reply *reply)
{
    const int64_t until_ms = bound_ms < 0 ? -1 : now_ms() + bound_ms;
    int descriptor;

    for (;;) {
        if (!await_reply(monitor->socket, until_ms))
            return -ETIMEDOUT;
        if (!receive(monitor->socket, reply, &descriptor))
            return -EPIPE;
        if (reply->number == monitor->asked)
            return descriptor >= 0 ? descriptor : -reply->failure;
        if (descriptor >= 0)
            close(descriptor);
    }
}

static int ask_for(struct monitor *monitor, const struct request *wanted, int bound_ms, struct reply *reply)
{
    struct request request = *wanted;
    int answer = -EPIPE;

    pthread_mutex_lock(&monitor->lock);
    request.number = ++monitor->asked;
    if (send(monitor->socket, &request, sizeof(request), MSG_NOSIGNAL) == (ssize_t)sizeof(request))
        answer = receive_answer(monitor, bound_ms, reply);
    pthread_mutex_unlock(&monitor->lock);
    return answer;
}

static int ask(struct monitor *monitor, enum wanted wanted, size_t index, int bound_ms, struct reply *reply)
{
    return ask_for(monitor, &(struct request){.wanted = wanted, .index = index}, bound_ms, reply);
}

static int ask_briefly(struct monitor *monitor, enum wanted wanted, size_t index)
{
    struct reply reply;

    return ask(monitor, wanted, index, ANSWER_MS, &reply);
}

unsigned monitor_round(const struct monitor *monitor)
{
    return monitor->round;
}

bool monitor_is_gone(const struct monitor *monitor)
{
    return getppid() != monitor->parent;
}

int monitor_descriptor(const struct monitor *monitor)
{
    return monitor->socket;
}

int monitor_capture(struct monitor *monitor, size_t index)
{
    struct reply reply;

    return ask(monitor, WANTED_CAPTURE, index, NO_BOUND_MS, &reply);
}

int monitor_events(struct monitor *monitor)
{
    return ask_briefly(monitor, WANTED_EVENTS, 0);
}

int monitor_metrics(struct monitor *monitor)
{
    return ask_briefly(monitor, WANTED_METRICS, 0);
}

int monitor_metrics_done(struct monitor *monitor)
{
    return ask_briefly(monitor, WANTED_METRICS_DONE, 0);
}

bool monitor_interface(struct monitor *monitor, size_t index)
{
    return ask_briefly(monitor, WANTED_INTERFACE, index) == 0;
}

int monitor_inventory(struct monitor *monitor, enum inventory_file file, bool create)
{
    struct reply reply;

    return ask(monitor, create ? WANTED_INVENTORY_NEW : WANTED_INVENTORY, file, NO_BOUND_MS, &reply);
}

void reply_with_look(struct reply *reply, const struct stat *about)
{
    reply->device = about->st_dev;
    reply->inode = about->st_ino;
    reply->size = (uint64_t)about->st_size;
    reply->mode = about->st_mode;
}

static void fill_look(struct stat *about, int failed, const struct reply *reply)
{
    *about = (struct stat){0};
    if (failed != 0)
        return;
    about->st_dev = (dev_t)reply->device;
    about->st_ino = (ino_t)reply->inode;
    about->st_size = (off_t)reply->size;
    about->st_mode = (mode_t)reply->mode;
}

int monitor_inventory_look(struct monitor *monitor, enum inventory_file file, struct stat *about)
{
    struct reply reply;
    const int failed = ask(monitor, WANTED_INVENTORY_LOOK, file, ANSWER_MS, &reply);

    fill_look(about, failed, &reply);
    return failed;
}

int monitor_inventory_remove(struct monitor *monitor, enum inventory_file file)
{
    return ask_briefly(monitor, WANTED_INVENTORY_REMOVE, file);
}

int monitor_database(struct monitor *monitor, size_t database, enum inventory_file file, int flags)
{
    const struct request request = {
        .wanted = WANTED_DATABASE, .index = database * INVENTORY_FILES + file, .flags = flags};
    struct reply reply;

    return ask_for(monitor, &request, NO_BOUND_MS, &reply);
}

int monitor_database_look(
    struct monitor *monitor, size_t database, enum inventory_file file, struct stat *about)
{
    struct reply reply;
    const int failed =
        ask(monitor, WANTED_DATABASE_LOOK, database * INVENTORY_FILES + file, NO_BOUND_MS, &reply);

    fill_look(about, failed, &reply);
    return failed;
}

int monitor_database_remove(struct monitor *monitor, size_t database, enum inventory_file file)
{
    struct reply reply;

    return ask(monitor, WANTED_DATABASE_REMOVE, database * INVENTORY_FILES + file, NO_BOUND_MS, &reply);
}

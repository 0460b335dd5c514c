/* SPDX-License-Identifier: BSD-2-Clause */
/* blast IFACE CAPTURE: sends the packets of a classic capture file of this machine's byte order as fast as the
 * kernel takes them. Says how many it sent, and how many nanoseconds that took. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BATCH               256
#define FILE_HEADER_BYTES   24
#define PACKET_HEADER_BYTES 16
#define SEND_BUFFER_BYTES   (16 << 20)

struct capture {
    const uint8_t *at, *end;
};

static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

static struct capture map_capture(const char *path)
{
    int file = open(path, O_RDONLY);
    struct stat status;
    const uint8_t *bytes;

    if (file < 0 || fstat(file, &status) != 0 || status.st_size < FILE_HEADER_BYTES)
        give_up(path);
    bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (bytes == MAP_FAILED)
        give_up(path);
    return (struct capture){bytes + FILE_HEADER_BYTES, bytes + status.st_size};
}

static int open_interface(const char *name)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name)};
    int wire = socket(AF_PACKET, SOCK_RAW, 0), size = SEND_BUFFER_BYTES;

    if (wire < 0 || bind(wire, (struct sockaddr *)&address, sizeof(address)) != 0)
        give_up(name);
    setsockopt(wire, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
    return wire;
}

static unsigned next_batch(struct capture *capture, struct iovec *pieces)
{
    unsigned count = 0;
    uint32_t len;

    for (; count < BATCH && capture->end - capture->at > PACKET_HEADER_BYTES; count++) {
        memcpy(&len, capture->at + 8, sizeof(len));
        pieces[count] = (struct iovec){(void *)(uintptr_t)(capture->at + PACKET_HEADER_BYTES), len};
        capture->at += PACKET_HEADER_BYTES + len;
    }
    return count;
}

/* A full queue takes no packet, and loses none. */
static void send_batch(int wire, struct mmsghdr *messages, unsigned count)
{
    unsigned sent = 0;

    while (sent < count) {
        int now = sendmmsg(wire, messages + sent, count - sent, 0);

        if (now > 0)
            sent += (unsigned)now;
        else if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
            give_up("sendmmsg");
    }
}

static long long now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argc, char **argv)
{
    static struct iovec pieces[BATCH];
    static struct mmsghdr messages[BATCH];
    unsigned long long sent = 0;
    struct capture capture;
    long long began;
    unsigned count;
    int wire;

    if (argc != 3)
        return 2;
    wire = open_interface(argv[1]);
    capture = map_capture(argv[2]);
    for (unsigned i = 0; i < BATCH; i++)
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
    began = now_ns();
    while ((count = next_batch(&capture, pieces)) > 0) {
        send_batch(wire, messages, count);
        sent += count;
    }
    printf("%llu %lld\n", sent, now_ns() - began);
    return 0;
}

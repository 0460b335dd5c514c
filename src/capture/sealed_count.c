/* SPDX-License-Identifier: BSD-2-Clause */
/* sealed_count.c: the kernel counts what a socket's filter lets through, also where it has no room for it. So
 * a socket with the least room, which is never read, costs its filter and no copy. */
#include "sealed_count.h"

#include <lasthello/carriers.h>

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#define SNAPSHOT_BYTES 64

#define PROTOCOL(number, ...) " or ip proto " #number " or ip6 proto " #number
/* Offsets into UDP are of IPv4 alone (pcap-filter(7)). */
#define PORT(number, name, mask) " or (udp port " #number " and (" #mask " = 0 or (ip and udp[8:4] & " #mask \
                                 " = 0 and udp[8:4] != 0)))"

static const char expression[] = "(ip and ip6)" SEALED_PROTOCOLS(PROTOCOL) SEALED_UDP_AT(PORT);

/* libpcap's instructions are the kernel's. */
static bool attach(int socket, const struct bpf_program *program)
{
    struct sock_fprog filter = {
        .len = (unsigned short)program->bf_len, .filter = (struct sock_filter *)(void *)program->bf_insns};

    return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) == 0;
}

static bool set_filter(int socket)
{
    pcap_t *ethernet = pcap_open_dead(DLT_EN10MB, SNAPSHOT_BYTES);
    struct bpf_program program;
    bool is_set = false;

    if (ethernet != NULL && pcap_compile(ethernet, &program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0) {
        is_set = attach(socket, &program);
        pcap_freecode(&program);
    }
    if (ethernet != NULL)
        pcap_close(ethernet);
    return is_set;
}

static bool begin(int socket, const char *interface)
{
    const struct sockaddr_ll there = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = (int)if_nametoindex(interface),
    };
    const int least = 0;

    return there.sll_ifindex != 0 && set_filter(socket) &&
        setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)) == 0 &&
        bind(socket, (const struct sockaddr *)(const void *)&there, sizeof(there)) == 0;
}

int sealed_count_open(const char *interface)
{
    const int counter = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* hears nothing before it is bound */

    if (counter >= 0 && !begin(counter, interface)) {
        close(counter);
        return -1;
    }
    return counter;
}

uint64_t sealed_count_new(int socket)
{
    struct tpacket_stats seen = {0};
    socklen_t len = sizeof(seen);

    if (socket < 0 || getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, &seen, &len) != 0)
        return 0;
    return seen.tp_packets; /* those without room are in it */
}

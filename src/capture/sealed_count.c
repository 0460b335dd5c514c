/* SPDX-License-Identifier: BSD-2-Clause */
/* sealed_count.c: the kernel counts what a socket's filter lets through, also where it has no room for it. So
 * a socket with the least room, which is never read, costs its filter and no copy. */
#include "sealed_count.h"

#include <lasthello/carriers.h>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROTOCOL(number, ...) " or ip proto " #number " or ip6 proto " #number
/* Offsets into UDP are of IPv4 alone (pcap-filter(7)). */
#define PORT(number, name, mask) " or (udp port " #number " and (" #mask " = 0 or (ip and udp[8:4] & " #mask \
                                 " = 0 and udp[8:4] != 0)))"

const char sealed_count_filter[] = "(ip and ip6)" SEALED_PROTOCOLS(PROTOCOL) SEALED_UDP_AT(PORT);

static bool begin(int socket, const char *interface, const struct sock_fprog *filter)
{
    const struct sockaddr_ll there = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = (int)if_nametoindex(interface),
    };
    const int least = 0;

    return there.sll_ifindex != 0 &&
        setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, filter, sizeof(*filter)) == 0 &&
        setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)) == 0 &&
        bind(socket, (const struct sockaddr *)(const void *)&there, sizeof(there)) == 0;
}

int sealed_count_open(const char *interface, const struct sock_fprog *filter)
{
    const int counter = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* hears nothing before it is bound */

    if (counter >= 0 && !begin(counter, interface, filter)) {
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

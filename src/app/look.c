/* SPDX-License-Identifier: BSD-2-Clause */
/* look.c: the short look that `lasthello check` takes: decoded, counted, forgotten. */
#include "look.h"

#include <lasthello/decode.h>

#include <time.h>

#define FRAME_LEN_MAX 9300 /* jumbo frames, with tags */

static bool decode(const struct packet *packet, struct datagram *datagram)
{
    struct unknown unknown = {0};

    if (frame_decode(packet, datagram, &unknown) != DECODED_YES)
        return false;
    while (tunnel_possible(datagram) && datagram->tunnel_depth < TUNNEL_DEPTH_MAX)
        if (tunnel_open(datagram, &unknown) != DECODED_YES)
            break;
    return true;
}

void look_packet(struct look *look, const struct packet *packet)
{
    struct datagram datagram = {0};
    struct segment segment;

    look->packets++;
    look->joined += packet->wire_len > FRAME_LEN_MAX;
    if (!decode(packet, &datagram))
        return;
    look->ip++;
    look->tagged += datagram.link.vlan_count > 0;
    look->tunnelled += datagram.link.tunnel != TUNNEL_NONE;
    if (datagram.is_fragment || segment_decode(&datagram, packet, &segment) != DECODED_YES)
        return;
    look->mail[SIDE_CLIENT] += services_at(look->services, segment.destination.port) != NULL;
    look->mail[SIDE_SERVER] += services_at(look->services, segment.source.port) != NULL;
}

static int64_t monotonic_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NANOSECONDS + now.tv_nsec;
}

bool look_source(struct look *look, struct source *source, int seconds, struct error *error)
{
    const int64_t until = monotonic_ns() + seconds * NANOSECONDS;
    struct source_statistics statistics;
    struct packet packet;
    enum sourced sourced;

    do {
        sourced = source_next(source, &packet, error);
        if (sourced == SOURCED_PACKET)
            look_packet(look, &packet);
    } while (sourced <= SOURCED_NOTHING && monotonic_ns() < until);
    source_statistics(source, &statistics);
    look->dropped = statistics.dropped;
    look->interface_dropped = statistics.interface_dropped;
    return sourced != SOURCED_FAILED;
}

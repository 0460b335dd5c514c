/* SPDX-License-Identifier: BSD-2-Clause */
/* probe.c: the short trial capture that `lasthello check` takes: decoded, counted, forgotten. */
#include <lasthello/decode.h>
#include <lasthello/sensor.h>

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

void probe_packet(struct probe *probe, const struct packet *packet)
{
    struct datagram datagram = {0};
    struct segment segment;

    probe->packets++;
    probe->joined += packet->wire_len > FRAME_LEN_MAX;
    if (!decode(packet, &datagram))
        return;
    probe->ip++;
    probe->tagged += datagram.link.vlan_count > 0;
    probe->tunnelled += datagram.link.tunnel != TUNNEL_NONE;
    if (datagram.is_fragment || segment_decode(&datagram, packet, &segment) != DECODED_YES)
        return;
    probe->mail[SIDE_CLIENT] += services_at(probe->services, segment.destination.port) != NULL;
    probe->mail[SIDE_SERVER] += services_at(probe->services, segment.source.port) != NULL;
}

bool probe_source(struct probe *probe, struct source *source, int seconds, struct error *error)
{
    const int64_t until = clock_ns(CLOCK_MONOTONIC) + seconds * NANOSECONDS;
    struct source_statistics statistics;
    struct packet packet;
    enum sourced sourced;

    do {
        sourced = source_next(source, &packet, error);
        if (sourced == SOURCED_PACKET)
            probe_packet(probe, &packet);
    } while (sourced <= SOURCED_NOTHING && clock_ns(CLOCK_MONOTONIC) < until);
    source_statistics(source, &statistics);
    probe->dropped = statistics.dropped;
    probe->interface_dropped = statistics.interface_dropped;
    return sourced != SOURCED_FAILED;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* connection_facts.c: what TCP tells of a connection. */
#include "connection.h"

bool connection_is_silent(const struct flow *flow)
{
    const struct stream *streams = flow->connection->streams;
    const struct stream *client = &streams[end_of_side(flow, SIDE_CLIENT)];
    const struct stream *server = &streams[end_of_side(flow, SIDE_SERVER)];

    return client->spoke && server->acknowledges &&
        !sequence_before(server->acknowledged, client->payload_end) &&
        (!server->spoke || sequence_before(server->answered, client->payload_end));
}

/* Whoever resets has not heard anything that it would answer for. */
void connection_note_told(struct connection *connection, const struct segment *segment, int end)
{
    struct told *told = &connection->told[end];
    const uint32_t last = segment->sequence + segment->payload_len + ((segment->flags & SEGMENT_FIN) != 0);

    if ((segment->flags & SEGMENT_RST) != 0)
        return;
    connection->acknowledged[1 - end] |= connection->streams[end].acknowledges;
    if (told->count == 0) {
        told->count = 1;
        told->first = segment->sequence;
        told->end = last;
        told->acknowledgement = segment->acknowledgement;
    }
    if (told->first != segment->sequence || told->end != last ||
        told->acknowledgement != segment->acknowledgement)
        told->count = 2;
}

static uint8_t count_told(const struct told *told)
{
    const bool is_syn_apart = told->has_syn && (told->count == 0 || told->first != told->isn);
    const int count = told->count + is_syn_apart + told->has_earlier;

    return count < 2 ? (uint8_t)count : 2;
}

bool flow_is_heard(const struct flow *flow)
{
    const struct stream *server = &flow->connection->streams[end_of_side(flow, SIDE_SERVER)];

    return server->seen || server->started;
}

void connection_read_whole(const struct flow *flow, bool whole[SIDE_COUNT])
{
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        const struct stream *stream = &flow->connection->streams[end_of_side(flow, side)];

        whole[side] = stream->from_syn && !stream->lost;
    }
}

void *flow_guest(const struct flow *flow)
{
    return flow->connection->guest;
}

static void read_path(const struct flow *flow, struct flow_facts *facts)
{
    const struct path *path = &flow->connection->path;

    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        memcpy(facts->macs[side], path->macs[end_of_side(flow, side)], sizeof(facts->macs[side]));
    facts->has_macs = path->has_macs;
    facts->vlan_count = path->vlan_count;
    memcpy(facts->vlans, path->vlans, sizeof(facts->vlans));
    facts->tunnel = (enum tunnel)path->tunnel;
    facts->tunnel_id = path->tunnel_id;
}

void flow_read_facts(const struct flow *flow, struct flow_facts *facts)
{
    const struct connection *connection = flow->connection;

    *facts = (struct flow_facts){.first = connection->first, .last = flow->last};
    read_path(flow, facts);
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        const int end = end_of_side(flow, side);

        facts->ends[side] = flow->ends[end];
        facts->seen[side] = connection->streams[end].seen;
        facts->segments[side] = count_told(&connection->told[end]);
        facts->acknowledged[side] = connection->acknowledged[end];
    }
    facts->is_heard = flow_is_heard(flow);
    facts->is_silent = connection_is_silent(flow);
    facts->is_copy = connection->copied == 3 && !connection->differs;
}

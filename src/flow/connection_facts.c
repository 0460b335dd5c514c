/* SPDX-License-Identifier: BSD-2-Clause */
/* connection_facts.c: what TCP tells of a connection. */
#include "connection.h"

bool connection_is_silent(const struct flow *flow)
{
    const struct stream *streams = flow->connection->streams;
    const struct stream *client = &streams[end_of_side(flow, SIDE_CLIENT)];
    const struct stream *server = &streams[end_of_side(flow, SIDE_SERVER)];

    return client->spoke && server->acknowledges &&
        !sequence_before(server->acknowledged, client->payload_to) &&
        (!server->spoke || sequence_before(server->answered, client->payload_to));
}

/* ---- whose word it is -------------------------------------------------------------------------- */

/* A number far from those before is not of this connection. */
void connection_note_reach(struct told *told, uint32_t reach)
{
    if (!told->has_reach || sequence_follows(told->reach, reach))
        told->reach = reach;
    told->has_reach = true;
}

void connection_note_acknowledgement(struct told *told, uint32_t acknowledgement)
{
    if (!told->acknowledges)
        told->lowest = told->highest = acknowledgement;
    else if (sequence_follows(told->highest, acknowledgement))
        told->highest = acknowledgement;
    else if (sequence_follows(acknowledgement, told->lowest))
        told->lowest = acknowledgement;
    told->acknowledges = true;
}

static void note_bytes(struct told *told, uint32_t first)
{
    if (!told->has_bytes || sequence_follows(first, told->bytes))
        told->bytes = first;
    told->has_bytes = true;
}

/* Whoever resets has not heard anything that it would answer for. */
void connection_note_told(struct connection *connection, const struct segment *segment, int end)
{
    struct told *told = &connection->told[end];

    if ((segment->flags & SEGMENT_RST) != 0)
        return;
    told->is_heard = true;
    if (segment->payload_len > 0)
        note_bytes(told, first_byte(segment));
    connection_note_reach(
        told, first_byte(segment) + segment->payload_len + ((segment->flags & SEGMENT_FIN) != 0));
    if ((segment->flags & SEGMENT_ACK) != 0)
        connection_note_acknowledgement(told, segment->acknowledgement);
}

/* Is this a number of what was seen of an end? Its numbers are 32 bits that only the other end hears of. */
static bool is_number_of(const struct told *told, uint32_t number)
{
    return told->is_heard && told->has_reach && sequence_follows(number, told->reach);
}

/* Has an end heard the other? It acknowledges, with bytes of its own, what was seen of the other, or bytes of
 * the other. A SYN-ACK alone answers whatever address the SYN has. */
static bool has_heard(const struct connection *connection, int end)
{
    const struct told *told = &connection->told[end], *other = &connection->told[1 - end];

    if (!told->acknowledges)
        return false;
    return (told->has_bytes && is_number_of(other, told->lowest)) ||
        (other->has_bytes && sequence_before(other->bytes, told->highest) &&
            is_number_of(other, told->highest));
}

static bool is_moving(const struct told *told)
{
    return told->acknowledges && told->lowest != told->highest;
}

bool connection_is_confirmed(const struct connection *connection)
{
    const struct told *told = connection->told;
    const int end = told[0].is_heard ? 0 : 1;

    if (has_heard(connection, 0) || has_heard(connection, 1))
        return true;
    /* on the two sides of a firewall that shifts numbers, none fits */
    if (told[0].is_heard && told[1].is_heard)
        return is_moving(&told[0]) && is_moving(&told[1]);
    return is_moving(&told[end]) && !connection->streams[1 - end].seen;
}

/* ---- all that is known ------------------------------------------------------------------------- */

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

void *flow_guest_beside(const struct flow *flow)
{
    return flow->beside;
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
    facts->client_attached = path->has_macs && path->tunnel == TUNNEL_NONE &&
        (path->came & ~path->was_routed & 1 << end_of_side(flow, SIDE_CLIENT)) != 0;
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
    }
    facts->is_heard = flow_is_heard(flow);
    facts->is_confirmed = connection_is_confirmed(connection);
    facts->is_silent = connection_is_silent(flow);
    facts->is_copy = connection->copied == 3 && !connection->differs;
}

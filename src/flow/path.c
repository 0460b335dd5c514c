/* SPDX-License-Identifier: BSD-2-Clause */
/* path.c: how a connection's packets travelled. */
#include "flow_table.h"

/* What systems give their packets to begin with (64: most, 128: Windows, 255: network devices): each router
 * takes one away. */
static bool is_routed(uint8_t time_to_live)
{
    return time_to_live != 64 && time_to_live != 128 && time_to_live != 255;
}

/* Of paths that tell the stations, the one with fewer tags; of those, the one whose numbers are lower. */
static int compare_paths(const struct path *seen, const struct path *path)
{
    if (seen->has_macs != path->has_macs)
        return seen->has_macs ? -1 : 1;
    if (seen->vlan_count != path->vlan_count)
        return seen->vlan_count < path->vlan_count ? -1 : 1;
    return memcmp(seen, path, offsetof(struct path, came));
}

uint16_t path_tag(const struct link *link)
{
    uint32_t tag = (uint32_t)link->tunnel * 0x9e37u + link->tunnel_id + link->tunnel_ends * 0x85ebca6bu;

    for (size_t i = 0; i < link->vlan_count; i++)
        tag = tag * 0x01000193u + link->vlans[i] + 1u;
    return (tag ^ tag >> 16) & 0x3fff;
}

void path_note(struct path *path, const struct segment *segment, int from, bool first)
{
    const struct link *link = segment->link;
    struct path seen = {
        .has_macs = link->has_macs,
        .vlan_count = link->vlan_count,
        .tunnel = (uint16_t)link->tunnel,
        .tunnel_id = link->tunnel_id,
        .came = (uint8_t)(1 << from),
        .was_routed = (uint8_t)(is_routed(link->time_to_live) << from),
    };
    int order;

    if (link->has_macs) { /* else there is whatever was in the memory */
        memcpy(seen.macs[from], link->source_mac, sizeof(seen.macs[from]));
        memcpy(seen.macs[1 - from], link->destination_mac, sizeof(seen.macs[from]));
    }
    memcpy(seen.vlans, link->vlans, link->vlan_count * sizeof(seen.vlans[0]));
    order = first ? -1 : compare_paths(&seen, path);
    if (order == 0) {
        path->came |= seen.came;
        path->was_routed |= seen.was_routed;
    } else if (order < 0) {
        *path = seen;
    }
}

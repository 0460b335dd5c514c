/* SPDX-License-Identifier: BSD-2-Clause */
/* path.c: how a connection's packets travelled. */
#include "flow_table.h"

/* Of paths that tell the stations, the one with fewer tags; of those, the one whose numbers are lower. */
static bool is_better_path(const struct path *seen, const struct path *path)
{
    if (seen->has_macs != path->has_macs)
        return seen->has_macs;
    if (seen->vlan_count != path->vlan_count)
        return seen->vlan_count < path->vlan_count;
    return memcmp(seen, path, sizeof(*seen)) < 0;
}

uint16_t path_tag(const struct link *link)
{
    uint32_t tag = (uint32_t)link->tunnel * 0x9e37u + link->tunnel_id;

    for (size_t i = 0; i < link->vlan_count; i++)
        tag = tag * 0x01000193u + link->vlans[i] + 1u;
    return (tag ^ tag >> 16) & 0x7fff;
}

void path_note(struct path *path, const struct segment *segment, int from, bool first)
{
    const struct link *link = segment->link;
    struct path seen = {
        .has_macs = link->has_macs,
        .vlan_count = link->vlan_count,
        .tunnel = (uint16_t)link->tunnel,
        .tunnel_id = link->tunnel_id,
    };

    if (link->has_macs) { /* else there is whatever was in the memory */
        memcpy(seen.macs[from], link->source_mac, sizeof(seen.macs[from]));
        memcpy(seen.macs[1 - from], link->destination_mac, sizeof(seen.macs[from]));
    }
    memcpy(seen.vlans, link->vlans, link->vlan_count * sizeof(seen.vlans[0]));
    if (first || is_better_path(&seen, path))
        *path = seen;
}

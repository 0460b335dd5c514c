/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_table.h: what the files of this room share: the table, its lists, and the way that packets take. */
#ifndef LASTHELLO_FLOW_FLOW_TABLE_H
#define LASTHELLO_FLOW_FLOW_TABLE_H

#include "capture_clock.h"
#include "copies.h"
#include "first_words.h"
#include "flow_index.h"
#include "stream_buffer.h"
#include "syn_memory.h"

#include <lasthello/hash.h>

enum flow_list {
    LIST_NONE,
    LIST_OPEN,    /* by the time of the last news */
    LIST_UNHEARD, /* the same, while nothing was seen of the server, and no hello of the client */
    LIST_QUIET,   /* open, and no news for HOLE_NS: nothing is waited for any more */
    LIST_CLOSING, /* open, FIN or RST seen: lingers */
    LIST_HOLE,    /* the same, and bytes that are known to be missing may still be sent again */
    LIST_DUE,     /* the same, and its client has begun another connection: waits for nothing */
    LIST_IDLE,    /* settled; in the order of listing, see FLOW_MARK_TOUCHED */
    LIST_CLOSED,  /* settled, and lingers */
    LIST_COUNT,
};

enum flow_mark { /* bit for end 0; for end 1 the next */
    FLOW_MARK_SEEN = 1 << 0,
    FLOW_MARK_FIN = 1 << 2,
    FLOW_MARK_RST = 1 << 4,
    FLOW_MARK_RENEWED = 1 << 6, /* a SYN of another connection between the same endpoints was seen */
    FLOW_MARK_TOUCHED = 1 << 7, /* since it was listed: it is moved to the end only when it comes to the front */
};

/* How a connection's packets travelled, by end. */
struct way {
    uint8_t macs[2][6];
    bool has_macs;
    uint8_t vlan_count;
    uint16_t vlans[LINK_VLANS_MAX];
    uint16_t tunnel; /* enum tunnel */
    uint32_t tunnel_id;
};
_Static_assert(sizeof(struct way) == 28, "a gap would be compared");

/* Packets come in trains, and the next one is often of the same flow: one that was found by its hash, and is the only
 * one of that hash; NULL: the index has changed since. */
struct recent {
    struct flow *flow;
    uint64_t hash;
};

#define DOUBTS_MAX 4 /* packets in a row whose time may be doubted, and one */

struct flow_table {
    struct flow_index index;
    struct recent recent;
    struct pool flows;
    struct pool conversations;
    struct buffers buffers;
    struct syn_memory syns;
    struct first_words words;
    struct copies copies;
    struct hash_key key;
    struct capture_clock clock;
    struct {
        uint32_t oldest, youngest; /* flow numbers; FLOW_NOBODY: empty */
        uint32_t count;
    } lists[LIST_COUNT];
    struct {
        uint64_t number; /* of a packet whose time was doubted, */
        uint32_t flow;   /* and that was of this one */
    } doubts[DOUBTS_MAX];
    unsigned next_doubt;
    struct flow_counts counts;
    uint32_t unheard_max; /* more of them are given up: a flood of forged addresses must not crowd out real sessions */
    uint32_t examined;    /* the ticks when the lists were last looked at in vain */
    bool flushing;
};

#define FLOW_NOBODY UINT32_MAX

static inline struct flow *flow_at(const struct flow_table *table, uint32_t number)
{
    return number == FLOW_NOBODY ? NULL : (struct flow *)(void *)table->flows.memory + number;
}

static inline uint32_t flow_number(const struct flow_table *table, const struct flow *flow)
{
    return (uint32_t)(flow - (const struct flow *)(const void *)table->flows.memory);
}

static inline bool flow_has(const struct flow *flow, enum flow_mark mark, int end)
{
    return (flow->marks & mark << end) != 0;
}

static inline void flow_mark(struct flow *flow, enum flow_mark mark, int end)
{
    flow->marks = (uint8_t)(flow->marks | mark << end);
}

/* flow_is_closed: RST, or FIN of both. */
static inline bool flow_is_closed(const struct flow *flow)
{
    return flow_has(flow, FLOW_MARK_RST, 0) || flow_has(flow, FLOW_MARK_RST, 1) ||
        (flow_has(flow, FLOW_MARK_FIN, 0) && flow_has(flow, FLOW_MARK_FIN, 1));
}

/* flow_look_up finds the flow that a segment is nearest to, by its endpoints and sequence number. NULL: none. */
struct flow *flow_look_up(struct flow_table *table, const struct segment *segment, const struct flow_key *key);
/* flow_enlist moves a flow to the young end of a list (LIST_NONE: to none). */
void flow_enlist(struct flow_table *table, struct flow *flow, enum flow_list list);
/* flow_list_siblings lets those that a client has just seen broken off by the same server wait no longer: what it tries
 * next is judged by how they came out. */
void flow_list_siblings(struct flow_table *table, const struct flow *begun);
/* path_tag tells VLANs and tunnels apart, in a few bits. */
uint16_t path_tag(const struct link *link);
/* way_note keeps the better of two ways (that tells MACs, fewest VLAN tags, then the lowest numbers), so that of a
 * connection that a mirror shows twice the same one is kept whichever copy came first. True: it changed. */
bool way_note(struct way *way, const struct segment *segment, int from, bool first);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_table.h: what the files of this room share: the table, its lists, and the path that packets take. */
#ifndef LASTHELLO_FLOW_FLOW_TABLE_H
#define LASTHELLO_FLOW_FLOW_TABLE_H

#include "capture_clock.h"
#include "copies.h"
#include "flow_index.h"
#include "stream_buffer.h"
#include "syn_memory.h"
#include "unanswered.h"

#include <lasthello/hash.h>

enum flow_list {
    LIST_NONE,
    LIST_OPEN, /* by the time of the last news */
    /* the same, while nothing was seen of the server, and nothing worth keeping of the client */
    LIST_ONE_SIDED,
    LIST_QUIET,   /* open, and no news for HOLE_NS: nothing is waited for any more */
    LIST_CLOSING, /* open, FIN or RST seen: lingers */
    LIST_HOLE,    /* the same, and bytes that are known to be missing may still be sent again */
    LIST_DUE,     /* the same, and its client has begun another connection: waits for nothing */
    LIST_IDLE,    /* settled; in the order of listing, see FLOW_FLAG_TOUCHED */
    LIST_CLOSED,  /* settled, and lingers */
    LIST_COUNT,
};

enum flow_flag { /* bit for end 0; for end 1 the next */
    FLOW_FLAG_SEEN = 1 << 0,
    FLOW_FLAG_FIN = 1 << 2,
    FLOW_FLAG_RST = 1 << 4,
    FLOW_FLAG_RENEWED = 1 << 6, /* a SYN of another connection between the same endpoints was seen */
    /* since it was listed: it is moved to the end only when it comes to the front */
    FLOW_FLAG_TOUCHED = 1 << 7,
};

/* How a connection's packets travelled, by end. */
struct path {
    uint8_t macs[2][6];
    bool has_macs;
    uint8_t vlan_count;
    uint16_t vlans[LINK_VLANS_MAX];
    uint16_t tunnel; /* enum tunnel */
    uint32_t tunnel_id;
    /* what follows is not compared; a bit for each end */
    uint8_t came, was_routed; /* a packet of it took this path; with a TTL that no system begins with */
};
_Static_assert(offsetof(struct path, came) == 28, "a gap would be compared");

#define DOUBTS_MAX 4 /* packets in a row whose time may be doubted, and one */

/* Segments that wait until there are some more, so that what they will need is fetched together:
 * waiting for memory is nearly all that a SYN costs, and much of what others do. */
#define BATCH_SEGMENTS   16
#define CACHE_LINE_BYTES 64
#define WAITING_BYTES    512 /* of a payload: copying more would cost more than it saves */

struct batch {
    struct {
        struct flow_place place;
        struct flow_key key;
        uint64_t source;
    } rows[BATCH_SEGMENTS];
    uint8_t payloads[BATCH_SEGMENTS * WAITING_BYTES]; /* of those that wait, one after the other */
    size_t payloads_len;
    size_t count;
    size_t expected;  /* those before it were looked up, and their flows are on their way from memory */
    size_t next;      /* the one that is looked at next */
    bool is_ready;    /* none may wait longer */
    bool is_fetched;  /* what they need is on its way */
    bool is_recalled; /* what was kept of the next one's connection came before it */
};

/* What is due for a flow: it is read, and then */
enum flow_due {
    FLOW_DUE_READ,      /* nothing: its patience is over, what waited can be read */
    FLOW_DUE_SILENCE,   /* settled, because its server is silent */
    FLOW_DUE_GIVEN_UP,  /* settled: room for another session is needed */
    FLOW_DUE_OVER,      /* settled and dropped: closed, idle, or the capture is over */
    FLOW_DUE_FORGOTTEN, /* the same: room for another flow is needed */
};

/* The bytes of the segment that was pushed last. */
struct pushed {
    struct range range;
    struct bytes bytes; /* in the packet */
};

/* The flow whose events are being yielded. */
struct current {
    struct flow *flow; /* NULL: none */
    enum flow_due due;
    bool is_concluded; /* its end was told: it is settled by now */
    bool is_forgotten; /* ... and that it goes */
};

/* A flow's neighbours in its list. They are written to whenever it moves: so they stand apart from the flows,
 * eight in a cache line. */
struct flow_link {
    uint32_t older, younger; /* flow numbers; FLOW_NOBODY: none */
};

struct flow_list_ends {
    uint32_t oldest, youngest; /* flow numbers; FLOW_NOBODY: empty */
    uint32_t count;
};

struct flow_table {
    struct flow_index index;
    struct pool flows;
    struct flow_link *links; /* by flow number */
    struct pool connections;
    uint8_t *beside;           /* what guests keep beside, in the order of `connections`, */
    size_t beside_bytes;       /* ... each so many */
    struct pool_budget budget; /* of these two */
    struct buffers buffers;
    struct syn_memory syns;
    struct unanswered unanswered;
    struct copies copies;
    struct hash_key key;
    struct capture_clock clock;
    const struct flow_asks *asks;
    void *context; /* of those */
    struct batch batch;
    struct current current;
    struct pushed pushed; /* its stream knows whether it is still to be shown or stored */
    struct bytes shown;   /* the last bytes that were shown without being stored */
    struct flow_list_ends lists[LIST_COUNT];
    struct {
        uint64_t number; /* of a packet whose time was doubted, */
        uint32_t flow;   /* and that was of this one */
    } doubts[DOUBTS_MAX];
    unsigned next_doubt;
    struct flow_counts counts;
    /* more are given up: a flood of forged addresses must not crowd out real sessions */
    uint32_t one_sided_max;
    uint32_t examined; /* the ticks when the lists were last looked at in vain */
    bool flushing;
};

static inline struct flow *flow_at(const struct flow_table *table, uint32_t number)
{
    return number == FLOW_NOBODY ? NULL : (struct flow *)(void *)table->flows.memory + number;
}

static inline uint32_t flow_number(const struct flow_table *table, const struct flow *flow)
{
    return (uint32_t)(flow - (const struct flow *)(const void *)table->flows.memory);
}

/* flow_fetch begins to fetch a flow from memory. */
static inline void flow_fetch(const struct flow *flow)
{
    __builtin_prefetch(flow, 1);
    __builtin_prefetch(&flow->ends, 1);
}

/* flow_younger returns the next one in a flow's list, NULL: it is the youngest. */
static inline struct flow *flow_younger(const struct flow_table *table, const struct flow *flow)
{
    return flow_at(table, table->links[flow_number(table, flow)].younger);
}

/* flow_table_beside finds what the guest of a connection keeps beside. */
static inline void *flow_table_beside(const struct flow_table *table, const struct connection *connection)
{
    const size_t offset = (size_t)((const uint8_t *)connection - table->connections.memory);

    return table->beside + offset / table->connections.block_bytes * table->beside_bytes;
}

static inline bool flow_has(const struct flow *flow, enum flow_flag flag, int end)
{
    return (flow->flags & flag << end) != 0;
}

static inline void flow_set_flag(struct flow *flow, enum flow_flag flag, int end)
{
    flow->flags = (uint8_t)(flow->flags | flag << end);
}

/* flow_is_closed: RST, or FIN of both. */
static inline bool flow_is_closed(const struct flow *flow)
{
    return flow_has(flow, FLOW_FLAG_RST, 0) || flow_has(flow, FLOW_FLAG_RST, 1) ||
        (flow_has(flow, FLOW_FLAG_FIN, 0) && flow_has(flow, FLOW_FLAG_FIN, 1));
}

/* flow_table_key tells whose a segment is, as far as its endpoints do. */
struct flow_key flow_table_key(const struct flow_table *table, const struct segment *segment);
/* flow_table_expect begins to fetch from memory where flow_table_find will look for the flow of a segment
 * that comes soon. */
void flow_table_expect(const struct flow_table *table, const struct segment *segment, uint64_t hash);
/* flow_table_expect_flow, a little later, looks there, and begins to fetch the flow. */
void flow_table_expect_flow(const struct flow_table *table, struct flow_key *key);
/* flow_table_expect_connection, later still, begins to fetch what a segment touches of its connection, where
 * that is open, and what its list writes to. */
void flow_table_expect_connection(
    const struct flow_table *table, const struct flow_key *key, const struct segment *segment);
/* flow_table_changed: what was found for the segments that wait is not known any more, if they have the high
 * bits of this hash, by which the index goes. */
void flow_table_changed(struct flow_table *table, uint64_t hash);
/* flow_enlist moves a flow to the young end of a list (LIST_NONE: to none). */
void flow_enlist(struct flow_table *table, struct flow *flow, enum flow_list list);
/* flow_oldest returns the flow at the old end of a list, NULL: it is empty. */
struct flow *flow_oldest(struct flow_table *table, enum flow_list list);
/* flow_table_drop forgets a flow, settled or not. */
void flow_table_drop(struct flow_table *table, struct flow *flow);
/* path_tag tells VLANs and tunnels apart, in 14 bits. */
uint16_t path_tag(const struct link *link);
/* path_note keeps the better of two paths (that tells MACs, fewest VLAN tags, then the lowest
 * numbers), so that of a connection that a mirror shows twice the same one is kept whichever copy
 * came first. */
void path_note(struct path *path, const struct segment *segment, int from, bool first);

#endif

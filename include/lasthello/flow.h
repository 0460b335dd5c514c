/* SPDX-License-Identifier: BSD-2-Clause */
/* flow.h: connections: who talks with whom, and each direction's bytes in order.
 *
 * The table takes TCP segments and yields events: of each connection that carries payload on a port
 * that is served, the bytes of both sides in causal order: bytes of one side whose sender had seen
 * bytes of the other come after those, in whatever order the packets were captured. Where neither
 * had seen the other's, and both are at hand, the client's come first; a FIN or RST comes after all
 * data that it may have crossed on its way. Missing bytes are waited for (HOLE_PACKETS packets of
 * the flow, HOLE_NS of capture time, the flow's end, or want of memory), then reported as a gap,
 * never guessed. The table knows bytes, ends and times; what it must know of protocols it asks
 * (struct flow_asks).
 *
 * RFC 9293 3.10.7.4: what a receiver drops is dropped here: segments without ACK, or far from a
 * connection's numbers; one that acknowledges what was never sent gives way to one that does not. A
 * FIN or RST that traffic goes beyond, and is acknowledged, was none.
 *
 * Nothing is kept for a bare SYN but a row of a fixed-size memory. All memory is reserved at the
 * start; what must be given up is given up oldest-first and counted: first of all flows of which
 * only one side was seen, and nothing worth keeping, which may never be more than a small part of
 * all (a flood of forged addresses). The table is not thread-safe: one a worker. */
#ifndef LASTHELLO_FLOW_H
#define LASTHELLO_FLOW_H

#include <lasthello/wire.h>

#define STREAM_BYTES_MAX 65536              /* undelivered bytes of one direction */
#define HOLE_PACKETS     16                 /* of the same flow, after a hole was noticed */
#define START_PACKETS    8                  /* of the same flow, for what may precede the first bytes seen */
#define HOLE_NS          (30 * NANOSECONDS) /* after so long a server that only acknowledges is silent, too */
#define FLOW_LINGER_NS   (2 * NANOSECONDS)  /* after RST, or FIN of both sides, for what was reordered */
#define FLOW_IDLE_NS     (7200 * NANOSECONDS)
#define SHORT_BYTES      600 /* after a session was settled: a login and its refusal, no mail */

/* What is fetched ahead of a guest, and of what it keeps beside. */
#define FLOW_GUEST_FRONT_BYTES  432
#define FLOW_BESIDE_FRONT_BYTES 128

struct flow_table;
struct service;
struct connection;

/* Was the source asked to hold back a flow's packets? How far its ends have come is not known then. */
enum flow_held {
    FLOW_HELD_NEVER,
    FLOW_HELD_NOW,
    FLOW_HELD_BEFORE, /* its packets come again */
};

/* A flow. What a caller reads comes first; the rest is the table's own. */
struct flow {
    struct connection *connection; /* while it is open; NULL once it is settled */
    const struct service *service; /* valid from FLOW_BEGIN on */
    uint64_t observation;          /* where the ledger put it, once settled; 0: nowhere */
    struct packet_ref last;
    uint32_t amended_s; /* the `last` that the ledger knows, in seconds: the caller's */
    uint8_t held : 2;   /* enum flow_held: the caller's */
    uint8_t list : 4;
    uint8_t client : 1; /* which of `ends` is the client */
    /* an end's acknowledgement told of the other end's sequence numbers */
    uint8_t agrees : 1;
    uint8_t flags;                       /* FLOW_FLAG_ */
    uint16_t path : 14;                  /* tells VLANs and tunnels apart */
    uint16_t is_copy : 1;                /* of another connection, with other numbers: see copies.h */
    uint16_t has_news : 1;               /* `last` is another than the caller knows, who takes this back */
    _Alignas(8) struct endpoint ends[2]; /* in the order of the table's key */
    uint32_t high[2];                    /* an end's highest sequence number seen */
    uint32_t settled_at[2];              /* ... delivered when the session was settled */
    uint32_t close_acknowledgement;      /* what the server had seen when it ended the connection */
    uint32_t touched;                    /* clock ticks */
    uint32_t hash_high;                  /* of the hash of the ends: what the index goes by */
    void *beside;                        /* while it is open: see flow_guest_beside */
};

/* What the table asks, of a caller who knows protocols. `context` is the caller's. */
struct flow_asks {
    /* Who is to read what comes on a port? NULL: nobody. */
    const struct service *(*service_at)(const void *context, uint16_t port);
    /* Both ends have a port that is read (`as_server`: by whom, if that end is the server). Which one is the
     * client, by the first bytes of each, if they are at hand? Negative: that does not tell. */
    int (*client_of)(
        const void *context, const struct service *const as_server[2], const struct bytes first[2]);
    /* Do a client's first bytes make no sense, if it says no more? */
    bool (*is_nothing)(void *context, const struct service *service, struct bytes first);
    /* Of an open flow of which one side alone was seen: is there already something that is worth keeping? */
    bool (*is_worth_keeping)(const void *guest);
};

struct flow_limits {
    size_t memory_bytes; /* of everything together */
    size_t guest_bytes;  /* of what the caller keeps for each open flow (flow_guest), */
    size_t beside_bytes; /* ... and of what seldom more than the front is touched of (flow_guest_beside) */
};

enum flow_event_kind {
    FLOW_NOTHING, /* is never yielded */
    FLOW_BEGIN,   /* the sides are known: comes once, before all others */
    FLOW_BYTES,
    FLOW_GAP,
    FLOW_FIN,
    FLOW_RST,
    /* An open flow is to be settled now, because */
    FLOW_SILENCE,  /* the server acknowledged for HOLE_NS and said nothing */
    FLOW_GIVEN_UP, /* room for others is needed */
    FLOW_OVER,     /* it is closed, idle, or the capture is over */
    /* Of a settled one: */
    FLOW_LATER,     /* a packet came: `segment` */
    FLOW_FORGOTTEN, /* it goes after this event */
};

struct flow_event {
    enum flow_event_kind kind;
    enum side from;
    bool whole[SIDE_COUNT];        /* a SYN told where this side begins, and nothing of it was lost so far */
    struct bytes bytes;            /* all that can be read now; valid until the next flow_ call */
    const struct segment *segment; /* FLOW_LATER */
};

/* What TCP tells of an open flow. */
struct flow_facts {
    struct endpoint ends[SIDE_COUNT];
    struct packet_ref first, last;
    uint8_t macs[SIDE_COUNT][6];
    bool has_macs;
    uint8_t vlan_count;
    uint16_t vlans[LINK_VLANS_MAX];
    enum tunnel tunnel;
    uint32_t tunnel_id;
    /* the client's own MAC address: its packets came, outside of any tunnel, as no router leaves them */
    bool client_attached;
    bool seen[SIDE_COUNT]; /* a segment of this side was captured */
    bool is_heard;         /* something is known of the server */
    /* One side acknowledges what was seen of the other; or, where one alone was captured, its
     * acknowledgements move. Who forges segments and never sees an answer does not know the other
     * side's numbers. */
    bool is_confirmed;
    /* the server acknowledged the client's last bytes and said nothing after them */
    bool is_silent;
    /* what it says another one between the same ends says just now: it is the same connection, seen
     * on the other side of a firewall that shifts sequence numbers, and not to be recorded again */
    bool is_copy;
};

struct flow_counts {
    uint64_t fates[FATE_COUNT]; /* of the segments */
    uint64_t flows;             /* begun, */
    uint64_t copies;            /* ... and found out to be others again, with other numbers: see copies.h */
    uint64_t syns;
    /* connections whose SYN was seen, and no payload, or first bytes that nobody answered and that
     * make no sense: forgotten, or the capture is over */
    uint64_t scans;
    uint64_t waiting; /* that are not forgotten yet, and nothing followed */
    uint64_t gaps, gap_bytes;
    uint64_t overlaps;          /* segments that overlapped waiting bytes with other bytes: first copy won */
    uint64_t given_up_flows;    /* stubs forgotten to make room */
    uint64_t given_up_sessions; /* open sessions ended early to make room */
};

/* flow_table_open reserves everything. NULL: no address space, or too little memory for even a few flows. */
struct flow_table *flow_table_open(
    const struct flow_limits *limits, const struct flow_asks *asks, void *context);
void flow_table_close(struct flow_table *table);

/* Where a segment is decoded into. Its link is the datagram's, or stays with the caller while it waits. */
struct flow_place {
    struct datagram datagram;
    struct segment segment;
};

/* flow_table_place lends the place of the next segment, of unknown content, until flow_table_hear. */
struct flow_place *flow_table_place(struct flow_table *table);
/* flow_table_hear takes the segment that was put there, of a source, one port of which is read. It may wait
 * for the next ones, so that what they will need is fetched together; its payload is copied if it does. True:
 * flow_table_next is to be asked. */
bool flow_table_hear(struct flow_table *table, uint64_t source);
/* flow_table_catch_up lets none wait. */
void flow_table_catch_up(struct flow_table *table);
/* flow_table_next yields the next event and whose it is; NULL: nothing until the next segment. To
 * be asked until then after each flow_table_hear that says so, and after _catch_up, _clock and
 * _flush: it is also what keeps room for the next segment. */
struct flow *flow_table_next(struct flow_table *table, struct flow_event *event);

/* flow_guest lends an open flow's memory that is the caller's, of unknown content at first; _beside lends
 * more of it. FLOW_GUEST_FRONT_BYTES of the one and FLOW_BESIDE_FRONT_BYTES of the other are fetched ahead:
 * what most events touch is to stand there. Guests lie close together, so that those of many open flows find
 * room in the cache. */
void *flow_guest(const struct flow *flow);
void *flow_guest_beside(const struct flow *flow);
/* flow_read_facts tells what TCP knows of an open flow by now. */
void flow_read_facts(const struct flow *flow, struct flow_facts *facts);
/* flow_take says how many of the last FLOW_BYTES were taken; the rest is kept and shown again, with more. */
void flow_take(struct flow_table *table, struct flow *flow, enum side from, size_t len);
/* flow_settle closes an open flow's books: guest and all that waits are given back; the flow stays,
 * so that later packets are known as such. */
void flow_settle(struct flow_table *table, struct flow *flow, uint64_t observation);
/* flow_ends_with: the segment of a settled session is probably its last: both sides had closed it, or one
 * broke it off. Not where its time may be corrected, or packets may have been held back. */
bool flow_ends_with(const struct flow *flow, const struct segment *segment);
/* flow_is_short_lived: the server ended the settled session within SHORT_BYTES after that. */
bool flow_is_short_lived(const struct flow *flow);

/* flow_table_flush: the capture is over; flow_table_next then ends every flow. Afterwards the table
 * is as new. */
void flow_table_flush(struct flow_table *table);
/* flow_table_correct: the time of a packet that was doubted has turned out to be another. */
void flow_table_correct(struct flow_table *table, uint64_t source, uint64_t number, int64_t time_ns);
/* flow_table_clock tells the time of capture where no packet does (live, quiet). */
void flow_table_clock(struct flow_table *table, int64_t time_ns);

const struct flow_counts *flow_table_counts(struct flow_table *table);

/* flow_table_awaits: may more be said of something that began in sources that are `wanted`: of an open
 * connection, of a settled one that stands in the ledger, of a first segment that nobody answered? Looks at
 * all flows, if there is none. */
bool flow_table_awaits(const struct flow_table *table,
    bool (*wanted)(const void *context, uint64_t source), const void *context);

#endif

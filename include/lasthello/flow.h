/* SPDX-License-Identifier: BSD-2-Clause */
/* flow.h: connections: who talks with whom, and each direction's bytes in order.
 *
 * The table lends a flow for each connection that carries payload on a port of ours. flow_push gives it a segment,
 * flow_next yields what has become readable, in causal order: bytes of one side whose sender had seen bytes of the
 * other come after those, in whatever order the packets were captured. Where neither had seen the other's, and both
 * are at hand, the client's come first; a FIN or RST comes after all data that it may have crossed on its way.
 * Missing bytes are waited for (HOLE_PACKETS packets of the flow, HOLE_NS of capture time, the flow's end, or
 * want of memory), then reported as a gap, never guessed.
 *
 * Nothing is kept for a bare SYN but a row of a fixed-size memory. All memory is reserved at the start; what must be
 * given up is given up oldest-first and counted: first of all flows of which only one side was seen, and no hello of
 * that, which may never be more than a small part of all (a flood of forged addresses). The table is not thread-safe:
 * one a worker. */
#ifndef LASTHELLO_FLOW_H
#define LASTHELLO_FLOW_H

#include <lasthello/dissector.h>

#define STREAM_BYTES_MAX 65536              /* undelivered bytes of one direction */
#define HOLE_PACKETS     16                 /* of the same flow, after a hole was noticed */
#define START_PACKETS    8                  /* of the same flow, for what may precede the first bytes seen */
#define HOLE_NS          (30 * NANOSECONDS) /* so long without news, a server that only acknowledges is silent, too */
#define FLOW_LINGER_NS   (2 * NANOSECONDS)  /* after RST, or FIN of both sides, for what was reordered */
#define FLOW_IDLE_NS     (7200 * NANOSECONDS)

struct flow_table;

/* Was the source asked to hold back a flow's packets? How far its ends have come is not known then. */
enum flow_held {
    FLOW_HELD_NEVER,
    FLOW_HELD_NOW,
    FLOW_HELD_BEFORE, /* its packets come again */
};

/* A connection. What a caller reads comes first; the rest is the table's own. */
struct flow {
    struct reader *reader;         /* while the session is open; NULL once it is settled */
    const struct service *service; /* valid from FLOW_BEGIN on */
    uint64_t observation;          /* where the ledger put it, once settled; 0: nowhere */
    struct mark last;
    uint32_t amended_s; /* the `last` that the ledger knows, in seconds: the caller's */

    uint8_t held : 2;     /* enum flow_held: the caller's */
    uint8_t list : 4;
    uint8_t client : 1;   /* which of `ends` is the client */
    uint8_t agrees : 1;   /* an end's acknowledgement told of the other end's sequence numbers */
    uint8_t marks;        /* FLOW_MARK_ */
    uint16_t path : 15;   /* tells VLANs and tunnels apart */
    uint16_t is_copy : 1; /* of another connection, with other numbers: see copies.h */
    _Alignas(8) struct endpoint ends[2]; /* in the order of the table's key */
    uint32_t high[2];                    /* an end's highest sequence number seen */
    uint32_t settled_at[2];              /* ... delivered when the session was settled */
    uint32_t end_acknowledgement;        /* what the server had seen when it ended the connection */
    uint32_t older, younger;             /* neighbours in a list of flows */
    uint32_t touched;                    /* clock ticks */
    uint32_t hash_high;                  /* of the hash of the ends: what the index goes by */
};

struct flow_key {
    uint64_t hash; /* of both endpoints: the same for both directions */
    int from;      /* which of a flow's ends sent the segment */
};

#define FIRST_WORDS_BYTES 512 /* longer segments do not wait */

/* A segment that waits, whole. */
struct words {
    struct segment segment; /* its windows are of what follows */
    struct flow_key key;
    uint64_t source; /* its id (session.h: struct mark) */
    uint32_t since;  /* clock ticks: the table's own */
    struct link link;
    uint8_t payload[FIRST_WORDS_BYTES];
};

enum flow_event_kind {
    FLOW_BEGIN, /* the sides are known and the session says who, where and when: the reader may begin; comes once */
    FLOW_BYTES,
    FLOW_GAP,
    FLOW_FIN,
    FLOW_RST,
};

struct flow_event {
    enum flow_event_kind kind;
    enum side from;
    struct bytes bytes; /* all that can be read now; valid until the next flow_ call */
};

struct flow_limits {
    size_t memory_bytes; /* of everything together */
};

struct flow_counts {
    uint64_t flows; /* begun */
    uint64_t syns;
    uint64_t scans; /* connections whose SYN was seen, and no payload, or first words that nobody recalled: forgotten,
                     * or the capture is over */
    uint64_t gaps, gap_bytes;
    uint64_t overlaps;          /* segments that overlapped waiting bytes with other bytes: first copy won */
    uint64_t given_up_flows;    /* stubs forgotten to make room */
    uint64_t given_up_sessions; /* open sessions ended early to make room */
};

/* flow_table_open reserves everything. NULL: no address space, or too little memory for even a few flows. */
struct flow_table *flow_table_open(const struct flow_limits *limits);
void flow_table_close(struct flow_table *table);

/* flow_table_key tells whose a segment is, as far as its endpoints do. */
struct flow_key flow_table_key(const struct flow_table *table, const struct segment *segment);
/* flow_table_expect begins to fetch from memory what flow_table_find will need for a segment that comes soon. */
void flow_table_expect(const struct flow_table *table, uint64_t hash);

/* flow_table_find finds or begins the flow of a segment (and its key), one port of which is served (`services`), or
 * which is to be looked into (services->discover). NULL with `fate` set: FATE_NO_FLOW (nothing known and no payload: a
 * SYN is remembered), FATE_SETTLED (of a session that was recorded and forgotten), FATE_NOT_MAIL (its SYN tells that
 * the port which is served is the client's), FATE_GIVEN_UP (no room). A settled
 * flow (no reader) needs nothing more: its last mark is up to date. An open one wants flow_push and flow_next.
 * After a new SYN (reused port) the new connection's payload begins a new flow; the old one lingers for its own. */
struct flow *flow_table_find(struct flow_table *table, const struct segment *segment, const struct flow_key *key,
    const struct services *services, uint64_t source, enum fate *fate);

/* flow_table_may_wait: is the segment what a client said first, whose SYN was seen, and nothing of its server? Whoever
 * finds that it makes no sense so far may have it kept (it is copied) in place of beginning a flow. */
bool flow_table_may_wait(struct flow_table *table, const struct segment *segment, const struct flow_key *key);
void flow_table_keep(struct flow_table *table, const struct segment *segment, const struct flow_key *key,
    uint64_t source);
/* flow_table_recall, to be asked before flow_table_find: what was kept of this segment's connection, for
 * flow_table_find to be given first. Valid until the next flow_table_keep. NULL: nothing. What is never recalled is a
 * scan. */
const struct words *flow_table_recall(struct flow_table *table, const struct segment *segment,
    const struct flow_key *key);

/* flow_push gives an open flow the segment that found it, of its end `from` (flow_key). FATE_USED, or FATE_DUPLICATE if
 * it said nothing new. */
enum fate flow_push(struct flow_table *table, struct flow *flow, const struct segment *segment, int from);
/* flow_next yields the next event of an open flow; false: nothing until the next packet. Before a FIN or RST the
 * session has been told what only TCP can tell. */
bool flow_next(struct flow_table *table, struct flow *flow, struct flow_event *event);
/* flow_take says how many of the last FLOW_BYTES were taken; the rest is kept and shown again, with more. */
void flow_take(struct flow_table *table, struct flow *flow, enum side from, size_t len);
/* flow_settle gives back the reader and all that waits; the flow stays, so that later packets are known as such. */
void flow_settle(struct flow_table *table, struct flow *flow, uint64_t observation);
/* flow_is_heard: of an open flow, was anything seen of its server? */
bool flow_is_heard(const struct flow *flow);
/* flow_is_copy: an open flow said, in both directions, what another one between the same ends says just now: it is the
 * same connection, seen on the other side of a firewall that shifts sequence numbers, and not to be recorded again. */
bool flow_is_copy(const struct flow *flow);
/* flow_is_short_lived: the server ended the settled session within SHORT_LIVED_BYTES after that. */
bool flow_is_short_lived(const struct flow *flow);

/* What is due: each must first be read (flow_next) if it is open. Then: */
enum flow_due {
    FLOW_DUE_READ,      /* nothing: its patience is over, what waited can be read */
    FLOW_DUE_SILENCE,   /* end its reader with ENDING_SILENCE and settle it */
    FLOW_DUE_GIVEN_UP,  /* end its reader with ENDING_GIVEN_UP and settle it: room for another session is needed */
    FLOW_DUE_OVER,      /* closed, idle, or the capture is over: end with ENDING_CAPTURE_OVER, settle, then drop it */
    FLOW_DUE_FORGOTTEN, /* room for another flow is needed: end with ENDING_GIVEN_UP, settle, then drop it */
};
/* flow_table_due yields, one a call, the flows that something is due for; NULL: none. To be called until then after
 * each packet: it is also what keeps room for the next one. */
struct flow *flow_table_due(struct flow_table *table, enum flow_due *due);
/* flow_table_drop forgets a flow. */
void flow_table_drop(struct flow_table *table, struct flow *flow);
/* flow_table_flush makes flow_table_due yield every flow: the capture is over. Afterwards the table is as new. */
void flow_table_flush(struct flow_table *table);
/* flow_table_correct: the time of a packet that was doubted has turned out to be another. */
void flow_table_correct(struct flow_table *table, uint64_t source, uint64_t number, int64_t time_ns);
/* flow_table_clock tells the time of capture where no packet does (live, quiet). */
void flow_table_clock(struct flow_table *table, int64_t time_ns);

const struct flow_counts *flow_table_counts(struct flow_table *table);

#endif

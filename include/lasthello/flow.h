/* SPDX-License-Identifier: BSD-2-Clause */
/* flow.h: connections: who talks with whom, and each direction's bytes in order.
 *
 * The table lends a flow for each connection that carries payload on a mail port. flow_push gives it a segment,
 * flow_next yields what has become readable, in causal order: bytes of one side that acknowledge bytes of the other
 * come after those, in whatever order the packets were captured. Missing bytes are waited for (HOLE_PACKETS packets of
 * the flow, HOLE_NS of capture time, the flow's end, or want of memory), then reported as a gap, never guessed.
 *
 * Nothing is kept for a bare SYN but a row of a fixed-size memory. All memory is reserved at the start; what
 * must be given up is given up oldest-first and counted. The table is not thread-safe: one a worker. */
#ifndef LASTHELLO_FLOW_H
#define LASTHELLO_FLOW_H

#include <lasthello/dissector.h>
#include <lasthello/session.h>

#define STREAM_BYTES_MAX 65536          /* undelivered bytes of one direction */
#define HOLE_PACKETS 16                 /* of the same flow, after a hole was noticed */
#define HOLE_NS (30 * NANOSECONDS)
#define FLOW_LINGER_NS (2 * NANOSECONDS) /* after FIN or RST of both sides, for what was reordered */
#define FLOW_IDLE_NS (2 * 3600 * NANOSECONDS)
#define SILENCE_NS (30 * NANOSECONDS)   /* a server that only acknowledges: DESIGN 5 `refused_by` */

struct flow_table;

struct stream { /* one direction */
    uint32_t next;        /* sequence number of the next byte to deliver */
    uint32_t end;         /* highest sequence number known to have been sent: seen, or acknowledged by the other */
    uint32_t delivered_acknowledgement;
    bool started;         /* `next` is known */
    bool fin_seen;
    bool rst_seen;
    bool ended;           /* its FIN or RST was delivered */
    struct stream_buffer *buffer; /* NULL: nothing waits */
};

struct flow {
    struct endpoint endpoints[SIDE_COUNT];
    struct stream streams[SIDE_COUNT];
    struct mark first;
    struct mark last;
    struct dialogue *dialogue;     /* while the session is open; NULL once it is settled */
    const struct service *service;
    uint64_t observation;          /* where the ledger put it, once settled; 0: nowhere */
    int64_t amended_ns;            /* the `last` that the ledger knows */
    uint32_t settled_at[SIDE_COUNT]; /* sequence numbers at that time, for short_lived */
    bool held;                     /* the source was asked to hold back its packets: the caller's */
    /* the table's own: */
    uint32_t hash_next, older, younger;
    uint8_t list;
    uint8_t hole_packets;
    int64_t hole_since_ns;
    int64_t client_spoke_ns;  /* the client's last payload */
    int64_t server_acked_ns;  /* the server's last acknowledgement of it, no payload after it */
};

enum flow_event_kind {
    FLOW_NOTHING, /* until the next packet */
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
    size_t memory_bytes; /* of all pools together */
};

struct flow_counts {
    uint64_t flows;          /* begun */
    uint64_t scans;          /* SYNs remembered that were never followed by payload (estimate: overwritten or aged) */
    uint64_t gaps, gap_bytes;
    uint64_t given_up_flows;   /* stubs forgotten to make room */
    uint64_t given_up_sessions; /* open sessions ended early to make room */
    uint64_t overlaps;       /* segments that overlapped others with other bytes: first copy won */
    uint64_t syns;
};

/* flow_table_open reserves everything. NULL: no address space. */
struct flow_table *flow_table_open(const struct flow_limits *limits, struct workspace *workspace);
void flow_table_close(struct flow_table *table);

/* flow_table_find finds or begins the flow of a segment; `service` comes from the port, `server` tells which of the
 * segment's endpoints has it. NULL with `fate` set: FATE_NO_FLOW (no payload, nothing known: a SYN is remembered),
 * FATE_GIVEN_UP. `fate` is FATE_SETTLED where the session is (its last mark and streams are updated: nothing
 * else to do), FATE_USED or FATE_DUPLICATE after flow_push. A new SYN on a known flow (reused port) makes the old
 * one ready for flow_table_ended and begins another. */
struct flow *flow_table_find(struct flow_table *table, const struct segment *segment, const struct service *service,
    uint64_t source, enum fate *fate);

/* flow_push gives an open flow the segment. FATE_USED, or FATE_DUPLICATE if it said nothing new. */
enum fate flow_push(struct flow_table *table, struct flow *flow, const struct segment *segment);
/* flow_next yields the next event of an open flow; false: nothing until the next packet. */
bool flow_next(struct flow_table *table, struct flow *flow, struct flow_event *event);
/* flow_take says how many of the event's bytes the dissectors took; the rest is kept and shown again, with more. */
void flow_take(struct flow_table *table, struct flow *flow, enum side from, size_t len);
/* flow_settle drops the dialogue and the streams' buffers; a stub stays, so that the session's later packets are
 * known as such. */
void flow_settle(struct flow_table *table, struct flow *flow, uint64_t observation);

/* flow_table_ended yields, one a call, flows that are over by the clock (silence, closed and lingered, idle), that a new
 * connection replaced, or that memory was needed for; NULL: none. `ending` says why. A flow with a dialogue must be
 * concluded by the caller; ENDING_SILENCE leaves the flow in the table, the others need flow_table_drop after. */
struct flow *flow_table_ended(struct flow_table *table, enum ending *ending);
/* flow_table_flush makes every flow be yielded by flow_table_ended (ENDING_CAPTURE_OVER): the capture is over. */
void flow_table_flush(struct flow_table *table);
/* flow_table_drop forgets a flow that flow_table_ended yielded. */
void flow_table_drop(struct flow_table *table, struct flow *flow);
/* flow_table_clock tells the time of capture where no packet does (live, quiet). */
void flow_table_clock(struct flow_table *table, int64_t time_ns);

const struct flow_counts *flow_table_counts(const struct flow_table *table);

#endif

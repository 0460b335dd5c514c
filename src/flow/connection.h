/* SPDX-License-Identifier: BSD-2-Clause */
/* connection.h: a flow while its session is open: two streams, and who may speak next.
 *
 * An end is one of the two endpoints (0 or 1, as in flow->ends), and `from` the one that sent a segment. A
 * stream closes by a FIN or RST. A range of bytes begins `at` a number and goes up to, without, `to`. */
#ifndef LASTHELLO_FLOW_CONNECTION_H
#define LASTHELLO_FLOW_CONNECTION_H

#include "flow_table.h"
#include "sequence.h"

enum stream_close {
    STREAM_OPEN,
    STREAM_FIN,
    STREAM_RST,
};

struct stream {            /* one direction */
    uint32_t first;        /* where it started, if it did, */
    uint32_t next;         /* ... and the sequence number of the next byte to show */
    uint32_t known_to;     /* bytes before it are known to have been sent: seen, or acknowledged */
    uint32_t payload_to;   /* the end of the last payload seen, where `spoke` */
    uint32_t acknowledged; /* the highest acknowledgement this side said, where `acknowledges` */
    /* ... once, where `claims`: more than the other side is known to have sent */
    uint32_t claimed;
    uint32_t answered;              /* ... together with payload, where `spoke` */
    uint32_t close_at;              /* where its FIN or RST stands */
    uint32_t close_acknowledgement; /* what its sender had seen by then, where `close_acknowledges` */
    uint32_t cut_to;                /* where `is_cut`: up to here the snapshot length cut off what is next */
    uint32_t waiting_since;         /* clock ticks */
    uint8_t waited;                 /* packets of the flow since a hole was noticed */
    uint8_t close_waited;           /* ... since its FIN or RST was seen */
    uint8_t strays;                 /* segments in a row that are far from this stream */
    uint8_t close;                  /* enum stream_close */
    bool started : 1;               /* `next` is known */
    bool from_syn : 1;              /* ... from a SYN */
    bool lost : 1;                  /* something of it */
    bool seen : 1;                  /* any segment of this side */
    /* so long unseen that the other side does not wait for it: a one-sided capture */
    bool absent : 1;
    bool acknowledges : 1, claims : 1, spoke : 1, close_acknowledges : 1, is_cut : 1;
    bool close_shown : 1;
    bool dropped : 1;             /* bytes that were shown and not taken found no room */
    struct pushed *pushed;        /* the table's, while that is neither shown nor stored; NULL: nothing */
    struct stream_buffer *buffer; /* NULL: nothing waits */
};

struct told {          /* what an end's own segments told, RSTs aside: see flow.h, is_confirmed */
    bool is_heard;     /* there was one */
    bool has_reach;    /* `reach` is known */
    bool acknowledges; /* `lowest` and `highest` are known */
    bool has_bytes;    /* `bytes` is known */
    uint32_t bytes;    /* where its first bytes stand, */
    uint32_t reach;    /* up to where it said something, */
    uint32_t lowest;   /* ... and what it acknowledged */
    uint32_t highest;
};

/* What each segment touches comes first: up to `as_server`, where it has no payload. */
struct connection {
    struct stream streams[2]; /* by end, as in flow->ends */
    struct path path;
    struct told told[2];                /* by end */
    uint8_t said[2];                    /* payloads that were compared, by end */
    uint8_t copied;                     /* bit for each end: another connection said the same */
    bool differs;                       /* ... and something else as well */
    bool has_sibling;                   /* an older one is known between the two, */
    bool has_younger;                   /* ... or one that began later */
    bool is_doubled;                    /* what was said came again, far from its numbers */
    bool decided;                       /* who is the server */
    bool begun;                         /* FLOW_BEGIN was yielded */
    bool hurried;                       /* patience is over: show all that is there, now */
    const struct service *as_server[2]; /* who reads it, if that end is the server */
    uint64_t hash;
    struct packet_ref first;
    _Alignas(16) uint8_t guest[];
};

static inline int end_of_side(const struct flow *flow, enum side side)
{
    return side == SIDE_CLIENT ? flow->client : 1 - flow->client;
}

static inline enum side side_of_end(const struct flow *flow, int end)
{
    return end == flow->client ? SIDE_CLIENT : SIDE_SERVER;
}

/* first_byte: the number of a segment's first byte of payload. */
static inline uint32_t first_byte(const struct segment *segment)
{
    return segment->sequence + ((segment->flags & SEGMENT_SYN) != 0);
}

/* ---- connection_facts.c -------------------------------------------------------------------------- */

/* flow_is_heard: of an open flow, is anything known of its server? */
bool flow_is_heard(const struct flow *flow);
/* connection_is_silent: the server acknowledged the client's last bytes and said nothing after them. */
bool connection_is_silent(const struct flow *flow);
/* connection_read_whole: by side, did a SYN tell where it begins, and was nothing of it lost so far? */
void connection_read_whole(const struct flow *flow, bool whole[SIDE_COUNT]);
/* connection_note_told notes what an end said, */
void connection_note_told(struct connection *connection, const struct segment *segment, int end);
/* ... _reach: that it said something before this number, */
void connection_note_reach(struct told *told, uint32_t reach);
/* ... _acknowledgement: and that it acknowledged this. */
void connection_note_acknowledgement(struct told *told, uint32_t acknowledgement);
/* connection_is_confirmed: see flow.h. */
bool connection_is_confirmed(const struct connection *connection);

/* ---- connection_begin.c -------------------------------------------------------------------------- */

/* connection_begin fills a flow's connection, from what the SYN memory knows (NULL: nothing). */
void connection_begin(struct flow_table *table, struct flow *flow, struct syn_row *row);
/* connection_learn tells streams that have not started what a SYN says of them. False: it is another
 * connection's. */
bool connection_learn(struct flow_table *table, struct flow *flow, struct syn_row *row);
/* connection_start_streams starts those that can be. */
void connection_start_streams(struct flow_table *table, struct flow *flow);

/* ---- connection.c, connection_push.c ------------------------------------------------------------- */

/* connection_next yields the next event of an open flow; false: nothing until the next packet. */
bool connection_next(struct flow_table *table, struct flow *flow, struct flow_event *event);
/* connection_push gives an open flow the segment that found it, of its end `from`. FATE_USED, or
 * FATE_DUPLICATE if it said nothing new. */
enum fate connection_push(
    struct flow_table *table, struct flow *flow, const struct segment *segment, int from);

/* ---- flow_find.c, flow_due.c --------------------------------------------------------------------- */

/* flow_look_up finds the flow that a segment is nearest to, by its endpoints and numbers. NULL: none. */
struct flow *flow_look_up(
    const struct flow_table *table, const struct segment *segment, const struct flow_key *key);
/* flow_table_find finds or begins the flow of a segment, one port of which is read. NULL with
 * `fate` set: FATE_NO_FLOW (nothing known and no payload: a SYN is remembered; or its receiver
 * drops it), FATE_SETTLED (of a session that was recorded and forgotten), FATE_NOT_MAIL (its SYN
 * tells that the port which is read is the client's), FATE_GIVEN_UP (no room). After a new SYN
 * (reused port) the new connection's payload begins a new flow; the old one lingers for its own. */
struct flow *flow_table_find(struct flow_table *table, const struct segment *segment,
    const struct flow_key *key, uint64_t source, enum fate *fate);
/* flow_list_siblings lets those that a client has just seen broken off by the same server wait no
 * longer: what it tries next is judged by how they came out. */
void flow_list_siblings(struct flow_table *table, const struct flow *begun);
/* flow_table_due yields, one a call, the flows that something is due for; NULL: none. */
struct flow *flow_table_due(struct flow_table *table, enum flow_due *due);

/* ---- stream.c: one direction; `other` is the one it waits for ------------------------------------ */

/* stream_start sets where the stream begins. */
void stream_start(
    struct flow_table *table, struct stream *stream, const struct stream *other, uint32_t sequence);
/* stream_lowest finds the lowest sequence number that waits. False: nothing does. */
bool stream_lowest(const struct stream *stream, uint32_t *lowest);
/* stream_is_waiting: bytes that come next are known to exist and are not there; or the start is unknown. */
bool stream_is_waiting(const struct stream *stream);
bool stream_is_patient(const struct flow_table *table, const struct stream *stream, bool hurried);
/* stream_allows: has the other side's sender seen no more of this stream than was shown? */
bool stream_allows(const struct stream *stream, bool acknowledges, uint32_t acknowledgement);
/* stream_show yields bytes or a known loss, if anything can be shown. */
bool stream_show(struct flow_table *table, struct flow *flow, struct stream *stream,
    const struct stream *other, bool hurried, struct flow_event *event);
/* stream_give_up ends the wait for a hole. True: `event` tells of a gap; false: nothing was known
 * to be missing. */
bool stream_give_up(struct flow_table *table, struct stream *stream, const struct stream *other,
    struct flow_event *event);
/* stream_store keeps a pushed segment that cannot be shown yet. False: no room. */
bool stream_store(
    struct flow_table *table, struct flow *flow, struct stream *stream, const struct stream *other);

/* ---- stream_push.c: what a segment says of its stream -------------------------------------------- */

/* stream_push notes a segment, whose bytes it leaves in `pushed` if they are to be shown; true: it said
 * something new. */
bool stream_push(
    struct pushed *pushed, struct stream *stream, struct stream *other, const struct segment *segment);
/* stream_is_ahead: does it acknowledge more than is known to have been sent by `other`, of which segments are
 * captured? */
bool stream_is_ahead(const struct stream *other, uint32_t acknowledgement);
/* stream_believe takes what a side claimed to have seen for true. */
void stream_believe(struct stream *stream, struct stream *other);
/* stream_acknowledge notes what a side acknowledged. True: it is news. */
bool stream_acknowledge(struct stream *stream, struct stream *other, uint32_t acknowledgement);

#endif

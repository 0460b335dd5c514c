/* SPDX-License-Identifier: BSD-2-Clause */
/* conversation.h: a flow while its session is open: two streams, and who may speak next. */
#ifndef LASTHELLO_FLOW_CONVERSATION_H
#define LASTHELLO_FLOW_CONVERSATION_H

#include "flow_table.h"
#include "sequence.h"

enum stream_end {
    STREAM_OPEN,
    STREAM_FIN,
    STREAM_RST,
};

struct stream {                   /* one direction */
    uint32_t first;               /* where it started, if it did, */
    uint32_t next;                /* ... and the sequence number of the next byte to show */
    uint32_t known_end;           /* bytes before it are known to have been sent: seen, or acknowledged */
    uint32_t payload_end;         /* the end of the last payload seen, where `spoke` */
    uint32_t acknowledged;        /* the highest acknowledgement this side said, where `acknowledges` */
    uint32_t claimed;             /* ... once, where `claims`: more than the other side is known to have sent */
    uint32_t answered;            /* ... together with payload, where `spoke` */
    uint32_t end_at;              /* where its FIN or RST stands */
    uint32_t end_acknowledgement; /* what its sender had seen by then, where `end_acknowledges` */
    uint32_t cut_to;              /* where `is_cut`: up to here the snapshot length cut off what comes next */
    uint32_t waiting_since;       /* clock ticks */
    uint8_t waited;               /* packets of the flow since a hole was noticed */
    uint8_t end_waited;           /* ... since its FIN or RST was seen */
    uint8_t strays;               /* segments in a row that are far from this stream */
    uint8_t end;                  /* enum stream_end */
    bool started;                 /* `next` is known */
    bool seen;                    /* any segment of this side */
    bool absent;                  /* so long unseen that the other side does not wait for it: a one-sided capture */
    bool acknowledges, claims, spoke, end_acknowledges, is_cut;
    bool end_shown;
    bool dropped; /* bytes that were shown and not taken found no room */
    bool has_direct;
    struct range direct;          /* the segment that was pushed, while it is neither shown nor stored */
    struct bytes direct_bytes;    /* ... in the packet */
    struct bytes window;          /* the last bytes shown without being stored */
    struct stream_buffer *buffer; /* NULL: nothing waits */
};

struct told {       /* what an end said at all, however often the wire showed it */
    uint8_t count;  /* of different segments; more than 2 are 2 */
    uint32_t first; /* of the first of them that this flow got: its sequence number, */
    uint32_t end;   /* ... where it ends, */
    uint32_t acknowledgement;
};

struct conversation {
    struct reader reader;            /* first: flow->reader is the address of both */
    struct stream streams[2];        /* by end, as in flow->ends */
    const struct service *offers[2]; /* the service, if that end is the server */
    uint64_t hash;
    struct mark first;
    struct way way;
    uint8_t said[2];      /* payloads that were compared, by end */
    uint8_t copied;       /* bit for each end: another connection between the two said the same */
    bool differs;         /* ... and something else as well */
    bool has_sibling;     /* another one is known between the two */
    struct told told[2];  /* by end */
    bool acknowledged[2]; /* an end, by the other: see session.h */
    bool decided;         /* who is the server */
    bool begun;           /* FLOW_BEGIN was yielded */
    bool hurried;         /* patience is over: show all that is there, now */
};

static inline struct conversation *conversation_of(const struct flow *flow)
{
    return (struct conversation *)flow->reader;
}

/* conversation_begin fills a flow's conversation, from what the SYN memory knows (NULL: nothing). */
void conversation_begin(struct flow_table *table, struct flow *flow, struct syn_row *row);
/* conversation_learn tells streams that have not started what a SYN says of them. False: it is another
 * connection's. */
bool conversation_learn(struct flow_table *table, struct flow *flow, struct syn_row *row);
/* conversation_note_facts tells the session what only TCP can tell. */
void conversation_note_facts(const struct flow *flow);
/* conversation_is_silent: the server acknowledged the client's last bytes and said nothing after them. */
bool conversation_is_silent(const struct flow *flow);

/* ---- stream.c: one direction; `other` is the one it waits for ------------------------------------ */

/* stream_start sets where the stream begins. */
void stream_start(struct flow_table *table, struct stream *stream, const struct stream *other, uint32_t sequence);
/* stream_lowest finds the lowest sequence number that waits. False: nothing does. */
bool stream_lowest(const struct stream *stream, uint32_t *lowest);
/* stream_is_waiting: bytes that come next are known to exist and are not there; or the start is unknown. */
bool stream_is_waiting(const struct stream *stream);
bool stream_is_patient(const struct flow_table *table, const struct stream *stream, bool hurried);
/* stream_allows: has the other side's sender seen no more of this stream than was shown? */
bool stream_allows(const struct stream *stream, bool acknowledges, uint32_t acknowledgement);
/* stream_show yields bytes or a known loss, if anything can be shown. */
bool stream_show(struct flow_table *table, struct flow *flow, struct stream *stream, const struct stream *other,
    bool hurried, struct flow_event *event);
/* stream_give_up ends the wait for a hole. True: `event` tells of a gap; false: nothing was known to be missing. */
bool stream_give_up(struct flow_table *table, struct stream *stream, const struct stream *other,
    struct flow_event *event);
/* stream_store keeps a pushed segment that cannot be shown yet. False: no room. */
bool stream_store(struct flow_table *table, struct flow *flow, struct stream *stream);

/* ---- stream_push.c: what a segment says of its stream -------------------------------------------- */

/* stream_push notes a segment; true: it said something new. */
bool stream_push(struct stream *stream, struct stream *other, const struct segment *segment);
/* stream_believe takes what a side claimed to have seen for true. */
void stream_believe(struct stream *stream, struct stream *other);
/* stream_acknowledge notes what a side acknowledged. True: it is news. */
bool stream_acknowledge(struct stream *stream, struct stream *other, uint32_t acknowledgement);

#endif

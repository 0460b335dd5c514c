/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_rig.h: connections in short, for the tests of the flow room: what is pushed, and what was shown, as text.
 * The log has `c` or `s` for the side, then `:bytes` (bytes shown one after the other are joined), `!` a gap, `.`
 * FIN, `#` RST; `+` a session begins, `|` it is over, `~` the server was silent, `?` it was given up. */
#ifndef LASTHELLO_FLOW_RIG_H
#define LASTHELLO_FLOW_RIG_H

#include <lasthello/dissector.h>
#include <lasthello/flow.h>

#include <stdio.h>
#include <stdlib.h>

#define RIG_LOG_BYTES   4096
#define RIG_GUEST_BYTES 2900 /* as much as a reader needs */
#define ACK             SEGMENT_ACK
#define SYN             SEGMENT_SYN
#define FIN             (SEGMENT_FIN | SEGMENT_ACK)
#define RST             SEGMENT_RST

/* One segment: who says what, where (0: the SYN, 1: the first byte), having seen up to where. */
struct said {
    enum side from;
    uint8_t flags;
    uint32_t at, seen;
    const char *text;
    uint32_t cut; /* bytes of the text that the snapshot length cut off */
};
#define C SIDE_CLIENT
#define S SIDE_SERVER
#define HANDSHAKE                                       \
    {C, SYN, 0, 0, "", 0}, {S, SYN | ACK, 0, 1, "", 0}, \
    {                                                   \
        C, ACK, 1, 1, "", 0                             \
    }

struct rig {
    struct flow_table *table;
    struct service service, others;
    bool reads_all, names_all; /* on every port, without or with a name */
    uint16_t ports[SIDE_COUNT];
    uint32_t isn[SIDE_COUNT];
    struct link link;
    int64_t now_ns;
    uint64_t number;
    size_t hold;         /* the dissector takes bytes only once so many are shown; then all but the last `keep` */
    bool settle_soon;    /* ... and settles at once */
    bool waits;          /* what is said waits until rig_attend, or until the table lets nothing wait */
    bool keeps_segments; /* what nobody answers makes no sense */
    enum side spoke;     /* whose bytes came last in the log */
    bool is_speaking;
    bool acknowledged;       /* the server was silent when it ended */
    struct flow_facts facts; /* of the last one settled */
    bool whole[SIDE_COUNT];  /* at the last event of an open one */
    struct flow *flow;       /* that the last event was of */
    bool is_short_lived;     /* the last one that was forgotten */
    unsigned ends;           /* segments of settled ones that were probably their last */
    enum fate fate;
    char log[RIG_LOG_BYTES];
};

/* Port 143 is read by name; the others are, or are not. */
static inline const struct service *rig_service_at(const void *context, uint16_t port)
{
    const struct rig *rig = context;

    return port == 143 || rig->names_all ? &rig->service : rig->reads_all ? &rig->others
                                                                          : NULL;
}

/* A protocol whose clients begin with "c" and whose servers begin with "s". */
static inline int rig_client_of(const void *context, const struct service *const as_server[2],
    const struct bytes first[2])
{
    (void)context;
    for (int end = 0; end < 2; end++)
        if (bytes_begin_with(first[end], "c") != bytes_begin_with(first[end], "s"))
            return bytes_begin_with(first[end], "c") ? end : 1 - end;
    return (as_server[0]->port == 0) != (as_server[1]->port == 0) ? as_server[0]->port != 0 : -1;
}

static inline bool rig_is_nothing(void *context, const struct service *service, struct bytes first)
{
    (void)service;
    (void)first;
    return ((const struct rig *)context)->keeps_segments;
}

static inline bool rig_is_worth_keeping(const void *guest)
{
    (void)guest;
    return false;
}

static inline struct rig *rig_open(size_t memory_bytes)
{
    static const struct flow_asks asks = {rig_service_at, rig_client_of, rig_is_nothing, rig_is_worth_keeping};
    struct rig *rig = calloc(1, sizeof(*rig));

    if (rig == NULL)
        abort();
    rig->table = flow_table_open(
        &(struct flow_limits){.memory_bytes = memory_bytes, .guest_bytes = RIG_GUEST_BYTES}, &asks, rig);
    rig->service = (struct service){.port = 143, .name = "imap"};
    rig->others = (struct service){.name = "tls"};
    rig->ports[C] = 40000;
    rig->ports[S] = 143;
    rig->isn[C] = 1000;
    rig->isn[S] = 777000;
    rig->now_ns = 1790000000LL * NANOSECONDS;
    return rig;
}

static inline void rig_close(struct rig *rig)
{
    flow_table_close(rig->table);
    free(rig);
}

static inline void rig_log(struct rig *rig, const char *text)
{
    size_t len = strlen(rig->log);

    snprintf(rig->log + len, sizeof(rig->log) - len, "%s", text);
}

static inline void rig_log_mark(struct rig *rig, enum side from, const char *mark)
{
    rig_log(rig, from == C ? "c" : "s");
    rig_log(rig, mark);
    rig->is_speaking = false;
}

static inline void rig_log_bytes(struct rig *rig, enum side from, struct bytes bytes)
{
    char text[64];
    struct bytes piece;

    if (!rig->is_speaking || rig->spoke != from)
        rig_log_mark(rig, from, ":");
    rig->is_speaking = true;
    rig->spoke = from;
    while (bytes.left > 0 && bytes_take(&bytes, bytes.left < 63 ? bytes.left : 63, &piece)) {
        text[piece.left] = '\0';
        if (bytes_copy(piece, text, sizeof(text)))
            rig_log(rig, text);
    }
}

static inline void rig_settle(struct rig *rig, struct flow *flow)
{
    flow_read_facts(flow, &rig->facts);
    rig->acknowledged = rig->facts.is_silent;
    flow_settle(rig->table, flow, 1);
}

static inline void rig_take(struct rig *rig, struct flow *flow, const struct flow_event *event)
{
    size_t len = event->bytes.left < rig->hold ? 0 : event->bytes.left;

    if (len > 0)
        rig_log_bytes(rig, event->from, (struct bytes){event->bytes.data, len});
    flow_take(rig->table, flow, event->from, len);
    if (rig->settle_soon)
        rig_settle(rig, flow);
}

static inline void rig_log_end(struct rig *rig, struct flow *flow, const char *mark)
{
    rig_log(rig, mark);
    rig->is_speaking = false;
    rig_settle(rig, flow);
}

static inline void rig_note(struct rig *rig, struct flow *flow, const struct flow_event *event)
{
    if (event->kind != FLOW_LATER && event->kind != FLOW_FORGOTTEN)
        memcpy(rig->whole, event->whole, sizeof(rig->whole));
    switch (event->kind) {
    case FLOW_BEGIN:
        rig_log(rig, "+");
        rig->is_speaking = false;
        return;
    case FLOW_BYTES:
        rig_take(rig, flow, event);
        return;
    case FLOW_GAP:
        rig_log_mark(rig, event->from, "!");
        return;
    case FLOW_FIN:
        rig_log_mark(rig, event->from, ".");
        return;
    case FLOW_RST:
        rig_log_mark(rig, event->from, "#");
        return;
    case FLOW_SILENCE:
        rig_log_end(rig, flow, "~");
        return;
    case FLOW_GIVEN_UP:
        rig_log_end(rig, flow, "?");
        return;
    case FLOW_OVER:
        rig_log_end(rig, flow, "|");
        return;
    case FLOW_FORGOTTEN:
        rig->is_short_lived = flow_is_short_lived(flow);
        return;
    case FLOW_LATER:
        rig->ends += flow_ends_with(flow, event->segment);
        return;
    case FLOW_NOTHING:
        return;
    }
}

static inline void rig_attend(struct rig *rig)
{
    struct flow_event event;
    struct flow *flow;

    flow_table_catch_up(rig->table);
    while ((flow = flow_table_next(rig->table, &event)) != NULL) {
        rig->flow = flow;
        rig_note(rig, flow, &event);
    }
}

static inline struct endpoint rig_endpoint(const struct rig *rig, enum side side)
{
    struct endpoint endpoint = {.port = rig->ports[side]};

    endpoint.address.octets[10] = endpoint.address.octets[11] = 0xff;
    endpoint.address.octets[12] = 10;
    endpoint.address.octets[15] = side == C ? 9 : 1;
    return endpoint;
}

static inline struct flow *rig_push(struct rig *rig, const struct segment *segment)
{
    const struct flow_counts before = *flow_table_counts(rig->table);
    const struct flow_counts *after;

    rig->flow = NULL;
    flow_table_place(rig->table)->segment = *segment;
    if (flow_table_hear(rig->table, 1) || !rig->waits)
        rig_attend(rig);
    after = flow_table_counts(rig->table);
    for (size_t fate = 0; fate < FATE_COUNT; fate++)
        if (after->fates[fate] != before.fates[fate])
            rig->fate = (enum fate)fate;
    return rig->flow;
}

/* Says one segment, a millisecond after the one before. */
static inline struct flow *rig_say(struct rig *rig, const struct said *said)
{
    size_t len = strlen(said->text);
    char *copy = malloc(len + 1); /* of its own, so that a sanitizer sees a look at it after its time */
    struct segment segment = {
        .source = rig_endpoint(rig, said->from),
        .destination = rig_endpoint(rig, side_other(said->from)),
        .sequence = rig->isn[said->from] + said->at,
        .acknowledgement = said->flags & ACK ? rig->isn[side_other(said->from)] + said->seen : 0,
        .flags = said->flags,
        .payload = {(const uint8_t *)copy, len - said->cut},
        .payload_len = (uint32_t)len,
        .link = &rig->link,
        .time_ns = rig->now_ns += 1000000,
        .number = ++rig->number,
    };
    struct flow *flow;

    memcpy(copy, said->text, len);
    flow = rig_push(rig, &segment);
    free(copy);
    return flow;
}

static inline void rig_play(struct rig *rig, const struct said *said, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rig_say(rig, &said[i]);
}

static inline void rig_wait(struct rig *rig, int64_t seconds)
{
    rig->now_ns += seconds * NANOSECONDS;
    flow_table_clock(rig->table, rig->now_ns);
    rig_attend(rig);
}

static inline void rig_flush(struct rig *rig)
{
    flow_table_flush(rig->table);
    rig_attend(rig);
}

#endif

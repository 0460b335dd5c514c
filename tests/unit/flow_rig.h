/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_rig.h: conversations in short, for the tests of the flow room: what is pushed, and what was shown, as text.
 * The log has `c` or `s` for the side, then `:bytes` (bytes shown one after the other are joined), `!` a gap, `.`
 * FIN, `#` RST; `+` a session begins, `|` it is over, `~` the server was silent, `?` it was given up, `-` only
 * read. */
#ifndef LASTHELLO_FLOW_RIG_H
#define LASTHELLO_FLOW_RIG_H

#include <lasthello/flow.h>

#include <stdio.h>
#include <stdlib.h>

#define RIG_LOG_BYTES 4096
#define ACK           SEGMENT_ACK
#define SYN           SEGMENT_SYN
#define FIN           (SEGMENT_FIN | SEGMENT_ACK)
#define RST           SEGMENT_RST

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
    struct services services;
    uint16_t ports[SIDE_COUNT];
    uint32_t isn[SIDE_COUNT];
    struct link link;
    int64_t now_ns;
    uint64_t number;
    size_t hold;      /* the dissector takes bytes only once so many are shown; then all but the last `keep` */
    bool settle_soon; /* ... and settles at once */
    bool keeps_words; /* first words that may wait do */
    enum side spoke;  /* whose bytes came last in the log */
    bool is_speaking;
    bool acknowledged;      /* session.hello_acknowledged when it ended */
    struct session session; /* of the last one settled */
    enum fate fate;
    char log[RIG_LOG_BYTES];
};

static inline struct rig *rig_open(size_t memory_bytes)
{
    struct rig *rig = calloc(1, sizeof(*rig));

    if (rig == NULL)
        abort();
    rig->table = flow_table_open(&(struct flow_limits){.memory_bytes = memory_bytes});
    rig->services.rows[1] = (struct service){.port = 143, .name = "imap"};
    rig->services.by_port[143] = 1;
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
    rig->session = flow->reader->session;
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

static inline void rig_read(struct rig *rig, struct flow *flow)
{
    struct flow_event event;

    while (flow->reader != NULL && flow_next(rig->table, flow, &event))
        switch (event.kind) {
        case FLOW_BEGIN:
            rig_log(rig, "+");
            rig->is_speaking = false;
            break;
        case FLOW_BYTES:
            rig_take(rig, flow, &event);
            break;
        case FLOW_GAP:
            rig_log_mark(rig, event.from, "!");
            break;
        case FLOW_FIN:
            rig_log_mark(rig, event.from, ".");
            break;
        case FLOW_RST:
            rig_log_mark(rig, event.from, "#");
            break;
        }
}

static inline void rig_attend(struct rig *rig)
{
    static const char *const marks[] = {"-", "~", "?", "|", "?"};
    enum flow_due due;
    struct flow *flow;

    while ((flow = flow_table_due(rig->table, &due)) != NULL) {
        rig_read(rig, flow);
        if (flow->reader != NULL) {
            rig_log(rig, marks[due]);
            rig->is_speaking = false;
            rig->acknowledged = flow->reader->session.hello_acknowledged;
            if (due != FLOW_DUE_READ)
                rig_settle(rig, flow);
        }
        if (due == FLOW_DUE_OVER || due == FLOW_DUE_FORGOTTEN)
            flow_table_drop(rig->table, flow);
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

static inline struct flow *rig_handle(struct rig *rig, const struct segment *segment, const struct flow_key *key)
{
    struct flow *flow = flow_table_find(rig->table, segment, key, &rig->services, 1, &rig->fate);

    if (flow != NULL && flow->reader != NULL) {
        rig->fate = flow_push(rig->table, flow, segment, key->from);
        rig_read(rig, flow);
    }
    return flow;
}

static inline struct flow *rig_push(struct rig *rig, const struct segment *segment)
{
    const struct flow_key key = flow_table_key(rig->table, segment);
    const struct words *words = flow_table_recall(rig->table, segment, &key);
    struct flow *flow = NULL;

    flow_table_clock(rig->table, segment->time_ns);
    if (words != NULL)
        rig_handle(rig, &words->segment, &words->key);
    if (words == NULL && rig->keeps_words && flow_table_may_wait(rig->table, segment, &key))
        flow_table_keep(rig->table, segment, &key, 1);
    else
        flow = rig_handle(rig, segment, &key);
    rig_attend(rig);
    return flow;
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

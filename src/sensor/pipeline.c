/* SPDX-License-Identifier: BSD-2-Clause */
/* pipeline.c: the straight line of README and docs/architecture.md, as one function. */
#include "pipeline.h"

#define FRAGMENT_SHARE 16 /* of the memory: one part in so many */
#define AMEND_SECONDS  60
#define BULK_BYTES     1000 /* of payload in one segment: such a session is worth the system calls of a shunt */

static const enum fate fate_of_decoded[] = {
    [DECODED_YES] = FATE_USED,
    [DECODED_OTHER] = FATE_NOT_IP,
    [DECODED_MALFORMED] = FATE_MALFORMED,
    [DECODED_CUT_SHORT] = FATE_CUT_SHORT,
    [DECODED_UNKNOWN] = FATE_LINK_UNKNOWN,
};

static const enum fate fate_of_segment[] = {
    [DECODED_YES] = FATE_USED,
    [DECODED_OTHER] = FATE_NOT_TCP,
    [DECODED_MALFORMED] = FATE_MALFORMED,
    [DECODED_CUT_SHORT] = FATE_CUT_SHORT,
    [DECODED_UNKNOWN] = FATE_NOT_TCP,
};

bool pipeline_open(struct pipeline *line, const struct services *services, struct recorder *recorder,
    size_t memory_bytes, struct error *error)
{
    struct flow_limits limits = {.memory_bytes = memory_bytes - memory_bytes / FRAGMENT_SHARE};

    *line = (struct pipeline){.services = services, .recorder = recorder};
    line->fragments = fragments_open(memory_bytes / FRAGMENT_SHARE);
    line->workspace = workspace_open();
    line->flows = flow_table_open(&limits);
    if (line->fragments != NULL && line->workspace != NULL && line->flows != NULL) {
        workspace_serve(line->workspace, services);
        return true;
    }
    pipeline_close(line);
    return error_set(error, "not enough memory for %zu MiB of tables; try a smaller --memory",
        memory_bytes >> 20);
}

void pipeline_close(struct pipeline *line)
{
    flow_table_close(line->flows);
    workspace_close(line->workspace);
    fragments_close(line->fragments);
    *line = (struct pipeline){0};
}

static void count_unknown(struct source_record *source, const struct unknown *unknown)
{
    const size_t count = sizeof(source->unknown) / sizeof(source->unknown[0]);
    size_t row = 0;

    if (unknown->kind == UNKNOWN_NONE)
        return;
    while (row < count - 1 && source->unknown[row].packets > 0 &&
        (source->unknown[row].number != unknown->number || source->unknown[row].kind != unknown->kind))
        row++;
    source->unknown[row].kind = unknown->kind;
    source->unknown[row].number = row < count - 1 ? unknown->number : 0;
    source->unknown[row].packets++;
}

/* From the link header down to the innermost IP packet, made whole. FATE_USED: there is one. */
static enum fate decode_datagram(struct pipeline *line, const struct packet *packet, struct datagram *datagram)
{
    struct unknown unknown = {0};
    enum decoded decoded = frame_decode(packet, datagram, &unknown);

    while (decoded == DECODED_YES) {
        if (!fragments_join(line->fragments, datagram, packet->time_ns))
            return FATE_FRAGMENT_HELD;
        if (!tunnel_possible(datagram))
            return FATE_USED;
        if (datagram->tunnel_depth >= TUNNEL_DEPTH_MAX)
            return FATE_TOO_DEEP;
        decoded = tunnel_open(datagram, &unknown);
        if (decoded == DECODED_OTHER) {
            count_unknown(line->source, &unknown);
            return FATE_NOT_TCP;
        }
    }
    count_unknown(line->source, &unknown);
    return fate_of_decoded[decoded];
}

/* Is one of the ports ours, or is every port to be looked into? */
static bool is_served(const struct services *services, const struct segment *segment)
{
    return services_at(services, segment->destination.port) != NULL ||
        services_at(services, segment->source.port) != NULL || services->discover != NULL;
}

static enum dissected dissect(struct pipeline *line, struct flow *flow, struct flow_event *event)
{
    struct bytes rest = event->bytes;
    enum dissected dissected;

    switch (event->kind) {
    case FLOW_BEGIN:
        reader_begin(flow->reader, flow->service, line->workspace);
        return DISSECTED_MORE;
    case FLOW_BYTES:
        dissected = reader_read(flow->reader, event->from, &rest);
        flow_take(line->flows, flow, event->from, event->bytes.left - rest.left);
        return dissected;
    case FLOW_GAP:
        return reader_gap(flow->reader, event->from);
    case FLOW_FIN:
        return reader_end(flow->reader, event->from, ENDING_FIN);
    case FLOW_RST:
        return reader_end(flow->reader, event->from, ENDING_RST);
    }
    return DISSECTED_MORE;
}

/* Did the client say nothing that makes sense? Where nobody answered or even acknowledged it, it was never seen to be a
 * connection: whoever sends that from forged addresses shall not fill the inventory. */
static bool is_nothing(const struct session *session)
{
    return session->directions == 1 << SIDE_CLIENT && session->gaps == 0 &&
        (session->outcome == OUTCOME_FOREIGN || (session->outcome == OUTCOME_PLAIN && !session->recognised) ||
            (session->outcome == OUTCOME_UNANSWERED && !session->offer.seen));
}

/* Would these bytes be nothing, if a client said no more? */
static bool are_nothing(struct pipeline *line, const struct service *service, struct bytes first)
{
    struct reader *spare = &line->spare;

    session_clear(&spare->session);
    spare->session.whole[SIDE_CLIENT] = true;
    reader_begin(spare, service, line->workspace);
    return (reader_read(spare, SIDE_CLIENT, &first) == DISSECTED_SETTLED ||
               reader_end(spare, SIDE_CLIENT, ENDING_GIVEN_UP) == DISSECTED_SETTLED) &&
        is_nothing(&spare->session);
}

/* Records the session. What --discover looked into on other ports and found to be neither mail nor TLS is
 * nobody's business. */
static void settle(struct pipeline *line, struct flow *flow)
{
    bool scan = !flow_is_heard(flow) && is_nothing(&flow->reader->session);
    bool unwanted = scan || flow_is_copy(flow) ||
        (flow->reader->service == line->services->discover && flow->reader->session.outcome == OUTCOME_FOREIGN);

    line->source->scans += scan;
    flow->amended_s = (uint32_t)(flow->last.time_ns / NANOSECONDS);
    flow_settle(line->flows, flow, unwanted ? 0 : recorder_session(line->recorder, flow->reader));
}

/* Lets the dissectors have all that is readable; settles the flow when they know enough. */
static void read_flow(struct pipeline *line, struct flow *flow)
{
    struct flow_event event;

    while (flow->reader != NULL && flow_next(line->flows, flow, &event))
        if (dissect(line, flow, &event) == DISSECTED_SETTLED)
            settle(line, flow);
}

/* What is learnt of a settled session later: when it was last seen, and whether it soon ended. */
static void amend(struct pipeline *line, struct flow *flow, bool over)
{
    const uint32_t now_s = (uint32_t)(flow->last.time_ns / NANOSECONDS);

    if (flow->observation == 0 || (!over && now_s - flow->amended_s < AMEND_SECONDS))
        return;
    flow->amended_s = now_s;
    if (flow->held == FLOW_HELD_NOW) /* its packets come: the kernel has forgotten it for others */
        flow->held = FLOW_HELD_BEFORE;
    recorder_amend(line->recorder, &(struct amendment){
                                       .observation = flow->observation,
                                       .last = flow->last,
                                       .short_lived = over && flow_is_short_lived(flow),
                                   });
}

/* A settled session that goes on in bulk is for the kernel to hold back. What comes through a tunnel cannot be. */
static void hold_bulk(struct pipeline *line, struct flow *flow, const struct segment *segment)
{
    if (line->hold == NULL || flow->held == FLOW_HELD_NOW || segment->payload_len < BULK_BYTES ||
        segment->link->tunnel != TUNNEL_NONE)
        return;
    flow->held = FLOW_HELD_NOW;
    line->hold(line->holder, segment, flow->observation);
}

/* How a session ends that something is due for. */
static const enum ending ending_of_due[] = {
    [FLOW_DUE_SILENCE] = ENDING_SILENCE,
    [FLOW_DUE_GIVEN_UP] = ENDING_GIVEN_UP,
    [FLOW_DUE_OVER] = ENDING_CAPTURE_OVER,
    [FLOW_DUE_FORGOTTEN] = ENDING_GIVEN_UP,
};

/* Reads, concludes and forgets the flows that have waited long enough, or whose room is needed. */
static void attend_due(struct pipeline *line)
{
    enum flow_due due;
    struct flow *flow;

    while ((flow = flow_table_due(line->flows, &due)) != NULL) {
        read_flow(line, flow);
        if (due == FLOW_DUE_READ)
            continue;
        if (flow->reader != NULL) {
            reader_end(flow->reader, SIDE_CLIENT, ending_of_due[due]);
            settle(line, flow);
        }
        if (due != FLOW_DUE_OVER && due != FLOW_DUE_FORGOTTEN)
            continue;
        amend(line, flow, true);
        flow_table_drop(line->flows, flow);
    }
}

/* A segment on a port of ours: whose it is, and what it says. */
static enum fate converse(struct pipeline *line, const struct segment *segment, const struct flow_key *key,
    uint64_t source)
{
    struct flow *flow;
    enum fate fate;

    flow = flow_table_find(line->flows, segment, key, line->services, source, &fate);
    if (flow == NULL)
        return fate;
    if (flow->reader == NULL) {
        amend(line, flow, false);
        hold_bulk(line, flow, segment);
        return fate;
    }
    fate = flow_push(line->flows, flow, segment, key->from);
    read_flow(line, flow);
    return fate;
}

/* First words that nobody answered and that make no sense are kept, no more. */
static bool keep_first_words(struct pipeline *line, const struct segment *segment, const struct flow_key *key)
{
    const struct service *service = services_at(line->services, segment->destination.port);

    if (service == NULL || !flow_table_may_wait(line->flows, segment, key) ||
        !are_nothing(line, service, segment->payload))
        return false;
    flow_table_keep(line->flows, segment, key, line->source->id);
    return true;
}

/* What its connection said first and was kept comes before a segment. */
static bool recall_first_words(struct pipeline *line, const struct segment *segment, const struct flow_key *key)
{
    const struct words *first = flow_table_recall(line->flows, segment, key);

    if (first == NULL)
        return false;
    converse(line, &first->segment, &first->key, first->source);
    attend_due(line);
    return true;
}

static enum fate catch_up_with(struct pipeline *line, const struct segment *segment, const struct flow_key *key)
{
    flow_table_clock(line->flows, segment->time_ns);
    if (!recall_first_words(line, segment, key) && keep_first_words(line, segment, key))
        return FATE_USED;
    return converse(line, segment, key, line->source->id);
}

void pipeline_catch_up(struct pipeline *line)
{
    struct segments_ahead *ahead = &line->ahead;
    const size_t count = ahead->count;
    struct flow_key keys[SEGMENTS_AHEAD];

    ahead->count = 0;
    ahead->pinned = false;
    for (size_t i = 0; i < count; i++) {
        keys[i] = flow_table_key(line->flows, &ahead->rows[i].segment);
        flow_table_expect(line->flows, keys[i].hash);
    }
    for (size_t i = 0; i < count; i++) {
        line->source->fates[catch_up_with(line, &ahead->rows[i].segment, &keys[i])]++;
        attend_due(line);
    }
}

/* From the frame to a segment on a port of ours, before any look-up. FATE_USED: it is one. */
static enum fate decode_segment(struct pipeline *line, const struct packet *packet, struct datagram *datagram,
    struct segment *segment)
{
    enum fate fate = decode_datagram(line, packet, datagram);

    if (fate == FATE_USED)
        fate = fate_of_segment[segment_decode(datagram, packet, segment)];
    segment->is_time_doubted = line->is_time_doubted;
    return fate == FATE_USED && !is_served(line->services, segment) ? FATE_NOT_MAIL : fate;
}

/* Lets a segment wait for the next ones. */
static void hold(struct pipeline *line)
{
    struct segments_ahead *ahead = &line->ahead;
    const struct segment *segment = &ahead->rows[ahead->count].segment;

    ahead->count++;
    ahead->pinned = ahead->pinned || segment->payload.left > 0;
    if (line->release != NULL && (segment->flags & (SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST)) != 0)
        line->release(line->holder, segment);
}

/* The line for one packet, up to the segment; the rest is converse(). Each stage knows its input and its output, and no
 * other stage. */
static void pipeline_packet(struct pipeline *line, const struct packet *packet)
{
    struct segments_ahead *ahead = &line->ahead;
    struct datagram *datagram = &ahead->rows[ahead->count].datagram;
    struct segment *segment = &ahead->rows[ahead->count].segment;
    enum fate fate = decode_segment(line, packet, datagram, segment);
    bool stays = packet->stays;

    if (fate == FATE_USED) {
        hold(line);
        /* what was joined from fragments lies elsewhere */
        stays = stays && bytes_are_in(segment->payload, packet->data);
    } else {
        line->source->fates[fate]++;
    }
    if (ahead->count == SEGMENTS_AHEAD || (ahead->pinned && !stays))
        pipeline_catch_up(line);
}

/* What was doubted a moment ago was right, or the very first time was wrong. */
static void correct_times(struct pipeline *line)
{
    struct source_record *source = line->source;
    struct time_doubt proved;

    pipeline_catch_up(line);
    while (packet_time_proved(&line->time, &proved)) {
        flow_table_correct(line->flows, source->id, proved.number, proved.time_ns);
        if (proved.number == line->time.first.number)
            source->started_ns = source->ended_ns = proved.time_ns;
    }
}

/* The time of a packet, as far as it can be believed. */
static int64_t believe_time(struct pipeline *line, const struct packet *packet, bool *is_doubted)
{
    struct source_record *source = line->source;
    const int64_t time_ns = packet_time_believe(&line->time, packet->time_ns, packet->number, is_doubted);

    if (line->time.count > 0 && !*is_doubted)
        correct_times(line);
    if (source->packets == 1)
        source->started_ns = source->ended_ns = time_ns;
    if (time_ns > source->ended_ns)
        source->ended_ns = time_ns;
    return time_ns;
}

int64_t pipeline_believes(const struct pipeline *line, int64_t time_ns)
{
    return packet_time_peek(&line->time, time_ns);
}

void pipeline_count(struct pipeline *line, const struct packet *packet)
{
    struct source_record *source = line->source;
    struct packet believed = *packet;

    source->packets++;
    source->bytes += packet->wire_len;
    source->truncated += packet->data.left < packet->wire_len;
    believed.time_ns = believe_time(line, packet, &line->is_time_doubted);
    pipeline_packet(line, &believed);
}

void pipeline_time(struct pipeline *line, int64_t time_ns)
{
    pipeline_catch_up(line);
    flow_table_clock(line->flows, time_ns);
    attend_due(line);
}

void pipeline_flush(struct pipeline *line)
{
    pipeline_catch_up(line);
    flow_table_flush(line->flows);
    attend_due(line);
    line->time = (struct packet_time){.is_running = false};
    fragments_flush(line->fragments);
}

void pipeline_settle_counts(struct pipeline *line)
{
    const struct flow_counts *now = flow_table_counts(line->flows);
    const struct flow_counts *was = &line->counted;
    const struct fragments_counts *fragments = fragments_counts(line->fragments);
    struct source_record *source = line->source;

    pipeline_catch_up(line);
    source->flows += now->flows - was->flows;
    source->scans += now->scans - was->scans;
    source->gaps += now->gaps - was->gaps;
    source->gap_bytes += now->gap_bytes - was->gap_bytes;
    source->overlaps += now->overlaps - was->overlaps;
    source->given_up_flows += now->given_up_flows - was->given_up_flows;
    source->given_up_sessions += now->given_up_sessions - was->given_up_sessions;
    source->fragments_given_up += fragments->given_up - line->fragments_counted.given_up;
    line->counted = *now;
    line->fragments_counted = *fragments;
}

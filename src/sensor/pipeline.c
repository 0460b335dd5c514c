/* SPDX-License-Identifier: BSD-2-Clause */
/* pipeline.c: the conductor: a packet's way down to the events of a connection, an event's way to a
 * stored session. No other file carries a session through the stages. */
#include "pipeline.h"

#define FRAGMENT_SHARE 16 /* of the memory: one part in so many */
#define AMEND_SECONDS  60
#define BULK_BYTES     1000 /* of payload in a segment: worth the system calls of a shunt */

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

/* ---- what the flow table asks ------------------------------------------------------------------- */

static const struct service *service_at(const void *context, uint16_t port)
{
    const struct services *services = ((const struct pipeline *)context)->services;
    const struct service *service = services_at(services, port);

    return service != NULL ? service : services->discover;
}

static bool speaks_as(const struct service *service, enum side side, struct bytes first)
{
    return service->first != NULL && service->first->recognises(side, first);
}

/* Which end says what only a client or only a server of its service does? Else the server's port is
 * the one that is known by its number. */
static int client_of(
    const void *context, const struct service *const as_server[2], const struct bytes first[2])
{
    (void)context;
    for (int end = 0; end < 2; end++) {
        const bool as_client = speaks_as(as_server[1 - end], SIDE_CLIENT, first[end]);

        if (first[end].left > 0 && as_client != speaks_as(as_server[end], SIDE_SERVER, first[end]))
            return as_client ? end : 1 - end;
    }
    return (as_server[0]->port == 0) != (as_server[1]->port == 0) ? as_server[0]->port != 0 : -1;
}

/* Did the client say nothing that makes sense? Where nobody answered or even acknowledged it, it
 * was never seen to be a connection: whoever sends that from forged addresses shall not fill the
 * inventory. */
static bool says_nothing(const struct session *session)
{
    return session->directions == 1 << SIDE_CLIENT && session->gaps == 0 &&
        (session->outcome == OUTCOME_FOREIGN || (session->outcome == OUTCOME_PLAIN && !session->recognised) ||
            (session->outcome == OUTCOME_UNANSWERED && !session->offer.seen));
}

/* Would these bytes be nothing, if a client said no more? */
static bool is_nothing(void *context, const struct service *service, struct bytes first)
{
    struct pipeline *line = context;
    struct reader *spare = &line->spare;

    if (service == line->services->discover)
        return false;
    session_clear(&line->spare_session);
    line->spare_session.whole[SIDE_CLIENT] = true;
    reader_begin(spare, &line->spare_session, service, line->workspace);
    return (reader_read(spare, SIDE_CLIENT, &first) == DISSECTED_SETTLED ||
               reader_end(spare, SIDE_CLIENT, ENDING_GIVEN_UP) == DISSECTED_SETTLED) &&
        says_nothing(spare->session);
}

static bool is_worth_keeping(const void *guest)
{
    return ((const struct reader *)guest)->session->offer.seen;
}

static const struct flow_asks asks = {
    .service_at = service_at,
    .client_of = client_of,
    .is_nothing = is_nothing,
    .is_worth_keeping = is_worth_keeping,
};

/* ---- an event's way ----------------------------------------------------------------------------- */

/* What TCP tells belongs to the session. A PROXY header may have put another client into its endpoints. */
static void note_facts(struct session *session, const struct flow_facts *facts)
{
    session->first = facts->first;
    session->last = facts->last;
    memcpy(session->macs, facts->macs, sizeof(session->macs));
    session->has_macs = facts->has_macs;
    session->vlan_count = facts->vlan_count;
    memcpy(session->vlans, facts->vlans, sizeof(session->vlans));
    session->tunnel = facts->tunnel;
    session->tunnel_id = facts->tunnel_id;
    session->client_attached = facts->client_attached && !session->proxy;
    session->server_silent = facts->is_silent;
    session->unconfirmed = !facts->is_confirmed;
}

static void begin_session(struct pipeline *line, struct flow *flow, struct reader *reader)
{
    struct session *session = flow_guest_beside(flow);
    struct flow_facts facts;

    session_clear(session);
    flow_read_facts(flow, &facts);
    memcpy(session->endpoints, facts.ends, sizeof(session->endpoints));
    note_facts(session, &facts);
    reader_begin(reader, session, flow->service, line->workspace);
}

static enum dissected end_session(
    struct flow *flow, struct reader *reader, enum side from, enum ending ending)
{
    struct flow_facts facts;

    flow_read_facts(flow, &facts);
    note_facts(reader->session, &facts);
    return reader_end(reader, from, ending);
}

static enum dissected read_bytes(struct pipeline *line, struct flow *flow, struct reader *reader,
    const struct flow_event *event)
{
    struct bytes rest = event->bytes;
    const enum dissected dissected = reader_read(reader, event->from, &rest);

    flow_take(line->flows, flow, event->from, event->bytes.left - rest.left);
    return dissected;
}

/* What the dissectors make of an open flow's event. SETTLED: they know enough. */
static enum dissected dissect(struct pipeline *line, struct flow *flow, const struct flow_event *event)
{
    struct reader *reader = flow_guest(flow);

    if (event->kind != FLOW_BEGIN)
        memcpy(reader->session->whole, event->whole, sizeof(reader->session->whole));
    switch (event->kind) {
    case FLOW_BEGIN:
        begin_session(line, flow, reader);
        return DISSECTED_MORE;
    case FLOW_BYTES:
        return read_bytes(line, flow, reader, event);
    case FLOW_GAP:
        return reader_gap(reader, event->from);
    case FLOW_FIN:
        return end_session(flow, reader, event->from, ENDING_FIN);
    case FLOW_RST:
        return end_session(flow, reader, event->from, ENDING_RST);
    case FLOW_SILENCE:
        return end_session(flow, reader, SIDE_CLIENT, ENDING_SILENCE);
    case FLOW_GIVEN_UP:
        return end_session(flow, reader, SIDE_CLIENT, ENDING_GIVEN_UP);
    case FLOW_OVER:
        return end_session(flow, reader, SIDE_CLIENT, ENDING_CAPTURE_OVER);
    case FLOW_NOTHING:
    case FLOW_LATER:
    case FLOW_FORGOTTEN:
        break;
    }
    return DISSECTED_MORE;
}

/* Counts a settled session, and adds what TCP tells of it at last. True: it is to be recorded. What
 * --discover looked into on other ports and found to be neither mail nor TLS is private. */
static bool count_session(struct pipeline *line, const struct flow *flow, struct reader *reader)
{
    struct session *session = reader->session;
    struct flow_facts facts;
    bool scan;

    flow_read_facts(flow, &facts);
    note_facts(session, &facts);
    scan = !facts.is_heard && says_nothing(session);
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        session->directions |= (uint8_t)(facts.seen[side] << side);
    line->source->scans += scan;
    line->copies += !scan && facts.is_copy;
    return !scan && !facts.is_copy &&
        !(reader->service == line->services->discover && session->outcome == OUTCOME_FOREIGN);
}

/* The ledger knows when the session was last seen. */
static void note_amended(struct flow *flow)
{
    flow->amended_s = (uint32_t)(flow->last.time_ns / NANOSECONDS);
    flow->has_news = 0;
}

/* What is learnt of a settled session later: when it was last seen, and whether it soon ended. Told with its
 * last segment, it finds the observation still in the ledger, which else is changed in the inventory. */
static void amend(struct pipeline *line, struct flow *flow, const struct flow_event *event)
{
    const uint32_t now_s = (uint32_t)(flow->last.time_ns / NANOSECONDS);
    const bool over = event->kind == FLOW_FORGOTTEN, is_short_lived = over && flow_is_short_lived(flow);
    const bool due = over || flow_ends_with(flow, event->segment) || now_s - flow->amended_s >= AMEND_SECONDS;

    if (flow->observation == 0 || !due || (!flow->has_news && !is_short_lived))
        return;
    note_amended(flow);
    if (flow->held == FLOW_HELD_NOW) /* its packets come: the kernel has forgotten it for others */
        flow->held = FLOW_HELD_BEFORE;
    recorder_amend(line->recorder, &(struct amendment){
                                       .observation = flow->observation,
                                       .last = flow->last,
                                       .short_lived = is_short_lived,
                                   });
}

/* A settled session that goes on in bulk is for the kernel to hold back. What comes through a
 * tunnel cannot be. */
static void hold_bulk(struct pipeline *line, struct flow *flow, const struct segment *segment)
{
    if (line->hold == NULL || flow->held == FLOW_HELD_NOW || segment->payload_len < BULK_BYTES ||
        segment->link->tunnel != TUNNEL_NONE)
        return;
    flow->held = FLOW_HELD_NOW;
    line->hold(line->holder, segment, flow->observation);
}

static void note_later(struct pipeline *line, struct flow *flow, const struct flow_event *event)
{
    amend(line, flow, event);
    if (event->kind == FLOW_LATER)
        hold_bulk(line, flow, event->segment);
}

/* A settled session, with the names of its ends, to where it is kept. */
static uint64_t record(struct pipeline *line, struct reader *reader)
{
    if (line->names != NULL)
        host_names_fill(line->names, reader->session);
    recorder_judge(line->recorder, reader);
    line->source->contradictory += reader->session->contradictory;
    if (line->is_wanted != NULL && !line->is_wanted(line->wants, reader->session->first.source))
        return 0;
    if (line->names != NULL)
        recorder_name_client(line->recorder, line->names, reader->session);
    recorder_set_right(line->recorder, reader->session);
    recorder_tell(line->recorder, reader->session);
    return recorder_store(line->recorder, reader->session);
}

/* An event's way to a stored session: read, judged, told, stored. */
static void carry_event(struct pipeline *line, struct flow *flow, const struct flow_event *event)
{
    struct reader *reader;
    uint64_t observation = 0;

    if (event->kind == FLOW_LATER || event->kind == FLOW_FORGOTTEN) {
        note_later(line, flow, event);
        return;
    }
    reader = flow_guest(flow);
    if (event->kind == FLOW_BYTES && reader->session->answer.seen)
        session_expect(reader->session);
    if (dissect(line, flow, event) != DISSECTED_SETTLED)
        return;
    if (count_session(line, flow, reader))
        observation = record(line, reader);
    note_amended(flow);
    flow_settle(line->flows, flow, observation);
}

static void carry_events(struct pipeline *line)
{
    struct flow_event event;
    struct flow *flow;

    while ((flow = flow_table_next(line->flows, &event)) != NULL)
        carry_event(line, flow, &event);
}

/* ---- a packet's way ----------------------------------------------------------------------------- */

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
static enum fate decode_datagram(
    struct pipeline *line, const struct packet *packet, struct datagram *datagram)
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

/* From the frame to a segment on a port of ours, before any look-up. FATE_USED: it is one. */
static enum fate decode_segment(
    struct pipeline *line, const struct packet *packet, struct flow_place *place)
{
    enum fate fate = decode_datagram(line, packet, &place->datagram);

    if (fate == FATE_USED)
        fate = fate_of_segment[segment_decode(&place->datagram, packet, &place->segment)];
    place->segment.is_time_doubted = line->is_time_doubted;
    return fate == FATE_USED && !is_served(line->services, &place->segment) ? FATE_NOT_MAIL : fate;
}

/* A packet's way down to the events of its connection. Each stage knows its input and its output,
 * and no other. */
static void carry_packet(struct pipeline *line, const struct packet *packet)
{
    struct flow_place *place = flow_table_place(line->flows);
    const enum fate fate = decode_segment(line, packet, place);

    if (fate != FATE_USED) {
        line->source->fates[fate]++;
        if (fate == FATE_NOT_TCP && line->names != NULL)
            host_names_hear(line->names, &place->datagram, packet->time_ns, &line->source->names);
        return;
    }
    if (line->release != NULL && (place->segment.flags & (SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST)) != 0)
        line->release(line->holder, &place->segment);
    if (flow_table_hear(line->flows, line->source->id))
        carry_events(line);
}

void pipeline_catch_up(struct pipeline *line)
{
    flow_table_catch_up(line->flows);
    carry_events(line);
}

/* ---- times ---------------------------------------------------------------------------------------- */

/* A file begins with its first packet; an interface began when it was watched. */
static void begin_at(struct source_record *source, int64_t time_ns)
{
    if (!source_is_interface(source))
        source->started_ns = source->ended_ns = time_ns;
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
            begin_at(source, proved.time_ns);
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
        begin_at(source, time_ns);
    if (time_ns > source->ended_ns)
        source->ended_ns = time_ns;
    return time_ns;
}

void pipeline_packet(struct pipeline *line, const struct packet *packet)
{
    struct source_record *source = line->source;
    struct packet believed = *packet;

    source->packets++;
    source->bytes += packet->wire_len;
    source->truncated += packet->data.left < packet->wire_len;
    believed.time_ns = believe_time(line, packet, &line->is_time_doubted);
    carry_packet(line, &believed);
}

void pipeline_time(struct pipeline *line, int64_t time_ns)
{
    pipeline_catch_up(line);
    flow_table_clock(line->flows, time_ns);
    carry_events(line);
}

void pipeline_flush(struct pipeline *line)
{
    pipeline_catch_up(line);
    flow_table_flush(line->flows);
    carry_events(line);
    line->time = (struct packet_time){.is_running = false};
    fragments_flush(line->fragments);
}

/* A copy was begun before. One that began in an earlier file stays counted there: a count has no sign. */
static void settle_flows(struct pipeline *line, const struct flow_counts *was, const struct flow_counts *now)
{
    const uint64_t copies = now->copies - was->copies + line->copies;
    struct source_record *source = line->source;

    source->flows += now->flows - was->flows;
    source->flows -= copies < source->flows ? copies : source->flows;
    line->copies = 0;
}

void pipeline_settle_counts(struct pipeline *line)
{
    const struct flow_counts *was = &line->counted;
    const struct flow_counts *now;
    const struct fragments_counts *fragments = fragments_counts(line->fragments);
    struct source_record *source = line->source;

    pipeline_catch_up(line);
    now = flow_table_counts(line->flows);
    for (size_t fate = 0; fate < FATE_COUNT; fate++)
        source->fates[fate] += now->fates[fate] - was->fates[fate];
    settle_flows(line, was, now);
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

/* ---- memory --------------------------------------------------------------------------------------- */

bool pipeline_open(struct pipeline *line, const struct services *services, struct recorder *recorder,
    size_t memory_bytes, struct error *error)
{
    const struct flow_limits limits = {memory_bytes - memory_bytes / FRAGMENT_SHARE,
        .guest_bytes = sizeof(struct reader), .beside_bytes = sizeof(struct session)};

    *line = (struct pipeline){.services = services, .recorder = recorder};
    line->fragments = fragments_open(memory_bytes / FRAGMENT_SHARE);
    line->workspace = workspace_open();
    line->flows = flow_table_open(&limits, &asks, line);
    if (line->fragments != NULL && line->workspace != NULL && line->flows != NULL) {
        workspace_serve(line->workspace, services);
        workspace_trust(line->workspace, recorder->shared == NULL ? NULL : recorder->shared->trust);
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

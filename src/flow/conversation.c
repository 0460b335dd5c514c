/* SPDX-License-Identifier: BSD-2-Clause */
/* conversation.c: the two streams of an open flow, shown in causal order. */
#include "conversation.h"

static int end_of_side(const struct flow *flow, enum side side)
{
    return side == SIDE_CLIENT ? flow->client : 1 - flow->client;
}

static enum side side_of_end(const struct flow *flow, int end)
{
    return end == flow->client ? SIDE_CLIENT : SIDE_SERVER;
}

/* ---- what the SYN memory knows --------------------------------------------------------------- */

/* Does the FIN or RST of an end stand where it can? */
static bool is_early_end(const struct stream *stream, const struct syn_words *words, const struct syn_row *row, int end)
{
    if (stream->started)
        return sequence_follows(stream->next, words->end_at[end]);
    return !syn_has(row, SYN_ACKNOWLEDGED, 1 - end) ||
        !sequence_before(words->end_at[end], words->acknowledged[1 - end]);
}

static void learn_early_words(const struct syn_memory *syns, struct stream *stream, struct stream *other,
    const struct syn_row *row, int end)
{
    const struct syn_words *words = syn_words_of(syns, row);

    if (syn_has(row, SYN_ACKNOWLEDGED, end)) {
        stream->seen = true;
        if (!other->started || sequence_follows(other->next, words->acknowledged[end]))
            stream_acknowledge(stream, other, words->acknowledged[end]);
    }
    if ((syn_has(row, SYN_FIN, end) || syn_has(row, SYN_RST, end)) && is_early_end(stream, words, row, end)) {
        stream->end = syn_has(row, SYN_FIN, end) ? STREAM_FIN : STREAM_RST;
        stream->end_at = words->end_at[end];
        stream->end_acknowledges = syn_has(row, SYN_END_ACKNOWLEDGED, end);
        stream->end_acknowledgement = words->end_acknowledged[end];
        stream->known_end = sequence_max(stream->known_end, stream->end_at);
    }
    stream->seen |= stream->acknowledges || stream->end != STREAM_OPEN;
}

static void decide(struct flow *flow, int client)
{
    flow->client = client & 1u;
    flow->service = conversation_of(flow)->offers[1 - client];
    conversation_of(flow)->decided = true;
}

static void start_at_syn(struct flow_table *table, struct flow *flow, int end, uint32_t sequence)
{
    struct stream *streams = conversation_of(flow)->streams;

    stream_start(table, &streams[end], &streams[1 - end], sequence);
    conversation_of(flow)->told[end].count = 2; /* the SYN, and what comes after it */
    flow->reader->session.whole[side_of_end(flow, end)] = true;
}

/* May an end's SYN stand before what is known of its stream? That of a later connection may not. */
static bool may_begin(const struct flow *flow, const struct syn_row *row, int end)
{
    const struct stream *stream = &conversation_of(flow)->streams[end];
    const struct stream *other = &conversation_of(flow)->streams[1 - end];
    uint32_t lowest = stream->first;

    if (stream->started && flow->reader->session.whole[side_of_end(flow, end)])
        return row->isn[end] + 1 == stream->first;
    if (!stream->started && other->acknowledges && !sequence_follows(row->isn[end] + 1, other->acknowledged))
        return false;
    return (!stream->started && !stream_lowest(stream, &lowest)) || sequence_follows(row->isn[end], lowest);
}

/* Of two numbers of a server the one counts that its client acknowledged, or its own bytes follow. */
static void choose_number(struct flow_table *table, const struct flow *flow, struct syn_row *row)
{
    const int client = syn_has(row, SYN_CLIENT, 0) ? 0 : 1;
    const struct stream *streams = conversation_of(flow)->streams;
    struct segment seen = {.flags = SEGMENT_ACK, .acknowledgement = streams[client].acknowledged};

    if (streams[client].acknowledges)
        syn_memory_choose(&table->syns, row, &seen, client);
    else if (stream_lowest(&streams[1 - client], &seen.sequence))
        syn_memory_choose(&table->syns, row, &seen, 1 - client);
}

bool conversation_learn(struct flow_table *table, struct flow *flow, struct syn_row *row)
{
    struct conversation *conversation = conversation_of(flow);

    choose_number(table, flow, row);
    for (int end = 0; end < 2; end++)
        if (syn_has(row, SYN_ISN, end) && !may_begin(flow, row, end))
            return false;
    /* a row may know of no SYN, but of what was said without payload */
    if (!conversation->decided && (syn_has(row, SYN_CLIENT, 0) || syn_has(row, SYN_CLIENT, 1)))
        decide(flow, syn_has(row, SYN_CLIENT, 0) ? 0 : 1);
    for (int end = 0; end < 2; end++)
        if (syn_has(row, SYN_ISN, end) && !conversation->streams[end].started)
            start_at_syn(table, flow, end, row->isn[end] + 1);
    for (int end = 0; end < 2; end++)
        conversation->streams[end].seen |= (row->seen >> end & 1) != 0;
    return true;
}

/* Asks the rows of all connections between the two ends. */
static void learn_from_syns(struct flow_table *table, struct flow *flow)
{
    for (struct syn_row *row = NULL;
         (row = syn_memory_next(&table->syns, conversation_of(flow)->hash, row)) != NULL;)
        if (conversation_learn(table, flow, row)) {
            syn_memory_use(&table->syns, row);
            return;
        }
}

/* What an end said without payload before the flow began, RSTs aside. */
static void note_told_before(struct conversation *conversation, const struct syn_row *row, int end)
{
    if (syn_has(row, SYN_RST, end))
        return;
    conversation->acknowledged[1 - end] = conversation->streams[end].acknowledges;
    if (syn_has(row, SYN_ISN, end) || syn_has(row, SYN_ACKNOWLEDGED, end))
        conversation->told[end].count = 2; /* that, and what comes after it */
}

void conversation_begin(struct flow_table *table, struct flow *flow, struct syn_row *row)
{
    struct conversation *conversation = conversation_of(flow);
    struct stream *streams = conversation->streams;

    if ((conversation->offers[0] == NULL) != (conversation->offers[1] == NULL))
        decide(flow, conversation->offers[0] == NULL ? 0 : 1);
    if (row == NULL || !conversation_learn(table, flow, row))
        return;
    for (int end = 0; end < 2; end++) {
        learn_early_words(&table->syns, &streams[end], &streams[1 - end], row, end);
        note_told_before(conversation, row, end);
    }
}

/* ---- where streams start that no SYN tells of ------------------------------------------------ */

/* What an end begins with, as far as it is at hand. */
static struct bytes first_bytes(const struct stream *stream)
{
    const struct stream_buffer *buffer = stream->buffer;

    if (buffer != NULL && buffer->range_count > 0)
        return buffer->ranges[0].lost ? (struct bytes){0} : buffer_window(buffer, buffer->ranges[0].to);
    return stream->has_direct ? stream->direct_bytes : (struct bytes){0};
}

static bool speaks_as(const struct service *service, enum side side, struct bytes first)
{
    return service->first != NULL && service->first->recognises(side, first);
}

/* Which end says what only a client or only a server of its service does? Negative: none. */
static int client_by_content(const struct flow *flow)
{
    const struct conversation *conversation = conversation_of(flow);

    for (int end = 0; end < 2; end++) {
        const struct bytes first = first_bytes(&conversation->streams[end]);
        const bool as_client = speaks_as(conversation->offers[1 - end], SIDE_CLIENT, first);

        if (first.left > 0 && as_client != speaks_as(conversation->offers[end], SIDE_SERVER, first))
            return as_client ? end : 1 - end;
    }
    return -1;
}

/* Both ports are looked into. Where the content does not tell, the server's is the one that is known by its number,
 * then the lower one; equal ports: the lower address. The same in whatever order packets came. */
static void decide_without_syn(struct flow *flow)
{
    const struct service *const *offers = conversation_of(flow)->offers;
    int client = client_by_content(flow);

    if (client < 0 && (offers[0]->port == 0) != (offers[1]->port == 0))
        client = offers[0]->port != 0;
    decide(flow, client >= 0 ? client : flow->ends[0].port <= flow->ends[1].port);
}

/* A segment of one byte may be a keep-alive, whose byte is none of the stream's (RFC 9293 3.8.4). */
static uint32_t after_keep_alive(const struct stream *stream, uint32_t lowest)
{
    const struct stream_buffer *buffer = stream->buffer;
    bool one = buffer != NULL && buffer->range_count > 0 && buffer->ranges[0].to - buffer->ranges[0].from == 1;

    return one ? lowest + 1 : lowest;
}

/* Of an end that said nothing else: its FIN or RST may stand behind bytes that were not captured. What the other side
 * had seen when it spoke tells where they begin. */
static uint32_t start_of_end(const struct stream *stream, const struct stream *other)
{
    const struct stream_buffer *buffer = other->buffer;
    uint32_t seen = stream->end_at;

    if (buffer != NULL && buffer->range_count > 0 && buffer->ranges[0].acknowledges)
        seen = buffer->ranges[0].acknowledgement;
    else if (other->acknowledges)
        seen = other->acknowledged;
    return sequence_follows(seen, stream->end_at) ? seen : stream->end_at;
}

static void start_somewhere(struct flow_table *table, struct stream *stream, const struct stream *other)
{
    uint32_t lowest;

    if (stream_lowest(stream, &lowest))
        stream_start(table, stream, other, after_keep_alive(stream, lowest));
    else if (!stream->seen)
        stream->absent = true;
    else if (stream->end != STREAM_OPEN)
        stream_start(table, stream, other, start_of_end(stream, other));
    else if (other->buffer != NULL && other->buffer->range_count > 0 && other->buffer->ranges[0].acknowledges)
        stream_start(table, stream, other, other->buffer->ranges[0].acknowledgement);
    else if (other->acknowledges)
        stream_start(table, stream, other, other->acknowledged);
    else
        stream->absent = true;
    stream->waited = 0;
}

static void start_streams(struct flow_table *table, struct flow *flow)
{
    struct conversation *conversation = conversation_of(flow);
    struct stream *streams = conversation->streams;

    if (streams[0].started && streams[1].started)
        return;
    learn_from_syns(table, flow);
    for (int end = 0; end < 2; end++)
        if (!streams[end].started && !streams[end].absent &&
            !stream_is_patient(table, &streams[end], conversation->hurried)) {
            if (!conversation->decided)
                decide_without_syn(flow);
            start_somewhere(table, &streams[end], &streams[1 - end]);
        }
}

/* ---- facts for the session ------------------------------------------------------------------- */

bool conversation_is_silent(const struct flow *flow)
{
    const struct stream *streams = conversation_of(flow)->streams;
    const struct stream *client = &streams[end_of_side(flow, SIDE_CLIENT)];
    const struct stream *server = &streams[end_of_side(flow, SIDE_SERVER)];

    return client->spoke && server->acknowledges && !sequence_before(server->acknowledged, client->payload_end) &&
        (!server->spoke || sequence_before(server->answered, client->payload_end));
}

/* Whoever resets has not heard anything that it would answer for. */
static void note_told(struct conversation *conversation, const struct segment *segment, int end)
{
    struct told *told = &conversation->told[end];
    const uint32_t last = segment->sequence + segment->payload_len + ((segment->flags & SEGMENT_FIN) != 0);

    if ((segment->flags & SEGMENT_RST) != 0)
        return;
    conversation->acknowledged[1 - end] |= conversation->streams[end].acknowledges;
    if (told->count == 0)
        *told = (struct told){1, segment->sequence, last, segment->acknowledgement};
    else if (told->first != segment->sequence || told->end != last || told->acknowledgement != segment->acknowledgement)
        told->count = 2;
}

/* Who is behind what the session says: one segment of a stranger, or two ends that heard each other? */
static void note_counts(const struct flow *flow)
{
    const struct conversation *conversation = conversation_of(flow);
    struct session *session = &flow->reader->session;

    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        session->segments[side] = conversation->told[end_of_side(flow, side)].count;
        session->acknowledged[side] = conversation->acknowledged[end_of_side(flow, side)];
    }
}

void conversation_note_facts(const struct flow *flow)
{
    flow->reader->session.hello_acknowledged = conversation_is_silent(flow);
    flow->reader->session.last = flow->last;
}

static void note_way(struct flow *flow)
{
    struct session *session = &flow->reader->session;
    const struct way *way = &conversation_of(flow)->way;

    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        memcpy(session->macs[side], way->macs[end_of_side(flow, side)], sizeof(session->macs[side]));
    session->has_macs = way->has_macs;
    session->vlan_count = way->vlan_count;
    memcpy(session->vlans, way->vlans, sizeof(session->vlans));
    session->tunnel = (enum tunnel)way->tunnel;
    session->tunnel_id = way->tunnel_id;
}

static bool begin(struct flow *flow, struct flow_event *event)
{
    struct conversation *conversation = conversation_of(flow);
    struct session *session = &flow->reader->session;

    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        session->endpoints[side] = flow->ends[end_of_side(flow, side)];
    session->first = conversation->first;
    session->last = flow->last;
    note_way(flow);
    note_counts(flow);
    conversation->begun = true;
    *event = (struct flow_event){.kind = FLOW_BEGIN, .from = SIDE_CLIENT};
    return true;
}

/* ---- FIN and RST ----------------------------------------------------------------------------- */

/* Can nothing that was sent before the other side knew of this end be missing or still to come? Nobody acknowledges a
 * RST: whether it was meant shows when nothing follows it. */
static bool is_end_ripe(const struct stream *stream, const struct stream *other, bool hurried)
{
    if (hurried || stream->end_waited > HOLE_PACKETS)
        return true;
    if (stream_is_waiting(other) && !other->absent)
        return false;
    if (stream->end == STREAM_FIN && other->acknowledges && sequence_before(stream->end_at, other->acknowledged))
        return true;
    return other->end != STREAM_OPEN && !sequence_before(other->next, other->end_at);
}

static bool is_end_next(const struct stream *stream, const struct stream *other, bool hurried)
{
    uint32_t lowest = stream->end_at;

    return stream->end != STREAM_OPEN && !stream->end_shown && (stream->started || stream->absent) &&
        !stream_is_waiting(stream) && (!stream_lowest(stream, &lowest) || !sequence_before(lowest, stream->end_at)) &&
        stream_allows(other, stream->end_acknowledges, stream->end_acknowledgement) &&
        is_end_ripe(stream, other, hurried);
}

static bool show_end(struct flow *flow, struct flow_event *event)
{
    struct conversation *conversation = conversation_of(flow);
    struct stream *streams = conversation->streams;
    int chosen = -1;

    /* the server's first where neither had seen the other's; one that does not say what it had seen comes last */
    for (int i = 0; i < 2; i++) {
        int end = end_of_side(flow, i == 0 ? SIDE_SERVER : SIDE_CLIENT);

        if (is_end_next(&streams[end], &streams[1 - end], conversation->hurried) &&
            (chosen < 0 || (streams[end].end_acknowledges && !streams[chosen].end_acknowledges)))
            chosen = end;
    }
    if (chosen < 0)
        return false;
    streams[chosen].end_shown = true;
    if (streams[chosen].end == STREAM_FIN)
        streams[chosen].next = streams[chosen].end_at + 1;
    streams[chosen].known_end = streams[chosen].next;
    conversation_note_facts(flow);
    event->kind = streams[chosen].end == STREAM_FIN ? FLOW_FIN : FLOW_RST;
    event->from = side_of_end(flow, chosen);
    return true;
}

/* Does what waits of an end depend on bytes of the other that nothing but its claim tells of? */
static bool waits_for_claim(const struct stream *stream)
{
    const struct stream_buffer *buffer = stream->buffer;

    if (!stream->claims)
        return false;
    return (buffer != NULL && buffer->range_count > 0 && buffer->ranges[0].belief == RANGE_AHEAD) ||
        (stream->end != STREAM_OPEN && !stream->end_shown && stream->end_acknowledges);
}

/* Patience is over: what would contradict a claim has not come. */
static void believe_claims(struct stream streams[2])
{
    for (int end = 0; end < 2; end++)
        if (waits_for_claim(&streams[end]))
            stream_believe(&streams[end], &streams[1 - end]);
}

/* ---- one event after the other --------------------------------------------------------------- */

static bool show_bytes(struct flow_table *table, struct flow *flow, struct flow_event *event)
{
    struct stream *streams = conversation_of(flow)->streams;

    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        int end = end_of_side(flow, side);

        event->from = side;
        if (stream_show(table, flow, &streams[end], &streams[1 - end], conversation_of(flow)->hurried, event))
            return true;
    }
    return false;
}

/* Stores what was pushed and could not be shown. False: there was no room for all. */
static bool store_direct(struct flow_table *table, struct flow *flow)
{
    struct stream *streams = conversation_of(flow)->streams;
    bool stored = true;

    for (int end = 0; end < 2; end++)
        if (streams[end].has_direct && !stream_store(table, flow, &streams[end]))
            stored = false;
    return stored;
}

/* Gives up the holes that were waited for long enough. True: something has changed; event->kind tells whether
 * it is to be told. */
static bool give_up(struct flow_table *table, struct flow *flow, struct flow_event *event)
{
    struct conversation *conversation = conversation_of(flow);

    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        int end = end_of_side(flow, side);
        struct stream *stream = &conversation->streams[end];

        event->from = side;
        if (!stream->started || !stream_is_waiting(stream) || stream_is_patient(table, stream, conversation->hurried))
            continue;
        if (!stream_give_up(table, stream, &conversation->streams[1 - end], event))
            event->kind = FLOW_BEGIN;
        return true;
    }
    return false;
}

static void count_waiting(struct flow_table *table, struct stream *stream)
{
    if (stream->end != STREAM_OPEN && !stream->end_shown && stream->end_waited <= HOLE_PACKETS)
        stream->end_waited++;
    if (!stream_is_waiting(stream)) {
        stream->waited = 0;
        return;
    }
    if (stream->waited == 0)
        stream->waiting_since = clock_ticks(table->clock.now_ns);
    if (stream->waited < UINT8_MAX)
        stream->waited++;
}

static void rest(struct flow_table *table, struct flow *flow)
{
    struct conversation *conversation = conversation_of(flow);

    conversation->hurried = false;
    if (flow->list == LIST_UNHEARD && flow->reader->session.offer.seen)
        flow_enlist(table, flow, LIST_OPEN);
    for (int end = 0; end < 2; end++) {
        conversation->streams[end].has_direct = false; /* where no room was found at all: a hole, then */
        count_waiting(table, &conversation->streams[end]);
    }
}

bool flow_next(struct flow_table *table, struct flow *flow, struct flow_event *event)
{
    struct conversation *conversation = conversation_of(flow);
    const struct stream *streams = conversation->streams;
    bool again = true;

    *event = (struct flow_event){.kind = FLOW_BEGIN};
    while (again) {
        if (conversation->hurried)
            believe_claims(conversation->streams);
        start_streams(table, flow);
        if (!conversation->begun && conversation->decided)
            return begin(flow, event);
        if (conversation->begun) {
            if (show_bytes(table, flow, event) || show_end(flow, event))
                return true;
            if (give_up(table, flow, event)) {
                if (event->kind == FLOW_GAP)
                    return true;
                continue;
            }
        }
        again = streams[0].has_direct || streams[1].has_direct;
        if (again && !store_direct(table, flow)) {
            again = !conversation->hurried;
            conversation->hurried = true;
        }
    }
    rest(table, flow);
    return false;
}

void flow_take(struct flow_table *table, struct flow *flow, enum side from, size_t len)
{
    struct stream *stream = &conversation_of(flow)->streams[end_of_side(flow, from)];
    struct bytes left = stream->window;

    if (left.left > 0) { /* shown from the packet: what is not taken must be kept */
        stream->window.left = 0;
        if (bytes_skip(&left, len) && left.left > 0) {
            size_t kept = left.left;

            stream->dropped = buffer_append(&table->buffers, &stream->buffer, flow, stream->next - (uint32_t)kept,
                                  &left) != kept;
        }
    } else if (stream->buffer != NULL) {
        buffer_drop_before(&table->buffers, &stream->buffer, stream->buffer->base + (uint32_t)len, stream->next);
    }
}

bool flow_is_heard(const struct flow *flow)
{
    const struct stream *server = &conversation_of(flow)->streams[end_of_side(flow, SIDE_SERVER)];

    return server->seen || server->started;
}

/* Which list a flow that has news belongs to. */
static enum flow_list list_of(const struct flow *flow)
{
    const bool lingers = flow->list == LIST_CLOSING || flow->list == LIST_HOLE || flow->list == LIST_DUE;

    if ((lingers && (flow->marks & FLOW_MARK_RENEWED) != 0) || flow_is_closed(flow))
        return LIST_CLOSING;
    return flow_is_heard(flow) || flow->reader->session.offer.seen ? LIST_OPEN : LIST_UNHEARD;
}

/* A RST may turn out to have been none of this connection. */
static void note_ends(struct flow *flow)
{
    const struct stream *streams = conversation_of(flow)->streams;

    flow->marks = (uint8_t)(flow->marks & ~(3 * FLOW_MARK_FIN | 3 * FLOW_MARK_RST));
    for (int end = 0; end < 2; end++)
        if (streams[end].end != STREAM_OPEN)
            flow_mark(flow, streams[end].end == STREAM_FIN ? FLOW_MARK_FIN : FLOW_MARK_RST, end);
}

/* ---- seen twice, with other numbers ----------------------------------------------------------- */

/* Can both be shown at once? One that is over, or that the server never answered, is not what goes on here. */
static bool is_parallel(const struct flow *original, const struct flow *flow)
{
    return original != NULL && memcmp(original->ends, flow->ends, sizeof(flow->ends)) == 0 && !flow_is_closed(original) &&
        (original->reader == NULL || flow_is_heard(original) == flow_is_heard(flow));
}

/* What a payload of a connection that has siblings tells. */
static enum copied compare(struct flow_table *table, const struct flow *flow, const struct segment *segment, int from)
{
    struct conversation *conversation = conversation_of(flow);
    uint32_t original = FLOW_NOBODY;
    enum copied copied = copies_look(&table->copies, &table->key, conversation->hash, flow_number(table, flow), segment,
        from, &original);

    if (copied != COPIED_NOT && !is_parallel(flow_at(table, original), flow))
        copied = COPIED_NOT;
    conversation->differs |= copied == COPIED_NOT;
    conversation->copied |= (uint8_t)((copied != COPIED_NOT) << from);
    return copied;
}

/* Its first payloads tell whether a connection is another one's copy. */
static bool is_copy(struct flow_table *table, const struct flow *flow, const struct segment *segment, int from)
{
    struct conversation *conversation = conversation_of(flow);
    enum copied copied = COPIED_NOT;

    if (segment->payload_len == 0 || conversation->said[from] >= COPIES_PAYLOADS)
        return false;
    conversation->said[from]++;
    if (conversation->has_sibling)
        copied = compare(table, flow, segment, from);
    copies_note(&table->copies, &table->key, conversation->hash, flow_number(table, flow), segment, from);
    return copied == COPIED_HELLO;
}

bool flow_is_copy(const struct flow *flow)
{
    return conversation_of(flow)->copied == 3 && !conversation_of(flow)->differs;
}

/* The copy says nothing more. What it was taken for, a later connection, has not begun. */
static enum fate become_copy(struct flow_table *table, struct flow *flow)
{
    uint32_t numbers[INDEX_MATCHES_MAX];
    const size_t count = index_find(&table->index, conversation_of(flow)->hash, numbers);

    for (size_t i = 0; i < count; i++) {
        struct flow *other = flow_at(table, numbers[i]);

        if (other == NULL || other == flow || memcmp(other->ends, flow->ends, sizeof(flow->ends)) != 0)
            continue;
        other->marks = (uint8_t)(other->marks & ~FLOW_MARK_RENEWED);
        if (other->reader != NULL)
            flow_enlist(table, other, list_of(other));
    }
    flow_settle(table, flow, 0);
    flow->is_copy = 1;
    return FATE_DUPLICATE;
}

enum fate flow_push(struct flow_table *table, struct flow *flow, const struct segment *segment, int from)
{
    struct conversation *conversation = conversation_of(flow);
    bool news;

    if (is_copy(table, flow, segment, from))
        return become_copy(table, flow);
    news = stream_push(&conversation->streams[from], &conversation->streams[1 - from], segment);

    if (way_note(&conversation->way, segment, from, false) && conversation->begun)
        note_way(flow);
    note_told(conversation, segment, from);
    if (conversation->begun)
        note_counts(flow);
    flow->reader->session.last = flow->last;
    note_ends(flow);
    if (news || segment->payload_len > 0)
        flow_enlist(table, flow, list_of(flow));
    if (news)
        return FATE_USED;
    return segment->payload_len > 0 || (segment->flags & (SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST)) != 0
        ? FATE_DUPLICATE
        : FATE_USED;
}

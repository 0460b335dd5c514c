/* SPDX-License-Identifier: BSD-2-Clause */
/* Which packets are one connection, who is the server, and when a connection is over. */
#include "flow_rig.h"
#include "test.h"

#define MEMORY (32u << 20)

static struct rig *played(const struct said *said, size_t count)
{
    struct rig *rig = rig_open(MEMORY);

    rig_play(rig, said, count);
    return rig;
}

static void a_bare_syn_has_no_flow_and_is_a_scan(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, RST, 1, 0, "", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    assert_int_equal(rig->fate, FATE_NO_FLOW);
    rig_flush(rig);
    assert_int_equal(flow_table_counts(rig->table)->flows, 0);
    assert_int_equal(flow_table_counts(rig->table)->syns, 2);
    assert_int_equal(flow_table_counts(rig->table)->scans, 1);
    assert_string_equal(rig->log, "");
    rig_close(rig);
}

static void a_settled_session_is_known_as_such(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}};
    struct rig *rig = rig_open(MEMORY);

    (void)state;
    rig->settle_soon = true;
    rig_play(rig, said, COUNT_OF(said));
    rig_say(rig, &(struct said){S, ACK, 1, 3, "ok", 0});
    assert_int_equal(rig->fate, FATE_SETTLED);
    rig_flush(rig);
    assert_string_equal(rig->log, "+c:ab");
    assert_int_equal(flow_table_counts(rig->table)->scans, 0);
    rig_close(rig);
}

static void a_later_packet_is_news_of_a_settled_session(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}};
    struct rig *rig = rig_open(MEMORY);
    struct flow *flow;

    (void)state;
    rig->settle_soon = true;
    rig_play(rig, said, COUNT_OF(said));
    flow = rig_say(rig, &(struct said){S, ACK, 1, 3, "ok", 0});
    assert_true(flow != NULL && flow->has_news);
    if (flow != NULL) /* for the compiler */
        flow->has_news = 0;
    rig_say(rig, &(struct said){C, SYN, 70000, 0, "", 0});
    assert_true(flow != NULL && !flow->has_news);
    rig_say(rig, &(struct said){C, ACK, 3, 3, "", 0});
    assert_true(flow != NULL && flow->has_news);
    rig_close(rig);
}

static void the_end_of_a_session_that_was_held_back_begins_no_other(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}};
    struct rig *rig = rig_open(MEMORY);
    struct flow *flow;

    (void)state;
    rig->settle_soon = true;
    rig_play(rig, said, COUNT_OF(said));
    flow = rig_say(rig, &(struct said){S, ACK, 1, 3, "bulk", 0});
    assert_non_null(flow);
    if (flow != NULL) /* for the compiler */
        flow->held = FLOW_HELD_BEFORE;
    rig_say(rig, &(struct said){C, FIN | ACK, 3, 9000001, "", 0});
    rig_say(rig, &(struct said){S, FIN | ACK, 9000001, 4, "bye", 0});
    assert_int_equal(rig->fate, FATE_SETTLED);
    assert_int_equal(flow_table_counts(rig->table)->flows, 1);
    rig_close(rig);
}

static void what_a_closed_session_sends_late_begins_no_other(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, RST | ACK, 1, 3, "", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    rig_wait(rig, 3);
    assert_string_equal(rig->log, "+c:abs#|");
    rig_say(rig, &(struct said){C, ACK, 1, 1, "ab", 0});
    assert_int_equal(rig->fate, FATE_SETTLED);
    assert_int_equal(flow_table_counts(rig->table)->flows, 1);
    rig_close(rig);
}

static void a_closed_session_is_repeated_64_mib_behind_at_most(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, FIN, 3, 1, "", 0}, {S, FIN, 1, 4, "", 0}};

    (void)state;
    for (uint32_t further = 0; further <= 1; further++) {
        struct rig *rig = rig_open(MEMORY);

        rig->settle_soon = true;
        rig_play(rig, said, COUNT_OF(said));
        rig_say(rig, &(struct said){C, ACK, 4 - (1 << 26) + 1 - further, 1, "ab", 0});
        assert_int_equal(flow_table_counts(rig->table)->flows, 1 + further);
        rig_close(rig);
    }
}

static void a_closed_flow_lingers_two_seconds(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, FIN, 5, 1, "", 0}, {S, FIN, 1, 6, "", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    rig_wait(rig, 1);
    assert_string_equal(rig->log, "+c:ab");
    rig_say(rig, &(struct said){C, ACK, 3, 1, "cd", 0});
    rig_wait(rig, 3);
    assert_string_equal(rig->log, "+c:abcdc.s.|");
    rig_close(rig);
}

static void a_server_that_only_acknowledges_is_silent_after_thirty_seconds(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    rig_wait(rig, 20);
    rig_say(rig, &(struct said){S, ACK, 1, 3, "", 0}); /* a keep-alive is no news */
    rig_wait(rig, 9);
    assert_string_equal(rig->log, "+c:ab");
    rig_wait(rig, 2);
    assert_string_equal(rig->log, "+c:ab~");
    assert_true(rig->acknowledged);
    rig_close(rig);
}

static void who_does_not_acknowledge_or_did_answer_is_not_silent(void **state)
{
    const struct said unseen[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 1, "", 0}};
    const struct said answered[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "ok", 0}};
    struct rig *rig = played(unseen, COUNT_OF(unseen));

    (void)state;
    rig_wait(rig, 60);
    assert_string_equal(rig->log, "+c:ab");
    rig_close(rig);
    rig = played(answered, COUNT_OF(answered));
    rig_wait(rig, 60);
    assert_string_equal(rig->log, "+c:abs:ok");
    rig_close(rig);
}

static void an_acknowledgement_that_came_first_counts(void **state)
{
    const struct said said[] = {{C, ACK, 1, 1, "", 0}, {S, ACK, 1, 3, "", 0}, {C, SYN, 0, 0, "", 0},
        {S, SYN | ACK, 0, 1, "", 0}, {C, ACK, 1, 1, "ab", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    rig_wait(rig, 31);
    assert_string_equal(rig->log, "+c:ab~");
    rig_close(rig);
}

static void an_idle_flow_is_over_after_two_hours(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "ok", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    for (int minutes = 0; minutes < 119; minutes += 7)
        rig_wait(rig, 7 * 60);
    assert_string_equal(rig->log, "+c:abs:ok");
    rig_wait(rig, 120);
    assert_string_equal(rig->log, "+c:abs:ok|");
    rig_close(rig);
}

static void timestamps_that_jump_expire_nothing(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "ok", 0}};
    struct rig *rig = played(said, COUNT_OF(said));
    const int64_t year_ns = 365 * 86400 * NANOSECONDS;

    (void)state;
    for (uint32_t i = 0; i < 8; i++) {
        rig->now_ns += i % 2 == 0 ? 10 * year_ns : -10 * year_ns;
        rig_say(rig, &(struct said){C, ACK, 3 + i, 3, "x", 0});
    }
    assert_string_equal(rig->log, "+c:abs:okc:xxxxxxxx");
    rig_close(rig);
}

static void the_server_has_the_port_that_is_served(void **state)
{
    const struct said said[] = {{S, ACK, 50, 90, "hi", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    rig_flush(rig);
    assert_string_equal(rig->log, "+s:hi|");
    assert_int_equal(rig->facts.ends[S].port, 143);
    assert_int_equal(rig->facts.first.number, 1);
    rig_close(rig);
}

static void a_served_port_of_a_client_is_no_service(void **state)
{
    static const struct said data[] = {{C, ACK, 1, 1, "call", 0}, {S, ACK, 1, 5, "reply", 0}};
    static const struct said syns[] = {{C, SYN, 0, 0, "", 0}, {S, SYN | ACK, 0, 1, "", 0}};

    (void)state;
    for (size_t seen = 0; seen < COUNT_OF(syns); seen++) {
        struct rig *rig = rig_open(MEMORY);

        rig->ports[C] = 143;
        rig->ports[S] = 2049;
        rig_say(rig, &syns[seen]);
        rig_play(rig, data, COUNT_OF(data));
        assert_int_equal(rig->fate, FATE_NOT_MAIL);
        rig_flush(rig);
        assert_string_equal(rig->log, "");
        assert_int_equal(flow_table_counts(rig->table)->scans, 0);
        rig_close(rig);
    }
}

/* Plays between two ports that are read, by name (`is_named`) or not: which is the server's? */
static uint16_t server_port(bool is_named, uint16_t client, uint16_t server, const struct said *said, size_t count)
{
    struct rig *rig = rig_open(MEMORY);
    uint16_t port;

    rig->reads_all = true;
    rig->names_all = is_named;
    rig->ports[C] = client;
    rig->ports[S] = server;
    rig_play(rig, said, count);
    rig_flush(rig);
    port = rig->facts.ends[SIDE_SERVER].port;
    rig_close(rig);
    return port;
}

static void without_a_served_port_the_syn_tells_who_is_the_server(void **state)
{
    static const struct said syn_first[] = {{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "ab", 0}};
    static const struct said syn_late[] = {{C, ACK, 1, 1, "ab", 0}, {C, SYN, 0, 0, "", 0}};
    static const struct said no_syn[] = {{C, ACK, 1, 1, "ab", 0}, {C, ACK, 1, 1, "ab", 0}};

    (void)state;
    assert_int_equal(server_port(false, 40000, 5143, syn_first, COUNT_OF(syn_first)), 5143);
    assert_int_equal(server_port(false, 5143, 40000, syn_first, COUNT_OF(syn_first)), 40000);
    assert_int_equal(server_port(false, 5143, 40000, syn_late, COUNT_OF(syn_late)), 40000);
    assert_int_equal(server_port(false, 5143, 40000, no_syn, COUNT_OF(no_syn)), 5143);
}

static void without_a_syn_what_is_said_tells_who_is_the_server(void **state)
{
    static const struct {
        struct said said;
        uint16_t told;
    } rows[] = {
        {{C, ACK, 1, 1, "call", 0}, 40000},
        {{S, ACK, 1, 1, "serve", 0}, 40000},
        {{C, ACK, 1, 1, "anything", 0}, 5143},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int is_named = 0; is_named < 2; is_named++)
            assert_int_equal(server_port(is_named, 5143, 40000, &rows[i].said, 1), rows[i].told);
}

/* With --discover, port 143 of one end tells less than the SYN and the content, and more than nothing. */
static void where_every_port_is_looked_into_a_known_one_is_only_a_hint(void **state)
{
    static const struct {
        const char *promise;
        struct said said[2];
        uint16_t client, server, told;
    } rows[] = {
        {"a SYN from it", {{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "call", 0}}, 143, 8443, 8443},
        {"a SYN to it", {{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "call", 0}}, 8443, 143, 143},
        {"what its end says is a client's", {{C, ACK, 1, 1, "call", 0}, {C, ACK, 5, 1, "x", 0}}, 143, 8443, 8443},
        {"what its end says is a server's", {{S, ACK, 1, 1, "serve", 0}, {S, ACK, 6, 1, "x", 0}}, 8443, 143, 143},
        {"nothing tells", {{C, ACK, 1, 1, "anything", 0}, {C, ACK, 9, 1, "x", 0}}, 80, 143, 143},
        {"nothing tells, the other way", {{S, ACK, 1, 1, "anything", 0}, {S, ACK, 9, 1, "x", 0}}, 80, 143, 143},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rig *rig = rig_open(MEMORY);

        rig->reads_all = true;
        rig->ports[C] = rows[i].client;
        rig->ports[S] = rows[i].server;
        rig_play(rig, rows[i].said, COUNT_OF(rows[i].said));
        rig_flush(rig);
        if (rig->facts.ends[SIDE_SERVER].port != rows[i].told)
            fail_msg("%s: %u", rows[i].promise, rig->facts.ends[SIDE_SERVER].port);
        rig_close(rig);
    }
}

static void an_acknowledgement_tells_nothing_of_who_is_the_server(void **state)
{
    const struct said said[] = {{C, ACK, 1, 1, "", 0}, {C, ACK, 1, 1, "ab", 0}};

    (void)state;
    assert_int_equal(server_port(false, 5143, 40000, said, COUNT_OF(said)), 5143);
    assert_int_equal(server_port(false, 40000, 5143, said, COUNT_OF(said)), 5143);
}

static void a_packet_shown_twice_by_the_mirror_is_a_duplicate_of_one_session(void **state)
{
    struct rig *rig = rig_open(MEMORY);
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "ok", 0}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(said); i++)
        for (int copy = 0; copy < 2; copy++) {
            rig->link = (struct link){.has_macs = true, .vlan_count = 1, .vlans = {copy == 0 ? 20 : 10}};
            rig_say(rig, &said[i]);
        }
    assert_int_equal(rig->fate, FATE_DUPLICATE);
    rig_flush(rig);
    assert_string_equal(rig->log, "+c:abs:ok|");
    assert_int_equal(rig->facts.vlans[0], 10);
    rig_close(rig);
}

/* A tap whose two directions come by interfaces of different kinds: what stands where no MAC address was is chance. */
static void a_way_with_macs_is_better_than_one_without(void **state)
{
    static const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "ok", 0}};

    (void)state;
    for (int chance = 0; chance <= 0xff; chance += 0xff) {
        struct rig *rig = rig_open(MEMORY);

        for (size_t i = 0; i < COUNT_OF(said); i++) {
            rig->link = (struct link){.has_macs = said[i].from == C, .source_mac = {2}, .destination_mac = {2}};
            if (!rig->link.has_macs)
                memset(rig->link.source_mac, chance, sizeof(rig->link.source_mac));
            rig_say(rig, &said[i]);
        }
        rig_flush(rig);
        assert_true(rig->facts.has_macs);
        assert_int_equal(rig->facts.macs[SIDE_CLIENT][0], 2);
        rig_close(rig);
    }
}

static void a_server_that_ends_soon_after_makes_a_session_short_lived(void **state)
{
    static const struct {
        const char *promise;
        struct said said[3];
        bool is_short_lived;
        unsigned ends; /* segments after which all is told */
    } rows[] = {
        {"the server ends", {{S, ACK, 1, 3, "ok", 0}, {S, FIN, 3, 3, "", 0}, {C, FIN, 3, 4, "", 0}}, true, 0},
        {"the same, seen late", {{C, FIN, 3, 4, "", 0}, {S, FIN, 3, 3, "", 0}, {S, ACK, 1, 3, "ok", 0}}, true, 1},
        {"the client ends", {{C, FIN, 3, 3, "", 0}, {S, FIN, 1, 4, "", 0}, {C, ACK, 4, 2, "", 0}}, false, 1},
        {"the same, seen late", {{S, FIN, 1, 4, "", 0}, {C, FIN, 3, 3, "", 0}, {C, ACK, 4, 2, "", 0}}, false, 1},
        {"a login and its refusal", {{S, ACK, 580, 3, "ok", 0}, {S, FIN, 582, 3, "", 0}, {C, FIN, 3, 583, "", 0}}, true, 0},
        {"more than that", {{S, ACK, 610, 3, "ok", 0}, {S, FIN, 612, 3, "", 0}, {C, FIN, 3, 613, "", 0}}, false, 0},
        {"a lot was said", {{S, ACK, 5000, 3, "ok", 0}, {S, FIN, 5002, 3, "", 0}, {C, FIN, 3, 5003, "", 0}}, false, 0},
        {"nobody ends", {{S, ACK, 1, 3, "ok", 0}, {C, ACK, 3, 3, "", 0}, {S, ACK, 3, 3, "x", 0}}, false, 0},
        {"a reset", {{S, ACK, 1, 3, "ok", 0}, {S, RST, 3, 0, "", 0}, {C, ACK, 3, 3, "", 0}}, true, 2},
        {"one from before all that", {{S, ACK, 1, 3, "ok", 0}, {S, RST, 0u - 500, 0, "", 0}, {C, ACK, 3, 3, "", 0}}, false, 0},
    };
    const struct said begin[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rig *rig = rig_open(MEMORY);

        rig->settle_soon = true;
        rig_play(rig, begin, COUNT_OF(begin));
        rig_play(rig, rows[i].said, COUNT_OF(rows[i].said));
        rig_flush(rig);
        assert_int_equal(rig->is_short_lived, rows[i].is_short_lived);
        assert_int_equal(rig->ends, rows[i].ends);
        rig_close(rig);
    }
}

/* It has no next byte yet, whose number could be compared. */
static void of_a_side_that_was_not_shown_an_end_counts_from_what_was_seen_of_it(void **state)
{
    struct rig *rig = rig_open(MEMORY);

    (void)state;
    rig->isn[S] = 0xf0000000; /* far behind 0 */
    rig_say(rig, &(struct said){S, ACK, 101, 3, "", 0});
    rig->settle_soon = true;
    rig_say(rig, &(struct said){C, SYN, 0, 0, "ab", 0}); /* only with a SYN is there nothing that was acknowledged */
    rig_say(rig, &(struct said){S, FIN, 101, 3, "", 0});
    rig_flush(rig);
    assert_true(rig->is_short_lived);
    rig_close(rig);
}

static void after_a_flush_the_table_is_as_new(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}};
    struct rig *rig = played(said, COUNT_OF(said));

    (void)state;
    rig_flush(rig);
    rig->now_ns -= 100000 * NANOSECONDS;
    rig_play(rig, said, COUNT_OF(said));
    rig_flush(rig);
    assert_string_equal(rig->log, "+c:ab|+c:ab|");
    rig_close(rig);
}

/* Who forges an address does not see what is said to it, and knows no number of it. */
static void only_a_connection_that_was_answered_is_confirmed(void **state)
{
    enum { FAR = 700000000 };
    static const struct {
        struct said said[6];
        bool is_confirmed;
    } rows[] = {
        {{{C, ACK, 1, 1, "c", 0}}, false},
        {{{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "c", 0}}, false},
        {{{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "", 0}, {C, ACK, 1, 1, "c", 0}}, false},
        {{{C, ACK, 1, 1, "c", 0}, {C, ACK, 2, 1, "cc", 0}, {C, FIN, 4, 1, "", 0}}, false},
        {{{C, ACK, 1, 1, "c", 0}, {S, RST, 1, 0, "", 0}}, false},
        {{{C, SYN, 0, 0, "", 0}, {S, SYN | ACK, 0, 1, "", 0}, {C, RST, 1, 0, "", 0}, {C, ACK, 1, FAR, "c", 0}}, false},
        {{{S, SYN | ACK, 0, 1, "", 0}, {C, RST, 1, 0, "", 0}, {S, ACK, 1, 1, "s", 0}}, false},
        {{{C, ACK, 1, 1, "c", 0}, {S, ACK, FAR, 3 * FAR, "", 0}}, false}, /* of another connection */
        {{{C, ACK, 1, 1, "c", 0}, {S, ACK, 1, 2, "", 0}}, true},
        {{HANDSHAKE, {C, ACK, 1, 1, "c", 0}}, true},
        {{{C, SYN, 0, 0, "", 0}, {C, ACK, 1, 1, "", 0}, {C, ACK, 1, 1, "c", 0}, {C, FIN, 2, 9, "", 0}}, true},
        {{{S, SYN | ACK, 0, 1, "", 0}, {S, ACK, 1, 50, "s", 0}}, true},
        {{{C, ACK, 1, FAR, "c", 0}, {S, ACK, 1, 3 * FAR, "s", 0}, {C, ACK, 2, FAR + 1, "c", 0},
             {S, ACK, 2, 3 * FAR + 1, "s", 0}},
            true}, /* a firewall shifts numbers */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rig *rig = rig_open(MEMORY);

        for (size_t at = 0; at < COUNT_OF(rows[i].said) && rows[i].said[at].flags != 0; at++)
            rig_play(rig, &rows[i].said[at], 1);
        rig_flush(rig);
        if (rig->facts.is_confirmed != rows[i].is_confirmed)
            fail_msg("row %zu", i);
        rig_close(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_syn_has_no_flow_and_is_a_scan),
        cmocka_unit_test(a_settled_session_is_known_as_such),
        cmocka_unit_test(a_later_packet_is_news_of_a_settled_session),
        cmocka_unit_test(the_end_of_a_session_that_was_held_back_begins_no_other),
        cmocka_unit_test(what_a_closed_session_sends_late_begins_no_other),
        cmocka_unit_test(a_closed_session_is_repeated_64_mib_behind_at_most),
        cmocka_unit_test(a_closed_flow_lingers_two_seconds),
        cmocka_unit_test(a_server_that_only_acknowledges_is_silent_after_thirty_seconds),
        cmocka_unit_test(who_does_not_acknowledge_or_did_answer_is_not_silent),
        cmocka_unit_test(an_acknowledgement_that_came_first_counts),
        cmocka_unit_test(an_idle_flow_is_over_after_two_hours),
        cmocka_unit_test(timestamps_that_jump_expire_nothing),
        cmocka_unit_test(the_server_has_the_port_that_is_served),
        cmocka_unit_test(a_served_port_of_a_client_is_no_service),
        cmocka_unit_test(without_a_served_port_the_syn_tells_who_is_the_server),
        cmocka_unit_test(without_a_syn_what_is_said_tells_who_is_the_server),
        cmocka_unit_test(where_every_port_is_looked_into_a_known_one_is_only_a_hint),
        cmocka_unit_test(an_acknowledgement_tells_nothing_of_who_is_the_server),
        cmocka_unit_test(a_packet_shown_twice_by_the_mirror_is_a_duplicate_of_one_session),
        cmocka_unit_test(a_way_with_macs_is_better_than_one_without),
        cmocka_unit_test(a_server_that_ends_soon_after_makes_a_session_short_lived),
        cmocka_unit_test(of_a_side_that_was_not_shown_an_end_counts_from_what_was_seen_of_it),
        cmocka_unit_test(after_a_flush_the_table_is_as_new),
        cmocka_unit_test(only_a_connection_that_was_answered_is_confirmed),
    };

    return cmocka_run_group_tests_name("flow_table", tests, NULL, NULL);
}

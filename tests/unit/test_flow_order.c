/* SPDX-License-Identifier: BSD-2-Clause */
/* The order in which packets were captured does not matter: every permutation of a conversation in which each
 * packet moves by less than four places, each packet doubled or not, shows the same bytes, in the same causal
 * order. */
#include "flow_rig.h"
#include "test.h"

#define MEMORY     (4u << 20)
#define PLACES     4
#define PACKET_MAX 24

struct order {
    const struct said *said;
    size_t count;
    const char *log;          /* what is shown, or, */
    const char *const *words; /* where two sessions are, its parts */
    size_t word_count;
    const struct said *before; /* always comes first */
    size_t before_count;
    uint8_t permutation[PACKET_MAX];
    bool taken[PACKET_MAX];
    struct rig *rig;
    uint64_t tried;
};

/* Two sessions may be shown in turns: each of the words, once, and nothing else. */
static bool is_made_of(const char *log, const char *const words[], size_t count)
{
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        const char *first = strstr(log, words[i]);

        if (first == NULL || strstr(first + 1, words[i]) != NULL)
            return false;
        len += strlen(words[i]);
    }
    return len + strlen("++||") == strlen(log);
}

/* The table is kept from one permutation to the next, as from one capture to the next. */
static void try_order(struct order *order)
{
    struct rig *rig = order->rig;

    rig->log[0] = '\0';
    rig->is_speaking = false;
    rig_play(rig, order->before, order->before_count);
    for (size_t i = 0; i < order->count; i++)
        rig_say(rig, &order->said[order->permutation[i]]);
    rig_flush(rig);
    order->tried++;
    if (order->word_count > 0) {
        assert_true(is_made_of(rig->log, order->words, order->word_count));
        return;
    }
    if (strcmp(rig->log, order->log) != 0)
        for (size_t i = 0; i < order->count; i++)
            print_message("%u ", order->permutation[i]);
    assert_string_equal(rig->log, order->log);
}

/* Every permutation whose packet at place `at` and after is moved by less than PLACES. */
static void permute(struct order *order, size_t at)
{
    size_t first = at < PLACES ? 0 : at - PLACES + 1;

    if (at == order->count) {
        try_order(order);
        return;
    }
    for (size_t i = first; i < order->count && i < at + PLACES; i++) {
        if (order->taken[i] || (at >= PLACES && !order->taken[first] && i != first))
            continue; /* the packet that must not move further comes now */
        order->taken[i] = true;
        order->permutation[at] = (uint8_t)i;
        permute(order, at + 1);
        order->taken[i] = false;
    }
}

static void holds_in_any_order(const struct said *said, size_t count, const char *log)
{
    struct order order = {.said = said, .count = count, .log = log, .rig = rig_open(MEMORY)};

    permute(&order, 0);
    assert_true(order.tried > 50);
    rig_close(order.rig);
}

/* Each set of packets is doubled once, in place. */
static void holds_doubled(const struct said *said, size_t count, const char *log)
{
    struct order order = {.said = said, .log = log, .rig = rig_open(MEMORY)};

    for (uint32_t set = 0; set < 1u << count; set++) {
        order.count = 0;
        for (uint8_t i = 0; i < count; i++)
            for (uint32_t copy = 0; copy <= (set >> i & 1); copy++)
                order.permutation[order.count++] = i;
        try_order(&order);
    }
    rig_close(order.rig);
}

/* All doubled, then shuffled: as many of the permutations as a fixed random walk meets. */
static void holds_doubled_and_shuffled(const struct said *said, size_t count, const char *log)
{
    struct order order = {.said = said, .count = 2 * count, .log = log, .rig = rig_open(MEMORY)};
    uint32_t random = 12345;

    for (int round = 0; round < 5000; round++) {
        for (size_t i = 0; i < order.count; i++)
            order.permutation[i] = (uint8_t)(i / 2);
        for (size_t i = 0; i + 1 < order.count; i += 1 + (random >> 20) % 4) {
            size_t len = 2 + (random >> 24) % 3;

            for (size_t j = 0; j < len && i + len <= order.count; j++) {
                size_t other = i + (random >> 16) % len;
                uint8_t moved = order.permutation[i + j];

                order.permutation[i + j] = order.permutation[other];
                order.permutation[other] = moved;
                random = random * 1664525 + 1013904223;
            }
            i += len - 1;
            random = random * 1664525 + 1013904223;
        }
        try_order(&order);
    }
    rig_close(order.rig);
}

static const struct {
    const char *name;
    const char *log;
    size_t count;
    struct said said[12];
} rows[] = {
    {"a mail server's greeting, and all that follows", "+s:hic:abs:okc:cdefs:byes.c.|", 10,
        {HANDSHAKE, {S, ACK, 1, 1, "hi", 0}, {C, ACK, 1, 3, "ab", 0}, {S, ACK, 3, 3, "ok", 0}, {C, ACK, 3, 5, "cd", 0},
            {C, ACK, 5, 5, "ef", 0}, {S, FIN, 5, 7, "bye", 0}, {C, FIN, 7, 9, "", 0}}},
    {"a hello that is reset", "+c:hellos#|", 5, {HANDSHAKE, {C, ACK, 1, 1, "hello", 0}, {S, RST | ACK, 1, 6, "", 0}}},
    {"a hello that is answered by a FIN, and by an alert of the client", "+c:hellos.c:alertc.|", 7,
        {HANDSHAKE, {C, ACK, 1, 1, "hello", 0}, {S, FIN, 1, 6, "", 0}, {C, ACK, 6, 2, "alert", 0},
            {C, FIN, 11, 2, "", 0}}},
    {"a server's bytes in several segments, acknowledged late", "+c:hellos:onetwothreec:donec.s.|", 10,
        {HANDSHAKE, {C, ACK, 1, 1, "hello", 0}, {S, ACK, 1, 6, "one", 0}, {S, ACK, 4, 6, "two", 0},
            {S, ACK, 7, 6, "three", 0}, {C, ACK, 6, 12, "done", 0}, {C, FIN, 10, 12, "", 0}, {S, FIN, 12, 11, "", 0}}},
    {"a client that breaks off", "+c:hellos:onec#|", 6,
        {HANDSHAKE, {C, ACK, 1, 1, "hello", 0}, {S, ACK, 1, 6, "one", 0}, {C, RST | ACK, 6, 4, "", 0}}},
    {"joined in the middle", "+c:abs:okc:cds:finec.s.|", 7,
        {{C, ACK, 501, 900, "ab", 0}, {S, ACK, 900, 503, "ok", 0}, {C, ACK, 503, 902, "cd", 0},
            {S, ACK, 902, 505, "fine", 0}, {C, FIN, 505, 906, "", 0}, {S, FIN, 906, 506, "", 0},
            {C, ACK, 506, 907, "", 0}}},
    {"a loss in the middle", "+c:hellos:ones!c:donec.s.|", 9,
        {HANDSHAKE, {C, ACK, 1, 1, "hello", 0}, {S, ACK, 1, 6, "one", 0}, {C, ACK, 6, 10, "done", 0},
            {C, FIN, 10, 10, "", 0}, {S, FIN, 10, 11, "", 0}, {C, ACK, 11, 11, "", 0}}},
};

static void every_permutation_shows_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        print_message("# %s\n", rows[i].name);
        holds_in_any_order(rows[i].said, rows[i].count, rows[i].log);
    }
}

static void every_doubling_shows_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        holds_doubled(rows[i].said, rows[i].count, rows[i].log);
}

static void doubled_and_shuffled_shows_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        holds_doubled_and_shuffled(rows[i].said, rows[i].count, rows[i].log);
}

static void a_port_is_reused_in_any_order(void **state)
{
    static const char *const words[] = {"c:hello", "s.", "c.", "c:again", "s:ok"};
    static const struct said said[] = {{S, FIN, 1, 6, "", 0}, {C, FIN, 6, 2, "", 0}, {C, SYN, 50000000, 0, "", 0},
        {S, SYN | ACK, 80000000, 50000001, "", 0}, {C, ACK, 50000001, 80000001, "", 0},
        {C, ACK, 50000001, 80000001, "again", 0}, {S, ACK, 80000001, 50000006, "ok", 0}};
    static const struct said handshake[] = {HANDSHAKE, {C, ACK, 1, 1, "hello", 0}};
    struct order order = {.said = said, .count = COUNT_OF(said), .words = words, .word_count = COUNT_OF(words)};

    (void)state;
    order.rig = rig_open(MEMORY);
    order.before = handshake;
    order.before_count = COUNT_OF(handshake);
    permute(&order, 0);
    rig_close(order.rig);
}

/* A tap may have interfaces of two link types; what one does not tell lies there as whatever was in the memory. */
static void stations_are_those_of_packets_that_tell_them(void **state)
{
    static const struct link telling = {.source_mac = {2, 0, 0, 0, 0, 7}, .has_macs = true};
    static const struct link silent = {.source_mac = {1, 1, 1, 1, 1, 1}};
    const struct said said[] = {{C, ACK, 1, 1, "ab", 0}, {C, ACK, 3, 1, "cd", 0}};

    (void)state;
    for (size_t tells = 0; tells < COUNT_OF(said); tells++) {
        struct rig *rig = rig_open(MEMORY);

        for (size_t i = 0; i < COUNT_OF(said); i++) {
            rig->link = i == tells ? telling : silent;
            rig_say(rig, &said[i]);
        }
        rig_flush(rig);
        assert_true(rig->facts.has_macs);
        assert_memory_equal(rig->facts.macs[C], telling.source_mac, sizeof(telling.source_mac));
        rig_close(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_permutation_shows_the_same),
        cmocka_unit_test(every_doubling_shows_the_same),
        cmocka_unit_test(doubled_and_shuffled_shows_the_same),
        cmocka_unit_test(a_port_is_reused_in_any_order),
        cmocka_unit_test(stations_are_those_of_packets_that_tell_them),
    };

    return cmocka_run_group_tests_name("flow_order", tests, NULL, NULL);
}

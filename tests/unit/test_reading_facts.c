/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of two readings of a capture has all that the other has: what it saw, and what it was asked for. */
#include "../../src/store/reading_facts.h"
#include "test.h"

#include <stdio.h>

#define USUAL "110=pop3,143=imap,993=imaps,995=pop3s"

/* What is different of a whole reading of 100 packets. */
struct change {
    uint64_t packets, unstored, lost, before, after;
    uint32_t snapshot_len;
    const char *ports, *filter, *name;
    bool discover, broken_off, incomplete, is_filter_long;
};

static struct reading_facts make(const struct change *change)
{
    struct reading_facts facts = {
        .settled = !change->broken_off,
        .complete = !change->broken_off && !change->incomplete,
        .discover = change->discover,
        .is_filter_long = change->is_filter_long,
        .unstored = change->unstored,
        .lost = change->lost,
        .before = change->before,
        .after = change->after,
        .marks = {.packets = change->packets == 0 ? 100 : change->packets,
            .snapshot_len = change->snapshot_len == 0 ? CAPTURE_SNAPSHOT_ALL : change->snapshot_len},
    };

    snprintf(facts.ports, sizeof(facts.ports), "%s", change->ports == NULL ? USUAL : change->ports);
    snprintf(facts.filter, sizeof(facts.filter), "%s", change->filter == NULL ? "" : change->filter);
    snprintf(facts.name, sizeof(facts.name), "%s", change->name == NULL ? "a" : change->name);
    return facts;
}

static void what_includes_the_other(void **state)
{
    const struct {
        const char *what;
        struct change one, other;
        bool includes, is_included;
    } rows[] = {
        {"the same", {0}, {0}, true, true},
        {"the beginning", {0}, {.packets = 40}, true, false},
        {"cut a packet", {0}, {.packets = 100, .snapshot_len = 54}, true, false},
        {"longer, but cut a packet", {.packets = 100, .snapshot_len = 54}, {.packets = 40}, false, false},
        {"fewer ports", {0}, {.ports = "993=imaps"}, true, false},
        {"other ports", {.ports = "993=imaps"}, {.ports = "143=imap"}, false, false},
        {"a port whose number begins alike", {.ports = "1993=imaps"}, {.ports = "199=imaps"}, false, false},
        {"a port for another service", {.ports = "993=imaps"}, {.ports = "993=pop3s"}, false, false},
        {"discovered", {.discover = true}, {0}, true, false},
        {"discovered, of fewer ports", {.discover = true, .ports = ""}, {0}, false, false},
        {"through a filter", {0}, {.filter = "tcp"}, true, false},
        {"through the same filter", {.filter = "tcp"}, {.filter = "tcp"}, true, true},
        {"through another filter", {.filter = "tcp"}, {.filter = "ip"}, false, false},
        {"through a filter that is too long to compare", {.filter = "tcp", .is_filter_long = true},
            {.filter = "tcp"}, false, false},
        {"broken off", {0}, {.broken_off = true}, true, false},
        {"broken off, before memory was wanting", {.lost = 3}, {.broken_off = true, .packets = 40}, true, false},
        {"broken off, before the disk was full", {.unstored = 3, .lost = 3}, {.broken_off = true, .packets = 40}, false, false},
        {"broken off later", {.broken_off = true}, {.packets = 40}, false,
            false},
        {"stopped at the same packet", {0}, {.incomplete = true}, true, false},
        {"with something lost", {0}, {.lost = 3}, true, false},
        {"read after another file", {.before = 50}, {0}, true, false},
        {"read before another file", {.after = 50}, {.before = 40}, true, false},
        {"read after, not before one as long", {.before = 50}, {.after = 50}, true, false},
    };
    struct reading_facts one, other;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        one = make(&rows[i].one);
        other = make(&rows[i].other);
        if (reading_includes(&one, &other) != rows[i].includes || reading_includes(&other, &one) != rows[i].is_included)
            fail_msg("%s", rows[i].what);
    }
}

/* Whatever neither includes, one of both is the better one, and never both. */
static void one_of_two_is_better(void **state)
{
    const struct change rows[] = {
        {.broken_off = true},
        {.packets = 200, .snapshot_len = 54},
        {.filter = "ip"},
        {.filter = "tcp"},
        {.ports = "143=imap", .name = "b"},
        {.ports = "143=imap", .name = "a"},
        {.ports = "143=imap,993=imaps"},
        {.discover = true, .ports = ""},
        {.before = 9},
    };

    struct reading_facts facts[COUNT_OF(rows)];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        facts[i] = make(&rows[i]);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t j = 0; j < COUNT_OF(rows); j++)
            assert_int_equal(reading_is_better(&facts[i], &facts[j]) + reading_is_better(&facts[j], &facts[i]), i != j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_includes_the_other),
        cmocka_unit_test(one_of_two_is_better),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

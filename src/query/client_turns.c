/* SPDX-License-Identifier: BSD-2-Clause */
/* client_turns.c: a client's verdict and the day of its last old TLS, as they were at the look before. */
#include "client_turns.h"

#include <lasthello/clock.h>

#include <assert.h>
#include <stdlib.h>

#define DAY_MICROSECONDS (SECONDS_A_DAY * INT64_C(1000000))
#define TOLD_DAYS        2047 /* of the day of a line only its last bits are kept; 0: there was none */

struct client_memory {
    struct id_map clients; /* struct remembered, packed */
    int64_t today;
    unsigned fixed_days;
    bool has_looked; /* to the end, at least once */
    struct turn_found found[TURNS_TOLD_MAX];
    size_t found_count;
    uint64_t untold;
};

/* What is known of a client, in 32 bits: a sensor may see a million of them. */
struct remembered {
    enum verdict worst;
    bool is_better;    /* newer TLS came after its last old TLS */
    int64_t old_day;   /* of that, since 1970; 0: there was none */
    unsigned told_day; /* when a line last told of it (told_today); 0: never */
};

static_assert(VERDICT_COUNT <= 16, "four bits");

static struct remembered unpack(uint32_t bits)
{
    return (struct remembered){
        .worst = (enum verdict)(bits & 0xf),
        .is_better = (bits >> 4 & 1) != 0,
        .told_day = bits >> 5 & TOLD_DAYS,
        .old_day = bits >> 16,
    };
}

static uint32_t pack(const struct remembered *client)
{
    return (uint32_t)client->worst | (uint32_t)client->is_better << 4 | client->told_day << 5 |
        (uint32_t)(client->old_day & 0xffff) << 16;
}

struct client_memory *client_memory_open(void)
{
    return calloc(1, sizeof(struct client_memory));
}

void client_memory_close(struct client_memory *memory)
{
    if (memory == NULL)
        return;
    id_map_close(&memory->clients);
    free(memory);
}

void client_turns_begin(struct client_memory *memory, const struct checked_filters *checked)
{
    memory->today = checked->today;
    memory->fixed_days = checked->limits.fixed_days;
    memory->found_count = 0;
    memory->untold = 0;
}

/* The contact that tells most of a turn: the worst, or, of one that came back, the latest with old TLS. */
static const struct contact *telling(const struct contact_walk *walk, enum turn turn)
{
    const struct contact *best = NULL;

    for (size_t i = 0; i < walk->count; i++) {
        const struct contact *contact = &walk->contacts[i];
        const bool is_fit = turn == TURN_FAILING ? contact->verdict == VERDICT_FAILING
            : turn == TURN_BREAKS                ? contact->verdict == VERDICT_BREAKS
                                                 : contact->profile->is_legacy;

        if (is_fit && contact->profile->is_counted && (best == NULL || contact->last_seen > best->last_seen))
            best = contact;
    }
    return best;
}

static void note(struct client_memory *memory, const struct contact_walk *walk, enum turn turn, int64_t days)
{
    const struct contact *contact = telling(walk, turn);

    if (contact == NULL)
        return;
    if (memory->found_count == TURNS_TOLD_MAX) {
        memory->untold++;
        return;
    }
    memory->found[memory->found_count++] = (struct turn_found){
        .turn = turn,
        .days = days,
        .client = contact->client,
        .server = contact->server,
        .profile = contact->profile->id,
    };
}

/* Did old TLS come again after enough days with newer TLS alone? How many; 0: no. */
static int64_t days_without(
    const struct client_memory *memory, const struct remembered *before, const struct remembered *now)
{
    const int64_t days = now->old_day - before->old_day;

    return before->old_day > 0 && before->is_better && days >= (int64_t)memory->fixed_days ? days : 0;
}

static struct remembered look_at(const struct contact_walk *walk, enum verdict worst)
{
    int64_t old_last = 0, better_last = 0;

    for (size_t i = 0; i < walk->count; i++) {
        const struct contact *contact = &walk->contacts[i];

        if (contact->profile->is_counted && contact->profile->is_legacy && contact->last_seen > old_last)
            old_last = contact->last_seen;
        if (contact->profile->is_better && contact->last_seen > better_last)
            better_last = contact->last_seen;
    }
    return (struct remembered){
        .worst = worst,
        .old_day = old_last / DAY_MICROSECONDS,
        .is_better = better_last > old_last,
    };
}

static unsigned told_today(const struct client_memory *memory)
{
    return (unsigned)(memory->today % TOLD_DAYS) + 1;
}

/* One line a client and day; the worst of what it turned to. */
static bool tell_once(struct client_memory *memory, const struct contact_walk *walk,
    const struct remembered *before, const struct remembered *now)
{
    const int64_t days = days_without(memory, before, now);

    if (before->told_day == told_today(memory))
        return true;
    if (now->worst == VERDICT_FAILING && before->worst != VERDICT_FAILING)
        note(memory, walk, TURN_FAILING, 0);
    else if (now->worst == VERDICT_BREAKS && before->worst < VERDICT_BREAKS)
        note(memory, walk, TURN_BREAKS, 0);
    else if (days > 0)
        note(memory, walk, TURN_BACK, days);
    else
        return false;
    return true;
}

bool client_turns_see(struct client_memory *memory, const struct contact_walk *walk, enum verdict worst)
{
    uint32_t *kept = id_map_put(&memory->clients, walk->contacts[0].client);
    struct remembered before, now = look_at(walk, worst);

    if (kept == NULL)
        return false;
    before = unpack(*kept);
    now.told_day = before.told_day;
    if (memory->has_looked && tell_once(memory, walk, &before, &now))
        now.told_day = told_today(memory);
    *kept = pack(&now);
    return true;
}

void client_turns_end(struct client_memory *memory)
{
    memory->has_looked = true;
}

size_t client_turns_found(
    const struct client_memory *memory, const struct turn_found **found, uint64_t *untold)
{
    *found = memory->found;
    *untold = memory->untold;
    return memory->found_count;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* source_tap.c: the two interfaces of a passive tap, each with one direction of a link, joined by time. */
#include "reader.h"
#include "tap_order.h"

#include <lasthello/clock.h>

#include <poll.h>
#include <stdlib.h>
#include <time.h>

/* The kernel hands a block over when it is as old as the time-out, and some ticks of its clock. */
#define TICKS_MS 100

struct one_way {
    void *live; /* NULL: could not be opened */
    bool runs;  /* packets can come */
    struct packet packet;
};

struct tap {
    struct one_way sides[2];
    struct tap_heads heads;
    int block_ms;
    uint64_t number;
};

/* Looks for the next packet of each side that has none waiting. False: a side failed. */
static bool fetch(struct tap *tap, struct error *error)
{
    for (int i = 0; i < 2; i++) {
        struct one_way *side = &tap->sides[i];
        struct tap_head *head = &tap->heads.sides[i];
        const int64_t now_ns = clock_ns(CLOCK_REALTIME);
        enum sourced sourced;

        if (!side->runs || head->has_packet)
            continue;
        sourced = reader_live.next(side->live, &side->packet, error);
        head->has_packet = sourced == SOURCED_PACKET;
        head->time_ns = head->has_packet ? side->packet.time_ns : 0;
        if (sourced == SOURCED_NOTHING)
            head->empty_ns = now_ns;
        if (sourced != SOURCED_FAILED)
            continue;
        side->runs = false;
        head->is_over = true;
        return false;
    }
    return true;
}

static bool take(struct tap *tap, struct packet *packet)
{
    const int side = tap_order_next(&tap->heads, clock_ns(CLOCK_REALTIME));

    if (side < 0)
        return false;
    tap->heads.sides[side].has_packet = false;
    *packet = tap->sides[side].packet;
    packet->number = ++tap->number;
    return true;
}

/* Until a side without a packet has one, or the packet that waits is due. */
static void wait_for_packets(const struct tap *tap)
{
    const int64_t due_ns = tap_order_due(&tap->heads, clock_ns(CLOCK_REALTIME));
    const int64_t due_ms = due_ns / 1000000 + 1;
    struct pollfd waiting[2];

    for (int i = 0; i < 2; i++) {
        const bool is_asked = tap->sides[i].runs && !tap->heads.sides[i].has_packet;

        waiting[i] =
            (struct pollfd){.fd = is_asked ? live_descriptor(tap->sides[i].live) : -1, .events = POLLIN};
    }
    poll(waiting, 2, due_ms < tap->block_ms ? (int)due_ms : tap->block_ms);
}

/* A packet waits for the other side no longer than its block time-out and some ticks. */
static enum sourced tap_next(void *state, struct packet *packet, struct error *error)
{
    struct tap *tap = state;

    for (bool waited = false;; waited = true) {
        if (take(tap, packet))
            return SOURCED_PACKET;
        if (!tap->sides[0].runs && !tap->sides[1].runs)
            return SOURCED_FAILED;
        if (!fetch(tap, error))
            return SOURCED_FAILED;
        if (take(tap, packet))
            return SOURCED_PACKET;
        if (waited && !tap->heads.sides[0].has_packet && !tap->heads.sides[1].has_packet)
            return SOURCED_NOTHING;
        wait_for_packets(tap);
    }
}

static void tap_statistics(void *state, struct source_statistics *statistics)
{
    struct tap *tap = state;

    for (int i = 0; i < 2; i++) {
        struct source_statistics one = {.is_blind = true};

        if (tap->sides[i].live != NULL)
            reader_live.statistics(tap->sides[i].live, &one);
        statistics->dropped += one.dropped;
        statistics->interface_dropped += one.interface_dropped;
        statistics->sealed += one.sealed;
        statistics->is_blind = statistics->is_blind || one.is_blind;
    }
}

static bool tap_revive(void *state)
{
    struct tap *tap = state;
    bool any = false;

    for (int i = 0; i < 2; i++) {
        struct one_way *side = &tap->sides[i];

        if (side->live == NULL || side->runs || !reader_live.revive(side->live))
            continue;
        side->runs = any = true;
        tap->heads.sides[i].is_over = false;
        tap->heads.sides[i].empty_ns = 0;
    }
    return any;
}

static bool tap_runs(const void *state, int side)
{
    return ((const struct tap *)state)->sides[side].runs;
}

static void tap_close(void *state)
{
    struct tap *tap = state;

    for (int i = 0; i < 2; i++)
        if (tap->sides[i].live != NULL)
            reader_live.close(tap->sides[i].live);
    free(tap);
}

void *tap_open(const struct live_options sides[2], bool are_down[2], struct error errors[2])
{
    struct tap *tap = calloc(1, sizeof(*tap));

    for (int i = 0; i < 2; i++) {
        struct live_options options = sides[i];

        are_down[i] = false;
        options.never_waits = true;
        if (tap == NULL) {
            error_set(&errors[i], "%s: no memory left to capture", options.interface);
            continue;
        }
        tap->sides[i].live = live_open(&options, &are_down[i], &errors[i]);
        tap->sides[i].runs = tap->sides[i].live != NULL;
        tap->heads.sides[i].is_over = !tap->sides[i].runs;
    }
    if (tap == NULL)
        return NULL;
    tap->block_ms = sides[0].block_ms > 0 ? sides[0].block_ms : 1;
    tap->heads.lag_ns = (int64_t)(tap->block_ms + TICKS_MS) * 1000000;
    if (tap->sides[0].runs || tap->sides[1].runs)
        return tap;
    tap_close(tap);
    return NULL;
}

const struct source_reader reader_tap = {
    .next = tap_next,
    .statistics = tap_statistics,
    .revive = tap_revive,
    .runs = tap_runs,
    .close = tap_close,
};

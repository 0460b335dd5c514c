/* SPDX-License-Identifier: BSD-2-Clause */
/* watch.c: one thread of an interface, from start to stop: packets into the pipeline, and once a second what
 * was learnt, what was dropped and what the kernel held back into the ledger. */
#include "watch.h"

#include "watch_clock.h"

#include <lasthello/journal.h>
#include <lasthello/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOOK_UP_PACKETS 1024               /* between two looks at the clock, */
#define LOOK_UP_NS      (NANOSECONDS / 10) /* ... or so much of the packets' own time */
#define RETRY_MS        1000
#define COLLECT_NS      (60 * NANOSECONDS) /* the kernel is asked what it held back */

/* One worker's capture: a thread of an interface, from start to stop. */
struct watch {
    struct worker *worker;
    const struct watching *watching;
    const struct watched_link *link;
    const char *interface; /* or both of a tap: the link's name */
    unsigned thread;
    struct source_record record;
    bool is_half; /* of a tap, one interface is waited for */
    bool is_blind, had_carrier, lacked_carrier;
    struct drops drops;
    struct watch_clock clock;
    uint64_t shunted, shunted_bytes; /* as far as they are in the record */
    int64_t collected_ns;
    int64_t last_packet_ns;
    int64_t timed_ns; /* as far as time is in the record, monotonic clock */
    int64_t held_ns;  /* when the kernel was last asked to hold back a session */
};

/* Of several threads, each is a source of its own, so that `coverage` shows the drops of each: eth1#1,
 * eth1#2, ... */
static void name_source(const struct watch *watch, char *out, size_t size)
{
    struct bytes interface = {(const uint8_t *)watch->interface, strlen(watch->interface)};
    size_t len = text_safe(interface, out, size);

    if (watch->watching->options->threads > 1)
        snprintf(out + len, size - len, "#%u", watch->thread + 1);
}

/* What all threads of an interface would say, the first says. */
static void say(const struct watch *watch, const char *sentence, const char *rest)
{
    if (watch->thread == 0)
        complain("%s%s", sentence, rest);
}

/* The same of what a program may wait for: `name` is its LASTHELLO_EVENT. */
static void say_as(const struct watch *watch, enum priority priority, const char *name, const char *sentence,
    const char *rest)
{
    if (watch->thread == 0)
        journal_tell(
            &(struct happening){priority, name, {{"LASTHELLO_INTERFACE", watch->interface}}}, "%s%s",
            sentence, rest);
}

static void begin_record(struct watch *watch)
{
    const struct run *run = watch->worker->run;
    struct source_record *record = &watch->record;

    *record = (struct source_record){.kind = "interface", .started_ns = watch->watching->started_ns};
    record->ended_ns = record->started_ns;
    name_source(watch, record->name, sizeof(record->name));
    snprintf(record->site, sizeof(record->site), "%s", run->shared.site);
    snprintf(record->observer, sizeof(record->observer), "%s", run->observer);
    record->id = source_id_new();
    watch->timed_ns = clock_ns(CLOCK_MONOTONIC);
    watch->worker->line.source = record;
    watch_clock_begin(&watch->clock, record, &watch->worker->recorder,
        watch->thread == 0 ? watch->interface : NULL);
    recorder_source(&watch->worker->recorder, record);
}

/* What the kernel held back has the fate of other packets of settled sessions. */
static void count_shunted(struct source_record *record, uint64_t packets, uint64_t bytes)
{
    record->packets += packets;
    record->bytes += bytes;
    record->fates[FATE_SETTLED] += packets;
    record->shunted += packets;
}

/* The time since it was last counted. A source lasts as long as it watches, also where nothing comes, so that
 * the time between two of them is known; how long it was blind meanwhile, the first thread of an interface
 * answers for. */
static void count_time(struct watch *watch, bool is_blind)
{
    const int64_t monotonic_ns = clock_ns(CLOCK_MONOTONIC);
    const int64_t until_ns = watch_clock_now(&watch->clock) + watch->worker->recorder.moved_ns;
    struct source_record *record = &watch->record;

    if (is_blind && watch->thread == 0)
        record->down_ns += monotonic_ns - watch->timed_ns;
    if (until_ns > record->ended_ns)
        record->ended_ns = until_ns;
    watch->timed_ns = monotonic_ns;
}

/* In the first row that is free when there are some; where all are taken, their overflow says enough. */
static void count_sealed(struct source_record *record, uint64_t packets)
{
    const size_t count = sizeof(record->unknown) / sizeof(record->unknown[0]);
    size_t row = 0;

    while (row < count - 1 && record->unknown[row].packets > 0 && record->unknown[row].kind != UNKNOWN_SEALED)
        row++;
    if (packets > 0 && row < count - 1)
        record->unknown[row] = (struct unknown_count){.kind = UNKNOWN_SEALED, .packets = packets};
}

static void update_record(struct watch *watch)
{
    struct source_record *record = &watch->record;
    struct source_statistics now = {.is_blind = true};

    if (watch->worker->source != NULL)
        source_statistics(watch->worker->source, &now);
    watch->is_blind = now.is_blind;
    count_time(watch, now.is_blind);
    record->dropped = now.dropped;
    record->interface_dropped = now.interface_dropped;
    count_sealed(record, now.sealed);
    record->unstored = watch->worker->recorder.unstored;
    count_shunted(record, now.shunted - watch->shunted, now.shunted_bytes - watch->shunted_bytes);
    watch->shunted = now.shunted;
    watch->shunted_bytes = now.shunted_bytes;
    pipeline_settle_counts(&watch->worker->line);
    recorder_source(&watch->worker->recorder, record);
    worker_show(watch->worker);
}

/* While it captures: that an interface went down is said where that is found out. */
static void tell_of_carrier_changes(struct watch *watch)
{
    if (watch->is_blind && watch->had_carrier)
        say_as(watch, PRIORITY_WARNING, "sensor-blind", watch->interface,
            ": the link has lost its carrier, and no packet comes; is the cable in?");
    else if (!watch->is_blind && watch->lacked_carrier)
        say_as(watch, PRIORITY_NOTICE, "sensor-sees", watch->interface, ": the link has its carrier");
    watch->had_carrier = !watch->is_blind;
    watch->lacked_carrier = watch->is_blind;
}

static void tell_of_changes(struct watch *watch)
{
    if (watch->is_half)
        watch->had_carrier = watch->lacked_carrier = false;
    else
        tell_of_carrier_changes(watch);
    watch_drops_tell(&watch->drops, watch->record.name,
        watch->record.dropped + watch->record.interface_dropped, clock_ns(CLOCK_MONOTONIC));
}

/* Shunted sessions are still going on: the inventory learns when they were last seen. */
static void collect_shunted(struct watch *watch)
{
    const struct source_record *record = &watch->record;
    struct recorder *recorder = &watch->worker->recorder;
    struct shunted held;

    watch->collected_ns = watch_clock_now(&watch->clock);
    while (source_shunted(watch->worker->source, &held)) {
        /* what the kernel holds back has no number: the newest that came must do */
        struct packet_ref last = {
            .time_ns = watch_clock_believe(&watch->clock, held.last_ns),
            .number = record->packets - record->shunted,
            .source = record->id,
        };

        if (held.observation != 0)
            recorder_amend(recorder, &(struct amendment){.observation = held.observation, .last = last});
    }
}

/* The interface i of the link. */
static const char *name_of(const struct watch *watch, unsigned i)
{
    return watch->watching->options->interfaces[watch->link->first + i];
}

/* A link that gives no packets, or half of them: another sensor can open what is up and not captured. */
static void restart_if_back(const struct watch *watch)
{
    struct run *run = watch->worker->run;

    for (unsigned i = 0; i < watch->link->count; i++) {
        const struct source *source = watch->worker->source;

        if ((source == NULL || !source_side_runs(source, (int)i)) &&
            monitor_interface(run->monitor, watch->link->first + i))
            run_restart(run);
    }
}

/* Says which interface of a tap is waited for while the other is captured; NULL: none. */
static const char *missing_side(const struct watch *watch, const struct source *source)
{
    for (unsigned i = 0; watch->link->count == 2 && i < 2; i++)
        if (!source_side_runs(source, (int)i))
            return name_of(watch, i);
    return NULL;
}

static void note_half(struct watch *watch, const struct source *source)
{
    const char *missing = missing_side(watch, source);

    watch->is_half = missing != NULL;
    worker_begun(watch->worker, missing);
}

/* Once a second while one interface of a tap is waited for. */
static void look_for_side(struct watch *watch)
{
    struct source *source = watch->worker->source;
    const char *missing = missing_side(watch, source);

    if (!watch->is_half || missing == NULL)
        return;
    if (source_revive(source)) {
        say(watch, missing, ": capturing again");
        note_half(watch, source);
    } else {
        restart_if_back(watch);
    }
}

static int64_t last_packet_ns(const struct watch *watch)
{
    return watch->last_packet_ns == 0 ? 0 : watch->last_packet_ns + watch->worker->recorder.moved_ns;
}

/* A second has passed, or nothing arrives: tell the tables the time, and hand over what was learnt. */
static void look_up(struct watch *watch)
{
    struct worker *worker = watch->worker;
    int64_t time_ns;

    atomic_store_explicit(&worker->packets, watch->record.packets, memory_order_relaxed);
    atomic_store_explicit(&worker->last_packet_ns, last_packet_ns(watch), memory_order_relaxed);
    atomic_fetch_add_explicit(&worker->beats, 1, memory_order_relaxed);
    watch_clock_look(&watch->clock);
    if (!recorder_due(&worker->recorder, RECORDER_LIVE_NS))
        return;
    time_ns = watch_clock_now(&watch->clock);
    pipeline_time(&worker->line, time_ns);
    if (time_ns - watch->collected_ns >= COLLECT_NS || time_ns < watch->collected_ns)
        collect_shunted(watch);
    update_record(watch);
    look_for_side(watch);
    tell_of_changes(watch);
    recorder_exchange(&worker->recorder);
    watch_clock_follow(&watch->clock);
}

static enum sourced capture(struct watch *watch, struct error *error)
{
    struct worker *worker = watch->worker;
    unsigned since_look_up = 0;
    int64_t looked_up_ns = 0;
    struct packet packet;
    enum sourced sourced;

    while ((sourced = source_next(worker->source, &packet, error)) <= SOURCED_NOTHING) {
        if (sourced == SOURCED_PACKET) {
            packet.time_ns = watch_clock_believe(&watch->clock, packet.time_ns);
            watch->last_packet_ns = packet.time_ns;
            pipeline_packet(&worker->line, &packet);
        }
        if (sourced == SOURCED_PACKET && ++since_look_up < LOOK_UP_PACKETS &&
            packet.time_ns - looked_up_ns < LOOK_UP_NS)
            continue;
        if (sourced == SOURCED_PACKET)
            looked_up_ns = packet.time_ns;
        since_look_up = 0;
        look_up(watch);
    }
    return sourced;
}

/* Waits until the interface goes on where it was (true), or can be opened: then another sensor does it. */
static bool await_interface(struct watch *watch, struct source *source)
{
    const struct timespec pause = {.tv_sec = RETRY_MS / 1000, .tv_nsec = RETRY_MS % 1000 * 1000000L};
    struct worker *worker = watch->worker;
    struct run *run = worker->run;

    worker_begun(worker, watch->interface);
    while (!atomic_load(&run->stopping)) {
        nanosleep(&pause, NULL);
        atomic_fetch_add_explicit(&worker->beats, 1, memory_order_relaxed);
        watch_clock_look(&watch->clock);
        pipeline_time(&worker->line, watch_clock_now(&watch->clock));
        count_time(watch, true);
        update_record(watch);
        recorder_exchange(&worker->recorder);
        watch_clock_follow(&watch->clock);
        if (source != NULL && source_revive(source)) {
            note_half(watch, source);
            say_as(watch, PRIORITY_NOTICE, "sensor-sees", watch->interface, ": capturing again");
            return true;
        }
        restart_if_back(watch);
    }
    return false;
}

/* Of a tap, the other interface gives packets. */
static bool can_go_on(const struct source *source)
{
    return source_side_runs(source, 0) || source_side_runs(source, 1);
}

/* Captures until a signal says stop, or the interface is another one. */
static void watch_interface(struct watch *watch, struct source *source)
{
    struct worker *worker = watch->worker;
    struct error error = {0};
    bool goes_on = true;

    worker_hold(worker, source);
    while (goes_on) {
        goes_on = false;
        if (capture(watch, &error) == SOURCED_FAILED && !atomic_load(&worker->run->stopping)) {
            say_as(watch, PRIORITY_WARNING, "sensor-blind", error.text, TRYING_AGAIN);
            goes_on = true;
        }
        collect_shunted(watch);
        update_record(watch);
        if (goes_on && can_go_on(source))
            note_half(watch, source);
        else
            goes_on = goes_on && await_interface(watch, source);
    }
    worker_hold(worker, NULL);
}

static void hold(void *holder, const struct segment *segment, uint64_t observation)
{
    struct watch *watch = holder;

    watch->held_ns = watch_clock_now(&watch->clock);
    source_shunt(watch->worker->source, &segment->source, &segment->destination, observation);
}

/* The kernel sees a SYN, FIN or RST itself, and stops holding back. But one that waited in the ring while the
 * session was still being read was seen too early for that. */
static void release(void *holder, const struct segment *segment)
{
    const struct watch *watch = holder;

    if (segment->time_ns <= watch->held_ns)
        source_unshunt(watch->worker->source, &segment->source, &segment->destination);
}

static void begin(struct watch *watch, const struct source *source)
{
    struct worker *worker = watch->worker;
    const char *refused = source_shunt_refused(source);
    const bool is_first = monitor_round(worker->run->monitor) == 0;
    const char *until = isatty(STDERR_FILENO) ? ": capturing; Ctrl-C ends it" : ": capturing";

    begin_record(watch);
    watch->collected_ns = watch->record.started_ns;
    if (watch->watching->options->shunts && refused == NULL) {
        worker->line.hold = hold;
        worker->line.release = release;
        worker->line.holder = watch;
    }
    say(watch, watch->interface, is_first ? until : ": capturing again");
    if (refused != NULL && is_first)
        say(watch, refused, "");
    note_half(watch, source);
}

static void finish(struct watch *watch)
{
    struct worker *worker = watch->worker;

    watch_clock_end(&watch->clock);
    pipeline_flush(&worker->line);
    pipeline_settle_counts(&worker->line);
    watch->record.unstored = worker->recorder.unstored;
    watch->record.complete = true;
    recorder_source(&worker->recorder, &watch->record);
    worker_show(worker);
    worker->line.source = NULL;
}

static struct watch watch_of(struct worker *worker, const struct watching *watching)
{
    const struct watched_link *link = &watching->options->links[worker->index / watching->options->threads];

    return (struct watch){
        .worker = worker,
        .watching = watching,
        .link = link,
        .interface = link->name,
        .thread = worker->index % watching->options->threads,
    };
}

void *watch_work(void *argument)
{
    struct worker *worker = argument;
    const struct watching *watching = worker->run->work;
    struct watch watch = watch_of(worker, watching);
    struct source *source = watching->sources[worker->index];

    if (source != NULL) {
        begin(&watch, source);
        watch_interface(&watch, source);
        finish(&watch);
    } else if (watching->awaited[worker->index]) {
        begin_record(&watch);
        await_interface(&watch, NULL);
        finish(&watch);
    }
    worker_done(worker);
    return NULL;
}

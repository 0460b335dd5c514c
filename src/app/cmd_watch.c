/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_watch.c: `lasthello watch`: live interfaces, into the inventory, until a signal ends it. */
#include "run.h"

#include <lasthello/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LOOK_UP_PACKETS 1024 /* between two looks at the clock */
#define RETRY_MS        1000
#define SNAPSHOT_LEN    262144 /* whole packets, also those that the network card joined */
#define BUFFER_MIB      64
#define BLOCK_MS        100

struct watching {
    struct sensor_options sensor;
    const char *interfaces[WORKERS_MAX];
    unsigned interface_count;
    int buffer_mib;
    int snapshot_len;
    char *filter;
};

static int64_t realtime_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * NANOSECONDS + now.tv_nsec;
}

static void begin_record(struct worker *worker, struct source_record *record, const char *interface)
{
    const struct run *run = worker->run;

    *record = (struct source_record){.kind = "interface", .started_ns = realtime_ns()};
    record->ended_ns = record->started_ns;
    text_safe((struct bytes){(const uint8_t *)interface, strlen(interface)}, record->name, sizeof(record->name));
    snprintf(record->site, sizeof(record->site), "%s", run->shared.site);
    snprintf(record->observer, sizeof(record->observer), "%s", run->observer);
    record->id = source_id_live(run->shared.site, run->observer, record->name, record->started_ns);
    worker->line.source = record;
    recorder_source(&worker->recorder, record);
}

static void update_record(struct worker *worker, const struct source_statistics *before)
{
    struct source_statistics now = {0};

    source_statistics(worker->source, &now);
    worker->line.source->dropped = before->dropped + now.dropped;
    worker->line.source->interface_dropped = before->interface_dropped + now.interface_dropped;
    worker->line.source->unstored = worker->recorder.unstored;
    pipeline_settle_counts(&worker->line);
    recorder_source(&worker->recorder, worker->line.source);
    worker_show(worker);
}

/* A second has passed, or nothing arrives: tell the tables the time, and hand over what was learnt. */
static void look_up(struct worker *worker, const struct source_statistics *before)
{
    atomic_store_explicit(&worker->packets, worker->line.source->packets, memory_order_relaxed);
    if (!recorder_due(&worker->recorder))
        return;
    pipeline_time(&worker->line, realtime_ns());
    update_record(worker, before);
    recorder_exchange(&worker->recorder);
}

static enum sourced capture(struct worker *worker, const struct source_statistics *before, struct error *error)
{
    struct packet packet;
    enum sourced sourced;

    while ((sourced = source_next(worker->source, &packet, error)) <= SOURCED_NOTHING) {
        if (sourced == SOURCED_PACKET)
            pipeline_count(&worker->line, &packet);
        if (sourced == SOURCED_NOTHING || worker->line.source->packets % LOOK_UP_PACKETS == 0)
            look_up(worker, before);
    }
    return sourced;
}

static struct source *open_interface(struct worker *worker, struct error *error)
{
    const struct watching *watching = worker->run->work;

    return source_open_live(&(struct live_options){
                                .interface = watching->interfaces[worker->index],
                                .filter = watching->filter,
                                .buffer_bytes = watching->buffer_mib << 20,
                                .snapshot_len = watching->snapshot_len,
                                .block_ms = BLOCK_MS,
                            },
        error);
}

/* Waits until the interface can be opened again, and says so once each way. */
static struct source *reopen(struct worker *worker)
{
    const struct watching *watching = worker->run->work;
    const struct timespec pause = {.tv_sec = RETRY_MS / 1000, .tv_nsec = RETRY_MS % 1000 * 1000000L};
    struct source *source = NULL;
    struct error error;

    while (source == NULL && !atomic_load(&worker->run->stopping)) {
        nanosleep(&pause, NULL);
        pipeline_time(&worker->line, realtime_ns());
        source = open_interface(worker, &error);
    }
    if (source != NULL)
        complain("%s: capturing again", watching->interfaces[worker->index]);
    return source;
}

/* Captures until a signal says stop; an interface that goes down or away is waited for. */
static void watch_interface(struct worker *worker, struct source *source)
{
    struct source_statistics before = {0};
    struct error error = {0};

    while (source != NULL) {
        worker_hold(worker, source);
        if (capture(worker, &before, &error) == SOURCED_FAILED && !atomic_load(&worker->run->stopping))
            complain("%s; trying again every second", error.text);
        update_record(worker, &before);
        before.dropped = worker->line.source->dropped;
        before.interface_dropped = worker->line.source->interface_dropped;
        worker_hold(worker, NULL);
        source_close(source);
        source = atomic_load(&worker->run->stopping) ? NULL : reopen(worker);
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    const struct watching *watching = worker->run->work;
    struct source_record record;
    struct error error = {0};
    struct source *source = open_interface(worker, &error);

    if (source == NULL)
        run_fail(worker->run, &error);
    else {
        begin_record(worker, &record, watching->interfaces[worker->index]);
        complain("%s: capturing; Ctrl-C ends it", record.name);
        watch_interface(worker, source);
        pipeline_flush(&worker->line);
        pipeline_settle_counts(&worker->line);
        record.unstored = worker->recorder.unstored;
        record.complete = true;
        recorder_source(&worker->recorder, &record);
        worker_show(worker);
        worker->line.source = NULL;
    }
    atomic_fetch_sub(&worker->run->working, 1);
    return NULL;
}

static int watch_all(struct watching *watching)
{
    uint64_t sessions = 0, legacy = 0;
    char all[COUNT_TEXT_BYTES], old[COUNT_TEXT_BYTES];
    struct run run;
    bool stored;

    if (!run_open(&run, &watching->sensor, watching->interface_count, false))
        return EXIT_FAILED;
    run.work = watching;
    run_workers(&run, work);
    for (unsigned i = 0; i < run.worker_count; i++) {
        sessions += run.workers[i].recorder.sessions;
        legacy += run.workers[i].recorder.legacy;
    }
    stored = run_close(&run);
    if (run.stopping)
        complain("stopped: %s mail sessions, %s with TLS 1.1 or older; next: lasthello report %s",
            count_text(sessions, all), count_text(legacy, old), watching->sensor.inventory);
    return stored && !run.failed ? EXIT_DONE : EXIT_FAILED;
}

enum option_key {
    KEY_BUFFER = 512,
    KEY_SNAPSHOT,
};

static const struct argp_option rows[] = {
    {.name = "interface", .key = 'i', .arg = "IFACE", .doc = "interface at the mirror port; may be given several times"},
    {.name = "buffer", .key = KEY_BUFFER, .arg = "MIB", .doc = "kernel buffer of each interface (default 64)"},
    {.name = "snaplen", .key = KEY_SNAPSHOT, .arg = "BYTES", .doc = "capture at most so much of a packet (default 262144)"},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct watching *watching = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &watching->sensor;
        return 0;
    case 'i':
        if (watching->interface_count == WORKERS_MAX)
            argp_error(state, "at most %d interfaces", WORKERS_MAX);
        watching->interfaces[watching->interface_count++] = argument;
        return 0;
    case KEY_BUFFER:
        watching->buffer_mib = (int)parse_count(state, "--buffer", argument, 1, 2047);
        return 0;
    case KEY_SNAPSHOT:
        watching->snapshot_len = (int)parse_count(state, "--snaplen", argument, 64, SNAPSHOT_LEN);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s': interfaces are named with -i", argument);
        return 0;
    case ARGP_KEY_END:
        if (watching->interface_count == 0)
            argp_error(state, "name the interface at the mirror port with -i");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cmd_watch(int argc, char **argv)
{
    static const struct argp_child children[] = {{.argp = &sensor_argp}, {0}};
    static const struct argp argp = {
        .options = rows,
        .parser = parse,
        .doc = "Watch live interfaces and keep the inventory until SIGINT or SIGTERM.\v"
               "SIGUSR1 prints counters. An interface that goes down or away is waited for.\n\n"
               "Example: lasthello watch -i eth1 -o /var/lib/lasthello/inventory.db",
        .children = children,
    };
    struct watching *watching = calloc(1, sizeof(*watching));
    int status;

    if (watching == NULL)
        return EXIT_FAILED;
    watching->buffer_mib = BUFFER_MIB;
    watching->snapshot_len = SNAPSHOT_LEN;
    sensor_options_init(&watching->sensor);
    argp_parse(&argp, argc, argv, 0, NULL, watching);
    watching->filter = services_filter(&watching->sensor.services);
    status = watch_all(watching);
    free(watching->filter);
    free(watching);
    return status;
}

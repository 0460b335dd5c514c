/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_run.c: a run of `watch`: its sensor from the start to the end, and what is said of it. */
#include "watch.h"
#include "watch_clients.h"
#include "watch_metrics.h"

#include <lasthello/clock.h>
#include <lasthello/journal.h>
#include <lasthello/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- a line with rates, on a terminal ------------------------------------------------------------- */

#define RATES_NS NANOSECONDS

struct sums {
    uint64_t packets, sessions, legacy, dropped;
};

static struct sums sum_workers(const struct run *run)
{
    struct sums sums = {0};

    for (unsigned i = 0; i < run->worker_count; i++) {
        sums.packets += run->workers[i].packets;
        sums.sessions += run->workers[i].sessions;
        sums.legacy += run->workers[i].legacy;
        sums.dropped += run->workers[i].dropped;
    }
    return sums;
}

/* "1,204 packets/s; 31 sessions, 4 with old TLS; 0 packets dropped" */
static void write_rates(
    const struct watching *watching, const struct sums *sums, int64_t since_ns, char *out, size_t size)
{
    char rate[COUNT_TEXT_BYTES], sessions[COUNT_TEXT_BYTES], legacy[COUNT_TEXT_BYTES],
        dropped[COUNT_TEXT_BYTES];

    snprintf(out, size, "%s packets/s; %s session%s, %s with old TLS; %s packets dropped",
        count_text((sums->packets - watching->shown_packets) * NANOSECONDS / (uint64_t)since_ns, rate),
        count_text(sums->sessions, sessions), sums->sessions == 1 ? "" : "s",
        count_text(sums->legacy, legacy), count_text(sums->dropped, dropped));
}

static void show_rates(struct run *run)
{
    struct watching *watching = run->work;
    const int64_t now_ns = clock_ns(CLOCK_MONOTONIC), since_ns = now_ns - watching->shown_ns;
    const struct sums sums = sum_workers(run);
    char line[256] = "";

    if (since_ns < RATES_NS)
        return;
    if (atomic_load(&run->working) > 0 && !atomic_load(&run->stopping))
        write_rates(watching, &sums, since_ns, line, sizeof(line));
    watching->shown_ns = now_ns;
    watching->shown_packets = sums.packets;
    error_show(line);
}

static void show_progress(struct run *run)
{
    struct watching *watching = run->work;

    watch_deadlines_tell(watching, clock_ns(CLOCK_REALTIME));
    if (watching->shows_rates)
        show_rates(run);
    watch_metrics_write(run);
}

/* ---- the run -------------------------------------------------------------------------------------- */

static bool open_fanouts(struct watching *watching)
{
    for (unsigned i = 0; watching->options->threads > 1 && i < watching->options->link_count; i++)
        if ((watching->fanouts[i] = fanout_open()) == NULL)
            return false;
    return true;
}

static void tell_result(const struct run *run, uint64_t sessions, uint64_t legacy)
{
    char all[COUNT_TEXT_BYTES], old[COUNT_TEXT_BYTES], lost[COUNT_TEXT_BYTES], loss[128] = "";

    if (run->unstored > 0)
        snprintf(loss, sizeof(loss), "; %s could not be stored and are lost: see to it that there is space",
            count_text(run->unstored, lost));
    complain("stopped: %s session%s, %s with TLS 1.1 or older%s; next: lasthello report %s",
        count_text(sessions, all), sessions == 1 ? "" : "s", count_text(legacy, old), loss,
        run->options->inventory);
}

static int watch_all(struct watching *watching, struct run *run)
{
    uint64_t sessions = 0, legacy = 0;
    bool stored;

    run->work = watching;
    watching->shows_rates = isatty(STDERR_FILENO);
    run->progress = show_progress;
    watching->started_ns = clock_ns(CLOCK_REALTIME); /* no packet is older */
    watch_open(watching, run);
    if (run_give_up_rights(run)) {
        watching->clients = watch_clients_begin(&watching->options->looks);
        run_workers(run, watch_work);
        watch_clients_end(watching->clients);
    } else {
        run->failed = true;
    }
    watch_metrics_write(run); /* the last word */
    watch_clients_close(watching->clients);
    for (unsigned i = 0; i < run->worker_count; i++) {
        sessions += run->workers[i].recorder.sessions;
        legacy += run->workers[i].recorder.legacy;
        source_close(watching->sources[i]);
    }
    stored = run_close(run);
    if (run->again)
        return MONITOR_AGAIN;
    if (run->stopping)
        tell_result(run, sessions, legacy);
    return stored && !run->failed ? EXIT_DONE : EXIT_FAILED;
}

static int sense(struct monitor *monitor, void *argument)
{
    struct watching *watching = argument;
    const struct watch_options *options = watching->options;
    int status = EXIT_FAILED;
    struct run run;

    journal_open();
    if (!open_fanouts(watching))
        complain("no memory left to begin");
    else if (run_open(&run, &options->sensor, monitor, options->link_count * options->threads, false))
        status = watch_all(watching, &run);
    for (unsigned i = 0; i < options->link_count; i++)
        fanout_close(watching->fanouts[i]);
    return status;
}

int watch_interfaces(const struct watch_options *options)
{
    const struct monitor_files files = {
        .events = options->sensor.events,
        .metrics = options->metrics,
        .inventory = options->sensor.inventory,
        .interfaces = options->interfaces,
        .interface_count = options->interface_count,
    };
    struct watching watching = {.options = options};
    int status = EXIT_FAILED;

    complain_with_time();
    services_ports(&options->sensor.services, watching.ports);
    watching.filter = source_filter_text(watching.ports, options->sensor.hears_names);
    if (watching.filter != NULL)
        status = monitor_run(&files, sense, &watching);
    else
        complain("no memory left to begin");
    free(watching.filter);
    return status == MONITOR_STOPPED ? EXIT_DONE : status;
}

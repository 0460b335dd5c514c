/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_metrics.c: counters in the text format of Prometheus, without a label that names a host. */
#include "watch_metrics.h"

#include "watch.h"
#include "watch_clients.h"

#include <lasthello/clock.h>
#include <lasthello/metric_text.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DUE_NS (10 * NANOSECONDS)

/* What is told of each interface: a sum over its threads. */
struct link_sums {
    uint64_t packets, bytes, offloaded, unstored, given_up;
    uint64_t dropped, card_dropped;
    int64_t down_ns, last_packet_ns;
};

static const struct family {
    const char *name, *type, *help, *label; /* a label beside the interface; NULL: none */
    size_t offset;                          /* in struct link_sums */
    bool is_time;                           /* nanoseconds */
} families[] = {
    {"lasthello_packets_total", "counter", "Packets seen, those offloaded to the kernel included.", NULL,
        offsetof(struct link_sums, packets), false},
    {"lasthello_bytes_total", "counter", "Their bytes on the wire.", NULL, offsetof(struct link_sums, bytes),
        false},
    {"lasthello_offloaded_packets_total", "counter",
        "Packets of classified sessions that the kernel held back.", NULL,
        offsetof(struct link_sums, offloaded), false},
    {"lasthello_dropped_total", "counter",
        "What was lost, by place: packets in the card and the kernel, connections for want of memory, "
        "sessions that could not be stored.",
        "card", offsetof(struct link_sums, card_dropped), false},
    {"lasthello_dropped_total", NULL, NULL, "kernel", offsetof(struct link_sums, dropped), false},
    {"lasthello_dropped_total", NULL, NULL, "memory", offsetof(struct link_sums, given_up), false},
    {"lasthello_dropped_total", NULL, NULL, "inventory", offsetof(struct link_sums, unstored), false},
    {"lasthello_blind_seconds_total", "counter",
        "How long the interface was down, gone or without a carrier.", NULL,
        offsetof(struct link_sums, down_ns), true},
    {"lasthello_last_packet_timestamp_seconds", "gauge",
        "When the last packet was captured; 0: none was yet.", NULL,
        offsetof(struct link_sums, last_packet_ns), true},
};

static struct link_sums sum_link(struct run *run, const struct watching *watching, unsigned link)
{
    struct link_sums sums = {0};

    for (unsigned i = link * watching->options->threads; i < (link + 1) * watching->options->threads; i++) {
        struct worker *worker = &run->workers[i];
        const int64_t last_ns = atomic_load(&worker->last_packet_ns);

        pthread_mutex_lock(&worker->lock);
        sums.packets += worker->shown.packets;
        sums.bytes += worker->shown.bytes;
        sums.offloaded += worker->shown.shunted;
        sums.unstored += worker->shown.unstored;
        sums.given_up += worker->shown.given_up_flows + worker->shown.given_up_sessions;
        sums.dropped += worker->shown.dropped;
        sums.card_dropped += worker->shown.interface_dropped;
        sums.down_ns += worker->shown.down_ns;
        pthread_mutex_unlock(&worker->lock);
        if (last_ns > sums.last_packet_ns)
            sums.last_packet_ns = last_ns;
    }
    return sums;
}

static void write_family(
    FILE *out, const struct family *family, const struct watching *watching, const struct link_sums *sums)
{
    if (family->help != NULL)
        metric_head(out, family->name, family->type, family->help);
    for (unsigned i = 0; i < watching->options->link_count; i++) {
        const uint64_t *value = (const uint64_t *)(const void *)((const char *)&sums[i] + family->offset);

        fprintf(out, "%s{interface=", family->name);
        metric_quoted(out, watching->options->links[i].name);
        if (family->label != NULL)
            fprintf(out, ",place=\"%s\"", family->label);
        fputs("} ", out);
        if (family->is_time)
            metric_seconds(out, (int64_t)*value);
        else
            fprintf(out, "%" PRIu64 "\n", *value);
    }
}

static void write_links(FILE *out, struct run *run, const struct watching *watching)
{
    struct link_sums sums[WORKERS_MAX];

    for (unsigned i = 0; i < watching->options->link_count; i++)
        sums[i] = sum_link(run, watching, i);
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
        write_family(out, &families[i], watching, sums);
}

static void write_service(FILE *out, const struct tally *sum, size_t service)
{
    for (enum version version = 0; version < VERSION_COUNT; version++)
        for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
            const unsigned long long count = sum->sessions[service][version][outcome];

            if (count > 0)
                fprintf(out,
                    "lasthello_sessions_total{service=\"%s\",version=\"%s\",outcome=\"%s\"} %llu\n",
                    sum->services[service], version == VERSION_UNKNOWN ? "" : version_name(version),
                    outcome_name(outcome), count);
        }
}

static void write_sessions(FILE *out, const struct run *run)
{
    struct tally *sum = calloc(1, sizeof(*sum));

    if (sum == NULL)
        return;
    metric_head(out, "lasthello_sessions_total", "counter",
        "Sessions by service, outcome and version: negotiated, else offered; empty where none was seen.");
    for (unsigned i = 0; i < run->worker_count; i++)
        tally_add(sum, &run->workers[i].recorder.tally);
    for (size_t service = 0; service < TALLY_SERVICES_MAX && sum->services[service] != NULL; service++)
        write_service(out, sum, service);
    free(sum);
}

/* With what waits to be merged into it. */
static uint64_t inventory_bytes(struct run *run)
{
    struct stat about, waiting;

    if (monitor_inventory_look(run->monitor, INVENTORY_DATABASE, &about) != 0)
        return 0;
    return (uint64_t)about.st_size +
        (monitor_inventory_look(run->monitor, INVENTORY_WAL, &waiting) == 0 ? (uint64_t)waiting.st_size : 0);
}

static void write_all(FILE *out, struct run *run, const struct watching *watching)
{
    metric_head(out, "lasthello_build_info", "gauge", "Always 1; with which version this is told.");
    fprintf(out, "lasthello_build_info{version=\"" LASTHELLO_VERSION "\",ndpi=\"%s\"} 1\n",
        strchr(providers_version(), ' ') + 1);
    metric_head(out, "lasthello_start_timestamp_seconds", "gauge", "When this sensor began to watch.");
    fputs("lasthello_start_timestamp_seconds ", out);
    metric_seconds(out, watching->started_ns);
    write_links(out, run, watching);
    write_sessions(out, run);
    metric_head(out, "lasthello_lost_events_total", "counter",
        "Events that nobody took in time, or that could not be written.");
    fprintf(out, "lasthello_lost_events_total %lu\n",
        run->shared.events == NULL ? 0 : events_lost(run->shared.events));
    metric_head(out, "lasthello_last_commit_timestamp_seconds", "gauge",
        "When something was last stored in the inventory; 0: not yet.");
    fputs("lasthello_last_commit_timestamp_seconds ", out);
    metric_seconds(out, writer_stored_ns(run->shared.writer));
    metric_head(out, "lasthello_inventory_bytes", "gauge", "Size of the inventory and its log.");
    fprintf(out, "lasthello_inventory_bytes %" PRIu64 "\n", inventory_bytes(run));
    watch_clients_write(watching->clients, out);
}

/* 0 or -errno. */
static int replace_file(struct monitor *monitor, const char *text, size_t len)
{
    const int descriptor = monitor_metrics(monitor);
    ssize_t wrote;
    int failed;

    if (descriptor < 0)
        return descriptor;
    wrote = write(descriptor, text, len);
    failed = wrote == (ssize_t)len ? 0 : wrote < 0 ? -errno
                                                   : -ENOSPC;
    if (close(descriptor) != 0 && failed == 0)
        failed = -errno;
    return failed != 0 ? failed : monitor_metrics_done(monitor);
}

static void tell(struct watching *watching, int failed)
{
    const char *path = watching->options->metrics;

    if (failed != 0 && !watching->metrics_failed)
        complain("%s: the metrics cannot be written: %s; trying again every %lld seconds", path,
            strerror(-failed), DUE_NS / NANOSECONDS);
    else if (failed == 0 && watching->metrics_failed)
        complain("%s: the metrics are written again", path);
    watching->metrics_failed = failed != 0;
}

static bool is_due(const struct run *run, const struct watching *watching, int64_t now_ns)
{
    if (watching->options->metrics == NULL || run->shared.writer == NULL)
        return false;
    return watching->metrics_ns == 0 || now_ns - watching->metrics_ns >= DUE_NS ||
        atomic_load(&run->working) == 0;
}

void watch_metrics_write(struct run *run)
{
    struct watching *watching = run->work;
    const int64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    char *text = NULL;
    size_t len = 0;
    FILE *out;

    if (!is_due(run, watching, now_ns))
        return;
    watching->metrics_ns = now_ns;
    out = open_memstream(&text, &len);
    if (out == NULL)
        return;
    write_all(out, run, watching);
    if (fclose(out) == 0)
        tell(watching, replace_file(run->monitor, text, len));
    free(text);
}

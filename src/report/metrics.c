/* SPDX-License-Identifier: BSD-2-Clause */
/* metrics.c: clients and deadlines for Prometheus, without a label that names a host. */
#include <lasthello/clock.h>
#include <lasthello/metric_text.h>
#include <lasthello/report.h>

#include <inttypes.h>

static void write_verdict(FILE *out, enum verdict verdict, uint64_t clients)
{
    fputs("verdict=", out);
    metric_quoted(out, verdict_name(verdict));
    fprintf(out, "} %" PRIu64 "\n", clients);
}

void report_client_metrics(FILE *out, const struct client_counts *counts)
{
    metric_head(out, "lasthello_clients", "gauge",
        "Clients in the inventory by verdict, each by the worst of its sessions.");
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        fputs("lasthello_clients{", out);
        write_verdict(out, verdict, counts->clients[verdict]);
    }
    metric_head(out, "lasthello_provider_clients", "gauge",
        "The same toward each provider; a client counts with several. Empty: servers of no known provider.");
    for (size_t i = 0; i < counts->provider_count; i++)
        for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++) {
            const uint64_t clients = counts->providers[i].clients[verdict];

            if (clients == 0)
                continue;
            fputs("lasthello_provider_clients{provider=", out);
            metric_quoted(out, counts->providers[i].provider);
            fputc(',', out);
            write_verdict(out, verdict, clients);
        }
}

void report_deadline_metrics(FILE *out, const struct policies *policies)
{
    bool has_head = false;

    for (size_t i = 0; policies != NULL && i < policies->count; i++) {
        if (!policies->rows[i]->has_until)
            continue;
        if (!has_head)
            metric_head(out, "lasthello_policy_deadline_timestamp_seconds", "gauge",
                "The end of the last day on which what a policy ends may still work.");
        has_head = true;
        fputs("lasthello_policy_deadline_timestamp_seconds{policy=", out);
        metric_quoted(out, policies->rows[i]->id);
        fprintf(out, "} %" PRId64 "\n", (policies->rows[i]->until + 1) * SECONDS_A_DAY);
    }
}

bool report_metrics(const struct report *report, struct error *error)
{
    struct client_counts counts;
    const bool counted =
        inventory_count_clients(report->inventory, report->filters, NULL, &counts, error);

    if (counted)
        report_client_metrics(report->out, &counts);
    client_counts_close(&counts);
    report_deadline_metrics(report->out, report->policies);
    return counted;
}

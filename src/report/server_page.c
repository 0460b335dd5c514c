/* SPDX-License-Identifier: BSD-2-Clause */
/* server_page.c: one server on one screen: what it accepts on each port, and who needs its old TLS. */
#include "host_page.h"

#include <string.h>

#define CLIENTS_MAX 20

static void put_port(struct host_page *page, size_t row)
{
    const struct kept_rows *servers = &page->servers;
    const bool has_accepts = host_page_text(page, servers, row, "accepts") != NULL;

    host_page_put(page, servers, row, "\n", "server", "");
    host_page_put(page, servers, row, ":", "port", "");
    host_page_put(page, servers, row, " (", "service", "");
    host_page_put(page, servers, row, ", ", "name", "");
    fputs(")", page->out);
    host_page_put(page, servers, row, ": ", "verdict", "");
    host_page_put(page, servers, row, "\n  accepts ", "accepts", "");
    host_page_put(page, servers, row, has_accepts ? "; refuses " : "\n  refuses ", "refuses", "");
    host_page_put(page, servers, row, "\n  clients: ", "clients", "");
    host_page_put(page, servers, row, ", with old TLS: ", "legacy_clients", "");
    host_page_put(page, servers, row, "; sessions: ", "sessions", "");
    host_page_put(page, servers, row, ", last ", "last_seen", " UTC\n");
    host_page_put(page, servers, row, "  certificate: ", "certificate_subject", "\n");
    host_page_put(page, servers, row, "  next step: ", "what_to_do", "\n");
}

/* A client that offers more than the server chose is fine once the server is updated. */
static bool stands_in_the_way(const struct kept_rows *targets, size_t row)
{
    const struct value *cause = kept_value(targets, row, "cause");

    return cause != NULL && cause->text != NULL && strcmp(cause->text, "server") != 0 &&
        strcmp(cause->text, "too_new") != 0;
}

/* Whom the server's old TLS holds: they fail on the day it is turned off. */
static void put_held(struct host_page *page)
{
    size_t held = 0;

    for (size_t i = 0; i < page->targets.count; i++) {
        if (!stands_in_the_way(&page->targets, i))
            continue;
        if (held++ == 0)
            fputs("\nBefore TLS 1.0 and 1.1 are turned off, update:\n", page->out);
        host_page_put(page, &page->targets, i, "  ", "client", "");
        host_page_put(page, &page->targets, i, "  ", "name", "");
        host_page_put(page, &page->targets, i, "  owner: ", "owner", "");
        host_page_put(page, &page->targets, i, "  ", "service", "");
        host_page_put(page, &page->targets, i, "  offers ", "offers", "");
        host_page_put(page, &page->targets, i, "  sessions: ", "sessions", "");
        host_page_put(page, &page->targets, i, ", last ", "last_seen", "\n");
    }
    if (held == 0 && page->targets.all == page->targets.count)
        fputs("\nNo client that was seen here needs TLS 1.0 or 1.1.\n", page->out);
    host_page_put_count(page, page->targets.count, &page->targets);
}

static void write_server(struct host_page *page)
{
    fputs(page->report->is_anonymous ? "server" : page->report->filters->server, page->out);
    if (page->servers.count > 0)
        host_page_put_asset(page, &page->servers, "asset");
    else
        fputs("\n  it is the server of no session that is counted\n", page->out);
    for (size_t i = 0; i < page->servers.count; i++)
        put_port(page, i);
    host_page_put_count(page, page->servers.count, &page->servers);
    if (page->servers.count > 0)
        put_held(page);
}

static bool ask_server(struct host_page *page, struct error *error)
{
    return kept_rows_ask(&page->servers, page->report, QUESTION_SERVERS, HOST_TARGETS_MAX, error) &&
        kept_rows_ask(&page->targets, page->report, QUESTION_LEGACY, CLIENTS_MAX, error);
}

bool report_server(const struct report *report, struct error *error)
{
    static const struct host_page_kind kind = {
        ask_server, write_server, {{"ports", QUESTION_SERVERS}, {"clients", QUESTION_CLIENTS}}};

    return host_page_report(report, &kind, error);
}

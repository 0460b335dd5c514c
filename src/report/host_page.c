/* SPDX-License-Identifier: BSD-2-Clause */
/* host_page.c: the story of one client, or of one server, on one screen. */
#include "host_page.h"

#include "answer.h"
#include "display_filter.h"
#include "line_wrap.h"
#include "mac_vendor.h"
#include "view.h"

#include <lasthello/json.h>
#include <lasthello/verdict.h>

#include <stdlib.h>
#include <string.h>

#define WHO_MAX      40
#define TARGETS_MAX  12 /* shown with all that is known; CSV has all */
#define VERDICTS_MAX 60
#define CLIENTS_MAX  20  /* of a server */
#define DAYS_MAX     400 /* read; of those the last are drawn */
#define OFFERS_MAX   6
#define LIKE_MAX     64 /* JA4_b */

/* ---- who it is -------------------------------------------------------------------------------------- */

static void put_asset(struct host_page *page, const struct kept_rows *rows, const char *name)
{
    host_page_put(page, rows, 0, "  ", name, "");
    host_page_put(page, rows, 0, "  owner: ", "owner", "");
    host_page_put(page, rows, 0, "  place: ", "place", "");
    host_page_put(page, rows, 0, "  (", "remark", ")");
    host_page_put(page, rows, 0, "  site ", "site", "");
    fputs("\n", page->out);
}

/* Of a MAC address that is the host's own, not that of a router on the way. */
static void put_vendor(struct host_page *page, size_t row)
{
    const struct value *what = kept_value(&page->who, row, "what");
    const struct value *mac = kept_value(&page->who, row, "known_value");
    const struct value *told_by = kept_value(&page->who, row, "told_by");
    char vendor[MAC_VENDOR_BYTES];

    if (page->report->is_anonymous || what == NULL || mac == NULL || told_by == NULL ||
        strcmp(what->text, "MAC address") != 0 || strstr(told_by->text, "may be that of a router") != NULL)
        return;
    if (mac_vendor(page->report->mac_vendors, mac->text, vendor))
        fprintf(page->out, " (%s)", visible_text(&page->cell, vendor));
}

static void put_who(struct host_page *page)
{
    for (size_t i = 0; i < page->who.count; i++) {
        char what[32];
        const char *text = host_page_text(page, &page->who, i, "what");

        snprintf(what, sizeof(what), "%s", text == NULL ? "" : text);
        fprintf(page->out, "  %-13s", what);
        host_page_put(page, &page->who, i, "", "known_value", "");
        put_vendor(page, i);
        host_page_put(page, &page->who, i, "   told by ", "told_by", "");
        host_page_put(page, &page->who, i, ", last ", "last_seen", "\n");
    }
    host_page_put_count(page, page->who.count, &page->who);
}

/* ---- toward whom ------------------------------------------------------------------------------------ */

static void put_filter(struct host_page *page, size_t row)
{
    char filter[DISPLAY_FILTER_BYTES];
    const char *text = visible_text(&page->cell, display_filter(&page->targets, row, filter));

    if (text != NULL)
        fprintf(page->out, "; in Wireshark:\n    %s", text);
    fputs("\n", page->out);
}

static void put_evidence(struct host_page *page, size_t row)
{
    host_page_put(page, &page->targets, row, "  evidence: ", "source", "");
    host_page_put(page, &page->targets, row, ", packet ", "packet", "");
    host_page_put(page, &page->targets, row, " (version told by ", "evidence", ")");
    put_filter(page, row);
}

/* What else it may be: a line each. */
static void put_others(struct host_page *page, size_t row)
{
    const struct value *others = kept_value(&page->targets, row, "other_help");
    const char *at = others == NULL ? "" : others->text;
    char line[1024];

    for (size_t len; *at != '\0'; at += len + (at[len] == '\n')) {
        len = strcspn(at, "\n");
        snprintf(line, sizeof(line), "%.*s", (int)len, at);
        fprintf(page->out, "  or: %s\n", visible_text(&page->cell, line));
    }
}

static void put_advice(struct host_page *page, size_t row)
{
    host_page_put(page, &page->targets, row, "  note: ", "note", "\n");
    host_page_put(page, &page->targets, row, "  next step: ", "what_to_do", "\n");
    host_page_put(page, &page->targets, row, "  it may be: ", "may_be", "");
    if (kept_value(&page->targets, row, "may_be") != NULL)
        host_page_put(page, &page->targets, row, " (a guess, by ", "told_by", ")\n");
    host_page_put(page, &page->targets, row, "  what helps: ", "helps", "\n");
    put_others(page, row);
}

static bool is_same(const struct host_page *page, size_t target, size_t verdict, const char *name)
{
    const struct value *one = kept_value(&page->targets, target, name);
    const struct value *other = kept_value(&page->verdicts, verdict, name);

    return one != NULL && other != NULL && strcmp(one->text, other->text) == 0;
}

/* What holds toward a target, by policy: a sentence each. */
static void put_sentences(struct host_page *page, size_t target)
{
    char sentence[SENTENCE_BYTES];

    for (size_t i = 0; i < page->verdicts.count; i++) {
        const struct kept_rows *verdicts = &page->verdicts;

        if (!is_same(page, target, i, "to") || !is_same(page, target, i, "service") ||
            !is_same(page, target, i, "client"))
            continue;
        if (verdict_sentence(verdicts->columns, verdicts->rows[i], verdicts->column_count, sentence) != NULL)
            fprintf(page->out, "  %s\n", sentence);
    }
}

static void put_target(struct host_page *page, size_t row)
{
    const struct kept_rows *targets = &page->targets;

    host_page_put(page, targets, row, "\nToward ", "to", "");
    host_page_put(page, targets, row, " (", "service", "");
    host_page_put(page, targets, row, ", server ", "server", "");
    host_page_put(page, targets, row, ", name ", "server_name", "");
    fputs(")", page->out);
    host_page_put(page, targets, row, ": ", "verdict", "");
    host_page_put(page, targets, row, ", ", "due", "");
    host_page_put(page, targets, row, ", by policy ", "policy", "");
    fputs("\n", page->out);
    put_sentences(page, row);
    host_page_put(page, targets, row, "  offers at most ", "offers", "");
    host_page_put(
        page, targets, row, kept_value(targets, row, "offers") == NULL ? "  got " : ", got ", "got", "");
    host_page_put(page, targets, row, ", cause: ", "cause", "");
    host_page_put(page, targets, row, "; sessions: ", "sessions", "");
    host_page_put(page, targets, row, " of ", "all_sessions", "");
    host_page_put(page, targets, row, ", last ", "last_seen", " UTC\n");
    put_evidence(page, row);
    put_advice(page, row);
}

/* ---- the page of a client ----------------------------------------------------------------------------- */

static void write_host(struct host_page *page)
{
    const char *host = page->targets.count > 0 ? host_page_text(page, &page->targets, 0, "client") : NULL;

    if (host == NULL)
        host = page->report->is_anonymous ? "host" : page->report->filters->host;
    fputs(host, page->out);
    if (page->targets.count > 0)
        put_asset(page, &page->targets, "name");
    else
        fputs("\n  no session of it is counted: other TLS, or nothing that was asked for\n", page->out);
    put_who(page);
    for (size_t i = 0; i < page->targets.count; i++)
        put_target(page, i);
    host_page_put_count(page, page->targets.count, &page->targets);
    host_page_put_days(page);
    host_page_put_offers(page);
}

/* Writes the page and fits it to the terminal. */
static bool show(struct host_page *page, void (*write)(struct host_page *page), struct error *error)
{
    char *text = NULL, *wrapped = NULL;
    size_t size;

    page->out = open_memstream(&text, &size);
    if (page->out != NULL) {
        write(page);
        fclose(page->out);
        wrapped = text == NULL ? NULL : line_wrap(text, view_of(page->report->out, page->report->wide).width);
    }
    if (wrapped != NULL)
        fputs(wrapped, page->report->out);
    free(wrapped);
    free(text);
    return wrapped != NULL || no_memory(error);
}

static void close_page(struct host_page *page)
{
    kept_rows_close(&page->who);
    kept_rows_close(&page->targets);
    kept_rows_close(&page->verdicts);
    kept_rows_close(&page->days);
    kept_rows_close(&page->like);
    kept_rows_close(&page->offers);
    kept_rows_close(&page->servers);
    cell_close(&page->cell);
}

/* Rows of one answer as an array of objects. */
static bool add_rows(struct json *object, const char *name, const struct report *report,
    enum question question, struct error *error)
{
    struct rows *rows = inventory_ask(report->inventory, question, report->filters, error);
    struct page page = {.report = report, .question = question};
    struct value copy[WITH_SENTENCE_MAX];
    char sentence[SENTENCE_BYTES];
    const struct value *values;
    enum row row = ROW_FAILED;

    if (rows == NULL)
        return false;
    page.columns = rows_columns(rows, &page.count);
    while ((row = rows_next(rows, &values, error)) == ROW_ONE)
        json_add_object(object, name, json_row(&page, with_sentence(&page, values, copy, sentence)));
    cell_close(&page.cell);
    rows_close(rows);
    return row == ROW_END;
}

static bool write_object(const struct report *report, bool is_host, struct error *error)
{
    struct json *object = json_open();
    char *line = NULL;
    const bool added = is_host ? add_rows(object, "who", report, QUESTION_HOST_WHO, error) &&
            add_rows(object, "targets", report, QUESTION_CLIENTS, error) &&
            add_rows(object, "verdicts", report, QUESTION_VERDICTS, error) &&
            add_rows(object, "days", report, QUESTION_HOST_DAYS, error) &&
            add_rows(object, "offers", report, QUESTION_HOST_OFFERS, error) &&
            add_rows(object, "like", report, QUESTION_HOST_LIKE, error)
                               : add_rows(object, "ports", report, QUESTION_SERVERS, error) &&
            add_rows(object, "clients", report, QUESTION_CLIENTS, error);

    if (added && (line = json_line(object)) == NULL)
        no_memory(error);
    if (line != NULL)
        fprintf(report->out, "%s\n", line);
    free(line);
    json_close(object);
    return line != NULL;
}

bool report_host(const struct report *report, struct error *error)
{
    struct host_page page = {.report = report};
    size_t more;
    bool asked;

    if (report->format == FORMAT_CSV)
        return answer_write(report, QUESTION_CLIENTS, &format_csv, 0, &more, error);
    if (report->format == FORMAT_JSON)
        return write_object(report, true, error);
    asked = kept_rows_ask(&page.who, report, QUESTION_HOST_WHO, WHO_MAX, error) &&
        kept_rows_ask(&page.targets, report, QUESTION_CLIENTS, TARGETS_MAX, error) &&
        kept_rows_ask(&page.verdicts, report, QUESTION_VERDICTS, VERDICTS_MAX, error) &&
        kept_rows_ask(&page.days, report, QUESTION_HOST_DAYS, DAYS_MAX, error) &&
        kept_rows_ask(&page.like, report, QUESTION_HOST_LIKE, LIKE_MAX, error) &&
        kept_rows_ask(&page.offers, report, QUESTION_HOST_OFFERS, OFFERS_MAX, error);
    asked = asked && show(&page, write_host, error);
    close_page(&page);
    return asked;
}

/* ---- the page of a server ------------------------------------------------------------------------------ */

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
    host_page_put(page, servers, row, has_accepts ? "; refuses " : "\n  refuses ",
        "refuses", "");
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
        put_asset(page, &page->servers, "asset");
    else
        fputs("\n  it is the server of no session that is counted\n", page->out);
    for (size_t i = 0; i < page->servers.count; i++)
        put_port(page, i);
    host_page_put_count(page, page->servers.count, &page->servers);
    if (page->servers.count > 0)
        put_held(page);
}

bool report_server(const struct report *report, struct error *error)
{
    struct host_page page = {.report = report};
    size_t more;
    bool asked;

    if (report->format == FORMAT_CSV)
        return answer_write(report, QUESTION_CLIENTS, &format_csv, 0, &more, error);
    if (report->format == FORMAT_JSON)
        return write_object(report, false, error);
    asked = kept_rows_ask(&page.servers, report, QUESTION_SERVERS, TARGETS_MAX, error) &&
        kept_rows_ask(&page.targets, report, QUESTION_LEGACY, CLIENTS_MAX, error);
    asked = asked && show(&page, write_server, error);
    close_page(&page);
    return asked;
}

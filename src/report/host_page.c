/* SPDX-License-Identifier: BSD-2-Clause */
/* host_page.c: the story of one client, or of one server, on one screen. */
#include "answer.h"
#include "display_filter.h"
#include "kept_rows.h"
#include "line_wrap.h"
#include "mac_vendor.h"
#include "sparkline.h"
#include "view.h"

#include <lasthello/clock.h>
#include <lasthello/json.h>
#include <lasthello/utc.h>
#include <lasthello/verdict.h>

#include <stdlib.h>
#include <string.h>

#define WHO_MAX      40
#define TARGETS_MAX  12 /* shown with all that is known; CSV has all */
#define VERDICTS_MAX 60
#define CLIENTS_MAX  20  /* of a server */
#define DAYS_MAX     400 /* read; of those the last are drawn */
#define DAYS_DRAWN   60
#define OFFERS_MAX   6

struct host_page {
    const struct report *report;
    FILE *out;
    struct kept_rows who, targets, verdicts, days, offers, servers;
    struct cell cell;
};

/* One value of a row as text for people; it lives until the next call. NULL: not known. */
static const char *text_of(struct host_page *page, const struct kept_rows *rows, size_t row, const char *name)
{
    static char shown[CELL_BYTES];

    return kept_value(rows, row, name) == NULL ? NULL : kept_shown(rows, row, name, &page->cell, shown);
}

/* "before, text, behind", where it is known. */
static void put_text(struct host_page *page, const struct kept_rows *rows, size_t row, const char *before,
    const char *name, const char *behind)
{
    const char *text = text_of(page, rows, row, name);

    if (text != NULL)
        fprintf(page->out, "%s%s%s", before, text, behind);
}

static uint64_t number_of(const struct kept_rows *rows, size_t row, const char *name)
{
    const struct value *value = kept_value(rows, row, name);

    return value == NULL || value->number < 0 ? 0 : (uint64_t)value->number;
}

static void put_count(struct host_page *page, size_t shown, const struct kept_rows *rows)
{
    if (rows->all > shown)
        fprintf(page->out, "  ... %zu more: --format csv has all\n", (size_t)(rows->all - shown));
}

/* ---- who it is -------------------------------------------------------------------------------------- */

static void put_asset(struct host_page *page, const struct kept_rows *rows, const char *name)
{
    put_text(page, rows, 0, "  ", name, "");
    put_text(page, rows, 0, "  owner: ", "owner", "");
    put_text(page, rows, 0, "  place: ", "place", "");
    put_text(page, rows, 0, "  (", "remark", ")");
    put_text(page, rows, 0, "  site ", "site", "");
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
        const char *text = text_of(page, &page->who, i, "what");

        snprintf(what, sizeof(what), "%s", text == NULL ? "" : text);
        fprintf(page->out, "  %-13s", what);
        put_text(page, &page->who, i, "", "known_value", "");
        put_vendor(page, i);
        put_text(page, &page->who, i, "   told by ", "told_by", "");
        put_text(page, &page->who, i, ", last ", "last_seen", "\n");
    }
    put_count(page, page->who.count, &page->who);
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
    put_text(page, &page->targets, row, "  evidence: ", "source", "");
    put_text(page, &page->targets, row, ", packet ", "packet", "");
    put_text(page, &page->targets, row, " (version told by ", "evidence", ")");
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
    put_text(page, &page->targets, row, "  note: ", "note", "\n");
    put_text(page, &page->targets, row, "  next step: ", "what_to_do", "\n");
    put_text(page, &page->targets, row, "  it may be: ", "may_be", "");
    if (kept_value(&page->targets, row, "may_be") != NULL)
        put_text(page, &page->targets, row, " (a guess, by ", "told_by", ")\n");
    put_text(page, &page->targets, row, "  what helps: ", "helps", "\n");
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

    put_text(page, targets, row, "\nToward ", "to", "");
    put_text(page, targets, row, " (", "service", "");
    put_text(page, targets, row, ", server ", "server", "");
    put_text(page, targets, row, ", name ", "server_name", "");
    fputs(")", page->out);
    put_text(page, targets, row, ": ", "verdict", "");
    put_text(page, targets, row, ", ", "due", "");
    put_text(page, targets, row, ", by policy ", "policy", "");
    fputs("\n", page->out);
    put_sentences(page, row);
    put_text(page, targets, row, "  offers at most ", "offers", "");
    put_text(
        page, targets, row, kept_value(targets, row, "offers") == NULL ? "  got " : ", got ", "got", "");
    put_text(page, targets, row, ", cause: ", "cause", "");
    put_text(page, targets, row, "; sessions: ", "sessions", "");
    put_text(page, targets, row, " of ", "all_sessions", "");
    put_text(page, targets, row, ", last ", "last_seen", " UTC\n");
    put_evidence(page, row);
    put_advice(page, row);
}

/* ---- days and hellos -------------------------------------------------------------------------------- */

struct drawn {
    int64_t first; /* day */
    size_t count;
    uint64_t numbers[DAYS_DRAWN];
};

static int64_t day_of(const struct host_page *page, size_t row)
{
    const struct value *date = kept_value(&page->days, row, "date");

    return date == NULL ? 0 : date->number / SECONDS_A_DAY - (date->number % SECONDS_A_DAY < 0);
}

static void draw(struct host_page *page, struct drawn *drawn, const char *name, const char *title)
{
    uint64_t sum = 0;

    memset(drawn->numbers, 0, sizeof(drawn->numbers));
    for (size_t i = 0; i < page->days.count; i++) {
        const int64_t at = day_of(page, i) - drawn->first;

        if (at < 0 || at >= (int64_t)drawn->count)
            continue;
        drawn->numbers[at] = number_of(&page->days, i, name);
        sum += drawn->numbers[at];
    }
    fprintf(page->out, "  %-9s", title);
    sparkline_write(page->out, drawn->numbers, drawn->count, sparkline_speaks_utf8());
    fprintf(page->out, "  %llu\n", (unsigned long long)sum);
}

static void put_day(struct host_page *page, int64_t day, const char *behind)
{
    char time[UTC_BYTES];

    utc_text(day * SECONDS_A_DAY * 1000000, time);
    fprintf(page->out, "%.10s%s", time, behind);
}

static void put_days(struct host_page *page)
{
    struct drawn drawn;
    int64_t first, last;

    if (page->days.count == 0)
        return;
    first = day_of(page, 0);
    last = day_of(page, page->days.count - 1);
    drawn.first = last - first >= DAYS_DRAWN ? last - DAYS_DRAWN + 1 : first;
    drawn.count = (size_t)(last - drawn.first + 1);
    fputs("\nSessions by day (UTC), ", page->out);
    put_day(page, drawn.first, " to ");
    put_day(page, last, "\n");
    draw(page, &drawn, "old_sessions", "old TLS");
    draw(page, &drawn, "better_sessions", "TLS 1.2+");
    draw(page, &drawn, "refused_sessions", "refused");
}

/* How many codes a list has. */
static size_t codes_in(const struct kept_rows *rows, size_t row)
{
    const struct value *list = kept_value(rows, row, "cipher_suites");
    size_t count = list != NULL && list->text[0] != '\0';

    for (const char *at = list == NULL ? "" : list->text; *at != '\0'; at++)
        count += *at == ',';
    return count;
}

static void put_stack(struct host_page *page, size_t row)
{
    const struct value *ja4 = kept_value(&page->offers, row, "ja4");
    const struct stack *stack = ja4 == NULL ? NULL : stack_of_ja4(ja4->text);

    if (stack != NULL)
        fprintf(page->out, " (a guess: %s%s)", stack->name, stack->is_tried ? "" : "; computed, not tried");
}

static void put_offers(struct host_page *page)
{
    if (page->offers.count > 0)
        fputs("\nWhat it offers\n", page->out);
    for (size_t i = 0; i < page->offers.count; i++) {
        const size_t suites = codes_in(&page->offers, i);

        put_text(page, &page->offers, i, "  ", "offered", "");
        if (number_of(&page->offers, i, "sslv2_format") != 0)
            fputs(" in the format of SSL 2.0", page->out);
        if (suites > 0)
            fprintf(page->out, ", %zu cipher suite%s", suites, suites == 1 ? "" : "s");
        put_text(page, &page->offers, i, ", JA4 ", "ja4", "");
        put_stack(page, i);
        put_text(page, &page->offers, i, "; ", "sessions", "");
        fputs(number_of(&page->offers, i, "sessions") == 1 ? " session" : " sessions", page->out);
        put_text(page, &page->offers, i, ", last ", "last_seen", "");
        fputs("\n", page->out);
    }
    put_count(page, page->offers.count, &page->offers);
}

/* ---- the page of a client ----------------------------------------------------------------------------- */

static void write_host(struct host_page *page)
{
    const char *host = page->targets.count > 0 ? text_of(page, &page->targets, 0, "client") : NULL;

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
    put_count(page, page->targets.count, &page->targets);
    put_days(page);
    put_offers(page);
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
            add_rows(object, "offers", report, QUESTION_HOST_OFFERS, error)
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
        kept_rows_ask(&page.offers, report, QUESTION_HOST_OFFERS, OFFERS_MAX, error);
    asked = asked && show(&page, write_host, error);
    close_page(&page);
    return asked;
}

/* ---- the page of a server ------------------------------------------------------------------------------ */

static void put_port(struct host_page *page, size_t row)
{
    const struct kept_rows *servers = &page->servers;

    put_text(page, servers, row, "\n", "server", "");
    put_text(page, servers, row, ":", "port", "");
    put_text(page, servers, row, " (", "service", "");
    put_text(page, servers, row, ", ", "name", "");
    fputs(")", page->out);
    put_text(page, servers, row, ": ", "verdict", "");
    put_text(page, servers, row, "\n  accepts ", "accepts", "");
    put_text(page, servers, row, "; refuses ", "refuses", "");
    put_text(page, servers, row, "\n  clients: ", "clients", "");
    put_text(page, servers, row, ", with old TLS: ", "legacy_clients", "");
    put_text(page, servers, row, "; sessions: ", "sessions", "");
    put_text(page, servers, row, ", last ", "last_seen", " UTC\n");
    put_text(page, servers, row, "  certificate: ", "certificate_subject", "\n");
    put_text(page, servers, row, "  next step: ", "what_to_do", "\n");
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
        put_text(page, &page->targets, i, "  ", "client", "");
        put_text(page, &page->targets, i, "  ", "name", "");
        put_text(page, &page->targets, i, "  owner: ", "owner", "");
        put_text(page, &page->targets, i, "  ", "service", "");
        put_text(page, &page->targets, i, "  offers ", "offers", "");
        put_text(page, &page->targets, i, "  sessions: ", "sessions", "");
        put_text(page, &page->targets, i, ", last ", "last_seen", "\n");
    }
    if (held == 0 && page->targets.all == page->targets.count)
        fputs("\nNo client that was seen here needs TLS 1.0 or 1.1.\n", page->out);
    put_count(page, page->targets.count, &page->targets);
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
    put_count(page, page->servers.count, &page->servers);
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

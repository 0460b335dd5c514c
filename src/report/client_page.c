/* SPDX-License-Identifier: BSD-2-Clause */
/* client_page.c: the story of one client on one screen: who it is, and what becomes of it by target. */
#include "display_filter.h"
#include "host_page.h"
#include "mac_vendor.h"
#include "verdict_sentence.h"

#include <string.h>

#define WHO_MAX      40
#define VERDICTS_MAX 1000 /* of a few targets, by each policy */
#define OFFERS_MAX   6
#define LIKE_MAX     64 /* JA4_b */

/* ---- who it is -------------------------------------------------------------------------------------- */

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
    host_page_put(page, targets, row,
        kept_value(targets, row, "offers") == NULL ? "  got " : ", got ", "got", "");
    host_page_put(page, targets, row, ", cause: ", "cause", "");
    host_page_put(page, targets, row, "; sessions: ", "sessions", "");
    host_page_put(page, targets, row, " of ", "all_sessions", "");
    host_page_put(page, targets, row, ", last ", "last_seen", " UTC\n");
    put_evidence(page, row);
    put_advice(page, row);
}

/* ---- the page of a client ----------------------------------------------------------------------------- */

static void write_client(struct host_page *page)
{
    const char *host = page->targets.count > 0 ? host_page_text(page, &page->targets, 0, "client") : NULL;

    if (host == NULL)
        host = page->report->is_anonymous ? "host" : page->report->filters->host;
    fputs(host, page->out);
    if (page->targets.count > 0)
        host_page_put_asset(page, &page->targets, "name");
    else
        fputs("\n  no session of it is counted: other TLS, or nothing that was asked for\n", page->out);
    put_who(page);
    for (size_t i = 0; i < page->targets.count; i++)
        put_target(page, i);
    host_page_put_count(page, page->targets.count, &page->targets);
    host_page_put_days(page);
    host_page_put_offers(page);
}

static bool ask_client(struct host_page *page, struct error *error)
{
    const struct report *report = page->report;

    return kept_rows_ask(&page->who, report, QUESTION_HOST_WHO, WHO_MAX, error) &&
        kept_rows_ask(&page->targets, report, QUESTION_CLIENTS, HOST_TARGETS_MAX, error) &&
        kept_rows_ask(&page->verdicts, report, QUESTION_VERDICTS, VERDICTS_MAX, error) &&
        kept_rows_ask_last(&page->days, report, QUESTION_HOST_DAYS, HOST_DAYS_MAX, error) &&
        kept_rows_ask(&page->like, report, QUESTION_HOST_LIKE, LIKE_MAX, error) &&
        kept_rows_ask(&page->offers, report, QUESTION_HOST_OFFERS, OFFERS_MAX, error);
}

bool report_host(const struct report *report, struct error *error)
{
    static const struct host_page_kind kind = {ask_client, write_client,
        {{"who", QUESTION_HOST_WHO}, {"targets", QUESTION_CLIENTS}, {"verdicts", QUESTION_VERDICTS},
            {"days", QUESTION_HOST_DAYS}, {"offers", QUESTION_HOST_OFFERS}, {"like", QUESTION_HOST_LIKE}}};

    return host_page_report(report, &kind, error);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* html_page.c: the report as one page that needs nothing beside it; the number and the date come first. */
#include "answer.h"
#include "html_view.h"
#include "number_format.h"
#include "packed_file.h"
#include "statements.h"

#include <lasthello/clock.h>
#include <lasthello/list.h>
#include <lasthello/text.h>
#include <lasthello/utc.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern const char *const page_css_lines[], *const page_js_lines[]; /* each ends with NULL */
extern const char page_css_hash[], page_js_hash[];

/* Of the policies that a client breaks by, and whose day is to come, the one whose day comes first. */
static const struct policy *next_policy(const struct html_page *page, uint64_t *clients)
{
    const struct policies *policies = page->report->policies;
    const struct policy *next = NULL;

    for (size_t i = 0; policies != NULL && i < policies->count; i++) {
        const struct policy *policy = policies->rows[i];

        if (page->summary->dated_by_policy[i] == 0 || !policy->has_until ||
            policy->until < page->report->today || (next != NULL && next->until <= policy->until))
            continue;
        next = policy;
        *clients = page->summary->dated_by_policy[i];
    }
    return next;
}

/* The headline as plain text: title and first heading say the same. */
static void write_headline(struct html_page *page, FILE *out)
{
    const struct summary *summary = page->summary;
    const uint64_t refused = summary->clients_by_verdict[VERDICT_FAILING];
    uint64_t clients = 0;
    const struct policy *next = next_policy(page, &clients);
    char number[NUMBER_BYTES], day[DAY_TEXT_BYTES];

    if (summary->sessions == 0) {
        fputs("No mail session was seen: this proves nothing", out);
    } else if (next != NULL) {
        day_in_words(next->until, day);
        fprintf(out, "%s mail between now and %s",
            number_of(clients, "client loses", "clients lose", number), day);
    } else if (summary->breaking_clients > 0 && refused == 0) {
        fprintf(out, "%s mail, on a day that is not published",
            number_of(summary->breaking_clients, "client loses", "clients lose", number));
    } else if (refused > 0) {
        fputs(number_of(refused, "client is", "clients are", number), out);
        fputs(" refused already", out);
    } else if (summary->legacy_clients > 0) {
        fputs(number_of(summary->legacy_clients, "client uses", "clients use", number), out);
        fputs(" old TLS, and no date is known that ends it", out);
    } else {
        fputs("No client was seen that loses mail", out);
    }
}

static void write_days_left(struct html_page *page)
{
    uint64_t clients;
    const struct policy *next = next_policy(page, &clients);
    char left[NUMBER_BYTES];

    if (next == NULL)
        return;
    if (next->until == page->report->today)
        fputs(" <small>today is the last day</small>", page->out);
    else
        fprintf(page->out, " <small>%s</small>",
            number_of((uint64_t)(next->until - page->report->today), "day left", "days left", left));
}

static void write_days(struct html_page *page, int64_t first, int64_t last)
{
    char day[DAY_TEXT_BYTES];

    day_in_words(first, day);
    fprintf(page->out, ", %s", day);
    day_in_words(last, day);
    if (first != last)
        fprintf(page->out, " to %s", day);
    fputs(" (UTC)", page->out);
}

static void write_from(struct html_page *page)
{
    const struct summary *summary = page->summary;
    char number[NUMBER_BYTES];
    struct given given[FILTERS_MAX];
    const size_t count = list_filters(page->report->filters, given);

    fputs("<p class=\"from\">", page->out);
    page_text(page, page->report->path);
    fprintf(page->out, ", %s", number_of(summary->sources, "source", "sources", number));
    if (summary->has_times)
        write_days(page, utc_floor(summary->first_time, SECONDS_A_DAY * 1000000LL),
            utc_floor(summary->last_time, SECONDS_A_DAY * 1000000LL));
    for (size_t i = 0; i < count; i++) {
        static const char *const days[] = {"since", "until", "as-of", NULL};
        const bool is_day = list_word_place(given[i].word, days) >= 0;

        fprintf(page->out, "; %s ", strcmp(given[i].word, "as-of") == 0 ? "as of" : given[i].word);
        page_text(page, filter_shown(page->report, &given[i]));
        fputs(is_day ? "" : " only", page->out);
    }
    if (page->report->is_live && count > 0)
        fputs("; <a href=\"/\">show all</a>", page->out);
    fputs("</p>\n", page->out);
}

static const char *missed_in_words(const struct summary *summary)
{
    if (summary->dropped > 0)
        return "packets were lost";
    if (summary->down_seconds > 0 || summary->unwatched_seconds > 0)
        return "the sensor did not watch all the time";
    return "no packet loss was reported";
}

/* What stands below the headline: how sure all of it is. */
static void write_sure(struct html_page *page)
{
    const struct summary *summary = page->summary;
    const uint64_t tls = summary->handshake_sessions + summary->midstream_sessions +
        summary->one_sided_sessions + summary->unknown_sessions;
    char number[NUMBER_BYTES], share[NUMBER_BYTES];

    fputs("<p class=\"sure\"><strong>How sure:</strong> ", page->out);
    if (summary->sessions == 0) {
        fputs("not at all. What to check stands below, under <a href=\"#unseen\">What we could not "
              "see</a>.</p>\n",
            page->out);
        return;
    }
    fprintf(page->out, "%s seen, %s with the full handshake",
        number_of(summary->sessions, "mail session was", "mail sessions were", number),
        share_text(summary->handshake_sessions, summary->sessions, share));
    if (tls < summary->sessions)
        fprintf(page->out, " and %s without TLS",
            share_text(summary->sessions - tls, summary->sessions, share));
    fprintf(page->out, "; %s. Who fetched no mail meanwhile is not in this page.</p>\n",
        missed_in_words(summary));
}

/* Is a row of clients about this policy? */
static bool is_of_policy(const struct html_page *page, size_t row, const struct policy *policy)
{
    const struct value *id = kept_value(&page->clients, row, "policy");

    return id != NULL && strcmp(id->text, policy->id) == 0;
}

/* Is this the worst that is known of the row's client? */
static bool is_worst(const struct html_page *page, size_t row)
{
    for (size_t i = 0; i < page_folds(page); i++)
        if (client_verdict(page, i) > client_verdict(page, row) &&
            strcmp(client_address(page, i), client_address(page, row)) == 0)
            return false;
    return true;
}

/* The first of `clients` that the table has, with links to what is known of them: those of a policy; where
 * that is NULL, those whose worst is this verdict. */
static void write_names(
    struct html_page *page, enum verdict verdict, const struct policy *policy, uint64_t clients)
{
    const char *named[CLIENTS_NAMED], *name;
    char out[CELL_BYTES];
    size_t count = 0;

    for (size_t row = 0; row < page_folds(page) && count < CLIENTS_NAMED; row++) {
        bool is_new = policy != NULL ? is_of_policy(page, row, policy)
                                     : client_verdict(page, row) == verdict && is_worst(page, row);

        for (size_t i = 0; i < count && is_new; i++)
            is_new = strcmp(named[i], client_address(page, row)) != 0;
        if (!is_new)
            continue;
        named[count] = client_address(page, row);
        fputs(count++ == 0 ? "<span class=\"who\">" : ", ", page->out);
        page_write_client(page, row);
        name = client_text(page, row, "name", out);
        fputs(name == NULL ? "" : " ", page->out);
        page_text(page, name);
    }
    if (count > 0 && clients > count) {
        fputs(" and ", page->out);
        page_number(page, clients - count);
        fputs(" more", page->out);
    }
    fputs(count > 0 ? "</span>" : "", page->out);
}

/* A line of those whose worst is this verdict: how many, what, when, who. */
static void write_verdict_line(
    struct html_page *page, enum verdict verdict, const char *words, const char *when)
{
    const uint64_t clients = page->summary->clients_by_verdict[verdict];
    char number[NUMBER_BYTES];

    if (clients == 0)
        return;
    fprintf(page->out, "<li><b>%s</b><span class=\"what\">%s",
        number_of(clients, "client", "clients", number), words);
    write_names(page, verdict, NULL, clients);
    fprintf(page->out, "</span><span class=\"left\">%s</span></li>\n", when);
}

/* A line a policy: how many, what, when, who. */
static void write_policy_line(struct html_page *page, size_t place)
{
    const struct policy *policy = page->report->policies->rows[place];
    const uint64_t clients = page->summary->breaking_by_policy[place];
    const uint64_t undated = clients - page->summary->dated_by_policy[place];
    char number[NUMBER_BYTES], due[DUE_BYTES], left[NUMBER_BYTES];

    policy_due(policy, page->report->today, due);
    fprintf(page->out, "<li%s><b>%s</b><span class=\"what\"><a href=\"#policy-",
        clients == 0 ? " class=\"none\"" : "", number_of(clients, "client", "clients", number));
    html_id(page->out, policy->id);
    fputs("\">", page->out);
    page_text(page, policy->id);
    fputs("</a>: ", page->out);
    page_text(page, policy_first(policy, POLICY_TITLE));
    fputs(", ", page->out);
    page_text(page, due);
    if (policy->has_until && undated > 0) {
        fputs("; ", page->out);
        page_number(page, undated);
        fputs(" of them by a server name that ends on a day that is not published", page->out);
    }
    write_names(page, VERDICT_BREAKS, policy, clients);
    fputs("</span><span class=\"left\">", page->out);
    if (policy->has_until && policy->until >= page->report->today)
        fputs(number_of((uint64_t)(policy->until - page->report->today), "day left", "days left", left),
            page->out);
    fputs("</span></li>\n", page->out);
}

static void write_due(struct html_page *page)
{
    const struct policies *policies = page->report->policies;

    fputs("<ul class=\"due\">\n", page->out);
    write_verdict_line(page, VERDICT_FAILING, "refused already, in the last days", "now");
    write_verdict_line(page, VERDICT_LOGIN_REFUSED,
        "perhaps refused already: old TLS that ends at once, again and again", "now");
    for (size_t i = 0; policies != NULL && i < policies->count; i++) {
        const uint64_t clients = page->summary->breaking_by_policy[i];
        const struct policy *policy = policies->rows[i];

        if (clients > 0 || (policy->has_until && policy->until >= page->report->today))
            write_policy_line(page, i);
    }
    if (policies == NULL || policies->count == 0)
        fputs("<li><b>?</b><span class=\"what\">No policy was found, so no day is known on which "
              "something ends.</span></li>\n",
            page->out);
    write_verdict_line(page, VERDICT_EXPOSED,
        "a login without TLS: whoever is on the way can read the password", "no date");
    write_verdict_line(page, VERDICT_LEGACY, "old TLS, and no date is known that ends it", "no date");
    fputs("</ul>\n", page->out);
}

static void write_head(struct html_page *page)
{
    fputs("<a class=\"skip\" href=\"#clients\">To the clients</a>\n<header>\n", page->out);
    if (page->report->notice != NULL) {
        fputs("<p class=\"warn\">", page->out);
        page_text(page, page->report->path);
        fprintf(page->out, " %s.</p>\n", page->report->notice);
    }
    write_from(page);
    fputs("<h1>", page->out);
    write_headline(page, page->out);
    write_days_left(page);
    fputs("</h1>\n", page->out);
    write_sure(page);
    write_due(page);
    fputs("<nav aria-label=\"On this page\"><ul><li><a href=\"#days\">By day</a></li><li><a "
          "href=\"#clients\">Who must act</a></li><li><a href=\"#unseen\">What we could not see</a></li>"
          "<li><a href=\"#changes\">Changes</a></li><li><a href=\"#servers\">Servers</a></li>"
          "<li><a href=\"#policies\">Policies</a></li><li><a href=\"#words\">Words</a></li></ul></nav>\n"
          "</header>\n",
        page->out);
}

static void write_lines(FILE *out, const char *const *lines)
{
    for (; *lines != NULL; lines++)
        fputs(*lines, out);
}

void report_page_style(FILE *out)
{
    write_lines(out, page_css_lines);
}

void report_page_script(FILE *out)
{
    write_lines(out, page_js_lines);
}

/* Of a live page HTTP's headers say it, and more. */
static void write_policy_of_content(struct html_page *page)
{
    if (!page->report->is_live)
        fprintf(page->out,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '%s'; "
            "script-src '%s'; img-src data:; base-uri 'none'; form-action 'none'\">\n",
            page_css_hash, page_js_hash);
}

static void write_style(struct html_page *page)
{
    if (page->report->is_live) {
        fputs("<link rel=\"stylesheet\" href=\"/page.css\">\n", page->out);
        return;
    }
    fputs("<style>", page->out);
    report_page_style(page->out);
    fputs("</style>\n", page->out);
}

static void write_script(struct html_page *page)
{
    if (page->report->is_live) {
        fputs("<script src=\"/page.js\"></script>\n", page->out);
        return;
    }
    fputs("<script>", page->out);
    report_page_script(page->out);
    fputs("</script>\n", page->out);
}

/* The page may load nothing, and run and show only what it was made with. A page that is a file cannot say
 * frame-ancestors (CSP 3, 3.3). */
static void write_begin(struct html_page *page)
{
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", page->out);
    write_policy_of_content(page);
    fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"referrer\" content=\"no-referrer\">\n<link rel=\"icon\" href=\"data:,\">\n<title>",
        page->out);
    write_headline(page, page->out);
    fputs("</title>\n", page->out);
    write_style(page);
    fputs("</head>\n<body", page->out);
    if (page->report->is_live)
        fprintf(page->out, " data-live=\"%" PRId64 "\"", page->report->revision);
    fputs(">\n", page->out);
}

static void write_end(struct html_page *page)
{
    char day[DAY_TEXT_BYTES];

    day_in_words(page->report->today, day);
    fprintf(page->out,
        "</main>\n<footer>Made by lasthello, as of %s. Times are UTC. Addresses are counted, not "
        "machines.%s</footer>\n",
        day, page->report->is_live ? " <span id=\"live\" role=\"status\"></span>" : "");
    write_script(page);
    fputs("</body>\n</html>\n", page->out);
}

/* What another view has otherwise; /table is this alone. */
static void write_rows(struct html_page *page)
{
    fputs("<div id=\"rows\">\n", page->out);
    page_write_clients(page);
    page_write_stories(page);
    fputs("</div>\n", page->out);
}

static void write_page(struct html_page *page)
{
    write_begin(page);
    write_head(page);
    fputs("<main>\n", page->out);
    page_write_days(page);
    write_rows(page);
    page_write_unseen(page);
    page_write_changes(page);
    page_write_servers(page);
    page_write_policies(page);
    page_write_words(page);
    write_end(page);
}

/* All rows of clients, packed, as text. NULL in `download`: there are too many. */
static bool pack_clients(struct html_page *page, struct error *error)
{
    struct report whole = *page->report;
    size_t size, more;
    bool written;
    FILE *text;

    if (page->clients.all > DOWNLOAD_MAX || page->report->is_live)
        return true;
    text = open_memstream(&page->download, &size);
    if (text == NULL)
        return inventory_no_memory(error);
    whole.out = packed_file_open(text);
    written = whole.out != NULL && answer_write(&whole, QUESTION_CLIENTS, &format_csv, 0, &more, error);
    if (whole.out != NULL)
        written = fclose(whole.out) == 0 && written;
    return (fclose(text) == 0 && written) || inventory_no_memory(error);
}

static void close_page(struct html_page *page)
{
    page_close_stories(page);
    kept_rows_close(&page->days);
    kept_rows_close(&page->clients);
    kept_rows_close(&page->servers);
    kept_rows_close(&page->changes);
    free(page->download);
    cell_close(&page->cell);
}

/* The last days: whole ones. */
static bool ask_days(struct html_page *page, struct error *error)
{
    size_t first_of_next = 0;

    if (!kept_rows_ask_last(&page->days, page->report, QUESTION_DAYS, DAYS_MAX, error))
        return false;
    if (page->days.all == page->days.count)
        return true;
    while (kept_value(&page->days, first_of_next, "day")->number == kept_value(&page->days, 0, "day")->number)
        first_of_next++;
    kept_rows_drop(&page->days, first_of_next);
    return true;
}

bool html_write_page(const struct report *report, const struct summary *summary, struct error *error)
{
    struct html_page page = {.out = report->out, .report = report, .summary = summary};
    const bool asked = ask_days(&page, error) &&
        view_ask(&page, error) && page_ask_stories(&page, error) &&
        kept_rows_ask(&page.changes, report, QUESTION_CHANGES, CHANGES_MAX, error) &&
        kept_rows_ask(&page.servers, report, QUESTION_SERVERS, SERVERS_MAX, error) &&
        pack_clients(&page, error);

    if (asked)
        write_page(&page);
    close_page(&page);
    return asked;
}

bool report_table(const struct report *report, struct error *error)
{
    struct summary summary;
    struct html_page page = {.out = report->out, .report = report, .summary = &summary};
    const bool asked = inventory_summary(report->inventory, report->filters, &summary, error) &&
        view_ask(&page, error) && page_ask_stories(&page, error);

    if (asked)
        write_rows(&page);
    close_page(&page);
    return asked;
}

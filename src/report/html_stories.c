/* SPDX-License-Identifier: BSD-2-Clause */
/* html_stories.c: client by client: a fold for each of the worst, with all that is known of it. */
#include "display_filter.h"
#include "html_view.h"
#include "titles.h"
#include "verdict_sentence.h"

#include <lasthello/names.h>

#include <stdlib.h>
#include <string.h>

#define STORIES_LIVE 12   /* a live page of more clients has links to the page of each in their place */
#define VERDICTS_MAX 1000 /* rows of verdicts of one client, for the sentences */
#define ALL_VERDICTS 4000
#define DAYS_TOLD    14 /* of a client; the latest */
#define HELLOS_MAX   6

/* What is asked of each client alone, beside its rows. */
struct story {
    const char *client; /* NULL: it has a fold already, or none */
    struct kept_rows verdicts, days, hellos;
};

struct stories {
    size_t count;
    bool are_asked;             /* else only the rows of clients are known */
    struct kept_rows verdicts;  /* of all clients, where they may not be asked for by name */
    struct story of[FOLDS_MAX]; /* by the client's first row */
};

/* What a fold tells of a target, in its order; what is not known has no line. */
static const char *const target_facts[] = {"name", "owner", "place", "remark", "client_software", "may_be",
    "told_by", "helps", "site", "server", "port", "service", "server_name", "offers", "got", "refused_by",
    "cipher", "cause", "policy", "due", "sessions", "all_sessions", "first_seen", "last_seen", "evidence",
    "certificate_subject", "certificate_issuer", "certificate_not_after", "ja4", "proxy", "note"};

/* ---- asking ------------------------------------------------------------------------------------------ */

/* The first rows of clients have folds, one for each client. */
static size_t list_clients(struct html_page *page)
{
    size_t count = 0;

    for (size_t row = 0; row < page_folds(page); row++) {
        bool is_first = true;

        for (size_t i = 0; i < row && is_first; i++)
            is_first = strcmp(client_address(page, i), client_address(page, row)) != 0;
        page->stories->of[row].client = is_first ? client_address(page, row) : NULL;
        count += is_first;
    }
    return count;
}

static bool ask_story(const struct report *report, struct story *story, struct error *error)
{
    struct filters filters = *report->filters;
    struct report of_client = *report;

    filters.host = story->client;
    filters.verdict = NULL;
    of_client.filters = &filters;
    return kept_rows_ask(&story->verdicts, &of_client, QUESTION_VERDICTS, VERDICTS_MAX, error) &&
        kept_rows_ask_last(&story->days, &of_client, QUESTION_HOST_DAYS, DAYS_TOLD, error) &&
        kept_rows_ask(&story->hellos, &of_client, QUESTION_HOST_OFFERS, HELLOS_MAX, error);
}

bool page_ask_stories(struct html_page *page, struct error *error)
{
    bool asked = true;

    page->stories = calloc(1, sizeof(*page->stories));
    if (page->stories == NULL)
        return inventory_no_memory(error);
    page->stories->count = list_clients(page);
    if (page->report->is_anonymous)
        return kept_rows_ask(&page->stories->verdicts, page->report, QUESTION_VERDICTS, ALL_VERDICTS, error);
    page->stories->are_asked = !page->report->is_live || page->stories->count <= STORIES_LIVE;
    for (size_t i = 0; asked && page->stories->are_asked && i < FOLDS_MAX; i++)
        if (page->stories->of[i].client != NULL)
            asked = ask_story(page->report, &page->stories->of[i], error);
    return asked;
}

void page_close_stories(struct html_page *page)
{
    if (page->stories == NULL)
        return;
    for (size_t i = 0; i < FOLDS_MAX; i++) {
        kept_rows_close(&page->stories->of[i].verdicts);
        kept_rows_close(&page->stories->of[i].days);
        kept_rows_close(&page->stories->of[i].hellos);
    }
    kept_rows_close(&page->stories->verdicts);
    free(page->stories);
}

/* ---- toward a target ------------------------------------------------------------------------------ */

static void write_fact(struct html_page *page, size_t row, const char *name)
{
    char out[CELL_BYTES];
    const char *text = client_text(page, row, name, out);

    if (text == NULL)
        return;
    fprintf(page->out, "<dt>%s</dt><dd>", title_of(name)->title);
    page_text(page, text);
    fputs("</dd>", page->out);
}

/* Which packet shows it, and what to paste into Wireshark. */
static void write_evidence(struct html_page *page, size_t row)
{
    const struct value *source = kept_value(&page->clients, row, "source");
    const struct value *packet = kept_value(&page->clients, row, "packet");
    char filter[DISPLAY_FILTER_BYTES];

    if (source == NULL || packet == NULL || display_filter(&page->clients, row, filter) == NULL)
        return;
    fputs("<p>Packet ", page->out);
    page_number(page, (uint64_t)packet->number);
    fputs(" of ", page->out);
    page_text(page, source->text);
    fputs("; in Wireshark: <code>", page->out);
    page_text(page, filter);
    fputs("</code><button type=\"button\" class=\"copy\">copy</button></p>\n", page->out);
}

/* Does a row of verdicts have the same in a column as a row of clients? */
static bool is_same(const struct html_page *page, size_t row, const struct kept_rows *verdicts,
    size_t verdict, const char *name)
{
    const struct value *one = kept_value(&page->clients, row, name);
    const struct value *other = kept_value(verdicts, verdict, name);

    return one != NULL && other != NULL && strcmp(one->text, other->text) == 0;
}

/* What holds of this client toward this target: a sentence, the worst. Verdicts are of a machine, which may
 * have several addresses; those of one client's story are its own, whichever address they name. */
static void write_sentence(struct html_page *page, size_t row, const struct story *story)
{
    const bool is_own = page->stories->are_asked;
    const struct kept_rows *verdicts = is_own ? &story->verdicts : &page->stories->verdicts;
    char sentence[SENTENCE_BYTES] = "";

    for (size_t i = 0; i < verdicts->count; i++) {
        if (!is_same(page, row, verdicts, i, "to") || !is_same(page, row, verdicts, i, "service") ||
            (!is_own && !is_same(page, row, verdicts, i, "client")))
            continue;
        verdict_sentence(verdicts->columns, verdicts->rows[i], verdicts->column_count, sentence);
        fputs("<p>", page->out);
        page_text(page, sentence);
        fputs(".</p>\n", page->out);
        return;
    }
}

static void write_target(struct html_page *page, size_t row, const struct story *story)
{
    char out[CELL_BYTES];

    fputs("<h3>", page->out);
    page_text(page, client_text(page, row, "to", out));
    fputs(", ", page->out);
    page_text(page, client_text(page, row, "service", out));
    fputs(" ", page->out);
    page_write_verdict(page, client_verdict(page, row));
    fputs("</h3>\n", page->out);
    write_sentence(page, row, story);
    fputs("<p><strong>Next step:</strong> ", page->out);
    page_text(page, client_text(page, row, "what_to_do", out));
    fputs("</p>\n<dl>", page->out);
    for (size_t i = 0; i < sizeof(target_facts) / sizeof(target_facts[0]); i++)
        write_fact(page, row, target_facts[i]);
    fputs("</dl>\n", page->out);
    write_evidence(page, row);
}

/* ---- its days and its hellos ------------------------------------------------------------------------ */

static uint64_t number_at(const struct kept_rows *rows, size_t row, const char *name)
{
    const struct value *value = kept_value(rows, row, name);

    return value == NULL ? 0 : (uint64_t)value->number;
}

static void write_day(struct html_page *page, const struct kept_rows *days, size_t row)
{
    static const char *const numbers[] = {"refused_sessions", "old_sessions", "better_sessions"};
    char out[CELL_BYTES];

    fputs("<tr><td class=\"time\">", page->out);
    page_text(page, kept_shown(days, row, "date", &page->cell, out));
    fputs("</td>", page->out);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        fputs("<td class=\"n\">", page->out);
        page_number(page, number_at(days, row, numbers[i]));
        fputs("</td>", page->out);
    }
    fputs("</tr>\n", page->out);
}

static void write_days(struct html_page *page, const struct kept_rows *days)
{
    if (days->count == 0)
        return;
    fputs("<h3>Its days</h3>\n<table class=\"days\"><caption>Sessions of each day</caption><thead><tr>"
          "<th scope=\"col\">Day (UTC)</th><th scope=\"col\" class=\"n\">Refused</th><th scope=\"col\" "
          "class=\"n\">Old TLS</th><th scope=\"col\" class=\"n\">TLS 1.2 or later</th></tr></thead><tbody>\n",
        page->out);
    for (size_t row = days->count; row > 0; row--)
        write_day(page, days, row - 1);
    fputs("</tbody></table>\n", page->out);
    if (days->all > days->count) {
        fputs("<p>", page->out);
        page_number(page, days->all - days->count);
        fputs(" earlier days are not shown here.</p>\n", page->out);
    }
}

/* How many codes a list has. */
static size_t count_codes(const struct value *list)
{
    size_t count = list != NULL && list->text[0] != '\0';

    for (const char *at = list == NULL ? "" : list->text; *at != '\0'; at++)
        count += *at == ',';
    return count;
}

static void write_hello(struct html_page *page, const struct kept_rows *hellos, size_t row)
{
    const struct value *list = kept_value(hellos, row, "cipher_suites");
    const size_t suites = count_codes(list);
    const struct value *ja4 = kept_value(hellos, row, "ja4");
    const struct stack *stack = ja4 == NULL ? NULL : stack_of_ja4(ja4->text);
    char out[CELL_BYTES], matters[SUITES_TOLD_BYTES];

    fputs("<li><b>", page->out);
    page_text(page, kept_shown(hellos, row, "offered", &page->cell, out));
    fputs("</b>", page->out);
    if (number_at(hellos, row, "sslv2_format") != 0)
        fputs(" in the format of SSL 2.0", page->out);
    if (suites > 0)
        fprintf(page->out, ", %zu cipher suite%s%s", suites, suites == 1 ? "" : "s",
            suites_told(list->text, matters));
    if (stack != NULL)
        fprintf(page->out, ", perhaps %s", stack->name);
    fputs("; last ", page->out);
    page_text(page, kept_shown(hellos, row, "last_seen", &page->cell, out));
    if (ja4 != NULL) {
        fputs(" <code>", page->out);
        page_text(page, ja4->text);
        fputs("</code>", page->out);
    }
    fputs("</li>\n", page->out);
}

static void write_hellos(struct html_page *page, const struct kept_rows *hellos)
{
    if (hellos->count == 0)
        return;
    fputs("<h3>What its programs offer</h3>\n<ul class=\"plain\">\n", page->out);
    for (size_t row = 0; row < hellos->count; row++)
        write_hello(page, hellos, row);
    if (hellos->all > hellos->count)
        fprintf(page->out, "<li>%zu earlier ones are not shown here.</li>\n", hellos->all - hellos->count);
    fputs("</ul>\n", page->out);
}

/* ---- folds ---------------------------------------------------------------------------------------- */

static void write_link(struct html_page *page, const char *client)
{
    fputs("<p><a href=\"/host/", page->out);
    page_text(page, client);
    fputs("\">Its own page</a> has its days and all its hellos.</p>\n", page->out);
}

static void write_fold(struct html_page *page, size_t row, const struct story *story)
{
    char out[CELL_BYTES];
    const char *name;

    fputs("<details id=\"client-", page->out);
    html_id(page->out, story->client);
    fprintf(page->out, "\"%s><summary><b>", page->stories->count == 1 ? " open" : "");
    page_text(page, client_text(page, row, "client", out));
    fputs("</b> ", page->out);
    page_write_verdict(page, client_verdict(page, row));
    fputs(" <span>", page->out);
    page_text(page, client_text(page, row, "to", out));
    fputs("</span>", page->out);
    name = client_text(page, row, "name", out);
    if (name != NULL) {
        fputs(" <span class=\"soft\">", page->out);
        page_text(page, name);
        fputs("</span>", page->out);
    }
    fputs("</summary><div>\n", page->out);
    for (size_t i = row; i < page->clients.count; i++)
        if (strcmp(client_address(page, i), story->client) == 0)
            write_target(page, i, story);
    write_days(page, &story->days);
    write_hellos(page, &story->hellos);
    if (page->report->is_live && !page->stories->are_asked)
        write_link(page, story->client);
    fputs("</div></details>\n", page->out);
}

void page_write_stories(struct html_page *page)
{
    if (page->clients.count == 0)
        return;
    fputs("<section id=\"stories\"><h2>Client by client</h2>\n<p class=\"lead\">All that is known of each, "
          "and the packet that shows it.</p>\n",
        page->out);
    for (size_t row = 0; row < page_folds(page); row++)
        if (page->stories->of[row].client != NULL)
            write_fold(page, row, &page->stories->of[row]);
    fputs("</section>\n", page->out);
}

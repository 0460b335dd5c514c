/* SPDX-License-Identifier: BSD-2-Clause */
/* html_parts.c: what could not be seen, servers, policies, and the words. */
#include "answer.h"
#include "html_page.h"
#include "statements.h"

#include <stdlib.h>
#include <string.h>

/* Sentences as items of a list: a line each. */
static void write_lines(struct html_page *page, char *lines)
{
    char *rest = lines;

    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        line += strspn(line, " ");
        if (*line == '\0')
            continue;
        fputs("<li>", page->out);
        page_text(page, line);
        fputs("</li>\n", page->out);
    }
}

static void write_statements(struct html_page *page, const struct statements *statements)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return;
    sentences_write(out, statements);
    if (fclose(out) == 0)
        write_lines(page, text);
    free(text);
}

void page_write_unseen(struct html_page *page)
{
    struct statements statements;

    fputs("<section id=\"unseen\"><h2>What we could not see</h2>\n<ul class=\"plain\">\n", page->out);
    statements_of_confidence(page->summary, has_filters(page->report->filters), &statements);
    write_statements(page, &statements);
    fputs("<li>Who fetched no mail while the sensor listened, or whose mail does not pass it, is not in this "
          "page.</li>\n</ul></section>\n",
        page->out);
}

/* A column of a plain table; of which nothing is known in any row it is left out. */
struct plain_column {
    const char *name, *title;
    /* what stands in a cell; NULL: the value */
    void (*write)(struct html_page *page, const struct kept_rows *rows, size_t row);
    bool is_known, is_count;
};

static void find_known(
    struct html_page *page, const struct kept_rows *rows, struct plain_column *columns, size_t count)
{
    char out[CELL_BYTES];

    for (size_t i = 0; i < count; i++)
        for (size_t row = 0; row < rows->count && !columns[i].is_known; row++)
            columns[i].is_known = kept_shown(rows, row, columns[i].name, &page->cell, out) != NULL;
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < rows->column_count && columns[i].write == NULL; at++)
            columns[i].is_count |= strcmp(rows->columns[at].name, columns[i].name) == 0 &&
                rows->columns[at].kind == COLUMN_COUNT;
}

static void write_row(struct html_page *page, const struct kept_rows *rows, size_t row,
    const struct plain_column *columns, size_t count)
{
    char out[CELL_BYTES];

    fputs("<tr>", page->out);
    for (size_t i = 0; i < count; i++) {
        if (!columns[i].is_known)
            continue;
        fprintf(page->out, "<td%s data-title=\"%s\">", columns[i].is_count ? " class=\"n\"" : "",
            columns[i].title);
        if (columns[i].write != NULL)
            columns[i].write(page, rows, row);
        else
            page_text(page, kept_shown(rows, row, columns[i].name, &page->cell, out));
        fputs("</td>", page->out);
    }
    fputs("</tr>\n", page->out);
}

static void write_table(struct html_page *page, const struct kept_rows *rows, const char *caption,
    struct plain_column *columns, size_t count)
{
    find_known(page, rows, columns, count);
    fprintf(page->out, "<table class=\"cards\"><caption>%s</caption><thead><tr>", caption);
    for (size_t i = 0; i < count; i++)
        if (columns[i].is_known)
            fprintf(page->out, "<th scope=\"col\"%s>%s</th>", columns[i].is_count ? " class=\"n\"" : "",
                columns[i].title);
    fputs("</tr></thead><tbody>\n", page->out);
    for (size_t row = 0; row < rows->count; row++)
        write_row(page, rows, row, columns, count);
    fputs("</tbody></table>\n", page->out);
    if (rows->all > rows->count) {
        fputs("<p>", page->out);
        page_number(page, rows->all - rows->count);
        fputs(" more are not shown here.</p>\n", page->out);
    }
}

void page_write_changes(struct html_page *page)
{
    struct plain_column columns[] = {{.name = "date", .title = "Day (UTC)"},
        {.name = "change", .title = "Change"}, {.name = "client", .title = "Client"},
        {.name = "name", .title = "Name"}, {.name = "owner", .title = "Owner"},
        {.name = "to", .title = "Target"}, {.name = "service", .title = "Service"},
        {.name = "server", .title = "Server"}, {.name = "observer", .title = "Sensor"}};
    char day[DAY_TEXT_BYTES];

    fputs("<section id=\"changes\"><h2>Changes</h2>\n", page->out);
    fputs("<p class=\"lead\">New, refused, fixed or back again", page->out);
    if (page->report->filters->since == NULL) {
        day_in_words(page->report->today - CHANGES_DAYS + 1, day);
        fprintf(page->out, " since %s, the last %d days", day, CHANGES_DAYS);
    }
    fputs(".</p>\n", page->out);
    if (page->changes.count == 0)
        fputs("<p>Nothing was seen to change, or nothing was seen before these days.</p>\n", page->out);
    else
        write_table(page, &page->changes, "The latest first.", columns,
            sizeof(columns) / sizeof(columns[0]));
    fputs("</section>\n", page->out);
}

/* Does a row of clients say that this server is asked for old TLS by the client's own fault? */
static bool is_held(const struct html_page *page, size_t client, size_t server)
{
    static const char *const names[] = {"server", "service"};
    const struct value *cause = kept_value(&page->clients, client, "cause");

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct value *one = kept_value(&page->clients, client, names[i]);
        const struct value *other = kept_value(&page->servers, server, names[i]);

        if (one == NULL || other == NULL || strcmp(one->text, other->text) != 0)
            return false;
    }
    return cause != NULL && strcmp(cause->text, "client") == 0 &&
        client_verdict(page, client) >= VERDICT_LEGACY;
}

/* Who needs its old TLS, of the clients of the table. */
static void write_held(struct html_page *page, const struct kept_rows *rows, size_t row)
{
    const struct value *all = kept_value(rows, row, "legacy_clients");
    size_t named = 0;

    for (size_t i = 0; i < page_folds(page) && named < CLIENTS_NAMED; i++) {
        if (!is_held(page, i, row))
            continue;
        fputs(named++ > 0 ? ", " : "", page->out);
        page_write_client(page, i);
    }
    if (named > 0 && all != NULL && (uint64_t)all->number > named)
        fputs(" and others", page->out);
}

static void write_servers_lead(struct html_page *page)
{
    const struct summary *summary = page->summary;

    fputs("<p class=\"lead\">", page->out);
    page_number(page, summary->legacy_servers);
    fputs(" of ", page->out);
    page_number(page, summary->servers);
    fputs(" gave old TLS", page->out);
    if (summary->private_legacy_servers > 0) {
        fputs("; ", page->out);
        page_number(page, summary->private_legacy_servers);
        fputs(summary->private_legacy_servers == 1 ? " of them has a private address: probably yours"
                                                   : " of them have private addresses: probably yours",
            page->out);
    }
    fputs(".</p>\n", page->out);
}

void page_write_servers(struct html_page *page)
{
    struct plain_column columns[] = {{.name = "server", .title = "Server"}, {.name = "name", .title = "Name"},
        {.name = "owner", .title = "Owner"}, {.name = "port", .title = "Port"},
        {.name = "service", .title = "Service"}, {.name = "accepts", .title = "Accepts"},
        {.name = "legacy_clients", .title = "With old TLS"}, {.name = "clients", .title = "Of all"},
        {.name = "legacy_clients", .title = "Who needs it", .write = write_held},
        {.name = "what_to_do", .title = "Next step"}};

    fputs("<section id=\"servers\"><h2>Servers</h2>\n", page->out);
    write_servers_lead(page);
    if (page->servers.count == 0)
        fputs("<p>None was seen.</p>\n", page->out);
    else
        write_table(page, &page->servers,
            "What each was seen to accept, and who still needs its old TLS. Those with old TLS first.",
            columns, sizeof(columns) / sizeof(columns[0]));
    fputs("</section>\n", page->out);
}

static void write_policy_lines(
    struct html_page *page, const struct policy *policy, enum policy_word word, const char *title)
{
    if (policy_first(policy, word) == NULL)
        return;
    fprintf(page->out, "<dt>%s</dt><dd>", title);
    for (size_t i = 0, written = 0; i < policy->line_count; i++) {
        if (policy->lines[i].word != word)
            continue;
        fputs(written++ > 0 ? "<br>" : "", page->out);
        page_text(page, policy->lines[i].text);
    }
    fputs("</dd>\n", page->out);
}

static void write_policy(struct html_page *page, const struct policy *policy)
{
    char due[DUE_BYTES];

    policy_due(policy, page->report->today, due);
    fputs("<h3 id=\"policy-", page->out);
    html_id(page->out, policy->id);
    fputs("\">", page->out);
    page_text(page, policy->id);
    fputs("</h3>\n<p>", page->out);
    page_text(page, policy_first(policy, POLICY_TITLE));
    fputs("</p>\n<dl><dt>Due</dt><dd>", page->out);
    page_text(page, due);
    fputs("</dd>\n", page->out);
    write_policy_lines(page, policy, POLICY_TEXT, "What it says");
    write_policy_lines(page, policy, POLICY_HISTORY, "History");
    write_policy_lines(page, policy, POLICY_SOURCE, "Source");
    write_policy_lines(page, policy, POLICY_SEEN, "Seen");
    write_policy_lines(page, policy, POLICY_CERTAINTY, "How certain");
    fputs("</dl>\n", page->out);
}

void page_write_policies(struct html_page *page)
{
    const struct policies *policies = page->report->policies;

    fputs("<section id=\"policies\"><h2>Policies</h2>\n<p class=\"lead\">By what these clients "
          "are judged.</p>\n",
        page->out);
    for (size_t i = 0; policies != NULL && i < policies->count; i++)
        write_policy(page, policies->rows[i]);
    if (policies == NULL || policies->count == 0)
        fputs("<p>None was found.</p>\n", page->out);
    fputs("</section>\n", page->out);
}

void page_write_words(struct html_page *page)
{
    static const struct {
        const char *word, *meaning;
    } words[] = {
        {"failing", "The server refuses it because of the versions that it offers."},
        {"login refused?",
            "Its old TLS stands, and ends at once again and again: perhaps its login is refused inside it."},
        {"breaks", "It works today, and a policy ends that on a day."},
        {"legacy", "It uses TLS 1.1 or older, and no date is known that ends that."},
        {"exposed", "It logs in without TLS: whoever is on the way can read the password."},
        {"fragile", "It uses TLS 1.2 or later in a way that a policy without a date does not allow."},
        {"unknown", "It was seen, but no TLS version was."},
        {"safe", "It was seen to use TLS 1.2 or later, and nothing less."},
        {"unconfirmed", "Only one side of its sessions was seen: anybody can forge that. It counts apart."},
        {"client", "As a cause: the client offers nothing newer than TLS 1.1."},
        {"server", "As a cause: the client offers TLS 1.2 or later, the server chose less."},
        {"fallback", "As a cause: a TLS 1.2+ handshake failed first; something on the way may break it."},
        {"too_new", "As a cause: the client offers only TLS 1.3, which the server does not have yet."},
        {"unknown", "As a cause: the client's offer was not seen."},
    };

    fputs("<section id=\"words\"><h2>Words</h2>\n<dl>\n", page->out);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        fprintf(page->out, "<dt>%s</dt><dd>%s</dd>\n", words[i].word, words[i].meaning);
    fputs("</dl></section>\n", page->out);
}

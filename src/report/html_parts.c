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

/* A column of a plain table. */
struct plain_column {
    const char *name, *title;
};

static void write_row(struct html_page *page, const struct kept_rows *rows, size_t row,
    const struct plain_column *columns, size_t count)
{
    char out[CELL_BYTES];

    fputs("<tr>", page->out);
    for (size_t i = 0; i < count; i++) {
        fprintf(page->out, "<td data-title=\"%s\">", columns[i].title);
        page_text(page, kept_shown(rows, row, columns[i].name, &page->cell, out));
        fputs("</td>", page->out);
    }
    fputs("</tr>\n", page->out);
}

static void write_table(struct html_page *page, const struct kept_rows *rows, const char *caption,
    const struct plain_column *columns, size_t count)
{
    fprintf(page->out, "<table class=\"cards\"><caption>%s</caption><thead><tr>", caption);
    for (size_t i = 0; i < count; i++)
        fprintf(page->out, "<th scope=\"col\">%s</th>", columns[i].title);
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
    static const struct plain_column columns[] = {{"date", "Day (UTC)"}, {"change", "Change"},
        {"client", "Client"}, {"name", "Name"}, {"owner", "Owner"}, {"to", "Target"}, {"service", "Service"},
        {"server", "Server"}, {"observer", "Sensor"}};

    fputs("<section id=\"changes\"><h2>Changes</h2>\n", page->out);
    if (page->changes.count == 0)
        fputs("<p>None was seen in the days that were asked for, or nothing was seen before them.</p>\n",
            page->out);
    else
        write_table(page, &page->changes, "What is new, refused, fixed or back again, the latest first.",
            columns,
            sizeof(columns) / sizeof(columns[0]));
    fputs("</section>\n", page->out);
}

void page_write_servers(struct html_page *page)
{
    static const struct plain_column columns[] = {{"server", "Server"}, {"name", "Name"}, {"port", "Port"},
        {"service", "Service"}, {"accepts", "Accepts"}, {"legacy_clients", "Clients with old TLS"},
        {"clients", "Of all"}, {"what_to_do", "Next step"}};

    fputs("<section id=\"servers\"><h2>Servers</h2>\n", page->out);
    if (page->servers.count == 0)
        fputs("<p>None was seen.</p>\n", page->out);
    else
        write_table(page, &page->servers,
            "What each was seen to accept, and who still needs its old TLS. Those with old TLS first.",
            columns,
            sizeof(columns) / sizeof(columns[0]));
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
        {"failing", "The server refuses it, and what it offers is why."},
        {"login refused?",
            "Its old TLS stands, and ends at once again and again: perhaps its login is refused inside it."},
        {"breaks", "It works today, and a policy ends that on a day."},
        {"legacy", "It uses TLS 1.1 or older, and no date is known that ends that."},
        {"exposed", "It logs in without TLS: whoever is on the way can read the password."},
        {"fragile", "It uses TLS 1.2 or later in a way that a policy without a date does not allow."},
        {"unknown", "It was seen, and its version was not."},
        {"safe", "It was seen to use TLS 1.2 or later, and nothing less."},
        {"client", "As a cause: the client offers nothing newer than TLS 1.1."},
        {"server", "As a cause: the client offers TLS 1.2 or later, the server chose less."},
        {"fallback", "As a cause: a TLS 1.2+ handshake failed first; something on the way may break it."},
    };

    fputs("<section id=\"words\"><h2>Words</h2>\n<dl>\n", page->out);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        fprintf(page->out, "<dt>%s</dt><dd>%s</dd>\n", words[i].word, words[i].meaning);
    fputs("</dl></section>\n", page->out);
}

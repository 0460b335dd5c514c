/* SPDX-License-Identifier: BSD-2-Clause */
/* html_clients.c: who must act: the table of clients, and a fold for each of the worst. */
#include "display_filter.h"
#include "html_page.h"
#include "titles.h"
#include "verdict_sentence.h"

#include <string.h>

/* A column of the table: its heading, and what stands in a cell, the second below the first in small. */
static const struct client_column {
    const char *name, *title;
    const char *first, *second; /* columns of the answer; NULL: none */
    const char *class;
} columns[] = {
    {"client", "Client", "client", NULL, "first"},
    {"name", "Name, owner", "name", "owner", NULL},
    {"may_be", "Perhaps", "may_be", NULL, NULL},
    {"target", "Target", "to", "service", "target"},
    {"verdict", "Verdict", "verdict", NULL, NULL},
    {"due", "Due", "due", "policy", NULL},
    {"cause", "Cause", "cause", NULL, NULL},
    {"last_seen", "Last seen (UTC)", "last_seen", NULL, "time"},
    {"what_to_do", "Next step", "what_to_do", "note", "step"},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* Of what a fold tells, in its order; what is not known has no line. */
static const char *const fold_facts[] = {"name", "owner", "place", "remark", "client_software", "may_be",
    "told_by", "helps", "site", "server", "port", "service", "server_name", "offers", "got",
    "cause", "policy", "due", "sessions", "all_sessions", "first_seen", "last_seen", "evidence",
    "ja4", "proxy", "note"};

static enum verdict verdict_at(const struct html_page *page, size_t row)
{
    const struct value *value = kept_value(&page->clients, row, "verdict");

    return value == NULL ? VERDICT_UNKNOWN : (enum verdict)value->number;
}

static const char *shown(struct html_page *page, size_t row, const char *name, char out[CELL_BYTES])
{
    return name == NULL ? NULL : kept_shown(&page->clients, row, name, &page->cell, out);
}

/* Whoever needs to do nothing is not in the table. */
static bool must_act(const struct html_page *page, size_t row)
{
    return verdict_at(page, row) > VERDICT_UNKNOWN;
}

static const char *client_at(const struct html_page *page, size_t row)
{
    const struct value *value = kept_value(&page->clients, row, "client");

    return value == NULL ? "" : value->text;
}

/* Its fold, if it has one: the first rows have, one for each client. */
static bool is_first_of_client(const struct html_page *page, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (strcmp(client_at(page, i), client_at(page, row)) == 0)
            return false;
    return true;
}

static void write_verdict(struct html_page *page, enum verdict verdict)
{
    fprintf(page->out, "<span class=\"v %s\">%s</span>", verdict_class(verdict), verdict_name(verdict));
}

static void write_client(struct html_page *page, size_t row, size_t folds)
{
    char out[CELL_BYTES];

    if (row < folds) {
        fputs("<a class=\"addr\" href=\"#client-", page->out);
        html_id(page->out, client_at(page, row));
        fputs("\">", page->out);
    }
    page_text(page, shown(page, row, "client", out));
    fputs(row < folds ? "</a>" : "", page->out);
}

static void write_cell(
    struct html_page *page, size_t row, const struct client_column *column, size_t folds)
{
    char out[CELL_BYTES];
    const char *second;

    fprintf(page->out, "<td%s%s%s data-title=\"%s\"", column->class == NULL ? "" : " class=\"",
        column->class == NULL ? "" : column->class, column->class == NULL ? "" : "\"", column->title);
    if (strcmp(column->name, "verdict") == 0) {
        fprintf(page->out, " data-key=\"%d\">", VERDICT_COUNT - (int)verdict_at(page, row));
        write_verdict(page, verdict_at(page, row));
    } else if (strcmp(column->name, "client") == 0) {
        putc('>', page->out);
        write_client(page, row, folds);
    } else {
        putc('>', page->out);
        page_text(page, shown(page, row, column->first, out));
    }
    second = shown(page, row, column->second, out);
    if (second != NULL) {
        fputs("<small>", page->out);
        page_text(page, second);
        fputs("</small>", page->out);
    }
    fputs("</td>", page->out);
}

/* A column of which nothing is known in any row is left out. */
static bool is_known(const struct html_page *page, const struct client_column *column, size_t rows)
{
    for (size_t row = 0; row < rows; row++)
        if (kept_value(&page->clients, row, column->first) != NULL ||
            (column->second != NULL && kept_value(&page->clients, row, column->second) != NULL))
            return true;
    return false;
}

static void write_table(struct html_page *page, size_t rows, size_t folds)
{
    bool known[COLUMNS];

    fputs("<table class=\"cards\"><caption>The worst first, a row for each client and "
          "target.</caption><thead><tr>",
        page->out);
    for (size_t i = 0; i < COLUMNS; i++)
        if ((known[i] = is_known(page, &columns[i], rows)))
            fprintf(page->out, "<th scope=\"col\" data-name=\"%s\">%s</th>", columns[i].name,
                columns[i].title);
    fputs("</tr></thead><tbody>\n", page->out);
    for (size_t row = 0; row < rows; row++) {
        fprintf(page->out, "<tr data-verdict=\"%s\">", verdict_name(verdict_at(page, row)));
        for (size_t i = 0; i < COLUMNS; i++)
            if (known[i])
                write_cell(page, row, &columns[i], folds);
        fputs("</tr>\n", page->out);
    }
    fputs("</tbody></table>\n", page->out);
}

static void write_tools(struct html_page *page, size_t rows)
{
    bool has[VERDICT_COUNT] = {false};

    for (size_t row = 0; row < rows; row++)
        has[verdict_at(page, row)] = true;
    fputs("<div class=\"tools\"><input type=\"search\" id=\"search\" aria-label=\"Search the clients\" "
          "placeholder=\"Search address, name, target\"><div class=\"choose\" role=\"group\" "
          "aria-label=\"Verdict\"><button type=\"button\" data-verdict=\"\" "
          "aria-pressed=\"true\">all</button>",
        page->out);
    for (unsigned verdict = VERDICT_COUNT; verdict > 0; verdict--)
        if (has[verdict - 1] && (verdict - 1) != VERDICT_TOO_NEW)
            fprintf(page->out, "<button type=\"button\" data-verdict=\"%s\">%s</button>",
                verdict_name((enum verdict)(verdict - 1)), verdict_name((enum verdict)(verdict - 1)));
    fputs("</div><span class=\"count\" role=\"status\"></span></div>\n", page->out);
}

/* Rows to act on come first, because the answer has the worst first. */
static size_t count_rows(const struct html_page *page)
{
    size_t rows = 0;

    while (rows < page->clients.count && must_act(page, rows))
        rows++;
    return rows;
}

static size_t count_folds(size_t rows)
{
    return rows < FOLDS_MAX ? rows : FOLDS_MAX;
}

/* Rows beyond the table, and where all of them are. */
static void write_others(struct html_page *page, size_t rows)
{
    fputs("<p>", page->out);
    if (rows == page->clients.count && page->clients.all > rows) {
        page_number(page, page->clients.all - rows);
        fputs(" more rows are not shown here. ", page->out);
    }
    if (page->report->is_live)
        fputs("<a href=\"/clients.csv\">All rows as CSV</a>, also <a href=\"/api/clients\">as JSON</a>.",
            page->out);
    else if (page->download == NULL)
        fputs("<code>lasthello report clients --format csv</code> has all rows.", page->out);
    else
        fprintf(page->out,
            "<a download=\"clients.csv.gz\" href=\"data:application/gzip;base64,%s\">All rows as CSV</a>, "
            "those "
            "of clients that need not act too (compressed by gzip).",
            page->download);
    fputs("</p>\n", page->out);
}

void page_write_clients(struct html_page *page)
{
    const size_t rows = count_rows(page), folds = count_folds(rows);

    fputs("<section id=\"clients\"><h2>Who must act</h2>\n<p class=\"lead\">", page->out);
    page_number(page, page->summary->clients);
    fputs(" clients were seen. A client stands here for each target at which it fails, breaks, uses old "
          "TLS or logs in without TLS.</p>\n",
        page->out);
    if (rows == 0) {
        fputs(page->summary->clients > 0 ? "<p>None does.</p></section>\n" : "</section>\n", page->out);
        return;
    }
    write_tools(page, rows);
    write_table(page, rows, folds);
    write_others(page, rows);
    fputs("</section>\n", page->out);
}

/* ---- client by client ------------------------------------------------------------------------------ */

static void write_fact(struct html_page *page, size_t row, const char *name)
{
    char out[CELL_BYTES];
    const char *text = shown(page, row, name, out);

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

/* Is a row of verdicts about the same client and target? */
static bool is_about(const struct html_page *page, size_t verdict, size_t row)
{
    static const char *const names[] = {"client", "to", "service"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct value *one = kept_value(&page->clients, row, names[i]);
        const struct value *other = kept_value(&page->verdicts, verdict, names[i]);

        if (one == NULL || other == NULL || strcmp(one->text, other->text) != 0)
            return false;
    }
    return true;
}

/* What the verdict says of this client toward this target, in one sentence. */
static void write_sentence(struct html_page *page, size_t row)
{
    const struct kept_rows *verdicts = &page->verdicts;
    char sentence[SENTENCE_BYTES] = "";

    for (size_t i = 0; i < verdicts->count; i++) {
        if (!is_about(page, i, row))
            continue;
        verdict_sentence(verdicts->columns, verdicts->rows[i], verdicts->column_count, sentence);
        fputs("<p>", page->out);
        page_text(page, sentence);
        fputs(".</p>\n", page->out);
        return;
    }
}

static void write_target(struct html_page *page, size_t row)
{
    char out[CELL_BYTES];

    fputs("<h3>", page->out);
    page_text(page, shown(page, row, "to", out));
    fputs(" ", page->out);
    write_verdict(page, verdict_at(page, row));
    fputs("</h3>\n", page->out);
    write_sentence(page, row);
    fputs("<p><strong>Next step:</strong> ", page->out);
    page_text(page, shown(page, row, "what_to_do", out));
    fputs("</p>\n<dl>", page->out);
    for (size_t i = 0; i < sizeof(fold_facts) / sizeof(fold_facts[0]); i++)
        write_fact(page, row, fold_facts[i]);
    fputs("</dl>\n", page->out);
    write_evidence(page, row);
}

static void write_fold(struct html_page *page, size_t row, size_t rows)
{
    char out[CELL_BYTES];

    fputs("<details id=\"client-", page->out);
    html_id(page->out, client_at(page, row));
    fputs("\"><summary><b>", page->out);
    page_text(page, shown(page, row, "client", out));
    fputs("</b> ", page->out);
    write_verdict(page, verdict_at(page, row));
    fputs(" <span>", page->out);
    page_text(page, shown(page, row, "to", out));
    fputs("</span></summary><div>\n", page->out);
    for (size_t i = row; i < rows; i++)
        if (strcmp(client_at(page, i), client_at(page, row)) == 0)
            write_target(page, i);
    fputs("</div></details>\n", page->out);
}

void page_write_folds(struct html_page *page)
{
    const size_t rows = count_rows(page), folds = count_folds(rows);

    if (rows == 0)
        return;
    fputs("<section id=\"stories\"><h2>Client by client</h2>\n<p class=\"lead\">All that is known of each, "
          "and the packet that shows it.</p>\n",
        page->out);
    for (size_t row = 0; row < folds; row++)
        if (is_first_of_client(page, row))
            write_fold(page, row, rows);
    fputs("</section>\n", page->out);
}

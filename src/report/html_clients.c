/* SPDX-License-Identifier: BSD-2-Clause */
/* html_clients.c: who must act: the table of clients, and the controls that search, choose and sort it. */
#include "html_view.h"

#include <inttypes.h>
#include <string.h>

enum verdict client_verdict(const struct html_page *page, size_t row)
{
    const struct value *value = kept_value(&page->clients, row, "verdict");

    return value == NULL ? VERDICT_UNKNOWN : (enum verdict)value->number;
}

const char *client_address(const struct html_page *page, size_t row)
{
    const struct value *value = kept_value(&page->clients, row, "client");

    return value == NULL ? "" : value->text;
}

const char *client_text(struct html_page *page, size_t row, const char *name, char out[CELL_BYTES])
{
    return name == NULL ? NULL : kept_shown(&page->clients, row, name, &page->cell, out);
}

size_t page_folds(const struct html_page *page)
{
    return page->clients.count < FOLDS_MAX ? page->clients.count : FOLDS_MAX;
}

void page_write_verdict(struct html_page *page, enum verdict verdict)
{
    fprintf(page->out, "<span class=\"v %s\">%s</span>", verdict_class(verdict), verdict_name(verdict));
}

void page_write_client(struct html_page *page, size_t row)
{
    const bool has_fold = row < page_folds(page);
    char out[CELL_BYTES];

    if (has_fold) {
        fputs("<a class=\"addr\" href=\"#client-", page->out);
        html_id(page->out, client_address(page, row));
        fputs("\">", page->out);
    }
    page_text(page, client_text(page, row, "client", out));
    fputs(has_fold ? "</a>" : "", page->out);
}

/* ---- the table -------------------------------------------------------------------------------------- */

/* By what the browser sorts a cell whose text would not do: a number, the first in order the lowest. */
static void write_key(struct html_page *page, size_t row, const struct client_column *column)
{
    const struct value *left = kept_value(&page->clients, row, "days_left");

    if (strcmp(column->name, "verdict") == 0)
        fprintf(page->out, " data-key=\"%d\"", VERDICT_COUNT - (int)client_verdict(page, row));
    else if (strcmp(column->name, "due") == 0 && left != NULL)
        fprintf(page->out, " data-key=\"%" PRId64 "\"", page->report->today + left->number);
    else if (strcmp(column->name, "due") == 0)
        fputs(" data-key=\"9999999\"", page->out); /* on no day: after all days */
}

static void write_cell(struct html_page *page, size_t row, const struct client_column *column)
{
    char out[CELL_BYTES];
    const char *second;

    fputs("<td", page->out);
    if (column->class != NULL)
        fprintf(page->out, " class=\"%s\"", column->class);
    fprintf(page->out, " data-title=\"%s\"", column->title);
    write_key(page, row, column);
    putc('>', page->out);
    if (strcmp(column->name, "verdict") == 0)
        page_write_verdict(page, client_verdict(page, row));
    else if (strcmp(column->name, "client") == 0)
        page_write_client(page, row);
    else
        page_text(page, client_text(page, row, column->first, out));
    second = client_text(page, row, column->second, out);
    if (second != NULL) {
        fputs("<small>", page->out);
        page_text(page, second);
        fputs("</small>", page->out);
    }
    fputs("</td>", page->out);
}

/* A column of which nothing is known in any row is left out. */
static bool is_known(const struct html_page *page, const struct client_column *column)
{
    for (size_t row = 0; row < page->clients.count; row++)
        if (kept_value(&page->clients, row, column->first) != NULL ||
            (column->second != NULL && kept_value(&page->clients, row, column->second) != NULL))
            return true;
    return false;
}

static void write_heading(struct html_page *page, const struct client_column *column)
{
    static const char *const orders[] = {" aria-sort=\"descending\"", "", " aria-sort=\"ascending\""};
    char sort[SORT_BYTES];
    const struct table_view view = view_with_sort(page, column->name, sort);

    fprintf(page->out, "<th scope=\"col\" data-name=\"%s\"%s>", column->name,
        orders[1 + view_direction(page, column->name)]);
    if (page->report->is_live) {
        fputs("<a href=\"", page->out);
        view_write_link(page, &view);
        fprintf(page->out, "\">%s</a>", column->title);
    } else {
        fputs(column->title, page->out);
    }
    fputs("</th>", page->out);
}

static void write_table(struct html_page *page)
{
    bool known[CLIENT_COLUMNS];

    fputs("<table class=\"cards\"><caption>A row for each client and target, the worst first where no "
          "heading was chosen.</caption><thead><tr>",
        page->out);
    for (size_t i = 0; i < CLIENT_COLUMNS; i++)
        if ((known[i] = is_known(page, &client_columns[i])))
            write_heading(page, &client_columns[i]);
    fputs("</tr></thead><tbody>\n", page->out);
    for (size_t row = 0; row < page->clients.count; row++) {
        fprintf(page->out, "<tr data-verdict=\"%s\">", verdict_name(client_verdict(page, row)));
        for (size_t i = 0; i < CLIENT_COLUMNS; i++)
            if (known[i])
                write_cell(page, row, &client_columns[i]);
        fputs("</tr>\n", page->out);
    }
    fputs("</tbody></table>\n", page->out);
}

/* ---- the controls ------------------------------------------------------------------------------------ */

static void write_choice(struct html_page *page, const char *verdict)
{
    const struct table_view view = view_with_verdict(page, verdict);
    const char *now = page->report->view.verdict;
    const bool is_chosen =
        verdict == NULL || now == NULL ? verdict == now : strcmp(verdict, now) == 0;

    fprintf(page->out, "<a data-show=\"%s\" href=\"", verdict == NULL ? "" : verdict);
    view_write_link(page, &view);
    fprintf(page->out, "\"%s>%s</a>", is_chosen ? " aria-current=\"true\"" : "",
        verdict == NULL ? "all" : verdict);
}

/* Of a whole table those that it has. */
static bool offers_verdict(const struct html_page *page, enum verdict verdict)
{
    if (!view_is_whole(page))
        return verdict > VERDICT_UNKNOWN;
    for (size_t row = 0; row < page->clients.count; row++)
        if (strcmp(verdict_name(client_verdict(page, row)), verdict_name(verdict)) == 0)
            return true;
    return false;
}

static void write_range(struct html_page *page)
{
    const struct kept_rows *clients = &page->clients;

    if (clients->count == 0) {
        fputs("no row has that", page->out);
    } else if (clients->count == clients->all) {
        page_number(page, clients->all);
        fputs(clients->all == 1 ? " row" : " rows", page->out);
    } else {
        page_number(page, page->view_first + 1);
        fputs("\u2013", page->out);
        page_number(page, page->view_first + clients->count);
        fputs(" of ", page->out);
        page_number(page, clients->all);
        fputs(" rows", page->out);
    }
}

static void write_tools(struct html_page *page)
{
    fputs("<form class=\"tools\" role=\"search\" action=\"/\">"
          "<input type=\"search\" id=\"search\" name=\"q\" maxlength=\"200\" "
          "aria-label=\"Search the clients\" placeholder=\"Search address, name, target\" "
          "value=\"",
        page->out);
    page_text(page, page->report->view.words);
    fputs("\">", page->out);
    if (page->report->is_live) {
        view_write_fields(page);
        fputs("<button>Search</button>", page->out);
    }
    fputs("<div class=\"choose\" role=\"group\" aria-label=\"Verdict\">", page->out);
    write_choice(page, NULL);
    for (unsigned verdict = VERDICT_COUNT; verdict > 0; verdict--)
        if (offers_verdict(page, (enum verdict)(verdict - 1)))
            write_choice(page, verdict_name((enum verdict)(verdict - 1)));
    fputs("</div><span class=\"count\" role=\"status\">", page->out);
    write_range(page);
    fputs("</span></form>\n", page->out);
}

/* ---- below the table --------------------------------------------------------------------------------- */

static void write_downloads(struct html_page *page)
{
    fputs("<span class=\"download\">", page->out);
    if (page->report->is_live)
        fputs("<a href=\"/clients.csv\">All rows as CSV</a>, also <a href=\"/api/clients\">as JSON</a>.",
            page->out);
    else if (page->download == NULL)
        fputs("<code>lasthello report clients --format csv</code> has all rows.", page->out);
    else
        fprintf(page->out,
            "<a download=\"clients.csv.gz\" href=\"data:application/gzip;base64,%s\">All rows as CSV</a>, "
            "those of clients that need not act too (compressed by gzip).",
            page->download);
    fputs("</span>", page->out);
}

/* Rows beyond the table, and where all of them are. */
static void write_others(struct html_page *page)
{
    const struct kept_rows *clients = &page->clients;

    if (!view_is_whole(page))
        view_write_pages(page);
    fputs("<p>", page->out);
    if (view_is_whole(page) && clients->all > clients->count) {
        page_number(page, clients->all - clients->count);
        fputs(" more rows are not shown here. ", page->out);
    }
    if (page->is_view_cut) {
        fputs("Only the worst ", page->out);
        page_number(page, ROWS_SEARCHED);
        fputs(" rows were searched. ", page->out);
    }
    write_downloads(page);
    fputs("</p>\n", page->out);
}

void page_write_clients(struct html_page *page)
{
    fprintf(page->out, "<section id=\"clients\"%s><h2>Who must act</h2>\n<p class=\"lead\">",
        view_is_whole(page) ? " data-whole" : "");
    page_number(page, page->summary->clients);
    fputs(page->summary->clients == 1 ? " client was seen" : " clients were seen", page->out);
    fputs(". A client stands here for each target at which it fails, breaks, uses old TLS or logs in without "
          "TLS.</p>\n",
        page->out);
    if (page->clients.count == 0 && view_is_whole(page)) {
        fputs(page->summary->clients > 0 ? "<p>None does.</p></section>\n" : "</section>\n", page->out);
        return;
    }
    write_tools(page);
    if (page->clients.count > 0)
        write_table(page);
    write_others(page);
    fputs("</section>\n", page->out);
}

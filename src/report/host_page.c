/* SPDX-License-Identifier: BSD-2-Clause */
/* host_page.c: a page about one client, or about one server, as text, CSV and JSON. */
#include "host_page.h"

#include "answer.h"
#include "line_wrap.h"
#include "view.h"

#include <lasthello/json.h>

#include <stdlib.h>

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
    return wrapped != NULL || inventory_no_memory(error);
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

static bool write_object(const struct report *report, const struct host_page_kind *kind, struct error *error)
{
    struct json *object = json_open();
    bool added = true;

    for (size_t i = 0; added && i < HOST_ANSWERS_MAX && kind->answers[i].name != NULL; i++)
        added = add_rows(object, kind->answers[i].name, report, kind->answers[i].question, error);
    added = added && json_write_line(report->out, object, error);
    json_close(object);
    return added;
}

bool host_page_report(const struct report *report, const struct host_page_kind *kind, struct error *error)
{
    struct host_page page = {.report = report};
    size_t more;
    bool shown;

    if (report->format == FORMAT_CSV)
        return answer_write(report, QUESTION_CLIENTS, &format_csv, 0, &more, error);
    if (report->format == FORMAT_JSON)
        return write_object(report, kind, error);
    shown = kind->ask(&page, error) && show(&page, kind->write, error);
    close_page(&page);
    return shown;
}

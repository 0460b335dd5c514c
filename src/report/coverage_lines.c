/* SPDX-License-Identifier: BSD-2-Clause */
/* coverage_lines.c: the coverage of few sources, a line for each number that is not 0, with what it means. */
#include "format.h"
#include "kept_rows.h"
#include "line_wrap.h"
#include "titles.h"
#include "view.h"

#include <stdlib.h>
#include <string.h>

#define FEW 3

struct lines {
    struct page table; /* of more than a few */
    bool is_table;
    struct value *kept[FEW];
};

static bool begin_lines(struct page *page)
{
    page->state = calloc(1, sizeof(struct lines));
    return page->state != NULL;
}

/* The first rows become those of a table. */
static bool begin_table(const struct page *page, struct lines *lines)
{
    bool written;

    lines->table = *page;
    lines->table.state = NULL;
    lines->table.cell = (struct cell){0};
    lines->is_table = true;
    written = format_table.heading(&lines->table);
    for (size_t i = 0; written && i < FEW; i++)
        written = format_table.row(&lines->table, lines->kept[i]);
    return written;
}

static bool keep_row(struct page *page, const struct value *values)
{
    struct lines *lines = page->state;

    if (page->rows < FEW) {
        lines->kept[page->rows] = values_copy(values, page->count);
        return lines->kept[page->rows] != NULL;
    }
    if (!lines->is_table && !begin_table(page, lines))
        return false;
    lines->table.rows = page->rows + 1;
    return format_table.row(&lines->table, values);
}

static void write_line(struct page *page, FILE *out, size_t i, const struct value *value)
{
    const struct column *column = &page->columns[i];
    const struct title *title = title_of(column->name);
    const char *text = cell_exact(&page->cell, column->kind, value);
    char shown[CELL_BYTES];

    if (text == NULL || (column->kind == COLUMN_COUNT && value->number == 0))
        return;
    fprintf(out, "%s%s: %s%s%s\n", i == 0 ? "" : " ", title->title, cell_shown(column->kind, text, shown),
        title->meaning == NULL ? "" : ", ", title->meaning == NULL ? "" : title->meaning);
}

static bool write_lines(struct page *page, const struct value *values, size_t width)
{
    char *text = NULL, *wrapped = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return false;
    for (size_t i = 0; i < page->count; i++)
        write_line(page, out, i, &values[i]);
    if (fclose(out) == 0)
        wrapped = line_wrap(text, width);
    fputs(wrapped == NULL ? "" : wrapped, page->report->out);
    free(text);
    free(wrapped);
    return wrapped != NULL;
}

static bool end_lines(struct page *page)
{
    struct lines *lines = page->state;
    const struct view view = view_of(page->report->out, false);
    bool written = true;

    if (lines->is_table)
        return format_table.end(&lines->table);
    for (size_t i = 0; written && i < page->rows; i++) {
        fputs(i > 0 ? "\n" : "", page->report->out);
        written = write_lines(page, lines->kept[i], view.width);
    }
    return written;
}

static void close_lines(struct page *page)
{
    struct lines *lines = page->state;

    if (lines == NULL)
        return;
    if (lines->is_table)
        format_table.close(&lines->table);
    cell_close(&lines->table.cell);
    for (size_t i = 0; i < FEW; i++)
        values_free(lines->kept[i], page->count);
    free(lines);
    page->state = NULL;
}

const struct format format_coverage = {begin_lines, keep_row, end_lines, close_lines};

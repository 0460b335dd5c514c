/* SPDX-License-Identifier: BSD-2-Clause */
/* json_rows.c: one array of objects, a line each; what is not known is left out. */
#include "format.h"

#include <lasthello/json.h>

#include <stdlib.h>

static void put_value(
    struct json *object, const struct column *column, struct cell *cell, const struct value *value)
{
    const char *text = cell_exact(cell, column->kind, value);

    switch (column->kind) {
    case COLUMN_NUMBER:
    case COLUMN_COUNT:
        if (value->text != NULL)
            json_put_number(object, column->name, value->number);
        break;
    case COLUMN_LIST:
    case COLUMN_VERSIONS:
        json_put_list(object, column->name, text);
        break;
    case COLUMN_TEXT:
    case COLUMN_TIME:
    case COLUMN_DAY:
    case COLUMN_VERDICT:
    case COLUMN_STEP:
    case COLUMN_NOTES:
        json_put_text(object, column->name, text);
        break;
    }
}

struct json *json_row(struct page *page, const struct value *values)
{
    struct json *object = json_open();

    for (size_t i = 0; i < page->count; i++)
        put_value(object, &page->columns[i], &page->cell, &values[i]);
    return object;
}

bool json_write_line(FILE *out, const struct json *object, struct error *error)
{
    char *line = json_line(object);

    if (line == NULL)
        return inventory_no_memory(error);
    fprintf(out, "%s\n", line);
    free(line);
    return true;
}

static bool write_heading(struct page *page)
{
    fputs("[", page->report->out);
    return true;
}

static bool write_row(struct page *page, const struct value *values)
{
    struct json *object = json_row(page, values);
    char *line = json_line(object);

    json_close(object);
    if (line == NULL)
        return false;
    fprintf(page->report->out, "%s\n%s", page->rows > 0 ? "," : "", line);
    free(line);
    return true;
}

static bool write_end(struct page *page)
{
    fputs(page->rows > 0 ? "\n]\n" : "]\n", page->report->out);
    return true;
}

static void close_page(struct page *page)
{
    (void)page;
}

const struct format format_json = {write_heading, write_row, write_end, close_page};

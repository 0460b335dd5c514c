/* SPDX-License-Identifier: BSD-2-Clause */
/* rows.c: the answer to a question as a table, as CSV or as JSON. */
#include "rows.h"

#include "csv.h"
#include "phrase.h"
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool no_memory(struct error *error)
{
    return error_set(error, "not enough memory for the report; ask for less with --since or --network");
}

/* Rows after the limit are counted, not kept. */
static bool fill_table(struct table *table, struct rows *rows, size_t limit, size_t *more, struct error *error)
{
    const char *const *values;

    *more = 0;
    while (rows_next(rows, &values, error)) {
        if (limit > 0 && table_row_count(table) == limit)
            (*more)++;
        else if (!table_add(table, values))
            return no_memory(error);
    }
    return error->text[0] == '\0';
}

static void write_more(FILE *out, size_t more, const char *hint)
{
    char number[PHRASE_BYTES];

    fprintf(out, "... %s more%s\n", phrase_number(more, number), hint == NULL ? "" : hint);
}

static bool write_table(FILE *out, struct rows *rows, size_t limit, const char *more_hint, struct error *error)
{
    struct table_view view = table_view_of(out);
    const struct column *columns;
    size_t count, more;
    struct table *table;
    bool written;

    columns = rows_columns(rows, &count);
    table = table_open(columns, count);
    if (table == NULL)
        return no_memory(error);
    written = fill_table(table, rows, limit, &more, error);
    if (written && table_row_count(table) == 0)
        fputs("nothing in the inventory matches; that is no all-clear: lasthello report says what was seen\n", out);
    else if (written && !table_write(out, table, &view))
        written = no_memory(error);
    if (written && more > 0)
        write_more(out, more, more_hint);
    table_close(table);
    return written;
}

static bool write_csv(FILE *out, struct rows *rows, struct error *error)
{
    const struct column *columns;
    const char *const *values;
    size_t count;

    columns = rows_columns(rows, &count);
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? "," : "", out);
        csv_cell(out, columns[i].name);
    }
    fputs("\r\n", out);
    while (rows_next(rows, &values, error))
        csv_line(out, values, count);
    return error->text[0] == '\0';
}

static bool is_number(const struct column *column)
{
    return column->kind == COLUMN_NUMBER || column->kind == COLUMN_COUNT;
}

static void put_value(struct json *object, const struct column *column, const char *value)
{
    char *end;
    int64_t number;

    if (value == NULL)
        return;
    if (column->kind == COLUMN_LIST) {
        json_put_list(object, column->name, value);
        return;
    }
    errno = 0;
    number = strtoll(value, &end, 10);
    if (is_number(column) && *end == '\0' && end != value && errno == 0)
        json_put_number(object, column->name, number);
    else
        json_put_text(object, column->name, value);
}

struct json *rows_object(const struct rows *rows, const char *const *values)
{
    struct json *object = json_open();
    const struct column *columns;
    size_t count;

    columns = rows_columns(rows, &count);
    for (size_t i = 0; i < count; i++)
        put_value(object, &columns[i], values[i]);
    return object;
}

static bool write_json(FILE *out, struct rows *rows, struct error *error)
{
    const char *separator = "[\n";
    const char *const *values;

    while (rows_next(rows, &values, error)) {
        struct json *object = rows_object(rows, values);
        char *line = json_line(object);

        json_close(object);
        if (line == NULL)
            return no_memory(error);
        fprintf(out, "%s%s", separator, line);
        separator = ",\n";
        free(line);
    }
    fputs(separator[0] == '[' ? "[]\n" : "\n]\n", out);
    return error->text[0] == '\0';
}

bool report_rows(FILE *out, enum report_format format, struct rows *rows, size_t limit, const char *more_hint,
    struct error *error)
{
    error->text[0] = '\0'; /* so that it tells the end of the rows from a failure */
    switch (format) {
    case FORMAT_TABLE:
        return write_table(out, rows, limit, more_hint, error);
    case FORMAT_CSV:
        return write_csv(out, rows, error);
    case FORMAT_JSON:
        return write_json(out, rows, error);
    }
    return false;
}

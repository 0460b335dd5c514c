/* SPDX-License-Identifier: BSD-2-Clause */
/* kept_rows.c: rows of an answer that outlive it. */
#include "kept_rows.h"

#include <stdlib.h>
#include <string.h>

void values_free(struct value *values, size_t count)
{
    char *text;

    for (size_t i = 0; values != NULL && i < count; i++) {
        memcpy(&text, &values[i].text, sizeof(text)); /* ours, though nobody else may change it */
        free(text);
    }
    free(values);
}

struct value *values_copy(const struct value *values, size_t count)
{
    struct value *copy = calloc(count, sizeof(*copy));

    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i].number = values[i].number;
        copy[i].text = values[i].text == NULL ? NULL : strdup(values[i].text);
        if (values[i].text != NULL && copy[i].text == NULL) {
            values_free(copy, count);
            return NULL;
        }
    }
    return copy;
}

void kept_rows_close(struct kept_rows *kept)
{
    char *name;

    for (size_t i = 0; kept->columns != NULL && i < kept->column_count; i++) {
        memcpy(&name, &kept->columns[i].name, sizeof(name)); /* ours, too */
        free(name);
    }
    for (size_t i = 0; i < kept->count; i++)
        values_free(kept->rows[i], kept->column_count);
    free(kept->columns);
    free(kept->rows);
    *kept = (struct kept_rows){0};
}

static bool keep_columns(struct kept_rows *kept, const struct rows *rows)
{
    const struct column *columns = rows_columns(rows, &kept->column_count);

    kept->columns = calloc(kept->column_count, sizeof(*kept->columns));
    for (size_t i = 0; kept->columns != NULL && i < kept->column_count; i++) {
        kept->columns[i] = (struct column){strdup(columns[i].name), columns[i].kind};
        if (kept->columns[i].name == NULL)
            return false;
    }
    return kept->columns != NULL;
}

bool kept_rows_open(struct kept_rows *kept, const struct rows *rows, size_t most)
{
    kept->rows = calloc(most, sizeof(struct value *));
    return kept->rows != NULL && keep_columns(kept, rows);
}

bool kept_rows_add(struct kept_rows *kept, const struct value *values)
{
    kept->rows[kept->count] = values_copy(values, kept->column_count);
    return kept->rows[kept->count] != NULL && ++kept->count > 0;
}

void kept_rows_cut(struct kept_rows *kept, size_t most)
{
    while (kept->count > most)
        values_free(kept->rows[--kept->count], kept->column_count);
}

bool kept_rows_ask(struct kept_rows *kept, const struct report *report, enum question question, size_t most,
    struct error *error)
{
    struct rows *rows = inventory_ask(report->inventory, question, report->filters, error);
    const struct value *values;
    enum row row = ROW_ONE;
    uint64_t left = 0;
    bool kept_all;

    if (rows == NULL)
        return false;
    kept_all = kept_rows_open(kept, rows, most);
    while (kept_all && kept->count < most && (row = rows_next(rows, &values, error)) == ROW_ONE)
        kept_all = kept_rows_add(kept, values);
    if (kept_all && row == ROW_ONE)
        row = rows_count(rows, &left, error);
    kept->all = kept->count + left;
    rows_close(rows);
    return kept_all ? row == ROW_END : inventory_no_memory(error);
}

/* A row of a full ring takes the place of the oldest. */
static bool keep_last(struct kept_rows *kept, size_t most, const struct value *values)
{
    struct value **oldest = &kept->rows[kept->all % most];
    struct value *copy = values_copy(values, kept->column_count);

    if (copy == NULL)
        return false;
    values_free(*oldest, kept->column_count);
    *oldest = copy;
    kept->all++;
    kept->count = kept->all < most ? kept->all : most;
    return true;
}

static void turn_round(struct value **rows, size_t first, size_t last)
{
    for (; first < last; first++, last--) {
        struct value *row = rows[first];

        rows[first] = rows[last];
        rows[last] = row;
    }
}

/* The oldest row of a full ring comes to the front. */
static void put_in_order(struct kept_rows *kept)
{
    const size_t oldest = kept->all % kept->count;

    if (oldest == 0)
        return;
    turn_round(kept->rows, 0, oldest - 1);
    turn_round(kept->rows, oldest, kept->count - 1);
    turn_round(kept->rows, 0, kept->count - 1);
}

bool kept_rows_ask_last(struct kept_rows *kept, const struct report *report, enum question question,
    size_t most, struct error *error)
{
    struct rows *rows = inventory_ask(report->inventory, question, report->filters, error);
    const struct value *values;
    enum row row = ROW_ONE;
    bool has_memory;

    if (rows == NULL)
        return false;
    has_memory = kept_rows_open(kept, rows, most);
    while (has_memory && (row = rows_next(rows, &values, error)) == ROW_ONE)
        has_memory = keep_last(kept, most, values);
    rows_close(rows);
    if (kept->count > 0)
        put_in_order(kept);
    return has_memory ? row == ROW_END : inventory_no_memory(error);
}

void kept_rows_drop(struct kept_rows *kept, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values_free(kept->rows[i], kept->column_count);
    kept->count -= count;
    for (size_t i = 0; i < kept->count; i++)
        kept->rows[i] = kept->rows[i + count];
}

const struct value *kept_value(const struct kept_rows *kept, size_t row, const char *name)
{
    for (size_t i = 0; i < kept->column_count; i++)
        if (strcmp(kept->columns[i].name, name) == 0)
            return kept->rows[row][i].text == NULL ? NULL : &kept->rows[row][i];
    return NULL;
}

const char *kept_shown(
    const struct kept_rows *kept, size_t row, const char *name, struct cell *cell, char out[CELL_BYTES])
{
    for (size_t i = 0; i < kept->column_count; i++) {
        const char *text;

        if (strcmp(kept->columns[i].name, name) != 0)
            continue;
        text = cell_exact(cell, kept->columns[i].kind, &kept->rows[row][i]);
        return text == NULL ? NULL : cell_shown(kept->columns[i].kind, text, out);
    }
    return NULL;
}

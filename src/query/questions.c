/* SPDX-License-Identifier: BSD-2-Clause */
/* questions.c: an answer, row by row; what cannot be said in SQL is filled in here. */
#include "columns.h"
#include "inventory_open.h"

#include <lasthello/address.h>
#include <lasthello/verdict.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

extern const char sql_clients[], sql_servers[], sql_sessions[], sql_coverage[], sql_days[], sql_values[];

struct rows {
    struct inventory *inventory;
    struct query query;
    void (*refine)(struct rows *rows); /* NULL: the SQL says all */
    struct checked_filters checked;    /* verdicts choose rows, where rows have them */
    /* those whose names begin with '-' come last, and are for `refine` alone */
    struct column *columns;
    struct value *values;
    size_t count, shown;
};

/* A column of a row, which is there: the names are those of sql/. */
static struct value *value_of(const struct rows *rows, const char *name)
{
    size_t i = 0;

    while (i + 1 < rows->count && strcmp(rows->columns[i].name, name) != 0)
        i++;
    return &rows->values[i];
}

/* What the list of assets says of the host in a column; where it has no name, that of the wire stays. */
static void name_host(struct rows *rows, const char *host, const char *mac, const char *name)
{
    const char *text = value_of(rows, host)->text;
    const struct asset *asset;
    struct address address;

    if (rows->inventory->assets == NULL || text == NULL || !address_read(text, &address))
        return;
    asset = assets_find(rows->inventory->assets, &address, mac);
    if (asset == NULL)
        return;
    if (asset->name != NULL)
        value_of(rows, name)->text = asset->name;
    value_of(rows, "owner")->text = asset->owner;
    value_of(rows, "place")->text = asset->place;
    value_of(rows, "remark")->text = asset->note;
}

static void refine_client(struct rows *rows)
{
    const struct client_facts facts = {
        .is_better = value_of(rows, "-is_better")->number != 0,
        .old_last = value_of(rows, "-old_last")->number,
        .better_first = value_of(rows, "-better_first")->number,
        .macs_differ = value_of(rows, "-macs_differ")->number != 0,
    };
    struct value *step_value = value_of(rows, "what_to_do"), *notes_value = value_of(rows, "note");
    enum step step = (enum step)step_value->number;
    unsigned notes = (unsigned)notes_value->number;

    verdict_refine_client(&facts, cause_of_name(value_of(rows, "cause")->text), &step, &notes);
    step_value->number = step;
    notes_value->number = notes;
    name_host(rows, "client", value_of(rows, "-client_mac")->text, "name");
}

static void refine_server(struct rows *rows)
{
    const struct server_facts facts = {
        .is_old = value_of(rows, "-is_old")->number != 0,
        .is_better = value_of(rows, "-is_better")->number != 0,
        .downgrade = value_of(rows, "-is_downgrade")->number != 0,
        .held_back = value_of(rows, "-held_back")->number != 0,
        .is_exposed = value_of(rows, "cleartext_sessions")->number != 0,
    };
    enum step step;

    value_of(rows, "verdict")->number = verdict_of_server(&facts, &step);
    value_of(rows, "what_to_do")->number = step;
    name_host(rows, "server", NULL, "asset");
}

static const struct question_text {
    const char *sql;
    void (*refine)(struct rows *rows);
} texts[QUESTION_COUNT] = {
    [QUESTION_CLIENTS] = {sql_clients, refine_client},
    [QUESTION_SERVERS] = {sql_servers, refine_server},
    [QUESTION_SESSIONS] = {sql_sessions, NULL},
    [QUESTION_COVERAGE] = {sql_coverage, NULL},
    [QUESTION_LEGACY] = {sql_clients, refine_client},
    [QUESTION_DAYS] = {sql_days, NULL},
    [QUESTION_VALUES] = {sql_values, NULL},
};

static bool name_columns(struct rows *rows, struct error *error)
{
    while (query_column(&rows->query, (int)rows->count) != NULL)
        rows->count++;
    rows->columns = calloc(rows->count, sizeof(*rows->columns));
    rows->values = calloc(rows->count, sizeof(*rows->values));
    if (rows->columns == NULL || rows->values == NULL)
        return error_set(error, "not enough memory for the report");
    for (size_t i = 0; i < rows->count; i++) {
        const char *name = query_column(&rows->query, (int)i);

        rows->columns[i] = (struct column){name, column_kind_of(name)};
        rows->shown += name[0] != '-';
    }
    return true;
}

static bool open_rows(struct rows *rows, enum question question, struct error *error)
{
    const struct question_text *text = &texts[question];

    rows->refine = text->refine;
    rows->checked.rows_have_verdicts = text->refine != NULL;
    if (!moment_begin(rows->inventory, &rows->checked, error) ||
        !query_open(&rows->query, &rows->inventory->db, text->sql, error) || !name_columns(rows, error))
        return false;
    filters_put(&rows->query, &rows->checked);
    if (question == QUESTION_LEGACY)
        query_offer_number(&rows->query, ":legacy_only", 1);
    return true;
}

struct rows *inventory_ask(struct inventory *inventory, enum question question, const struct filters *filters,
    struct error *error)
{
    struct checked_filters checked;
    struct rows *rows;

    if (!filters_check(filters, time(NULL), &checked, error))
        return NULL;
    rows = calloc(1, sizeof(*rows));
    if (rows == NULL) {
        error_set(error, "not enough memory for the report");
        return NULL;
    }
    rows->inventory = inventory;
    rows->checked = checked;
    if (open_rows(rows, question, error))
        return rows;
    rows_close(rows);
    return NULL;
}

const struct column *rows_columns(const struct rows *rows, size_t *count)
{
    *count = rows->shown;
    return rows->columns;
}

static enum row next_row(struct rows *rows, struct error *error)
{
    const enum row row = query_row(&rows->query, error);

    for (size_t i = 0; row == ROW_ONE && i < rows->count; i++) {
        rows->values[i].number = query_number(&rows->query, (int)i);
        rows->values[i].text = query_text(&rows->query, (int)i);
    }
    if (row == ROW_ONE && rows->refine != NULL)
        rows->refine(rows);
    return row;
}

/* Rows whose verdict nobody asked for are passed over. */
static bool is_wanted(const struct rows *rows)
{
    return rows->refine == NULL ||
        filters_want_verdict(&rows->checked, (enum verdict)value_of(rows, "verdict")->number);
}

enum row rows_next(struct rows *rows, const struct value **values, struct error *error)
{
    enum row row;

    do
        row = next_row(rows, error);
    while (row == ROW_ONE && !is_wanted(rows));
    *values = rows->values;
    return row;
}

void rows_close(struct rows *rows)
{
    if (rows == NULL)
        return;
    query_close(&rows->query);
    moment_end(rows->inventory);
    free(rows->columns);
    free(rows->values);
    free(rows);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* questions.c: an answer, row by row; what cannot be said in SQL is filled in here. */
#include "advice.h"
#include "change_tables.h"
#include "client_rows.h"
#include "columns.h"
#include "day_tables.h"
#include "hidden.h"
#include "server_tables.h"
#include "verdict_rows.h"

#include <lasthello/address.h>
#include <lasthello/clock.h>
#include <lasthello/verdict.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

extern const char sql_clients[], sql_servers[], sql_suites[], sql_sessions[], sql_coverage[],
    sql_days[], sql_values[], sql_verdicts[], sql_changes[], sql_trend[], sql_host_who[],
    sql_host_days[], sql_host_like[], sql_host_offers[];

struct rows {
    struct inventory *inventory;
    struct advice advice;
    struct query query;
    void (*refine)(struct rows *rows); /* NULL: the SQL says all */
    bool has_clients;                  /* the SQL looks up one row, which `clients` found */
    struct client_rows clients;
    struct client_row client;
    bool has_verdicts; /* the same, which `verdicts` found */
    struct verdict_rows verdicts;
    struct verdict_row verdict;
    struct query day_times;
    struct checked_filters checked; /* verdicts choose rows, where rows have them */
    /* those whose names begin with '-' come last, and are for `refine` alone */
    struct column *columns;
    struct value *values;
    size_t count, shown;
    struct hidden hidden;
    char due[DUE_BYTES]; /* of a verdict's row */
};

static struct row_values values_of(const struct rows *rows)
{
    return (struct row_values){rows->columns, rows->values, rows->count};
}

/* Of the row that was found last. The name is one of the question's .sql file. */
static struct value *rows_value(const struct rows *rows, const char *name)
{
    const struct row_values row = values_of(rows);

    return row_value(&row, name);
}

/* What the list of assets says of the host in a column; where it has no name, that of the wire stays. */
static void name_host(struct rows *rows, const char *host, const char *mac, const char *name)
{
    const char *text = rows_value(rows, host)->text;
    const struct asset *asset;
    struct address address;

    if (rows->inventory->assets == NULL || text == NULL || !address_read(text, &address))
        return;
    asset = assets_find(rows->inventory->assets, &address, mac, rows_value(rows, "site")->text);
    if (asset == NULL)
        return;
    if (asset->name != NULL)
        rows_value(rows, name)->text = asset->name;
    rows_value(rows, "owner")->text = asset->owner;
    rows_value(rows, "place")->text = asset->place;
    rows_value(rows, "remark")->text = asset->note;
}

/* The policy that ends what the client does, and when. */
static void put_due(struct rows *rows)
{
    const struct contact *worst = &rows->client.worst;
    struct judgement judged = {.verdict = worst->verdict, .breach = worst->breach};

    if (worst->policy < 0)
        return;
    judged.policy = rows->inventory->policies->rows[worst->policy];
    verdict_due(&judged, rows->checked.today, rows->due);
    rows_value(rows, "policy")->text = judged.policy->id;
    rows_value(rows, "due")->text = rows->due;
}

static void refine_client(struct rows *rows)
{
    const struct row_values row = values_of(rows);
    const struct client_facts facts = client_rows_facts(&rows->clients, &rows->client);
    struct value *step_value = rows_value(rows, "what_to_do"), *notes_value = rows_value(rows, "note");
    enum step step = (enum step)step_value->number;
    unsigned notes = (unsigned)notes_value->number;

    verdict_refine_client(&facts, cause_of_name(rows_value(rows, "cause")->text), &step, &notes);
    put_due(rows);
    step_value->number = step;
    notes_value->number = notes;
    rows->advice.is_better_beside = facts.is_better_beside;
    if (rows->inventory->remedies != NULL)
        advise(&row, rows->inventory->remedies, rows->checked.host != NULL, &rows->advice);
    name_host(rows, "client", rows_value(rows, "-client_mac")->text, "name");
}

static void refine_server(struct rows *rows)
{
    const struct server_facts facts = {
        .is_old = rows_value(rows, "-is_old")->number != 0,
        .is_better = rows_value(rows, "-is_better")->number != 0,
        .downgrade = rows_value(rows, "-is_downgrade")->number != 0,
        .held_back = rows_value(rows, "-held_back")->number != 0,
        .is_exposed = rows_value(rows, "cleartext_sessions")->number != 0,
    };
    enum step step;

    rows_value(rows, "verdict")->number = verdict_of_server(&facts, &step);
    rows_value(rows, "what_to_do")->number = step;
    name_host(rows, "server", NULL, "asset");
}

/* The policy, what of it is offended, and what the sentence says. */
static void refine_verdict(struct rows *rows)
{
    const struct value *number = rows_value(rows, "-policy");
    const struct policy *policy =
        number->text == NULL ? NULL : rows->inventory->policies->rows[number->number];
    const struct told_verdict told = {
        .verdict = (enum verdict)rows_value(rows, "verdict")->number,
        .cause = cause_of_name(rows_value(rows, "cause")->text),
        .is_refused = rows_value(rows, "-is_refused")->number != 0,
        .is_inspected = rows->verdict.worst.is_inspected,
        .is_got = rows_value(rows, "got")->text != NULL,
        .alert = refusal_alert(rows_value(rows, "-refused_by")->text),
        .policy = policy,
        .breach = rows->verdict.breach,
        .refused_since = clock_day(rows_value(rows, "since_day")->number),
    };
    const struct judgement judged = {.verdict = told.verdict, .policy = policy, .breach = told.breach};

    rows_value(rows, "statement")->text = verdict_statement_name(verdict_says(&told));
    rows_value(rows, "breach")->text = breach_name(told.breach.kind);
    if (policy != NULL)
        verdict_due(&judged, rows->checked.today, rows->due);
    rows_value(rows, "due")->text = policy == NULL || rows->due[0] == '\0' ? NULL : rows->due;
}

static void refine_change(struct rows *rows)
{
    name_host(rows, rows_value(rows, "client")->text == NULL ? "server" : "client", NULL, "name");
}

static void refine_suite(struct rows *rows)
{
    name_host(rows, "server", NULL, "asset");
}

static bool fill_ports(
    struct inventory *inventory, const struct checked_filters *checked, struct error *error)
{
    return server_tables_fill(inventory, checked, SERVER_PORTS, error);
}

static bool fill_suites(
    struct inventory *inventory, const struct checked_filters *checked, struct error *error)
{
    return server_tables_fill(inventory, checked, SERVER_SUITES, error);
}

static const struct question_text {
    const char *sql;
    void (*refine)(struct rows *rows); /* NULL: the SQL says all */
    /* makes the tables that it asks; NULL: those of the inventory do */
    bool (*fill)(
        struct inventory *inventory, const struct checked_filters *checked, struct error *error);
    bool has_verdicts; /* each row has one, by which it may be chosen */
} texts[QUESTION_COUNT] = {
    [QUESTION_CLIENTS] = {sql_clients, refine_client, NULL, true},
    [QUESTION_SERVERS] = {sql_servers, refine_server, fill_ports, true},
    [QUESTION_SUITES] = {sql_suites, refine_suite, fill_suites, false},
    [QUESTION_SESSIONS] = {sql_sessions, NULL, NULL, false},
    [QUESTION_COVERAGE] = {sql_coverage, NULL, NULL, false},
    [QUESTION_LEGACY] = {sql_clients, refine_client, NULL, true},
    [QUESTION_VERDICTS] = {sql_verdicts, refine_verdict, NULL, true},
    [QUESTION_DAYS] = {sql_days, NULL, day_tables_fill, false},
    [QUESTION_CHANGES] = {sql_changes, refine_change, change_tables_fill, false},
    [QUESTION_TREND] = {sql_trend, NULL, day_tables_fill, false},
    [QUESTION_HOST_WHO] = {sql_host_who, NULL, NULL, false},
    [QUESTION_HOST_DAYS] = {sql_host_days, NULL, NULL, false},
    [QUESTION_HOST_LIKE] = {sql_host_like, NULL, NULL, false},
    [QUESTION_HOST_OFFERS] = {sql_host_offers, NULL, NULL, false},
    [QUESTION_VALUES] = {sql_values, NULL, NULL, false},
};

static bool name_columns(struct rows *rows, struct error *error)
{
    while (query_column(&rows->query, (int)rows->count) != NULL)
        rows->count++;
    rows->columns = calloc(rows->count, sizeof(*rows->columns));
    rows->values = calloc(rows->count, sizeof(*rows->values));
    if (rows->columns == NULL || rows->values == NULL)
        return inventory_no_memory(error);
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
    rows->has_clients = question == QUESTION_CLIENTS || question == QUESTION_LEGACY;
    rows->has_verdicts = question == QUESTION_VERDICTS;
    rows->checked.rows_have_verdicts = text->has_verdicts;
    if (question == QUESTION_CHANGES)
        filters_compare(&rows->checked);
    if (!moment_begin(rows->inventory, &rows->checked, error) ||
        (text->fill != NULL && !text->fill(rows->inventory, &rows->checked, error)) ||
        !query_open(&rows->query, &rows->inventory->db, text->sql, error) || !name_columns(rows, error))
        return false;
    filters_put(&rows->query, &rows->checked);
    if (!rows->has_clients && !rows->has_verdicts)
        return true;
    if (!day_times_open(&rows->day_times, rows->inventory, error))
        return false;
    return rows->has_verdicts
        ? verdict_rows_open(&rows->verdicts, rows->inventory, &rows->checked, error)
        : client_rows_open(
              &rows->clients, rows->inventory, &rows->checked, question == QUESTION_LEGACY, error);
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
        inventory_no_memory(error);
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

static void put_client(struct query *query, const struct client_row *row)
{
    const struct contact *worst = &row->worst;

    query_name_number(query, ":client", worst->client);
    query_name_number(query, ":server", worst->server);
    query_name_number(query, ":profile", worst->profile->id);
    query_name_number(query, ":path", worst->path);
    query_name_number(query, ":last_observation", worst->last_observation);
    query_name_number(query, ":verdict", row->worst.verdict);
    query_name_day(query, ":ends_day", worst->until_day == INT64_MAX ? NO_DAY : worst->until_day);
    query_name_number(query, ":sessions", row->sessions);
    query_name_number(query, ":all_sessions", row->all_sessions);
    query_name_number(query, ":first_seen", row->first.seen);
    query_name_number(query, ":last_seen", worst->last_seen);
}

/* What is shown of the client that was taken; ROW_END: its host is missing, in an inventory that is not
 * whole. */
static enum row look_up_client(struct rows *rows, struct error *error)
{
    query_reset(&rows->query);
    if (!day_times_last(&rows->day_times, &rows->client.worst, error) ||
        !day_times_first(&rows->day_times, &rows->client.first, error))
        return ROW_FAILED;
    put_client(&rows->query, &rows->client);
    return query_row(&rows->query, error);
}

static enum row next_client(struct rows *rows, struct error *error)
{
    enum row row = ROW_END;

    while (row == ROW_END && client_rows_take(&rows->clients, &rows->client))
        row = look_up_client(rows, error);
    return row;
}

static void put_told(struct rows *rows)
{
    const struct verdict_row *row = &rows->verdict;
    const struct target_told told = verdict_rows_told(&rows->verdicts, row);
    const struct refusals *refusals = &told.refusals[offer_of(row->worst.profile)];
    struct query *query = &rows->query;

    query_name_text(query, ":became", became_name(told.became));
    query_name_text(query, ":kept", kept_name(told.kept));
    query_name_text(query, ":refusals", verdict_rows_refusals(&rows->verdicts, row));
    query_name_number(query, ":refused", refusals->refused);
    query_name_number(query, ":attempts", refusals->attempts);
    query_name_number(query, ":short_lived", told.short_lived);
    query_name_number(query, ":better", told.better);
    query_name_day(query, ":refused_since", refusals->since);
    query_name_day(query, ":refused_last", refusals->last);
    query_name_day(query, ":old_first", told.old_first);
    query_name_day(query, ":old_last", told.old_last);
    query_name_day(query, ":changed", told.became == BECAME_OLD_AGAIN ? told.again : told.better_since);
}

static void put_verdict(struct rows *rows)
{
    const struct verdict_row *row = &rows->verdict;
    const struct contact *worst = &row->worst;
    struct query *query = &rows->query;

    query_name_number(query, ":client", worst->client);
    query_name_number(query, ":server", worst->server);
    query_name_number(query, ":profile", worst->profile->id);
    query_name_number(query, ":last_observation", worst->last_observation);
    query_name_number(query, ":verdict", worst->verdict);
    query_name_day(query, ":ends_day", row->until_day == INT64_MAX ? NO_DAY : row->until_day);
    query_name_number(query, ":sessions", row->sessions);
    query_name_number(query, ":all_sessions", row->all_sessions);
    query_name_number(query, ":first_seen", row->first.seen);
    query_name_number(query, ":last_seen", worst->last_seen);
    query_name_number(query, ":addresses", row->addresses);
    query_name_text(query, ":grouped_by", row->addresses > 1 ? worst->machine->grouped_by : NULL);
    query_name_reference(query, ":middlebox", (uint64_t)row->middlebox);
    query_name_day(query, ":policy", row->policy < 0 ? NO_DAY : row->policy);
    put_told(rows);
}

/* The next verdict, likewise. */
static enum row next_verdict(struct rows *rows, struct error *error)
{
    enum row row = ROW_END;

    while (row == ROW_END && verdict_rows_take(&rows->verdicts, &rows->verdict)) {
        query_reset(&rows->query);
        if (!day_times_last(&rows->day_times, &rows->verdict.worst, error) ||
            !day_times_first(&rows->day_times, &rows->verdict.first, error))
            return ROW_FAILED;
        put_verdict(rows);
        row = query_row(&rows->query, error);
    }
    return row;
}

static enum row next_of(struct rows *rows, struct error *error)
{
    if (rows->has_clients)
        return next_client(rows, error);
    return rows->has_verdicts ? next_verdict(rows, error) : query_row(&rows->query, error);
}

static void take_values(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        rows->values[i].number = query_number(&rows->query, (int)i);
        rows->values[i].text = query_text(&rows->query, (int)i);
    }
    if (rows->refine != NULL)
        rows->refine(rows);
}

static enum row next_row(struct rows *rows, struct error *error)
{
    const enum row row = next_of(rows, error);

    if (row == ROW_ONE)
        take_values(rows);
    return row;
}

/* Rows whose verdict nobody asked for are passed over; those of clients were before. */
static bool is_wanted(const struct rows *rows)
{
    return !rows->checked.rows_have_verdicts || rows->has_clients || rows->has_verdicts ||
        filters_want_verdict(&rows->checked, (enum verdict)rows_value(rows, "verdict")->number);
}

static enum row hide(struct rows *rows, struct error *error)
{
    if (rows->inventory->hide_by == NULL ||
        hidden_row(&rows->hidden, rows->inventory->hide_by, rows->columns, rows->values, rows->shown))
        return ROW_ONE;
    inventory_no_memory(error);
    return ROW_FAILED;
}

enum row rows_next(struct rows *rows, const struct value **values, struct error *error)
{
    enum row row;

    do
        row = next_row(rows, error);
    while (row == ROW_ONE && !is_wanted(rows));
    *values = rows->values;
    return row == ROW_ONE ? hide(rows, error) : row;
}

uint64_t rows_place(const struct rows *rows)
{
    return rows->clients.taken - 1;
}

enum row rows_again(struct rows *rows, uint64_t place, const struct value **values, struct error *error)
{
    enum row row;

    rows->client = client_rows_taken(&rows->clients, (size_t)place);
    row = look_up_client(rows, error);
    *values = rows->values;
    if (row != ROW_ONE)
        return row;
    take_values(rows);
    return hide(rows, error);
}

uint64_t rows_skip(struct rows *rows, uint64_t count)
{
    uint64_t skipped = 0;

    while (skipped < count && client_rows_take(&rows->clients, &rows->client))
        skipped++;
    return skipped;
}

enum row rows_count(struct rows *rows, uint64_t *count, struct error *error)
{
    const struct value *values;
    enum row row = ROW_END;

    *count = rows->clients.count + rows->verdicts.count;
    while (!rows->has_clients && !rows->has_verdicts && (row = rows_next(rows, &values, error)) == ROW_ONE)
        (*count)++;
    return row;
}

void rows_close(struct rows *rows)
{
    if (rows == NULL)
        return;
    query_close(&rows->query);
    query_close(&rows->day_times);
    client_rows_close(&rows->clients);
    verdict_rows_close(&rows->verdicts);
    moment_end(rows->inventory);
    hidden_close(&rows->hidden);
    free(rows->columns);
    free(rows->values);
    free(rows);
}

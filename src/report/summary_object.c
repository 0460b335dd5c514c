/* SPDX-License-Identifier: BSD-2-Clause */
/* summary_object.c: the summary as one JSON object: its numbers, the filters that made it, and its first
 * rows. */
#include "answer.h"

#include <lasthello/json.h>
#include <lasthello/session.h>
#include <lasthello/utc.h>

#include <stdlib.h>

struct number {
    const char *key;
    uint64_t number;
};

static void put_numbers(struct json *object, const struct number *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        json_put_number(object, rows[i].key, (int64_t)rows[i].number);
}

static struct json *causes_object(const struct summary *summary)
{
    struct json *object = json_open();

    for (enum cause cause = CAUSE_CLIENT; cause <= CAUSE_UNKNOWN; cause++)
        json_put_number(object, cause_name(cause), (int64_t)summary->legacy_by_cause[cause]);
    return object;
}

static struct json *verdicts_object(const struct summary *summary)
{
    struct json *object = json_open();

    for (enum verdict verdict = VERDICT_SAFE; verdict < VERDICT_COUNT; verdict++)
        json_put_number(object, verdict_name(verdict), (int64_t)summary->clients_by_verdict[verdict]);
    return object;
}

static struct json *changes_object(const struct summary *summary)
{
    const struct number rows[] = {
        {"newly_old", summary->newly_old},
        {"newly_refused", summary->newly_refused},
        {"newer_alone", summary->newer_alone},
    };
    struct json *object = json_open();

    put_numbers(object, rows, sizeof(rows) / sizeof(rows[0]));
    return object;
}

static struct json *trust_object(const struct summary *summary)
{
    const struct number rows[] = {
        {"sessions", summary->sessions},
        {"handshake_sessions", summary->handshake_sessions},
        {"midstream_sessions", summary->midstream_sessions},
        {"one_sided_sessions", summary->one_sided_sessions},
        {"unknown_sessions", summary->unknown_sessions},
        {"other_sessions", summary->other_sessions},
        {"unconfirmed_sessions", summary->unconfirmed_sessions},
        {"contradictory_sessions", summary->contradictory_sessions},
        {"sessions_without_sni", summary->sessions_without_sni},
        {"dns_named_sessions", summary->dns_named_sessions},
        {"packets", summary->packets},
        {"dropped", summary->dropped},
        {"down_seconds", summary->down_seconds},
        {"unwatched_seconds", summary->unwatched_seconds},
        {"given_up", summary->given_up},
        {"unstored", summary->unstored},
        {"incomplete_sources", summary->incomplete_sources},
        {"failed_sources", summary->failed_sources},
        {"gaps", summary->gaps},
        {"truncated", summary->truncated},
        {"unknown_link_packets", summary->unknown_link_packets},
    };
    struct json *object = json_open();

    put_numbers(object, rows, sizeof(rows) / sizeof(rows[0]));
    return object;
}

static struct json *filters_object(const struct report *report)
{
    struct given given[FILTERS_MAX];
    size_t count = list_filters(report->filters, given);
    struct json *object = json_open();
    struct cell cell = {0};

    for (size_t i = 0; i < count; i++)
        json_put_text(object, given[i].word, visible_text(&cell, filter_shown(report, &given[i])));
    cell_close(&cell);
    return object;
}

static void put_head(struct json *object, const struct report *report, const struct summary *summary)
{
    struct cell cell = {0};
    char time[UTC_BYTES];

    json_put_text(object, "inventory", visible_text(&cell, report->path));
    cell_close(&cell);
    if (has_filters(report->filters))
        json_put_object(object, "filters", filters_object(report));
    if (!summary->has_times)
        return;
    utc_text(summary->first_time, time);
    json_put_text(object, "first_time", time);
    utc_text(summary->last_time, time);
    json_put_text(object, "last_time", time);
}

static struct json *summary_object(const struct report *report, const struct summary *summary)
{
    const struct number rows[] = {
        {"sources", summary->sources},
        {"clients", summary->clients},
        {"legacy_clients", summary->legacy_clients},
        {"several_causes", summary->several_causes},
        {"mixed_clients", summary->mixed_clients},
        {"failing_clients", summary->failing_clients},
        {"cleartext_clients", summary->cleartext_clients},
        {"too_new_clients", summary->too_new_clients},
        {"offer_refused_clients", summary->offer_refused_clients},
        {"unconfirmed_clients", summary->unconfirmed_clients},
        {"servers", summary->servers},
        {"legacy_servers", summary->legacy_servers},
        {"private_legacy_servers", summary->private_legacy_servers},
    };
    struct json *object = json_open();

    put_head(object, report, summary);
    put_numbers(object, rows, sizeof(rows) / sizeof(rows[0]));
    json_put_object(object, "legacy_by_cause", causes_object(summary));
    json_put_object(object, "clients_by_verdict", verdicts_object(summary));
    if (summary->has_before)
        json_put_object(object, "last_7_days", changes_object(summary));
    policies_add_objects(object, report, summary);
    json_put_object(object, "trust", trust_object(summary));
    return object;
}

/* The first rows; how many more there are is counted. */
static bool add_legacy(struct json *object, const struct report *report, size_t rows_max, struct error *error)
{
    struct rows *rows = inventory_ask(report->inventory, QUESTION_LEGACY, report->filters, error);
    struct page page = {.report = report, .question = QUESTION_LEGACY};
    const struct value *values;
    uint64_t more = 0;
    enum row row = ROW_ONE;

    if (rows == NULL)
        return false;
    page.columns = rows_columns(rows, &page.count);
    while (page.rows < rows_max && (row = rows_next(rows, &values, error)) == ROW_ONE) {
        json_add_object(object, "legacy", json_row(&page, values));
        page.rows++;
    }
    if (row == ROW_ONE)
        row = rows_count(rows, &more, error);
    json_put_number(object, "legacy_more", (int64_t)more);
    cell_close(&page.cell);
    rows_close(rows);
    return row == ROW_END;
}

bool summary_write_object(const struct report *report, const struct summary *summary, size_t rows_max,
    struct error *error)
{
    struct json *object = summary_object(report, summary);
    const bool written =
        add_legacy(object, report, rows_max, error) && json_write_line(report->out, object, error);

    json_close(object);
    return written;
}

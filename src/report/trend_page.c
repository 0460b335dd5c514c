/* SPDX-License-Identifier: BSD-2-Clause */
/* trend_page.c: is it getting better? A line of days for each version. */
#include "answer.h"
#include "kept_rows.h"
#include "number_format.h"
#include "sparkline.h"

#include <lasthello/clock.h>
#include <lasthello/text.h>
#include <lasthello/utc.h>

#include <string.h>

#define DAYS_MAX  60 /* drawn: the last ones */
#define KINDS_MAX 12 /* of versions, "refused", "no TLS", "not known": as many rows a day at most */

struct kind {
    const char *name; /* of the rows */
    uint64_t sessions[DAYS_MAX], sum, last_clients;
};

struct trend {
    struct kept_rows rows;
    int64_t first, last; /* days */
    struct kind kinds[KINDS_MAX];
    size_t count;
};

static int64_t number_at(const struct trend *trend, size_t row, const char *name)
{
    const struct value *value = kept_value(&trend->rows, row, name);

    return value == NULL ? 0 : value->number;
}

static int64_t day_at(const struct trend *trend, size_t row)
{
    return clock_day(number_at(trend, row, "date"));
}

/* NULL: there are too many kinds, which an inventory of ours has not. */
static struct kind *kind_of(struct trend *trend, const char *name)
{
    for (size_t i = 0; i < trend->count; i++)
        if (strcmp(trend->kinds[i].name, name) == 0)
            return &trend->kinds[i];
    if (trend->count == KINDS_MAX)
        return NULL;
    trend->kinds[trend->count].name = name;
    return &trend->kinds[trend->count++];
}

static void gather(struct trend *trend)
{
    trend->last = day_at(trend, trend->rows.count - 1);
    trend->first = day_at(trend, 0);
    if (trend->last - trend->first >= DAYS_MAX)
        trend->first = trend->last - DAYS_MAX + 1;
    for (size_t i = 0; i < trend->rows.count; i++) {
        const int64_t day = day_at(trend, i);
        const struct value *name = kept_value(&trend->rows, i, "became_of");
        struct kind *kind = name == NULL || day < trend->first ? NULL : kind_of(trend, name->text);

        if (kind == NULL)
            continue;
        kind->sessions[day - trend->first] = (uint64_t)number_at(trend, i, "sessions");
        kind->sum += (uint64_t)number_at(trend, i, "sessions");
        if (day == trend->last)
            kind->last_clients = (uint64_t)number_at(trend, i, "clients");
    }
}

static void put_day(FILE *out, int64_t day, const char *behind)
{
    char text[UTC_DAY_BYTES];

    utc_day_text(day, text);
    fprintf(out, "%s%s", text, behind);
}

static void write_kind(FILE *out, struct cell *cell, const struct trend *trend, const struct kind *kind)
{
    const char *name = visible_text(cell, kind->name);
    char sessions[NUMBER_BYTES], clients[NUMBER_BYTES];

    fprintf(out, "%-10s %10s %12s  ", name == NULL ? "" : name, count_text(kind->sum, sessions),
        count_text(kind->last_clients, clients));
    sparkline_write(
        out, kind->sessions, (size_t)(trend->last - trend->first + 1), sparkline_speaks_utf8());
    fputs("\n", out);
}

static void write_trend(FILE *out, struct trend *trend)
{
    struct cell cell = {0};

    gather(trend);
    fputs("Sessions by day (UTC) and version, ", out);
    put_day(out, trend->first, " to ");
    put_day(out, trend->last, "; each line has its own largest number.\n\n");
    fprintf(out, "%-10s %10s %12s  %s\n", "", "SESSIONS", "CLIENTS LAST", "DAYS");
    for (size_t i = 0; i < trend->count; i++)
        write_kind(out, &cell, trend, &trend->kinds[i]);
    cell_close(&cell);
}

bool report_trend(const struct report *report, struct error *error)
{
    static struct trend trend; /* too large for the stack */
    size_t more;
    bool asked;

    if (report->format != FORMAT_TABLE || report->wide)
        return report_question(report, QUESTION_TREND, error);
    trend = (struct trend){0};
    asked = kept_rows_ask_last(&trend.rows, report, QUESTION_TREND, (size_t)DAYS_MAX * KINDS_MAX, error);
    if (asked && trend.rows.count > 0)
        write_trend(report->out, &trend);
    else if (asked)
        asked = answer_write(report, QUESTION_TREND, &format_table, 0, &more, error); /* says what there is */
    kept_rows_close(&trend.rows);
    return asked;
}

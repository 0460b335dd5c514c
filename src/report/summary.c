/* SPDX-License-Identifier: BSD-2-Clause */
/* summary.c: the first screen: whose mail still uses old TLS, what to do, and how far to believe it. */
#include "answer.h"
#include "line_wrap.h"
#include "number_format.h"
#include "statements.h"
#include "view.h"

#include <lasthello/json.h>
#include <lasthello/text.h>
#include <lasthello/utc.h>
#include <lasthello/verdict.h>

#include <stdlib.h>
#include <string.h>

#define ROWS_SHOWN     10
#define LEAST_ROWS     3 /* on a small terminal */
#define LINES_OF_TABLE 5 /* beside its rows: a blank one, titles, what is hidden, how many more, the prompt */

static void write_minute(FILE *out, int64_t time)
{
    char text[UTC_BYTES], minute[CELL_BYTES];

    utc_text(time, text);
    fputs(cell_shown(COLUMN_TIME, text, minute), out);
}

static void write_title(FILE *out, const struct report *report, const struct summary *summary)
{
    char sources[NUMBER_BYTES];
    struct cell cell = {0};
    const char *path = visible_text(&cell, report->path);

    fprintf(
        out, "%s   %s", path == NULL ? "" : path, number_of(summary->sources, "source", "sources", sources));
    if (summary->has_times) {
        fputs("   ", out);
        write_minute(out, summary->first_time);
        fputs(" to ", out);
        write_minute(out, summary->last_time);
        fputs(" UTC", out);
    }
    fputs("\n", out);
    cell_close(&cell);
}

/* "only: since 2026-11-20, network 10.1.0.0/16" */
static void write_filters(FILE *out, const struct report *report)
{
    struct given given[FILTERS_MAX];
    size_t count = list_filters(report->filters, given);
    struct cell cell = {0};

    for (size_t i = 0; i < count; i++) {
        const char *value = visible_text(&cell, filter_shown(report, &given[i]));

        fprintf(out, "%s%s %s", i == 0 ? "only: " : ", ", given[i].word, value == NULL ? "" : value);
    }
    fputs(count > 0 ? "\n" : "", out);
    cell_close(&cell);
}

/* " Clients by the worst of their sessions: 1 failing, 3 breaks, 50 safe": the worst first. */
static void write_verdicts(FILE *out, const struct summary *summary)
{
    char number[NUMBER_BYTES];
    bool is_first = true;

    for (int verdict = VERDICT_COUNT - 1; verdict >= VERDICT_SAFE; verdict--) {
        const uint64_t clients = summary->clients_by_verdict[verdict];

        if (clients == 0)
            continue;
        fprintf(out, "%s%s %s", is_first ? " Clients by the worst of their sessions: " : ", ",
            count_text(clients, number), verdict_name((enum verdict)verdict));
        is_first = false;
    }
    fputs(is_first ? "" : "\n", out);
}

static void write_head(FILE *out, const struct report *report, const struct summary *summary)
{
    struct statements statements;

    write_title(out, report, summary);
    write_filters(out, report);
    fputs("\n", out);
    statements_of_clients(summary, &statements);
    sentences_write(out, &statements);
    write_verdicts(out, summary);
    if (summary->sessions > 0)
        policies_write_clients(out, report, summary);
    statements_of_changes(summary, &statements);
    sentences_write(out, &statements);
}

static void write_tail(FILE *out, const struct report *report, const struct summary *summary)
{
    struct statements statements;

    statements_of_advice(summary, &statements);
    fputs(statements.count > 0 ? "\n" : "", out);
    sentences_write(out, &statements);
    fputs(summary->sessions > 0 ? "\n" : "", out);
    statements_of_confidence(summary, has_filters(report->filters), &statements);
    sentences_write(out, &statements);
}

/* What a part writes, wrapped to the width of the terminal; the caller frees it. NULL: no memory. */
static char *part_text(void (*write)(FILE *out, const struct report *report, const struct summary *summary),
    const struct report *report, const struct summary *summary, size_t width)
{
    char *text = NULL, *wrapped = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    write(out, report, summary);
    if (fclose(out) == 0)
        wrapped = line_wrap(text, width);
    free(text);
    return wrapped;
}

/* As many as leave the whole on one screen. */
static size_t rows_shown(const struct view *view, size_t other_lines)
{
    size_t room =
        view->height > other_lines + LINES_OF_TABLE ? view->height - other_lines - LINES_OF_TABLE : 0;

    if (view->height == 0 || room > ROWS_SHOWN)
        return ROWS_SHOWN;
    return room < LEAST_ROWS ? LEAST_ROWS : room;
}

/* As a shell takes it. */
static void write_word(FILE *out, const char *word)
{
    const bool is_plain = word[0] != '\0' &&
        strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:+,@%") ==
            strlen(word);

    fputs(is_plain ? " " : " '", out);
    for (; *word != '\0'; word++)
        fprintf(out, *word == '\'' ? "'\\%c'" : "%c", *word);
    fputs(is_plain ? "" : "'", out);
}

/* The command whose first rows the table has. */
static void write_more(const struct report *report, uint64_t more)
{
    struct given given[FILTERS_MAX];
    size_t count = list_filters(report->filters, given);
    char number[NUMBER_BYTES];
    struct cell cell = {0};
    const char *text;

    fprintf(report->out, "... %s more with old TLS, or that break: lasthello report clients",
        count_text(more, number));
    for (size_t i = 0; i < count; i++) {
        fprintf(report->out, " --%s", given[i].word);
        text = visible_text(&cell, filter_shown(report, &given[i]));
        write_word(report->out, text == NULL ? "" : text);
    }
    text = visible_text(&cell, report->path);
    write_word(report->out, text == NULL ? "" : text);
    fputs("\n", report->out);
    cell_close(&cell);
}

static bool write_legacy(const struct report *report, size_t limit, struct error *error)
{
    uint64_t more = 0;

    fputs("\n", report->out);
    if (!answer_write(report, QUESTION_LEGACY, &format_table, limit, &more, error))
        return false;
    if (more > 0)
        write_more(report, more);
    return true;
}

static bool write_screen(const struct report *report, const struct summary *summary, struct error *error)
{
    struct view view = view_of(report->out, false);
    char *head = part_text(write_head, report, summary, view.width);
    char *tail = part_text(write_tail, report, summary, view.width);
    bool written = false;

    if (head == NULL || tail == NULL) {
        inventory_no_memory(error);
    } else {
        fputs(head, report->out);
        written = summary->legacy_clients + summary->breaking_clients == 0 ||
            write_legacy(report, rows_shown(&view, line_wrap_count(head) + line_wrap_count(tail)), error);
        fputs(written ? tail : "", report->out);
    }
    free(head);
    free(tail);
    return written;
}

bool report_summary(const struct report *report, struct error *error)
{
    struct summary summary;
    uint64_t more;

    if (report->format == FORMAT_CSV)
        return answer_write(report, QUESTION_LEGACY, &format_csv, 0, &more, error);
    if (!inventory_summary(report->inventory, report->filters, &summary, error))
        return false;
    if (report->format == FORMAT_JSON)
        return summary_write_object(report, &summary, ROWS_SHOWN, error);
    if (report->format == FORMAT_HTML)
        return html_write_page(report, &summary, error);
    return write_screen(report, &summary, error);
}

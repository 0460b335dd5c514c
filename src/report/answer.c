/* SPDX-License-Identifier: BSD-2-Clause */
/* answer.c: rows in a format; and where there are none, what there is. */
#include "answer.h"

#include "number_format.h"
#include "sensor_lines.h"

#include <lasthello/list.h>
#include <lasthello/text.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_NAMED 8

size_t list_filters(const struct filters *filters, struct given out[FILTERS_MAX])
{
    const struct given rows[FILTERS_MAX] = {
        {"since", filters->since},
        {"until", filters->until},
        {"as-of", filters->as_of},
        {"network", filters->network},
        {"owner", filters->owner},
        {"verdict", filters->verdict},
        {"provider", filters->provider},
        {"version", filters->version},
        {"cause", filters->cause},
        {"service", filters->service},
    };
    size_t count = 0;

    for (size_t i = 0; i < FILTERS_MAX; i++)
        if (rows[i].value != NULL)
            out[count++] = rows[i];
    return count;
}

const char *filter_shown(const struct report *report, const struct given *given)
{
    static const char *const telling[] = {"network", "owner", NULL};

    return report->is_anonymous && list_word_place(given->word, telling) >= 0 ? "(hidden)" : given->value;
}

bool has_filters(const struct filters *filters)
{
    struct given given[FILTERS_MAX];

    return list_filters(filters, given) > 0;
}

const struct value *with_sentence(const struct page *page, const struct value *values,
    struct value copy[WITH_SENTENCE_MAX], char sentence[SENTENCE_BYTES])
{
    if (page->question != QUESTION_VERDICTS)
        return values;
    assert(page->count <= WITH_SENTENCE_MAX);
    memcpy(copy, values, page->count * sizeof(*copy));
    for (size_t i = 0; i < page->count; i++)
        if (strcmp(page->columns[i].name, "sentence") == 0)
            copy[i].text = verdict_sentence(page->columns, values, page->count, sentence);
    return copy;
}

static bool write_rows(struct page *page, const struct format *format, struct rows *rows, size_t limit,
    uint64_t *more, struct error *error)
{
    struct value copy[WITH_SENTENCE_MAX];
    char sentence[SENTENCE_BYTES];
    const struct value *values;
    enum row row = ROW_ONE;

    if (!format->heading(page))
        return inventory_no_memory(error);
    while ((limit == 0 || page->rows < limit) && (row = rows_next(rows, &values, error)) == ROW_ONE) {
        if (!format->row(page, with_sentence(page, values, copy, sentence)))
            return inventory_no_memory(error);
        page->rows++;
    }
    if (row == ROW_ONE)
        row = rows_count(rows, more, error);
    if (row == ROW_FAILED)
        return false;
    return format->end(page) || inventory_no_memory(error);
}

/* What a filter could have found: "Microsoft365 (412 clients), GMail (9)". */
struct choice {
    FILE *out;
    size_t named;
    bool has_value; /* the one that was asked for is among them: other filters leave nothing of it */
};

static void add_choice(struct choice *choice, const char *text, const struct given *given, uint64_t clients)
{
    char number[NUMBER_BYTES];

    choice->has_value |= list_wants(given->value, text);
    if (choice->named < VALUES_NAMED)
        fprintf(choice->out, "%s%s (%s%s)", choice->named == 0 ? "" : ", ", text,
            count_text(clients, number), choice->named > 0 ? "" : (clients == 1 ? " client" : " clients"));
    choice->named++;
}

static bool list_choice(
    struct rows *rows, const struct given *given, struct choice *choice, struct error *error)
{
    struct cell cell = {0};
    const struct value *values; /* filter, value, clients */
    enum row row;

    while ((row = rows_next(rows, &values, error)) == ROW_ONE) {
        const char *text = visible_text(&cell, values[1].text);

        if (values[0].text != NULL && strcmp(values[0].text, given->word) == 0 && text != NULL)
            add_choice(choice, text, given, (uint64_t)values[2].number);
    }
    cell_close(&cell);
    return row == ROW_END;
}

/* "no provider named microsoft; there are: Microsoft365 (412 clients), GMail (9)" */
static void write_choice(FILE *out, const struct given *given, const struct choice *choice, const char *list)
{
    struct cell cell = {0};
    const char *value = visible_text(&cell, given->value);

    if (choice->has_value)
        fprintf(
            out, "%s %s is there, but not with the other filters", given->word, value == NULL ? "" : value);
    else
        fprintf(out, "no %s named %s", given->word, value == NULL ? "" : value);
    fprintf(out, "; %s%s", choice->named > 0 ? "there are: " : "there is none", list);
    if (choice->named > VALUES_NAMED)
        fprintf(out, " and %zu more", choice->named - VALUES_NAMED);
    fputs("\n", out);
    cell_close(&cell);
}

static bool tell_choice(
    FILE *out, const struct report *report, const struct given *given, struct error *error)
{
    struct rows *rows = inventory_ask(report->inventory, QUESTION_VALUES, report->filters, error);
    struct choice choice = {0};
    char *list = NULL;
    size_t size;
    bool told;

    choice.out = rows == NULL ? NULL : open_memstream(&list, &size);
    told = choice.out != NULL && list_choice(rows, given, &choice, error);
    if (choice.out != NULL)
        fclose(choice.out);
    else if (rows != NULL)
        inventory_no_memory(error);
    if (told && list != NULL)
        write_choice(out, given, &choice, list);
    free(list);
    rows_close(rows);
    return told;
}

static bool write_emptiness(FILE *out, const struct report *report, struct error *error)
{
    static const char *const with_values[] = {"provider", "version", "cause", "service", NULL};
    struct given given[FILTERS_MAX];
    size_t count = list_filters(report->filters, given);
    bool written = true;

    fputs("nothing in the inventory matches; this does not mean that there is none: lasthello report says "
          "what was seen\n",
        out);
    for (size_t i = 0; written && i < count; i++)
        if (list_word_place(given[i].word, with_values) >= 0)
            written = tell_choice(out, report, &given[i], error);
    return written;
}

bool answer_write(const struct report *report, enum question question, const struct format *format,
    size_t limit, uint64_t *more, struct error *error)
{
    struct rows *rows = inventory_ask(report->inventory, question, report->filters, error);
    struct page page = {.report = report, .question = question};
    bool written, is_table;

    *more = 0;
    if (rows == NULL)
        return false;
    page.columns = rows_columns(rows, &page.count);
    written = write_rows(&page, format, rows, limit, more, error);
    format->close(&page);
    cell_close(&page.cell);
    rows_close(rows);
    is_table = format == &format_table || format == &format_coverage;
    if (written && page.rows == 0 && (is_table || has_filters(report->filters)))
        written = write_emptiness(is_table ? report->out : report->aside, report, error);
    return written;
}

const char *report_format_name(enum report_format format)
{
    static const char *const names[FORMAT_COUNT] = {
        [FORMAT_TABLE] = "table",
        [FORMAT_CSV] = "csv",
        [FORMAT_JSON] = "json",
        [FORMAT_HTML] = "html",
    };

    return names[format];
}

bool report_question(const struct report *report, enum question question, struct error *error)
{
    static const struct format *const formats[FORMAT_COUNT] = {
        [FORMAT_TABLE] = &format_table,
        [FORMAT_CSV] = &format_csv,
        [FORMAT_JSON] = &format_json,
    };
    const struct format *format = formats[report->format];
    uint64_t more;

    if (question == QUESTION_COVERAGE &&
        !sensor_lines_write(
            format == &format_table ? report->out : report->aside, report->inventory, error))
        return false;
    if (question == QUESTION_COVERAGE && format == &format_table && !report->wide)
        format = &format_coverage;
    return answer_write(report, question, format, 0, &more, error);
}

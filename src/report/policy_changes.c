/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_changes.c: which clients a policy would judge otherwise: asked twice, and compared. */
#include "cell.h"
#include "number_format.h"

#include <lasthello/report.h>
#include <lasthello/verdict.h>

#include <stdlib.h>
#include <string.h>

enum kept_column {
    KEPT_CLIENT,
    KEPT_SITE,
    KEPT_TO,
    KEPT_SERVICE,
    KEPT_SERVER,
    KEPT_VERDICT,
    KEPT_POLICY,
    KEPT_DUE,
    KEPT_COUNT,
};

static const char *const kept_names[KEPT_COUNT] = {
    "client", "site", "to", "service", "server", "verdict", "policy", "due"};

struct kept_row {
    char *texts[KEPT_COUNT]; /* NULL: not known */
};

/* The rows of an answer, sorted by what they are about. */
struct kept_answer {
    struct kept_row *rows;
    size_t count, room;
};

static void free_answer(struct kept_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++)
        for (size_t k = 0; k < KEPT_COUNT; k++)
            free(answer->rows[i].texts[k]);
    free(answer->rows);
}

static int compare_texts(const char *one, const char *other)
{
    return strcmp(one == NULL ? "" : one, other == NULL ? "" : other);
}

/* By client, site, target and service: where no name tells the target, that is its address. */
static int compare_rows(const void *one, const void *other)
{
    const struct kept_row *a = one, *b = other;
    int order = 0;

    for (size_t k = KEPT_CLIENT; order == 0 && k <= KEPT_SERVICE; k++)
        order = compare_texts(a->texts[k], b->texts[k]);
    return order;
}

static bool make_room(struct kept_answer *answer)
{
    const size_t room = answer->room == 0 ? 64 : 2 * answer->room;
    struct kept_row *rows;

    if (answer->count < answer->room)
        return true;
    rows = reallocarray(answer->rows, room, sizeof(*rows));
    if (rows == NULL)
        return false;
    answer->rows = rows;
    answer->room = room;
    return true;
}

static void find_columns(const struct rows *rows, size_t at[KEPT_COUNT], enum column_kind kinds[KEPT_COUNT])
{
    size_t count;
    const struct column *columns = rows_columns(rows, &count);

    for (size_t k = 0; k < KEPT_COUNT; k++)
        for (size_t i = 0; i < count; i++)
            if (strcmp(columns[i].name, kept_names[k]) == 0) {
                at[k] = i;
                kinds[k] = columns[i].kind;
            }
}

static bool keep_row(struct kept_answer *answer, const struct value *values, const size_t at[KEPT_COUNT],
    const enum column_kind kinds[KEPT_COUNT])
{
    struct cell cell = {0};
    bool kept = make_room(answer);
    struct kept_row *row = kept ? &answer->rows[answer->count++] : NULL;

    for (size_t k = 0; kept && k < KEPT_COUNT; k++) {
        const char *text = cell_exact(&cell, kinds[k], &values[at[k]]);

        row->texts[k] = text == NULL ? NULL : strdup(text);
        kept = text == NULL || row->texts[k] != NULL;
    }
    cell_close(&cell);
    return kept;
}

static bool ask(const struct report *report, const struct policies *policies, struct kept_answer *answer,
    struct error *error)
{
    size_t at[KEPT_COUNT] = {0};
    enum column_kind kinds[KEPT_COUNT] = {0};
    const struct value *values;
    struct rows *rows;
    enum row row;

    inventory_judge_by(report->inventory, policies);
    rows = inventory_ask(report->inventory, QUESTION_CLIENTS, report->filters, error);
    if (rows == NULL)
        return false;
    find_columns(rows, at, kinds);
    while ((row = rows_next(rows, &values, error)) == ROW_ONE)
        if (!keep_row(answer, values, at, kinds)) {
            row = ROW_FAILED;
            inventory_no_memory(error);
            break;
        }
    rows_close(rows);
    if (row == ROW_END && answer->count > 0)
        qsort(answer->rows, answer->count, sizeof(*answer->rows), compare_rows);
    return row == ROW_END;
}

/* ---- compared -------------------------------------------------------------------------------------- */

static bool is_changed(const struct kept_row *before, const struct kept_row *after)
{
    return compare_texts(before->texts[KEPT_VERDICT], after->texts[KEPT_VERDICT]) != 0 ||
        compare_texts(before->texts[KEPT_DUE], after->texts[KEPT_DUE]) != 0;
}

static void write_verdict(FILE *out, const struct kept_row *row)
{
    fputs(row->texts[KEPT_VERDICT] == NULL ? "?" : row->texts[KEPT_VERDICT], out);
    if (row->texts[KEPT_POLICY] != NULL)
        fprintf(out, " (%s%s%s)", row->texts[KEPT_POLICY], row->texts[KEPT_DUE] == NULL ? "" : ": ",
            row->texts[KEPT_DUE] == NULL ? "" : row->texts[KEPT_DUE]);
}

static void write_change(FILE *out, const struct kept_row *before, const struct kept_row *after)
{
    fprintf(out, " %s to %s by %s: ", after->texts[KEPT_CLIENT],
        after->texts[KEPT_TO] == NULL ? "?" : after->texts[KEPT_TO], after->texts[KEPT_SERVICE]);
    write_verdict(out, before);
    fputs(" becomes ", out);
    write_verdict(out, after);
    fputs("\n", out);
}

/* Rows are sorted, so those of one client follow each other. */
static size_t count_clients(const struct kept_answer *answer, const bool *changed)
{
    const struct kept_row *last = NULL;
    size_t count = 0;

    for (size_t i = 0; i < answer->count; i++) {
        const struct kept_row *row = &answer->rows[i];

        if (!changed[i])
            continue;
        count += last == NULL || compare_texts(last->texts[KEPT_CLIENT], row->texts[KEPT_CLIENT]) != 0 ||
            compare_texts(last->texts[KEPT_SITE], row->texts[KEPT_SITE]) != 0;
        last = row;
    }
    return count;
}

static void write_changes(FILE *out, const char *id, const struct kept_answer *before,
    const struct kept_answer *after, bool *changed)
{
    char number[NUMBER_BYTES];
    size_t rows = 0;

    for (size_t i = 0; i < after->count; i++) {
        changed[i] = is_changed(&before->rows[i], &after->rows[i]);
        rows += changed[i];
    }
    if (rows == 0) {
        fprintf(out, "%s changes no verdict of this inventory\n", id);
        return;
    }
    fprintf(out, "%s changes the verdict of %s:\n", id,
        number_of(count_clients(after, changed), "client", "clients", number));
    for (size_t i = 0; i < after->count; i++)
        if (changed[i])
            write_change(out, &before->rows[i], &after->rows[i]);
}

static bool compare(FILE *out, const char *id, const struct kept_answer *before,
    const struct kept_answer *after, struct error *error)
{
    bool *changed;

    if (before->count != after->count)
        return error_set(error, "the inventory has changed meanwhile: ask again");
    changed = calloc(after->count + 1, sizeof(*changed));
    if (changed == NULL)
        return inventory_no_memory(error);
    write_changes(out, id, before, after, changed);
    free(changed);
    return true;
}

bool report_policy_changes(const struct report *report, const struct policies *with, const char *id,
    struct error *error)
{
    struct kept_answer before = {0}, after = {0};
    const bool told = ask(report, report->policies, &before, error) && ask(report, with, &after, error) &&
        compare(report->out, id, &before, &after, error);

    free_answer(&before);
    free_answer(&after);
    return told;
}

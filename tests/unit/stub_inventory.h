/* SPDX-License-Identifier: BSD-2-Clause */
/* stub_inventory.h: an inventory that answers what the test wants, in the place of the store. */
#ifndef LASTHELLO_TEST_STUB_INVENTORY_H
#define LASTHELLO_TEST_STUB_INVENTORY_H

#include "test.h"

#include <lasthello/report.h>
#include <lasthello/session.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define STUB_COLUMNS_MAX 8

struct rows {
    const struct column *columns;
    size_t column_count;
    const char *const (*values)[STUB_COLUMNS_MAX]; /* texts of which those of other columns are read as numbers */
    size_t count;
    size_t next;
    const char *failure; /* NULL: the rows end well */
    struct value row[STUB_COLUMNS_MAX];
};

static struct rows stub_rows, stub_values; /* the second answers QUESTION_VALUES */
static struct summary stub_summary;
static const char *stub_summary_failure;
static enum question stub_asked;

bool inventory_no_memory(struct error *error)
{
    return error_set(error, "not enough memory");
}

/* It is no centre's. */
bool inventory_sensors(struct inventory *inventory, void (*tell)(void *context, const struct sensor_state *sensor),
    void *context, struct error *error)
{
    (void)inventory;
    (void)tell;
    (void)context;
    (void)error;
    return true;
}

struct rows *inventory_ask(struct inventory *inventory, enum question question, const struct filters *filters,
    struct error *error)
{
    struct rows *rows = question == QUESTION_VALUES ? &stub_values : &stub_rows;

    (void)inventory;
    (void)filters;
    (void)error;
    stub_asked = question;
    rows->next = 0;
    return rows;
}

const struct column *rows_columns(const struct rows *rows, size_t *count)
{
    *count = rows->column_count;
    return rows->columns;
}

enum row rows_next(struct rows *rows, const struct value **values, struct error *error)
{
    if (rows->next == rows->count && rows->failure == NULL)
        return ROW_END;
    if (rows->next == rows->count) {
        error_set(error, "%s", rows->failure);
        return ROW_FAILED;
    }
    for (size_t i = 0; i < rows->column_count; i++) {
        rows->row[i].text = rows->values[rows->next][i];
        rows->row[i].number = rows->row[i].text == NULL ? 0 : strtoll(rows->row[i].text, NULL, 10);
    }
    rows->next++;
    *values = rows->row;
    return ROW_ONE;
}

uint64_t rows_skip(struct rows *rows, uint64_t count)
{
    const size_t left = rows->count - rows->next, skipped = count < left ? count : left;

    rows->next += skipped;
    return skipped;
}

uint64_t rows_place(const struct rows *rows)
{
    return rows->next - 1;
}

enum row rows_again(struct rows *rows, uint64_t place, const struct value **values, struct error *error)
{
    rows->next = place;
    return rows_next(rows, values, error);
}

enum row rows_count(struct rows *rows, uint64_t *count, struct error *error)
{
    const struct value *values;
    enum row row;

    for (*count = 0; (row = rows_next(rows, &values, error)) == ROW_ONE;)
        (*count)++;
    return row;
}

void rows_close(struct rows *rows)
{
    (void)rows;
}

bool inventory_revision(struct inventory *inventory, int64_t *revision, struct error *error)
{
    (void)inventory;
    (void)error;
    *revision = 17;
    return true;
}

bool inventory_summary(struct inventory *inventory, const struct filters *filters, struct summary *summary,
    struct error *error)
{
    (void)inventory;
    (void)filters;
    *summary = stub_summary;
    return stub_summary_failure == NULL || error_set(error, "%s", stub_summary_failure);
}

/* What report_question writes of the stub's rows; the caller frees it. */
__attribute__((unused)) static char *question_text(enum question question, enum report_format format,
    const struct filters *filters)
{
    struct error error = {"stale"};
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    const struct report report = {.out = out, .aside = out, .format = format, .path = "inventory.db", .filters = filters};

    assert_true(report_question(&report, question, &error));
    fclose(out);
    return text;
}

__attribute__((unused)) static void assert_rows(enum question question, enum report_format format, const char *expected)
{
    char *text = question_text(question, format, &(struct filters){0});

    assert_string_equal(text, expected);
    free(text);
}

/* What report_summary writes of the stub's summary; the caller frees it. */
__attribute__((unused)) static char *summary_text(enum report_format format, const struct filters *filters)
{
    struct error error = {"stale"};
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    const struct report report = {.out = out, .aside = out, .format = format, .path = "inventory.db", .filters = filters};

    assert_true(report_summary(&report, &error));
    fclose(out);
    return text;
}

/* What a terminal of so many columns and lines shows of what `write` writes: at most 4 KB. */
__attribute__((unused)) static void terminal_text(void (*write)(FILE *out), unsigned short width,
    unsigned short height, char *text,
    size_t size)
{
    struct winsize window = {.ws_row = height, .ws_col = width};
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    size_t used = 0;
    ssize_t len;
    FILE *out;

    assert_int_equal(grantpt(terminal) | unlockpt(terminal), 0);
    out = fopen(ptsname(terminal), "w");
    assert_non_null(out);
    ioctl(fileno(out), TIOCSWINSZ, &window);
    write(out);
    fclose(out);
    while (used + 1 < size && (len = read(terminal, text + used, size - 1 - used)) > 0)
        used += (size_t)len;
    text[used] = '\0';
    close(terminal);
}

__attribute__((unused)) static void assert_says(const char *text, const char *sentence)
{
    if (strstr(text, sentence) == NULL)
        fail_msg("'%s' is not in:\n%s", sentence, text);
}

__attribute__((unused)) static void assert_does_not_say(const char *text, const char *sentence)
{
    if (strstr(text, sentence) != NULL)
        fail_msg("'%s' is in:\n%s", sentence, text);
}

#endif

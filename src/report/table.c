/* SPDX-License-Identifier: BSD-2-Clause */
/* table.c: aligned text through libsmartcols, fitted to the terminal if there is one. A long answer is
 * written in parts, so that its length costs no memory; the first part decides on columns and widths. */
#include "format.h"
#include "sparkline.h"
#include "titles.h"
#include "view.h"
#include "words.h"

#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_KEPT  2  /* of the narrowest table: who, and to whom */
#define BESIDE_WIDTH  25 /* of the longest verdict and service, and what stands between columns */
#define COLUMNS_NAMED 2  /* of those without room */
#define ADDRESS_WIDTH 39
#define NAME_WIDTH    20
#define PART_ROWS     1000

struct table {
    struct libscols_table *table;
    struct view view;
    locale_t utf8;
    bool is_begun; /* its first part is written */
};

static size_t larger(size_t one, size_t other)
{
    return one > other ? one : other;
}

static bool is_number(enum column_kind kind)
{
    return kind == COLUMN_NUMBER || kind == COLUMN_COUNT;
}

/* Sentences about verdicts name client and target: on a narrow terminal they are the table, with verdict and
 * service. */
static bool is_all_sentence(const struct page *page, size_t terminal)
{
    return page->question == QUESTION_VERDICTS && terminal < 120;
}

/* How wide a cell with a sentence is, by the width of the terminal. */
static size_t sentence_width(const struct page *page, size_t terminal)
{
    if (is_all_sentence(page, terminal))
        return larger(terminal, (size_t)2 * BESIDE_WIDTH) - BESIDE_WIDTH;
    if (terminal < 100)
        return 28;
    if (terminal < 160)
        return 40;
    return terminal < 200 ? 48 : 96;
}

/* A sentence, or a list, that goes on in the next line where there is little room: what to do is never left
 * out for it. */
static bool is_sentence(const struct page *page, size_t i)
{
    const enum column_kind kind = page->columns[i].kind;

    return page->question != QUESTION_LEGACY &&
        (kind == COLUMN_STEP || kind == COLUMN_NOTES || kind == COLUMN_VERSIONS ||
            strcmp(page->columns[i].name, "sentence") == 0);
}

static bool has_policies(const struct page *page)
{
    return page->report->policies != NULL && page->report->policies->count > 0;
}

/* Columns of policies and of assets are empty where there are none; the first screen has its own choice. */
static bool is_offered(const struct page *page, const char *name)
{
    const struct {
        const char *name;
        bool is_there;
    } columns[] = {
        {"due", has_policies(page)},
        {"policy", has_policies(page)},
        {"days_left", has_policies(page)},
        {"owner", page->report->has_assets},
        {"place", page->report->has_assets},
        {"remark", page->report->has_assets},
        {"asset", page->report->has_assets},
        {"may_be", page->report->has_remedies},
        {"helps", page->report->has_remedies},
        {"told_by", page->report->has_remedies},
        {"name", page->report->has_assets || page->question == QUESTION_SERVERS},
    };

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        if (!columns[i].is_there && strcmp(columns[i].name, name) == 0)
            return false;
    return page->question != QUESTION_LEGACY || title_rank(page->question, name) > 0;
}

static bool add_columns(struct table *table, const struct page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        const struct column *column = &page->columns[i];
        int flags = is_number(column->kind) ? SCOLS_FL_RIGHT : 0;
        struct libscols_column *added =
            scols_table_new_column(table->table, title_of(column->name)->title, 0, flags);

        /* text was made visible: a \xNN in it is not escaped once more */
        if (added == NULL || scols_column_set_safechars(added, is_sentence(page, i) ? "\\\n" : "\\") != 0)
            return false;
        if (is_sentence(page, i)) {
            scols_column_set_flags(added, SCOLS_FL_WRAP);
            scols_column_set_wrapfunc(added, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
        }
        if (!is_offered(page, column->name))
            scols_column_set_flags(added, flags | SCOLS_FL_HIDDEN);
    }
    return true;
}

/* Names are UTF-8 whatever the user's locale; without it smartcols writes \xNN. */
static locale_t utf8;

void report_prepare(void)
{
    if (utf8 == (locale_t)0)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    sparkline_speaks_utf8();
}

static bool open_table(struct page *page)
{
    struct table *table = calloc(1, sizeof(*table));

    page->state = table;
    if (table == NULL)
        return false;
    table->view = view_of(page->report->out, page->report->wide);
    report_prepare();
    table->utf8 = utf8;
    table->table = scols_new_table();
    if (table->table == NULL || !add_columns(table, page))
        return false;
    scols_table_enable_nowrap(table->table, 1);
    scols_table_set_column_separator(table->table, "  ");
    scols_table_set_termforce(table->table, SCOLS_TERMFORCE_NEVER);
    scols_table_enable_colors(table->table, table->view.colors);
    return true;
}

static void close_table(struct page *page)
{
    struct table *table = page->state;

    if (table == NULL)
        return;
    scols_unref_table(table->table);
    free(table);
    page->state = NULL;
}

/* How much harm a row tells of, by its verdict. */
static enum severity severity_of_row(const struct page *page, const struct value *values)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->columns[i].kind == COLUMN_VERDICT)
            return severity_of((enum verdict)values[i].number);
    return SEVERITY_NONE;
}

static bool is_colored(const struct column *column)
{
    return column->kind == COLUMN_VERDICT || strcmp(column->name, "got") == 0;
}

/* A change is of a client, a server or a sensor: the columns of the others are empty. */
static bool is_expected(const struct page *page, const char *name)
{
    return page->question != QUESTION_CHANGES && title_rank(page->question, name) > 0 &&
        title_of(name)->is_expected;
}

static const char *shown_value(struct page *page, size_t i, const struct value *value, char out[CELL_BYTES])
{
    const size_t width = ((const struct table *)page->state)->view.width;
    const struct column *column = &page->columns[i];
    const char *text = cell_exact(&page->cell, column->kind, value);

    if (text == NULL)
        return is_expected(page, column->name) ? "?" : "";
    if (is_sentence(page, i) && width > 0) {
        char whole[CELL_BYTES];

        return cell_wrapped(cell_shown(column->kind, text, whole), sentence_width(page, width), out);
    }
    return cell_shown(column->kind, text, out);
}

static bool fill_line(struct page *page, struct libscols_line *line, const struct value *values)
{
    static const char *const colors[] = {NULL, "yellow", "red"}; /* by severity */
    const char *color = colors[severity_of_row(page, values)];
    char cell[CELL_BYTES];

    for (size_t i = 0; i < page->count; i++) {
        if (scols_line_set_data(line, i, shown_value(page, i, &values[i], cell)) != 0)
            return false;
        if (color != NULL && is_colored(&page->columns[i]))
            scols_cell_set_color(scols_line_get_cell(line, i), color);
    }
    return true;
}

/* Columns on the screen: UTF-8 continuation bytes take none. */
static size_t screen_width(const char *line, size_t len)
{
    size_t width = 0;

    for (size_t i = 0; i < len; i++)
        width += ((uint8_t)line[i] & 0xc0) != 0x80;
    return width;
}

static size_t trimmed_len(const char *line, size_t len)
{
    while (len > 0 && line[len - 1] == ' ')
        len--;
    return len;
}

static size_t widest_line(const char *text)
{
    size_t widest = 0;

    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        size_t width = screen_width(text, trimmed_len(text, len));

        widest = width > widest ? width : widest;
        text += len + (text[len] == '\n');
    }
    return widest;
}

static char *render(struct table *table, bool colors)
{
    locale_t before = table->utf8 == (locale_t)0 ? (locale_t)0 : uselocale(table->utf8);
    char *text = NULL;

    scols_table_enable_colors(table->table, colors);
    if (scols_print_table_to_string(table->table, &text) != 0) {
        free(text);
        text = NULL;
    }
    if (before != (locale_t)0)
        uselocale(before);
    return text;
}

static struct libscols_column *column_at(const struct table *table, size_t i)
{
    return scols_table_get_column(table->table, i);
}

/* The next column to leave out: that of the least rank; of equals the rightmost. */
static struct libscols_column *dispensable(const struct table *table, const struct page *page)
{
    const size_t kept = is_all_sentence(page, table->view.width) ? 0 : COLUMNS_KEPT;
    struct libscols_column *found = NULL;
    unsigned least = 0;

    for (size_t i = page->count; i-- > kept;) {
        const unsigned rank = title_rank(page->question, page->columns[i].name);

        if (scols_column_is_hidden(column_at(table, i)) || (found != NULL && rank >= least))
            continue;
        found = column_at(table, i);
        least = rank;
    }
    return found;
}

static bool shorten(struct table *table, size_t column, size_t width)
{
    char tail[CELL_BYTES];

    for (size_t i = 0; i < scols_table_get_nlines(table->table); i++) {
        struct libscols_line *line = scols_table_get_line(table->table, i);
        const char *text = scols_cell_get_data(scols_line_get_cell(line, column));
        const char *kept = cell_tail(text, width, tail);

        if (kept != text && scols_line_set_data(line, column, kept) != 0)
            return false;
    }
    return true;
}

/* The first column names what the row is about: by an address, which stays whole, or by a path. The second
 * may be a name as long as whoever chose it liked: of both the end tells most. */
static bool shorten_names(struct table *table, const struct page *page)
{
    const size_t width = table->view.width;

    return shorten(table, 0, larger(width / 2, ADDRESS_WIDTH)) &&
        (page->count < 2 || shorten(table, 1, larger(width / 3, NAME_WIDTH)));
}

/* Hides columns until the rows so far fit. */
static bool hide_columns(struct table *table, const struct page *page)
{
    char *text = render(table, false);

    while (text != NULL && widest_line(text) > table->view.width) {
        struct libscols_column *column = dispensable(table, page);

        if (column == NULL)
            break;
        scols_column_set_flags(column, scols_column_get_flags(column) | SCOLS_FL_HIDDEN);
        free(text);
        text = render(table, false);
    }
    free(text);
    return text != NULL;
}

static bool fit(struct table *table, const struct page *page)
{
    if (table->view.width == 0)
        return true;
    return shorten_names(table, page) && (table->is_begun || hide_columns(table, page));
}

/* Names the first columns that had no room, and counts the others. */
static void write_hidden(const struct page *page)
{
    const struct table *table = page->state;
    const char *separator = "(hidden, terminal too narrow: ";
    FILE *out = page->report->out;
    size_t hidden = 0;

    if (table->view.width == 0)
        return;
    for (size_t i = 0; i < page->count; i++) {
        if (!is_offered(page, page->columns[i].name) || !scols_column_is_hidden(column_at(table, i)))
            continue;
        if (hidden++ < COLUMNS_NAMED)
            fprintf(out, "%s%s", separator, title_of(page->columns[i].name)->title);
        separator = ", ";
    }
    if (hidden > COLUMNS_NAMED)
        fprintf(out, " and %zu more", hidden - COLUMNS_NAMED);
    if (hidden > 0)
        fputs("; --wide shows all)\n", out);
}

static void write_trimmed(FILE *out, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");

        fwrite(text, 1, trimmed_len(text, len), out);
        putc('\n', out);
        text += len + (text[len] == '\n');
    }
}

/* The next part is as wide, without titles. */
static void begin_next_part(struct table *table, const struct page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        struct libscols_column *column = column_at(table, i);

        scols_column_set_whint(column, (double)scols_column_get_width(column));
        scols_column_set_flags(
            column, scols_column_get_flags(column) | SCOLS_FL_STRICTWIDTH); /* else it is no bound */
    }
    scols_table_enable_noheadings(table->table, 1);
    scols_table_remove_lines(table->table);
    table->is_begun = true;
}

static bool write_part(struct page *page)
{
    struct table *table = page->state;
    char *text = fit(table, page) ? render(table, table->view.colors) : NULL;

    if (text == NULL)
        return false;
    write_trimmed(page->report->out, text);
    free(text);
    begin_next_part(table, page);
    return true;
}

static bool add_row(struct page *page, const struct value *values)
{
    struct table *table = page->state;
    struct libscols_line *line;

    if (scols_table_get_nlines(table->table) == PART_ROWS && !write_part(page))
        return false;
    line = scols_table_new_line(table->table, NULL);
    return line != NULL && fill_line(page, line, values);
}

static bool end_table(struct page *page)
{
    struct table *table = page->state;

    if (page->rows == 0)
        return true;
    if (scols_table_get_nlines(table->table) > 0 && !write_part(page))
        return false;
    write_hidden(page);
    return true;
}

const struct format format_table = {open_table, add_row, end_table, close_table};

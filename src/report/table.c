/* SPDX-License-Identifier: BSD-2-Clause */
/* table.c: aligned text through libsmartcols. */
#include "table.h"

#include "cell.h"

#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_KEPT  2 /* of the narrowest table: who, and to whom */
#define COLUMNS_NAMED 2 /* of those without room */
#define ADDRESS_WIDTH 39

struct table {
    struct libscols_table *table;
    const struct column *columns;
    size_t count;
    locale_t utf8;
};

struct table_view table_view_of(FILE *out)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    struct table_view view = {0};
    struct winsize size;

    if (!isatty(fileno(out)))
        return view;
    view.width = 80;
    view.height = 24;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        view.width = size.ws_col;
        view.height = size.ws_row;
    }
    /* https://no-color.org: set, and not empty */
    view.colors = (no_color == NULL || no_color[0] == '\0') && terminal != NULL && strcmp(terminal, "dumb") != 0;
    return view;
}

static bool add_columns(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        enum column_kind kind = table->columns[i].kind;
        int flags = kind == COLUMN_NUMBER || kind == COLUMN_COUNT ? SCOLS_FL_RIGHT : 0;
        struct libscols_column *column = scols_table_new_column(table->table, table->columns[i].title, 0, flags);

        /* text was made safe where it was parsed: a \xNN in it is not escaped once more */
        if (column == NULL || scols_column_set_safechars(column, "\\") != 0)
            return false;
    }
    return true;
}

struct table *table_open(const struct column *columns, size_t count)
{
    struct table *table = calloc(1, sizeof(*table));

    if (table == NULL)
        return NULL;
    table->columns = columns;
    table->count = count;
    /* names are UTF-8 whatever the user's locale; without it smartcols writes \xNN */
    table->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    table->table = scols_new_table();
    if (table->table == NULL || !add_columns(table)) {
        table_close(table);
        return NULL;
    }
    scols_table_enable_nowrap(table->table, 1);
    scols_table_set_column_separator(table->table, "  ");
    scols_table_set_termforce(table->table, SCOLS_TERMFORCE_NEVER);
    return table;
}

void table_close(struct table *table)
{
    if (table == NULL)
        return;
    scols_unref_table(table->table);
    if (table->utf8 != (locale_t)0)
        freelocale(table->utf8);
    free(table);
}

size_t table_row_count(const struct table *table)
{
    return scols_table_get_nlines(table->table);
}

/* The few words that mean harm. */
static const char *color_of(const struct column *column, const char *value)
{
    static const struct {
        const char *column, *value, *color;
    } rows[] = {
        {"verdict", "failing", "red"},
        {"verdict", "breaks", "red"},
        {"verdict", "legacy", "yellow"},
        {"got", "refused", "red"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].column, column->name) == 0 && strcmp(rows[i].value, value) == 0)
            return rows[i].color;
    return NULL;
}

bool table_add(struct table *table, const char *const *values)
{
    struct libscols_line *line = scols_table_new_line(table->table, NULL);
    char cell[CELL_BYTES];

    if (line == NULL)
        return false;
    for (size_t i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        const char *unknown = column->wide_only || column->may_be_none ? "" : "?";
        const char *value = values[i] != NULL ? values[i] : unknown;
        const char *color = color_of(column, value);

        if (scols_line_set_data(line, i, cell_text(column->kind, value, cell)) != 0)
            return false;
        if (color != NULL)
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

static bool goes_before(const struct column *one, const struct column *other)
{
    return one->wide_only != other->wide_only ? one->wide_only : one->rank < other->rank;
}

/* The next column to leave out: wide_only ones first, then the least rank; of equals the rightmost. */
static struct libscols_column *dispensable(const struct table *table)
{
    size_t found = 0;

    for (size_t i = table->count - 1; i >= COLUMNS_KEPT; i--)
        if (!scols_column_is_hidden(scols_table_get_column(table->table, i)) &&
            (found == 0 || goes_before(&table->columns[i], &table->columns[found])))
            found = i;
    return found == 0 ? NULL : scols_table_get_column(table->table, found);
}

/* The first column names what the row is about: by an address, which stays whole, or by a path. */
static bool shorten_first(struct table *table, size_t width)
{
    char tail[CELL_BYTES];

    for (size_t i = 0; i < scols_table_get_nlines(table->table); i++) {
        struct libscols_line *line = scols_table_get_line(table->table, i);
        const char *text = scols_cell_get_data(scols_line_get_cell(line, 0));
        const char *kept = cell_tail(text, width, tail);

        if (kept != text && scols_line_set_data(line, 0, kept) != 0)
            return false;
    }
    return true;
}

static bool fit(struct table *table, size_t width)
{
    char *text;

    if (!shorten_first(table, width / 2 > ADDRESS_WIDTH ? width / 2 : ADDRESS_WIDTH))
        return false;
    text = render(table, false);
    while (text != NULL && widest_line(text) > width) {
        struct libscols_column *column = dispensable(table);

        if (column == NULL)
            break;
        scols_column_set_flags(column, scols_column_get_flags(column) | SCOLS_FL_HIDDEN);
        free(text);
        text = render(table, false);
    }
    free(text);
    return text != NULL;
}

/* Names the first columns that had no room, and counts the others. */
static void write_left_out(FILE *out, const struct table *table)
{
    const char *separator = "(no room for ";
    size_t left_out = 0;

    for (size_t i = 0; i < table->count; i++) {
        if (!scols_column_is_hidden(scols_table_get_column(table->table, i)))
            continue;
        if (left_out++ < COLUMNS_NAMED)
            fprintf(out, "%s%s", separator, table->columns[i].title);
        separator = ", ";
    }
    if (left_out > COLUMNS_NAMED)
        fprintf(out, " and %zu more", left_out - COLUMNS_NAMED);
    if (left_out > 0)
        fputs("; --format csv has all)\n", out);
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

bool table_write(FILE *out, struct table *table, const struct table_view *view)
{
    char *text;

    if (view->width > 0 && !fit(table, view->width))
        return false;
    text = render(table, view->colors);
    if (text == NULL)
        return false;
    write_trimmed(out, text);
    write_left_out(out, table);
    free(text);
    return true;
}

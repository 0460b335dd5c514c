/* SPDX-License-Identifier: BSD-2-Clause */
/* html_view.c: the rows of clients that are searched, sorted and paged through, one pass over the answer. */
#include "html_view.h"

#include "answer.h"

#include <lasthello/text.h>

#include <stdlib.h>
#include <string.h>

#define ROW_TEXT_BYTES 8192 /* of all cells of a row; what is longer is not searched */
#define BLANKS         " \t\r\n"

const struct client_column client_columns[CLIENT_COLUMNS] = {
    {"client", "Client", "client", NULL, "client", "first", false},
    {"name", "Name, owner", "name", "owner", "name", NULL, false},
    {"may_be", "Perhaps", "may_be", NULL, "may_be", NULL, false},
    {"target", "Target", "to", "service", "to", "target", false},
    {"verdict", "Verdict", "verdict", NULL, "verdict", NULL, true},
    {"due", "Due", "due", "policy", "days_left", "until", false},
    {"cause", "Cause", "cause", NULL, "cause", NULL, false},
    {"last_seen", "Last seen (UTC)", "last_seen", NULL, "last_seen", "time", false},
    {"what_to_do", "Next step", "what_to_do", "note", "what_to_do", "step", false},
};

/* ---- what is asked for ---------------------------------------------------------------------------- */

static bool names_column(const char *sort, const struct client_column *column)
{
    return strcmp(sort + (sort[0] == '-'), column->name) == 0;
}

/* The column that is named, which is there. */
static const struct client_column *column_of(const char *sort)
{
    size_t i = 0;

    while (i + 1 < CLIENT_COLUMNS && !names_column(sort, &client_columns[i]))
        i++;
    return &client_columns[i];
}

static bool is_verdict(const char *text)
{
    for (enum verdict verdict = VERDICT_UNKNOWN + 1; verdict < VERDICT_COUNT; verdict++)
        if (strcmp(verdict_name(verdict), text) == 0)
            return true;
    return false;
}

static bool read_page(const char *text, uint64_t *page, struct error *error)
{
    char *end = NULL;

    if (text == NULL)
        return true;
    *page = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && *page > 0 && *page <= PAGES_MAX)
        return true;
    return error_set(error,
        "page takes a number from 1 to %d, not '%s'; a search, another order or /clients.csv reach further",
        PAGES_MAX, text);
}

bool report_table_view(const char *words, const char *verdict, const char *sort, const char *page,
    struct table_view *view, struct error *error)
{
    *view = (struct table_view){.words = words, .verdict = verdict, .sort = sort};
    if (verdict != NULL && !is_verdict(verdict))
        return error_set(
            error, "show takes a verdict that somebody must act on, as breaks, not '%s'", verdict);
    if (sort != NULL && !names_column(sort, column_of(sort)))
        return error_set(error, "sort takes a column of the table, as due or -due, not '%s'", sort);
    return read_page(page, &view->page, error);
}

static bool has_view(const struct table_view *view)
{
    return view->words != NULL || view->verdict != NULL || view->sort != NULL || view->page > 0;
}

/* ---- a row ---------------------------------------------------------------------------------------- */

/* The columns of the answer that the table's are made of; SIZE_MAX: the answer has no such column. */
struct places {
    size_t first[CLIENT_COLUMNS], second[CLIENT_COLUMNS], key;
};

static size_t place_of(const struct kept_rows *kept, const char *name)
{
    for (size_t i = 0; name != NULL && i < kept->column_count; i++)
        if (strcmp(kept->columns[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

static struct places find_places(const struct html_page *page)
{
    const char *sort = page->report->view.sort;
    struct places places;

    for (size_t i = 0; i < CLIENT_COLUMNS; i++) {
        places.first[i] = place_of(&page->clients, client_columns[i].first);
        places.second[i] = place_of(&page->clients, client_columns[i].second);
    }
    places.key = sort == NULL ? SIZE_MAX : place_of(&page->clients, column_of(sort)->key);
    return places;
}

/* Adds what a cell shows, and returns the length of all. */
static size_t add_cell(
    struct html_page *page, const struct value *values, size_t place, char *text, size_t len)
{
    char out[CELL_BYTES];
    const enum column_kind kind = place == SIZE_MAX ? COLUMN_TEXT : page->clients.columns[place].kind;
    const char *exact = place == SIZE_MAX ? NULL : cell_exact(&page->cell, kind, &values[place]);

    if (exact == NULL)
        return len;
    len += (size_t)snprintf(text + len, ROW_TEXT_BYTES - len, "%s\n", cell_shown(kind, exact, out));
    return len < ROW_TEXT_BYTES ? len : ROW_TEXT_BYTES - 1;
}

/* Each word stands in some cell, in capitals or not. */
static bool has_words(struct html_page *page, const struct places *places, const struct value *values)
{
    char text[ROW_TEXT_BYTES] = "", word[ROW_TEXT_BYTES];
    const char *rest = page->report->view.words;
    size_t len = 0;

    if (rest == NULL)
        return true;
    for (size_t i = 0; i < CLIENT_COLUMNS; i++) {
        len = add_cell(page, values, places->first[i], text, len);
        len = add_cell(page, values, places->second[i], text, len);
    }
    for (rest += strspn(rest, BLANKS); *rest != '\0'; rest += strspn(rest, BLANKS)) {
        const size_t word_len = strcspn(rest, BLANKS);

        snprintf(word, sizeof(word), "%.*s", (int)word_len, rest);
        if (strcasestr(text, word) == NULL)
            return false;
        rest += word_len;
    }
    return true;
}

/* ---- rows in another order ------------------------------------------------------------------------- */

/* What a row is sorted by. */
struct sort_key {
    char *text; /* NULL: not known */
    int64_t number;
    uint64_t place; /* in the answer's order, which decides between equals */
};

struct sorting {
    struct sort_key *keys;
    size_t count, room;
    size_t column; /* of the answer */
    bool is_used, is_number, is_descending;
};

static int compare_keys(const void *one_of, const void *other_of, void *context)
{
    const struct sort_key *one = one_of, *other = other_of;
    const struct sorting *sorting = context;
    int order = 0;

    if (one->text == NULL || other->text == NULL) /* what is not known comes last */
        order = (one->text == NULL) - (other->text == NULL);
    else if (sorting->is_number)
        order = (one->number > other->number) - (one->number < other->number);
    else
        order = strverscmp(one->text, other->text);
    if (sorting->is_descending && one->text != NULL && other->text != NULL)
        order = -order;
    return order != 0 ? order : (one->place > other->place) - (one->place < other->place);
}

static bool add_key(struct sorting *sorting, const struct value *value, uint64_t place)
{
    struct sort_key key = {.number = value->number, .place = place};

    if (sorting->count == sorting->room) {
        const size_t room = sorting->room == 0 ? ROWS_A_PAGE : 2 * sorting->room;
        struct sort_key *grown = reallocarray(sorting->keys, room, sizeof(*grown));

        if (grown == NULL)
            return false;
        sorting->keys = grown;
        sorting->room = room;
    }
    key.text = value->text == NULL ? NULL : strdup(value->text);
    if (value->text != NULL && key.text == NULL)
        return false;
    sorting->keys[sorting->count++] = key;
    return true;
}

static struct sorting begin_sorting(const struct html_page *page, const struct places *places)
{
    const char *sort = page->report->view.sort;

    if (sort == NULL || places->key == SIZE_MAX)
        return (struct sorting){.is_used = false};
    return (struct sorting){
        .column = places->key,
        .is_used = true,
        .is_number = page->clients.columns[places->key].kind != COLUMN_TEXT,
        .is_descending = (sort[0] == '-') != column_of(sort)->is_highest_first,
    };
}

static void end_sorting(struct sorting *sorting)
{
    for (size_t i = 0; i < sorting->count; i++)
        free(sorting->keys[i].text);
    free(sorting->keys);
}

/* The rows of the page, once it is known which they are. */
static bool keep_sorted(
    struct html_page *page, struct rows *rows, struct sorting *sorting, struct error *error)
{
    const struct value *values;
    enum row row = ROW_ONE;

    if (sorting->count > 0)
        qsort_r(sorting->keys, sorting->count, sizeof(sorting->keys[0]), compare_keys, sorting);
    for (size_t i = page->view_first; i < sorting->count && page->clients.count < ROWS_A_PAGE; i++) {
        row = rows_again(rows, sorting->keys[i].place, &values, error);
        if (row == ROW_ONE && !kept_rows_add(&page->clients, values))
            return inventory_no_memory(error);
        if (row == ROW_FAILED)
            return false;
    }
    return true;
}

/* ---- one pass over the answer ---------------------------------------------------------------------- */

static bool keep_match(
    struct html_page *page, const struct rows *rows, struct sorting *sorting, const struct value *values)
{
    const uint64_t place = page->clients.all++;

    if (sorting->is_used)
        return add_key(sorting, &values[sorting->column], rows_place(rows));
    if (place < page->view_first || page->clients.count == ROWS_A_PAGE)
        return true;
    return kept_rows_add(&page->clients, values);
}

/* Nobody looks at the rows, but to count them. */
static bool counts_alone(const struct html_page *page, const struct sorting *sorting)
{
    return page->report->view.words == NULL && !sorting->is_used;
}

static bool pass_rows(
    struct html_page *page, struct rows *rows, struct sorting *sorting, const struct places *places,
    struct error *error)
{
    const bool is_counted = counts_alone(page, sorting);
    const struct value *values;
    enum row row = ROW_ONE;
    uint64_t left = 0;

    if (is_counted)
        page->clients.all = rows_skip(rows, page->view_first);
    for (size_t looked = 0; row == ROW_ONE && !(is_counted && page->clients.count == ROWS_A_PAGE); looked++) {
        page->is_view_cut = looked == ROWS_SEARCHED;
        row = page->is_view_cut ? ROW_END : rows_next(rows, &values, error);
        if (row == ROW_ONE && has_words(page, places, values) && !keep_match(page, rows, sorting, values))
            return inventory_no_memory(error);
    }
    if (row == ROW_ONE)
        row = rows_count(rows, &left, error);
    page->clients.all += left;
    return row == ROW_END && keep_sorted(page, rows, sorting, error);
}

static bool ask_view(struct html_page *page, const struct report *report, struct error *error)
{
    struct rows *rows = inventory_ask(report->inventory, QUESTION_CLIENTS, report->filters, error);
    struct sorting sorting = {0};
    bool asked = rows != NULL;
    struct places places;

    if (asked && !kept_rows_open(&page->clients, rows, ROWS_A_PAGE))
        asked = inventory_no_memory(error);
    if (asked) {
        places = find_places(page);
        sorting = begin_sorting(page, &places);
        asked = pass_rows(page, rows, &sorting, &places, error);
    }
    end_sorting(&sorting);
    rows_close(rows);
    return asked;
}

bool view_ask(struct html_page *page, struct error *error)
{
    static const char acting[] = "failing,login refused?,breaks,legacy,fragile,exposed";
    const struct table_view *view = &page->report->view;
    struct filters filters = *page->report->filters;
    struct report asking = *page->report;

    if (view->verdict != NULL || filters.verdict == NULL)
        filters.verdict = view->verdict != NULL ? view->verdict : acting;
    asking.filters = &filters;
    page->view_first = view->page > 0 ? (view->page - 1) * ROWS_A_PAGE : 0;
    if (page->report->is_live && has_view(view))
        return ask_view(page, &asking, error);
    if (!kept_rows_ask(&page->clients, &asking, QUESTION_CLIENTS, ROWS_IN_FULL, error))
        return false;
    if (page->report->is_live && !view_is_whole(page))
        kept_rows_cut(&page->clients, ROWS_A_PAGE);
    return true;
}

bool view_is_whole(const struct html_page *page)
{
    return !page->report->is_live ||
        (!has_view(&page->report->view) && page->clients.count == page->clients.all);
}

/* ---- links to other views -------------------------------------------------------------------------- */

struct table_view view_with_verdict(const struct html_page *page, const char *verdict)
{
    struct table_view view = page->report->view;

    view.verdict = verdict;
    view.page = 0;
    return view;
}

struct table_view view_with_page(const struct html_page *page, uint64_t number)
{
    struct table_view view = page->report->view;

    view.page = number;
    return view;
}

int view_direction(const struct html_page *page, const char *column)
{
    const char *sort = page->report->view.sort;

    if (sort == NULL || strcmp(sort + (sort[0] == '-'), column) != 0)
        return 0;
    return sort[0] == '-' ? -1 : 1;
}

struct table_view view_with_sort(const struct html_page *page, const char *column, char sort[SORT_BYTES])
{
    struct table_view view = page->report->view;

    snprintf(sort, SORT_BYTES, "%s%s", view_direction(page, column) > 0 ? "-" : "", column);
    view.sort = sort;
    view.page = 0;
    return view;
}

/* Names of a request's parameters, and their values. */
#define FIELDS_MAX (FILTERS_MAX + 3)

static size_t list_fields(
    const struct html_page *page, const struct table_view *view, struct given fields[FIELDS_MAX])
{
    const struct given of_view[] = {{"q", view->words}, {"show", view->verdict}, {"sort", view->sort}};
    size_t count = page->report->is_live ? list_filters(page->report->filters, fields) : 0;

    for (size_t i = 0; i < sizeof(of_view) / sizeof(of_view[0]); i++)
        if (of_view[i].value != NULL)
            fields[count++] = of_view[i];
    return count;
}

/* RFC 3986 2.3: what is not quoted. */
static void write_quoted(FILE *out, const char *text)
{
    static const char kept[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    for (; *text != '\0'; text++)
        if (strchr(kept, *text) == NULL)
            fprintf(out, "%%%02X", (unsigned)(unsigned char)*text);
        else
            putc(*text, out);
}

void view_write_link(struct html_page *page, const struct table_view *view)
{
    struct given fields[FIELDS_MAX];
    const size_t count = list_fields(page, view, fields);

    fputs(page->report->is_live ? "/?" : "#", page->out);
    for (size_t i = 0; i < count; i++) {
        fprintf(page->out, "%s%s=", i == 0 ? "" : "&amp;", fields[i].word);
        write_quoted(page->out, fields[i].value);
    }
    if (view->page > 1)
        fprintf(page->out, "%spage=%llu", count == 0 ? "" : "&amp;", (unsigned long long)view->page);
}

void view_write_fields(struct html_page *page)
{
    struct table_view view = page->report->view;
    struct given fields[FIELDS_MAX];
    size_t count;

    view.words = NULL;
    count = list_fields(page, &view, fields);
    for (size_t i = 0; i < count; i++) {
        fprintf(page->out, "<input type=\"hidden\" name=\"%s\" value=\"", fields[i].word);
        page_text(page, fields[i].value);
        fputs("\">", page->out);
    }
}

static void write_page_link(struct html_page *page, uint64_t number, const char *rel, const char *words)
{
    const struct table_view view = view_with_page(page, number);

    fprintf(page->out, "<a rel=\"%s\" href=\"", rel);
    view_write_link(page, &view);
    fprintf(page->out, "\">%s</a> ", words);
}

void view_write_pages(struct html_page *page)
{
    const uint64_t here = page->view_first / ROWS_A_PAGE + 1;
    const uint64_t last = page->clients.all == 0 ? 1 : (page->clients.all - 1) / ROWS_A_PAGE + 1;

    fputs("<nav class=\"pages\" aria-label=\"Pages of clients\">", page->out);
    if (here > 1)
        write_page_link(page, here <= last ? here - 1 : last, "prev", "Rows before these");
    fputs("<span>Page ", page->out);
    page_number(page, here);
    fputs(" of ", page->out);
    page_number(page, last);
    fputs("</span> ", page->out);
    if (here < last && here < PAGES_MAX)
        write_page_link(page, here + 1, "next", "Rows after these");
    fputs("</nav>\n", page->out);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* csv.c: RFC 4180, without formulas. */
#include "csv.h"

#include "format.h"

#include <string.h>

#define DAY_LEN          10 /* of 2026-11-26 */
#define SHEET_TIME_BYTES 20 /* 2026-11-26 01:17:37 */

/* A sign, digits, and perhaps a point between them: nothing that could call a function. */
static bool is_number(const char *text)
{
    size_t digits;

    text += strspn(text, "+-") > 0;
    digits = strspn(text, "0123456789");
    text += digits;
    if (digits > 0 && text[0] == '.' && strspn(text + 1, "0123456789") > 0)
        text += 1 + strspn(text + 1, "0123456789");
    return digits > 0 && text[0] == '\0';
}

static bool is_formula(const char *text)
{
    return text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL && !is_number(text);
}

void csv_cell(FILE *out, const char *text)
{
    const char *guard;

    if (text == NULL)
        return;
    guard = is_formula(text) ? "'" : "";
    if (strpbrk(text, "\",\r\n") == NULL) {
        fprintf(out, "%s%s", guard, text);
        return;
    }
    fprintf(out, "\"%s", guard);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

/* Excel takes a file for UTF-8 by this mark alone. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* 2026-11-26T01:17:37.312288Z as 2026-11-26 01:17:37, which spreadsheets take for a date and a time. */
static const char *spreadsheet_time(const char *text, char out[SHEET_TIME_BYTES])
{
    if (text == NULL || strlen(text) < SHEET_TIME_BYTES - 1)
        return text;
    snprintf(out, SHEET_TIME_BYTES, "%s", text);
    out[DAY_LEN] = ' ';
    return out;
}

static bool write_heading(struct page *page)
{
    if (page->report->for_spreadsheet)
        fputs(BYTE_ORDER_MARK, page->report->out);
    for (size_t i = 0; i < page->count; i++) {
        fputs(i > 0 ? "," : "", page->report->out);
        csv_cell(page->report->out, page->columns[i].name);
    }
    fputs("\r\n", page->report->out); /* RFC 4180 2 */
    return true;
}

static bool write_row(struct page *page, const struct value *values)
{
    for (size_t i = 0; i < page->count; i++) {
        const char *text = cell_exact(&page->cell, page->columns[i].kind, &values[i]);
        char time[SHEET_TIME_BYTES];

        if (page->report->for_spreadsheet && page->columns[i].kind == COLUMN_TIME)
            text = spreadsheet_time(text, time);
        fputs(i > 0 ? "," : "", page->report->out);
        csv_cell(page->report->out, text);
    }
    fputs("\r\n", page->report->out);
    return true;
}

static bool write_end(struct page *page)
{
    (void)page;
    return true;
}

static void close_page(struct page *page)
{
    (void)page;
}

const struct format format_csv = {write_heading, write_row, write_end, close_page};

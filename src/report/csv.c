/* SPDX-License-Identifier: BSD-2-Clause */
/* csv.c: RFC 4180, without formulas. */
#include "csv.h"

#include <string.h>

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

void csv_line(FILE *out, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            putc(',', out);
        csv_cell(out, cells[i]);
    }
    fputs("\r\n", out);
}

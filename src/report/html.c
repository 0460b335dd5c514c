/* SPDX-License-Identifier: BSD-2-Clause */
/* html.c: text within HTML. */
#include "html.h"

#include <string.h>

static const char *quoted(char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    }
    return NULL;
}

void html_text(FILE *out, struct cell *cell, const char *text)
{
    const char *at = visible_text(cell, text);

    while (at != NULL && *at != '\0') {
        size_t plain = strcspn(at, "&<>\"'");

        fprintf(out, "%.*s", (int)plain, at);
        at += plain;
        if (*at != '\0')
            fputs(quoted(*at++), out);
    }
}

void html_id(FILE *out, const char *text)
{
    static const char kept[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-_";

    for (; text != NULL && *text != '\0'; text++)
        putc(strchr(kept, *text) == NULL ? '_' : *text, out);
}

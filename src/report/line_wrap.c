/* SPDX-License-Identifier: BSD-2-Clause */
/* line_wrap.c: sentences on a narrow terminal. */
#include "line_wrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDENT "   "

/* How much of a line fits: up to a blank, or all of a word that is too long. */
static size_t fitting_len(const char *line, size_t len, size_t width)
{
    size_t fitting = width;

    if (width == 0 || len <= width)
        return len;
    while (fitting > 0 && line[fitting] != ' ')
        fitting--;
    return fitting > 0 ? fitting : strcspn(line, " \n");
}

static void wrap_line(FILE *out, const char *line, size_t len, size_t width)
{
    size_t fitting = fitting_len(line, len, width);

    fprintf(out, "%.*s\n", (int)fitting, line);
    while (fitting < len) {
        line += fitting + 1;
        len -= fitting + 1;
        fitting = fitting_len(line, len, width > strlen(INDENT) ? width - strlen(INDENT) : 1);
        fprintf(out, INDENT "%.*s\n", (int)fitting, line);
    }
}

char *line_wrap(const char *text, size_t width)
{
    char *wrapped = NULL;
    size_t size;
    FILE *out = open_memstream(&wrapped, &size);

    if (out == NULL)
        return NULL;
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");

        wrap_line(out, text, len, width);
        text += len + (text[len] == '\n');
    }
    if (fclose(out) == 0)
        return wrapped;
    free(wrapped);
    return NULL;
}

size_t line_wrap_count(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* cell.c: a value as people read it in a table. */
#include "cell.h"

#include "phrase.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_CHARS 16 /* 2026-11-20T08:00, of an ISO 8601 time */

static const char *count_cell(const char *value, char out[CELL_BYTES])
{
    char *end;
    unsigned long long number;

    errno = 0;
    number = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0)
        return value;
    return phrase_number(number, out);
}

static const char *time_cell(const char *value, char out[CELL_BYTES])
{
    if (strlen(value) <= MINUTE_CHARS)
        return value;
    snprintf(out, CELL_BYTES, "%.10s %.5s", value, value + 11);
    return out;
}

/* Length of the first word with the blank behind it; 0: the item is one word. */
static size_t first_word_len(const char *item)
{
    size_t len = strcspn(item, " ,");

    return item[len] == ' ' ? len + 1 : 0;
}

static const char *list_cell(const char *value, char out[CELL_BYTES])
{
    const char *before = NULL;
    size_t used = 0;

    if (strlen(value) >= CELL_BYTES)
        return value;
    for (const char *item = value; *item != '\0';) {
        size_t len = strcspn(item, ","), word = first_word_len(item);
        bool is_repeated = before != NULL && word > 0 && strncmp(before, item, word) == 0;
        size_t left_out = is_repeated ? word : 0;

        len += strspn(item + len, ", ");
        memcpy(out + used, item + left_out, len - left_out);
        used += len - left_out;
        before = item;
        item += len;
    }
    out[used] = '\0';
    return out;
}

const char *cell_text(enum column_kind kind, const char *value, char out[CELL_BYTES])
{
    switch (kind) {
    case COLUMN_TEXT:
    case COLUMN_NUMBER:
        return value;
    case COLUMN_COUNT:
        return count_cell(value, out);
    case COLUMN_TIME:
        return time_cell(value, out);
    case COLUMN_LIST:
        return list_cell(value, out);
    }
    return value;
}

static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

const char *cell_tail(const char *text, size_t width, char out[CELL_BYTES])
{
    size_t characters = 0;

    for (const char *at = text; *at != '\0'; at++)
        characters += !continues_character(*at);
    if (characters <= width || width < 4)
        return text;
    for (size_t left_out = characters - (width - 3); left_out > 0; left_out--)
        do
            text++;
        while (continues_character(*text));
    snprintf(out, CELL_BYTES, "...%s", text);
    return out;
}

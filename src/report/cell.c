/* SPDX-License-Identifier: BSD-2-Clause */
/* cell.c: a value as text. */
#include "cell.h"

#include "words.h"

#include <lasthello/text.h>
#include <lasthello/utc.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cell_close(struct cell *cell)
{
    free(cell->visible);
    cell->visible = NULL;
    cell->visible_size = 0;
}

const char *visible_text(struct cell *cell, const char *text)
{
    size_t len;

    if (text == NULL || text_is_ascii(text))
        return text;
    len = strlen(text);
    if (4 * len + 1 > cell->visible_size) {
        cell_close(cell);
        cell->visible = malloc(4 * len + 1);
        if (cell->visible == NULL)
            return NULL;
        cell->visible_size = 4 * len + 1;
    }
    text_visible((struct bytes){(const uint8_t *)text, len}, cell->visible, cell->visible_size);
    return cell->visible;
}

static const char *time_text(struct cell *cell, const struct value *value)
{
    if (value->text == NULL)
        return NULL;
    utc_text(value->number, cell->text);
    return cell->text;
}

static const char *day_text(struct cell *cell, const struct value *value)
{
    char time[UTC_BYTES];

    if (value->text == NULL || value->number > INT64_MAX / 1000000 || value->number < INT64_MIN / 1000000)
        return NULL;
    utc_text(value->number * 1000000, time);
    snprintf(cell->text, sizeof(cell->text), "%.*s", (int)strcspn(time, "T"), time);
    return cell->text;
}

const char *cell_exact(struct cell *cell, enum column_kind kind, const struct value *value)
{
    switch (kind) {
    case COLUMN_TEXT:
    case COLUMN_NUMBER:
    case COLUMN_COUNT:
    case COLUMN_LIST:
        return visible_text(cell, value->text);
    case COLUMN_TIME:
        return time_text(cell, value);
    case COLUMN_DAY:
        return day_text(cell, value);
    case COLUMN_VERSIONS:
        return words_versions((unsigned)value->number, cell->text);
    case COLUMN_VERDICT:
        return verdict_name((enum verdict)value->number);
    case COLUMN_STEP:
        return words_step((enum step)value->number);
    case COLUMN_NOTES:
        return words_notes((unsigned)value->number, cell->text);
    }
    return NULL;
}

static const char *count_cell(const char *value, char out[CELL_BYTES])
{
    char *end;
    unsigned long long number;

    errno = 0;
    number = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0)
        return value;
    return count_text(number, out);
}

static const char *time_cell(const char *value, char out[CELL_BYTES])
{
    size_t date = strcspn(value, "T");

    if (strlen(value) < date + sizeof("T08:00") - 1)
        return value;
    snprintf(out, CELL_BYTES, "%.*s %.5s", (int)date, value, value + date + 1);
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

const char *cell_shown(enum column_kind kind, const char *text, char out[CELL_BYTES])
{
    if (kind == COLUMN_COUNT)
        return count_cell(text, out);
    if (kind == COLUMN_TIME)
        return time_cell(text, out);
    if (kind == COLUMN_LIST || kind == COLUMN_VERSIONS)
        return list_cell(text, out);
    return text;
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
    if (characters <= width || width < 4 || 4 * width > CELL_BYTES)
        return text;
    for (size_t left_out = characters - (width - 3); left_out > 0; left_out--)
        do
            text++;
        while (continues_character(*text));
    snprintf(out, CELL_BYTES, "...%s", text);
    return out;
}

const char *cell_wrapped(const char *text, size_t width, char out[CELL_BYTES])
{
    char *line = out, *blank = NULL;

    snprintf(out, CELL_BYTES, "%s", text);
    for (char *at = out; *at != '\0'; at++) {
        if (*at == ' ')
            blank = at;
        if ((size_t)(at - line) < width || blank == NULL)
            continue;
        *blank = '\n';
        line = blank + 1;
        blank = NULL;
    }
    return out;
}

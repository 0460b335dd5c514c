/* SPDX-License-Identifier: BSD-2-Clause */
/* day_counts.c: counts by day as text. */
#include <lasthello/day_counts.h>

#include <string.h>

#define COUNT_MAX (INT64_MAX >> 16)           /* the sum of very many is a number still */
#define DAY_MAX   (INT64_MAX / 86400000000LL) /* that microseconds reach */

/* A number that is not negative. */
static bool read_number(const char **text, int64_t *number)
{
    const char *at = *text;
    int64_t value = 0;

    for (; *at >= '0' && *at <= '9' && value <= COUNT_MAX / 10; at++)
        value = 10 * value + (*at - '0');
    if (at == *text || (*at >= '0' && *at <= '9'))
        return false;
    *text = at;
    *number = value;
    return true;
}

static bool skip(const char **text, char mark)
{
    const bool is_there = **text == mark;

    *text += is_there;
    return is_there;
}

/* The day, where the text names it, and the sessions. */
static bool read_day(struct day_counts *counts, struct day_count *count)
{
    const bool is_before_1970 = skip(&counts->rest, '-');

    *count = (struct day_count){.day = counts->day};
    if (!read_number(&counts->rest, &count->sessions))
        return false;
    if (!skip(&counts->rest, ':'))
        return counts->is_inside && !is_before_1970;
    count->day = is_before_1970 ? -count->sessions : count->sessions;
    if (count->day < -DAY_MAX || count->day >= DAY_MAX || (counts->is_inside && count->day < counts->day))
        return false;
    return read_number(&counts->rest, &count->sessions);
}

bool day_counts_next(struct day_counts *counts, struct day_count *count)
{
    struct day_counts next = *counts;

    if ((next.is_inside && !skip(&next.rest, ',')) || !read_day(&next, count) ||
        (skip(&next.rest, '/') && !read_number(&next.rest, &count->short_lived)))
        return false;
    *counts = (struct day_counts){.rest = next.rest, .is_inside = true, .day = count->day + 1};
    return true;
}

/* ---- written ---------------------------------------------------------------------------------------- */

/* Each returns the end of what it wrote. */
static char *write_number(char *out, int64_t number)
{
    char digits[20];
    size_t count = 0;

    for (uint64_t rest = (uint64_t)number; rest > 0 || count == 0; rest /= 10)
        digits[count++] = (char)('0' + rest % 10);
    while (count > 0)
        *out++ = digits[--count];
    return out;
}

static char *write_day(char *out, int64_t day)
{
    if (day < 0)
        *out++ = '-';
    out = write_number(out, day < 0 ? -day : day);
    *out++ = ':';
    return out;
}

static char *write_count(char *out, const struct day_count *count, bool names_day)
{
    if (names_day)
        out = write_day(out, count->day);
    out = write_number(out, count->sessions);
    if (count->short_lived == 0)
        return out;
    *out++ = '/';
    return write_number(out, count->short_lived);
}

void day_counts_add(char *text, const struct day_count *more)
{
    struct day_counts before = {.rest = text}, after = before;
    struct day_count found = {0}, sum = *more;
    char written[2 * DAY_COUNT_BYTES], *end = written;
    bool is_found;
    size_t at;

    while ((is_found = day_counts_next(&after, &found)) && found.day < more->day)
        before = after;
    if (is_found && found.day == more->day) {
        sum.sessions += found.sessions;
        sum.short_lived += found.short_lived;
    }
    if (before.is_inside)
        *end++ = ',';
    end = write_count(end, &sum, !before.is_inside || before.day != sum.day);
    if (is_found && found.day > more->day) { /* whose day may be understood now */
        *end++ = ',';
        end = write_count(end, &found, found.day > sum.day + 1);
    }
    at = (size_t)(before.rest - text);
    memmove(text + at + (end - written), after.rest, strlen(after.rest) + 1);
    memcpy(text + at, written, (size_t)(end - written));
}

size_t day_counts_room(const char *one, const char *other)
{
    size_t items = 1;

    for (const char *at = strchr(other, ','); at != NULL; at = strchr(at + 1, ','))
        items++;
    return strlen(one) + items * DAY_COUNT_BYTES + 1;
}

void day_counts_merge(const char *one, const char *other, char *out)
{
    struct day_counts counts = {.rest = other};
    struct day_count count;

    memcpy(out, one, strlen(one) + 1);
    while (day_counts_next(&counts, &count))
        day_counts_add(out, &count);
}

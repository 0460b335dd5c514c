/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_list.c: contacts that stay for a while, and parts of contacts. */
#include "contact_list.h"

#include "growing.h"

#include <lasthello/day_counts.h>

#include <string.h>

/* ---- parts ------------------------------------------------------------------------------------------ */

/* As far as its times tell: it has no other days. */
static bool is_within(const struct contact *contact)
{
    return (contact->from <= INT64_MIN / DAY_US || contact->first_seen >= contact->from * DAY_US) &&
        (contact->until > INT64_MAX / DAY_US || contact->last_seen < contact->until * DAY_US);
}

bool contact_days_next(const struct contact *contact, struct day_counts *counts, struct day_count *count)
{
    while (day_counts_next(counts, count))
        if (count->day >= contact->from)
            return count->day < contact->until;
    return false;
}

bool contact_part(const struct contact *whole, int64_t from_day, int64_t until_day, struct contact *part)
{
    struct day_counts counts = {.rest = whole->days};
    struct day_count count, first = {0}, last = {0};
    size_t before = 0, within = 0;
    bool more;

    *part = *whole;
    part->from = from_day > whole->from ? from_day : whole->from;
    part->until = until_day < whole->until ? until_day : whole->until;
    if (is_within(part))
        return true;
    part->sessions = part->short_lived = 0;
    while ((more = day_counts_next(&counts, &count)) && count.day < part->until) {
        before += count.day < part->from;
        if (count.day < part->from)
            continue;
        first = within++ == 0 ? count : first;
        last = count;
        part->sessions += count.sessions;
        part->short_lived += count.short_lived;
    }
    if (before > 0) {
        part->first_seen = first.day * DAY_US;
        part->first_is_day = true;
    }
    if (more) {
        part->last_seen = (last.day + 1) * DAY_US - 1;
        part->last_observation = 0;
    }
    return within > 0;
}

/* ---- targets ---------------------------------------------------------------------------------------- */

static int compare_numbers(int64_t one, int64_t other)
{
    return (one > other) - (one < other);
}

/* Without a name, each server is a target of its own. */
static int64_t lone_server(const struct contact *contact)
{
    return contact->profile->is_nameless ? contact->server : 0;
}

int contact_compare_targets(const struct contact *one, const struct contact *other)
{
    const int order = compare_numbers(one->profile->target, other->profile->target);

    return order != 0 ? order : compare_numbers(lone_server(one), lone_server(other));
}

/* ---- lists ------------------------------------------------------------------------------------------ */

bool contact_list_add(struct contact_list *list, const struct contact *contact)
{
    const size_t bytes = strlen(contact->days) + 1;
    struct contact *rows = growing_reserve(list->rows, list->count, 1, &list->room, sizeof(*rows));
    char *texts = growing_reserve(list->texts, list->text_len, bytes, &list->text_room, 1);

    list->rows = rows == NULL ? list->rows : rows;
    list->texts = texts == NULL ? list->texts : texts;
    if (rows == NULL || texts == NULL)
        return false;
    memcpy(texts + list->text_len, contact->days, bytes);
    list->text_len += bytes;
    rows[list->count++] = *contact;
    return true;
}

void contact_list_point(struct contact_list *list)
{
    const char *text = list->texts;

    for (size_t i = 0; i < list->count; i++, text += strlen(text) + 1)
        list->rows[i].days = text;
}

void contact_list_clear(struct contact_list *list)
{
    list->count = list->text_len = 0;
}

void contact_list_close(struct contact_list *list)
{
    free(list->rows);
    free(list->texts);
    *list = (struct contact_list){0};
}

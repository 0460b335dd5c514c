/* SPDX-License-Identifier: BSD-2-Clause */
/* reading_facts.c: which of two readings saw and asked more. Pure functions. */
#include "reading_facts.h"

#include <string.h>

/* Is each part of the list `some` ("143=imap,993=imaps") in the list `all`? */
static bool has_all(const char *all, const char *some)
{
    while (*some != '\0') {
        const size_t len = strcspn(some, ",");
        const char *found = all;

        while (*found != '\0' && (strncmp(found, some, len) != 0 || strcspn(found, ",") != len)) {
            found += strcspn(found, ",");
            found += *found == ',';
        }
        if (*found == '\0')
            return false;
        some += len;
        some += *some == ',';
    }
    return true;
}

static bool asks_as_much(const struct reading_facts *one, const struct reading_facts *other)
{
    const bool passes = one->filter[0] == '\0' ||
        (strcmp(one->filter, other->filter) == 0 && !one->is_filter_long && !other->is_filter_long);

    return passes && one->discover >= other->discover && has_all(one->ports, other->ports);
}

/* Of equal captures the one counts that was read with more of its neighbours: sessions go over
 * between them. */
static int compare_neighbours(const struct reading_facts *one, const struct reading_facts *other)
{
    const uint64_t all[] = {one->before + one->after, other->before + other->after};

    if (all[0] != all[1])
        return all[0] < all[1] ? -1 : 1;
    return one->before == other->before ? 0 : one->before < other->before ? -1
                                                                          : 1;
}

/* Where the other was broken off, it has fewer sessions that memory was wanting for, because it saw fewer. */
static bool has_lost_more(const struct reading_facts *one, const struct reading_facts *other)
{
    return other->settled ? one->lost > other->lost : one->unstored > other->unstored;
}

static bool is_part_behind(
    const struct reading_facts *part, const struct reading_facts *whole, uint64_t *before)
{
    return part->marks.packets > 0 && part->marks.packets < whole->marks.packets &&
        capture_anchors_inside(&part->anchors, &whole->anchors, before);
}

static bool is_part(const struct reading_facts *part, const struct reading_facts *whole)
{
    uint64_t before;

    return is_part_behind(part, whole, &before);
}

bool reading_agrees(const struct reading_facts *one, const struct reading_facts *other)
{
    return capture_marks_agree(&one->marks, &other->marks) || is_part(one, other) || is_part(other, one);
}

static bool contains(const struct reading_facts *one, const struct reading_facts *other)
{
    return capture_marks_contain(&one->marks, &other->marks) ||
        (is_part(other, one) && one->marks.snapshot_len >= other->marks.snapshot_len);
}

bool reading_includes(const struct reading_facts *one, const struct reading_facts *other)
{
    if (!contains(one, other) || !asks_as_much(one, other))
        return false;
    if (one->settled < other->settled || has_lost_more(one, other))
        return false;
    if (one->marks.packets > other->marks.packets)
        return true;
    return one->complete >= other->complete && compare_neighbours(one, other) >= 0;
}

struct inclusion reading_inclusion(const struct reading_facts *one, const struct reading_facts *other)
{
    struct inclusion inclusion = {.by = one->id};

    if (capture_marks_contain(&one->marks, &other->marks) ||
        !is_part_behind(other, one, &inclusion.packets_before))
        inclusion.packets_before = 0;
    return inclusion;
}

static int compare(uint64_t one, uint64_t other)
{
    return one == other ? 0 : one < other ? -1
                                          : 1;
}

bool reading_is_better(const struct reading_facts *one, const struct reading_facts *other)
{
    const int order[] = {
        compare(one->settled, other->settled),
        compare(one->marks.snapshot_len, other->marks.snapshot_len),
        compare(one->filter[0] == '\0', other->filter[0] == '\0'),
        compare(one->marks.packets, other->marks.packets),
        compare(one->marks.captured, other->marks.captured),
        compare(one->complete, other->complete),
        compare_neighbours(one, other),
        compare(one->discover, other->discover),
        compare(strlen(one->ports), strlen(other->ports)),
        strcmp(one->ports, other->ports),
        strcmp(one->filter, other->filter),
        strcmp(other->name, one->name),
        compare(one->id, other->id),
    };

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        if (order[i] != 0)
            return order[i] > 0;
    return false;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* covers.c: which readings count, of those that may have something of one capture: the better ones first,
 * each that none of those before it includes. */
#include "covers.h"

#include <string.h>

/* Readings of files that are over, and whose marks or anchors another one has, too. */
static const char alike_sql[] =
    "SELECT id FROM reading WHERE length > 0 AND owner IS NULL AND state = 'counts' AND id IN ("
    "SELECT reading FROM reading_mark WHERE (level, mark) IN "
    "(SELECT level, mark FROM reading_mark WHERE level = 0 GROUP BY mark HAVING count(*) > 1) "
    "UNION ALL SELECT reading FROM reading_anchor WHERE anchor IN "
    "(SELECT anchor FROM reading_anchor GROUP BY anchor HAVING count(*) > 1)) ORDER BY id";
static const char aside_sql[] =
    "SELECT id FROM reading WHERE state = 'covered' UNION "
    "SELECT source FROM pending WHERE source IN (SELECT id FROM reading WHERE state = 'counts')";

struct comparison {
    struct reading_rows *rows;
    struct id_list sorted; /* the better before the worse */
    struct reading_facts one, other;
};

static bool fail_for_memory(const struct reading_rows *rows, struct error *error)
{
    return error_set(error, "%s: not enough memory to compare readings", rows->upserts->db.path);
}

/* Within one inventory what was forgotten of a capture stays so when it is read again; of two inventories the
 * one that kept it has more. */
static bool covers(const struct reading_facts *one, const struct reading_facts *other)
{
    return reading_includes(one, other) && one->kept_from <= other->kept_from;
}

/* ---- in order ----------------------------------------------------------------------------------- */

/* How many of the sorted ones are better than `one`. */
static bool find_place(struct comparison *comparison, size_t *place, struct error *error)
{
    size_t first = 0, last = comparison->sorted.count;

    while (first < last) {
        const size_t middle = (first + last) / 2;
        const uint64_t id = comparison->sorted.ids[middle];

        if (reading_find(comparison->rows, id, &comparison->other, error) != ROW_ONE)
            return false;
        if (reading_is_better(&comparison->one, &comparison->other))
            last = middle;
        else
            first = middle + 1;
    }
    *place = first;
    return true;
}

static bool sort_in(struct comparison *comparison, uint64_t id, struct error *error)
{
    struct id_list *sorted = &comparison->sorted;
    size_t place;

    if (reading_find(comparison->rows, id, &comparison->one, error) != ROW_ONE ||
        !find_place(comparison, &place, error))
        return false;
    if (!id_list_add(sorted, id))
        return fail_for_memory(comparison->rows, error);
    memmove(
        &sorted->ids[place + 1], &sorted->ids[place], (sorted->count - 1 - place) * sizeof(sorted->ids[0]));
    sorted->ids[place] = id;
    return true;
}

static bool sort_all(struct comparison *comparison, struct error *error)
{
    struct id_list alike = {0};
    bool done = reading_list(comparison->rows, alike_sql, &alike, error);

    for (size_t i = 0; done && i < alike.count; i++)
        done = sort_in(comparison, alike.ids[i], error);
    id_list_free(&alike);
    return done;
}

/* ---- one after the other ------------------------------------------------------------------------ */

/* Does the rival, which is then `other`, count, and come before `one`? ROW_END: no. */
static enum row load_better(struct comparison *comparison, uint64_t rival, struct error *error)
{
    const struct reading_facts *one = &comparison->one, *other = &comparison->other;
    const enum row row = reading_find(comparison->rows, rival, &comparison->other, error);

    if (row != ROW_ONE)
        return row;
    return other->counts && !other->running && reading_is_better(other, one) && reading_agrees(one, other)
        ? ROW_ONE
        : ROW_END;
}

/* Does one of the rivals cover it? */
static bool find_cover(struct comparison *comparison, const struct id_list *rivals,
    struct inclusion *inclusion, struct error *error)
{
    *inclusion = (struct inclusion){0};
    for (size_t i = 0; inclusion->by == 0 && i < rivals->count; i++) {
        const enum row row = load_better(comparison, rivals->ids[i], error);

        if (row == ROW_FAILED)
            return false;
        if (row == ROW_ONE && covers(&comparison->other, &comparison->one))
            *inclusion = reading_inclusion(&comparison->other, &comparison->one);
    }
    return true;
}

static bool leave_common(struct comparison *comparison, const struct id_list *rivals, struct error *error)
{
    for (size_t i = 0; i < rivals->count; i++) {
        const enum row row = load_better(comparison, rivals->ids[i], error);

        if (row == ROW_FAILED ||
            (row == ROW_ONE &&
                !reading_cover_common(comparison->rows, comparison->one.id, rivals->ids[i], error)))
            return false;
    }
    return true;
}

static bool compare(struct comparison *comparison, uint64_t id, struct error *error)
{
    struct reading_facts *one = &comparison->one;
    struct id_list rivals = {0};
    struct inclusion inclusion;
    bool done = reading_find(comparison->rows, id, one, error) == ROW_ONE &&
        reading_rivals(comparison->rows, id, &one->marks, &one->anchors, &rivals, error) &&
        find_cover(comparison, &rivals, &inclusion, error) &&
        (inclusion.by != 0 ? reading_cover(comparison->rows, id, &inclusion, error)
                           : leave_common(comparison, &rivals, error));

    id_list_free(&rivals);
    return done;
}

bool covers_find(struct reading_rows *rows, struct error *error)
{
    static struct comparison comparison; /* one thread merges, and this is large */
    bool done;

    comparison.rows = rows;
    comparison.sorted = (struct id_list){0};
    done = sort_all(&comparison, error);
    for (size_t i = 0; done && i < comparison.sorted.count; i++)
        done = compare(&comparison, comparison.sorted.ids[i], error);
    id_list_free(&comparison.sorted);
    return done;
}

bool covers_lift(struct reading_rows *rows, struct error *error)
{
    struct id_list aside = {0};
    bool done = reading_list(rows, aside_sql, &aside, error);

    for (size_t i = 0; done && i < aside.count; i++)
        done = reading_uncover(rows, aside.ids[i], error);
    id_list_free(&aside);
    return done;
}

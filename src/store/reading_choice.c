/* SPDX-License-Identifier: BSD-2-Clause */
/* reading_choice.c: which of several readings of a capture counts.
 *
 * Of two captures that agree as far as both go, one is the beginning of the other. Whatever the
 * order in which they are read, the one that includes the other stays (reading_facts.h). A reading
 * that is not over cannot be judged yet: one that has ended waits where the other may come to
 * include it, and takes its place where not; the other is judged at its own end. */
#include "reading_choice.h"

#include <string.h>

/* The reading that has ended, and one that it is compared with. */
struct pair {
    struct reading_facts one, other;
    struct reading_rows *rows;
};

struct choice {
    struct pair *pair;
    struct id_list rivals;
    struct id_list waiting;     /* those that ended before and waited, perhaps for this one */
    struct inclusion inclusion; /* in a reading that has all of it, if there is one */
    bool is_renamed;            /* ... which is equal, and takes its name */
    bool waits;                 /* for one that is not over */
};

static bool is_equal(const struct pair *pair)
{
    return reading_includes(&pair->one, &pair->other) && reading_includes(&pair->other, &pair->one);
}

/* Loads a rival. ROW_END: it is gone, or it is another capture. */
static enum row load_rival(struct pair *pair, uint64_t id, struct error *error)
{
    const enum row row = reading_find(pair->rows, id, &pair->other, error);

    return row == ROW_ONE && !reading_agrees(&pair->one, &pair->other) ? ROW_END : row;
}

/* ---- is it included? ---------------------------------------------------------------------------- */

/* Another program, or other rules, are a reason to read again. */
static bool is_newer(const struct pair *pair)
{
    return is_equal(pair) && strcmp(pair->one.rules, pair->other.rules) != 0;
}

static bool look_at(struct choice *choice)
{
    struct pair *pair = choice->pair;
    const bool running = pair->other.running;

    if (!running && !pair->other.counts && !id_list_add(&choice->waiting, pair->other.id))
        return false;
    pair->other.settled = pair->other.settled || running; /* it will be */
    if (reading_includes(&pair->other, &pair->one) && !is_newer(pair)) {
        choice->waits = choice->waits || running;
        if (!running && choice->inclusion.by == 0) {
            choice->inclusion = reading_inclusion(&pair->other, &pair->one);
            choice->is_renamed = is_equal(pair) && strcmp(pair->one.name, pair->other.name) < 0;
        }
    }
    return true;
}

static bool look_at_all(struct choice *choice, struct error *error)
{
    for (size_t i = 0; i < choice->rivals.count; i++) {
        const enum row row = load_rival(choice->pair, choice->rivals.ids[i], error);

        if (row == ROW_FAILED)
            return false;
        if (row == ROW_ONE && !look_at(choice))
            return error_set(
                error, "%s: not enough memory to compare readings", choice->pair->rows->upserts->db.path);
    }
    return true;
}

/* ---- then it goes, or waits, or counts ---------------------------------------------------------- */

static bool give_way(struct choice *choice, struct error *error)
{
    struct pair *pair = choice->pair;

    return reading_replace(pair->rows, &pair->one, &choice->inclusion, error) &&
        (!choice->is_renamed || reading_rename(pair->rows, choice->inclusion.by, pair->one.name, error));
}

/* The reading counts: what becomes of one that agrees with it? */
static bool stand_beside(struct choice *choice, struct error *error)
{
    struct pair *pair = choice->pair;
    const struct reading_facts *one = &pair->one, *other = &pair->other;
    const bool includes = reading_includes(one, other), other_is_better = reading_is_better(other, one);
    struct inclusion inclusion;

    if (other->running)
        return !other->counts || reading_demote(pair->rows, other->id, error);
    if (includes) {
        if (is_equal(pair) && strcmp(other->name, one->name) < 0 &&
            !reading_rename(pair->rows, one->id, other->name, error))
            return false;
        inclusion = reading_inclusion(one, other);
        return reading_replace(pair->rows, other, &inclusion, error);
    }
    if (!other->counts)
        return true; /* it is judged next */
    return reading_leave_to(
        pair->rows, other_is_better ? one->id : other->id, other_is_better ? other->id : one->id, error);
}

/* The reading counts, and what it includes goes. */
static bool let_count(struct choice *choice, struct error *error)
{
    struct pair *pair = choice->pair;

    if (!pair->one.counts && !reading_promote(pair->rows, pair->one.id, error))
        return false;
    pair->one.counts = true;
    for (size_t i = 0; i < choice->rivals.count; i++) {
        const enum row row = load_rival(pair, choice->rivals.ids[i], error);

        if (row == ROW_FAILED || (row == ROW_ONE && !stand_beside(choice, error)))
            return false;
    }
    return true;
}

static bool wait_for_others(struct choice *choice, struct error *error)
{
    struct pair *pair = choice->pair;

    return !pair->one.counts || reading_demote(pair->rows, pair->one.id, error);
}

static bool decide(struct choice *choice, struct error *error)
{
    struct pair *pair = choice->pair;

    if (!reading_rivals(
            pair->rows, pair->one.id, &pair->one.marks, &pair->one.anchors, &choice->rivals, error) ||
        !look_at_all(choice, error))
        return false;
    if (choice->inclusion.by != 0)
        return give_way(choice, error);
    return choice->waits ? wait_for_others(choice, error) : let_count(choice, error);
}

/* Fills `waiting` with readings that are to be judged once more. */
static bool choose_one(
    struct pair *pair, uint64_t id, struct id_list *waiting, bool *is_known, struct error *error)
{
    const enum row row = reading_find(pair->rows, id, &pair->one, error);
    struct choice choice = {.pair = pair};
    bool done;

    if (row != ROW_ONE)
        return row == ROW_END;
    done = decide(&choice, error);
    *is_known = choice.inclusion.by != 0;
    id_list_free(&choice.rivals);
    *waiting = choice.waiting;
    return done;
}

bool reading_choose(struct reading_rows *rows, uint64_t id, bool *is_known, struct error *error)
{
    static struct pair pair; /* the writer is one thread, and this is large */
    struct id_list waiting = {0}, ignored = {0};
    bool done, was_known;

    pair.rows = rows;
    done = choose_one(&pair, id, &waiting, is_known, error);
    for (size_t i = 0; done && i < waiting.count; i++) {
        done = choose_one(&pair, waiting.ids[i], &ignored, &was_known, error);
        id_list_free(&ignored);
    }
    id_list_free(&waiting);
    return done;
}

bool reading_may_be_copy(struct reading_rows *rows, uint64_t id, const struct capture_marks *marks,
    const struct capture_anchors *anchors, bool *may_be, struct error *error)
{
    struct id_list rivals = {0};
    const bool done = reading_rivals(rows, id, marks, anchors, &rivals, error);

    *may_be = rivals.count > 0;
    id_list_free(&rivals);
    return done;
}

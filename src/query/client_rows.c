/* SPDX-License-Identifier: BSD-2-Clause */
/* client_rows.c: contacts of a client put together by target, and all rows in a heap. */
#include "client_rows.h"

#include "growing.h"
#include "row_heap.h"

#include <stdlib.h>
#include <string.h>

/* One number for each MAC address of clients. */
static const char sql_macs[] =
    "SELECT id, dense_rank() OVER (ORDER BY client_mac) FROM path WHERE client_mac IS NOT NULL";

static int compare_numbers(int64_t one, int64_t other)
{
    return (one > other) - (one < other);
}

/* ---- which is worse ----------------------------------------------------------------------------- */

/* Negative: `one` comes first. */
static int compare_verdicts(const struct contact *one, const struct contact *other)
{
    const int order = compare_numbers(other->verdict, one->verdict);

    return order != 0 ? order : compare_numbers(one->until_day, other->until_day);
}

/* A client's contacts by target; of one target the worst, and of those the latest, first. */
static int compare_contacts(const void *one_of, const void *other_of)
{
    const struct contact *one = one_of, *other = other_of;
    int order = contact_compare_targets(one, other);

    order = order != 0 ? order : compare_verdicts(one, other);
    order = order != 0 ? order : compare_numbers(other->last_seen, one->last_seen);
    order = order != 0 ? order : compare_numbers(one->profile->id, other->profile->id);
    order = order != 0 ? order : compare_numbers(one->server, other->server);
    order = order != 0 ? order : compare_numbers(one->path, other->path);
    /* as a contact keeps it */
    return order != 0 ? order : compare_numbers(other->last_observation, one->last_observation);
}

/* Rows that are as bad come by how often, and then by how lately. */
static int compare_rows(const void *one_of, const void *other_of)
{
    const struct client_row *one = one_of, *other = other_of;
    int order = compare_verdicts(&one->worst, &other->worst);

    order = order != 0 ? order : compare_numbers(other->sessions, one->sessions);
    order = order != 0 ? order : compare_numbers(other->worst.last_seen, one->worst.last_seen);
    order = order != 0 ? order : compare_numbers(one->worst.client, other->worst.client);
    order = order != 0 ? order : compare_numbers(one->worst.profile->target, other->worst.profile->target);
    return order != 0 ? order : compare_numbers(one->worst.server, other->worst.server);
}

bool client_rows_take(struct client_rows *rows, struct client_row *row)
{
    if (rows->count == 0)
        return false;
    row_heap_take(rows->rows, rows->count--, sizeof(*row), compare_rows, row);
    rows->taken++;
    return true;
}

struct client_row client_rows_taken(const struct client_rows *rows, size_t place)
{
    return rows->rows[rows->count + rows->taken - 1 - place];
}

/* ---- what else is known of a client ------------------------------------------------------------- */

static bool load_macs(struct client_rows *rows, struct inventory *inventory, struct error *error)
{
    struct query query;
    enum row row = ROW_FAILED;
    bool has_memory = true;

    if (query_open(&query, &inventory->db, sql_macs, error))
        while (has_memory && (row = query_row(&query, error)) == ROW_ONE) {
            uint32_t *number = id_map_put(&rows->macs, query_number(&query, 0));

            has_memory = number != NULL;
            if (has_memory)
                *number = (uint32_t)query_number(&query, 1);
        }
    query_close(&query);
    if (!has_memory)
        return inventory_no_memory(error);
    return row == ROW_END;
}

/* The MAC addresses of some contacts: none, one, or several. */
struct macs {
    uint32_t one;
    bool several;
};

static void add_mac(const struct client_rows *rows, struct macs *macs, const struct contact *contact)
{
    const uint32_t *number = contact->path == 0 ? NULL : id_map_find(&rows->macs, contact->path);

    if (number == NULL)
        return;
    macs->several |= macs->one != 0 && macs->one != *number;
    macs->one = *number;
}

static struct client_facts facts_of(const struct client_rows *rows)
{
    struct client_facts facts = {.old_last = INT64_MIN, .better_first = INT64_MAX};
    struct macs old = {0}, better = {0};

    for (size_t i = 0; i < rows->walk.count; i++) {
        const struct contact *contact = &rows->walk.contacts[i];

        if (contact->profile->cause == CAUSE_CLIENT) {
            facts.old_last = contact->last_seen > facts.old_last ? contact->last_seen : facts.old_last;
            add_mac(rows, &old, contact);
        }
        if (contact->profile->is_better) {
            facts.is_better = true;
            facts.is_better_beside |= contact->profile->begins_with_tls;
            facts.better_first =
                contact->first_seen < facts.better_first ? contact->first_seen : facts.better_first;
            add_mac(rows, &better, contact);
        }
    }
    facts.macs_differ =
        old.one != 0 && better.one != 0 && old.one != better.one && !old.several && !better.several;
    return facts;
}

/* The number of the client's facts, where its rows need them; SIZE_MAX: no memory. */
static size_t note_better(struct client_rows *rows)
{
    struct client_facts facts = facts_of(rows), *grown;

    if (!facts.is_better || facts.old_last == INT64_MIN)
        return 0;
    grown = growing_reserve(rows->betters, rows->better_count, 1, &rows->better_room, sizeof(*grown));
    if (grown == NULL)
        return SIZE_MAX;
    rows->betters = grown;
    rows->betters[rows->better_count] = facts;
    return ++rows->better_count;
}

struct client_facts client_rows_facts(const struct client_rows *rows, const struct client_row *row)
{
    return row->better == 0 ? (struct client_facts){0} : rows->betters[row->better - 1];
}

/* ---- a client ----------------------------------------------------------------------------------- */

static bool is_shown(const struct contact *contact, bool worst_only)
{
    const struct judged_profile *profile = contact->profile;

    return contact->is_asked && !contact->is_past && (profile->is_counted || profile->is_unconfirmed) &&
        (!worst_only || profile->is_legacy || contact->verdict == VERDICT_BREAKS);
}

/* The contacts that rows are made of come first; how many. */
static size_t choose(struct contact_walk *walk, bool worst_only)
{
    size_t shown = 0;

    for (size_t i = 0; i < walk->count; i++)
        if (is_shown(&walk->contacts[i], worst_only)) {
            const struct contact kept = walk->contacts[shown];

            walk->contacts[shown++] = walk->contacts[i];
            walk->contacts[i] = kept;
        }
    return shown;
}

/* The sessions of a row are those that its verdict and cause speak of: whoever is refused with old TLS, and
 * with TLS 1.2 for want of a cipher suite, fails for two reasons. */
static bool is_like(const struct contact *contact, const struct contact *worst)
{
    return compare_verdicts(contact, worst) == 0 &&
        (contact->profile->cause == CAUSE_NONE) == (worst->profile->cause == CAUSE_NONE);
}

/* One row, of contacts with the same target; how many those are. */
static size_t make_row(const struct contact *contacts, size_t count, struct client_row *row)
{
    size_t i;

    *row = (struct client_row){.worst = contacts[0], .first = first_contact_of(&contacts[0])};
    for (i = 0; i < count && contact_compare_targets(&contacts[i], &contacts[0]) == 0; i++) {
        row->all_sessions += contacts[i].sessions;
        if (!is_like(&contacts[i], &contacts[0]))
            continue;
        row->sessions += contacts[i].sessions;
        if (contacts[i].first_seen < row->first.seen)
            row->first = first_contact_of(&contacts[i]);
    }
    return i;
}

static bool add_client(struct client_rows *rows, const struct checked_filters *checked, bool worst_only)
{
    const size_t shown = choose(&rows->walk, worst_only), better = shown == 0 ? 0 : note_better(rows);

    if (better == SIZE_MAX)
        return false;
    if (shown > 1)
        qsort(rows->walk.contacts, shown, sizeof(rows->walk.contacts[0]), compare_contacts);
    for (size_t i = 0; i < shown;) {
        struct client_row *grown =
            growing_reserve(rows->rows, rows->count, 1, &rows->room, sizeof(*grown));

        if (grown == NULL)
            return false;
        rows->rows = grown;
        i += make_row(&rows->walk.contacts[i], shown - i, &rows->rows[rows->count]);
        rows->rows[rows->count].better = better;
        rows->count += filters_want_verdict(checked, rows->rows[rows->count].worst.verdict);
    }
    return true;
}

bool client_rows_open(struct client_rows *rows, struct inventory *inventory,
    const struct checked_filters *checked, bool worst_only, struct error *error)
{
    enum row row = ROW_FAILED;

    *rows = (struct client_rows){0};
    if (load_macs(rows, inventory, error) &&
        contact_walk_open(&rows->walk, inventory, checked, WALK_BY_ADDRESS, error))
        while ((row = contact_walk_client(&rows->walk, error)) == ROW_ONE)
            if (!add_client(rows, checked, worst_only))
                return inventory_no_memory(error);
    row_heap_make(rows->rows, rows->count, sizeof(rows->rows[0]), compare_rows);
    return row == ROW_END;
}

void client_rows_close(struct client_rows *rows)
{
    contact_walk_close(&rows->walk);
    id_map_close(&rows->macs);
    free(rows->rows);
    free(rows->betters);
    *rows = (struct client_rows){0};
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict_rows.c: contacts of a client and target put together by policy, and all rows in a heap. */
#include "verdict_rows.h"

#include "contact_verdicts.h"
#include "growing.h"
#include "row_heap.h"

#include <lasthello/utc.h>

#include <inttypes.h>
#include <stdio.h>

#define REFUSALS_BYTES 64 /* of one day */

/* ---- which is worse ---------------------------------------------------------------------------------- */

static int compare_numbers(int64_t one, int64_t other)
{
    return (one > other) - (one < other);
}

static int compare_rows(const void *one_of, const void *other_of)
{
    const struct verdict_row *one = one_of, *other = other_of;
    int order = compare_numbers(other->worst.verdict, one->worst.verdict);

    order = order != 0 ? order : compare_numbers(one->until_day, other->until_day);
    order = order != 0 ? order : compare_numbers(other->sessions, one->sessions);
    order = order != 0 ? order : compare_numbers(one->worst.client, other->worst.client);
    order = order != 0 ? order : contact_compare_targets(&one->worst, &other->worst);
    return order != 0 ? order : compare_numbers(one->policy, other->policy);
}

/* Of sessions with one verdict the latest is shown; of equal ones that with the higher number, as in
 * `contact`. Negative: `one`. */
static int compare_evidence(const struct contact *one, const struct contact *other)
{
    int order = compare_numbers(other->verdict, one->verdict);

    order = order != 0 ? order : compare_numbers(other->last_seen, one->last_seen);
    order = order != 0 ? order : compare_numbers(one->profile->id, other->profile->id);
    order = order != 0 ? order : compare_numbers(one->server, other->server);
    order = order != 0 ? order : compare_numbers(one->client, other->client);
    order = order != 0 ? order : compare_numbers(one->path, other->path);
    return order != 0 ? order : compare_numbers(other->last_observation, one->last_observation);
}

/* ---- a target, by policy ----------------------------------------------------------------------------- */

/* The row of a policy; of what was seen alone, that of -1. */
static struct verdict_row *row_of(struct verdict_rows *rows, int policy)
{
    struct verdict_row *row = &rows->found[policy + 1];

    if (!row->is_found)
        rows->found_policies[rows->found_count++] = policy;
    return row;
}

/* Of two breaches of one policy: the worse verdict; of equal ones that with a day, and a name that ends has
 * none. Positive: the new one comes first. */
static int compare_breaches(
    enum verdict verdict, const struct judged_breach *breach, const struct verdict_row *row)
{
    const int order = compare_numbers(verdict, row->worst.verdict);

    if (order != 0 || breach == NULL)
        return order;
    return (row->breach.kind == BREACH_NAME_ENDS) - (breach->breach.kind == BREACH_NAME_ENDS);
}

static void add_part(struct verdict_rows *rows, const struct judged_part *judged, enum verdict verdict,
    const struct judged_breach *breach)
{
    struct verdict_row *row = row_of(rows, breach == NULL ? -1 : breach->policy);
    const int order = row->is_found ? compare_breaches(verdict, breach, row) : 1;
    struct contact part = judged->part;

    part.verdict = verdict;
    row->all_sessions += part.sessions;
    if (order > 0) {
        row->sessions = 0;
        row->first.seen = INT64_MAX;
    }
    row->is_found = true;
    if (order < 0)
        return;
    row->sessions += part.sessions;
    if (part.first_seen < row->first.seen)
        row->first = first_contact_of(&part);
    if (order == 0 && compare_evidence(&part, &row->worst) >= 0)
        return;
    row->worst = part;
    row->policy = breach == NULL ? -1 : breach->policy;
    row->breach = breach == NULL ? (struct breach){0} : breach->breach;
}

static void add_contact(struct verdict_rows *rows, const struct contact *contact)
{
    const struct judged_breach *found[POLICIES_MAX];
    const size_t breach_count = contact_verdicts_breaches(&rows->walk, contact, found);
    struct judged_part parts[2];
    const size_t part_count = contact_verdicts_parts(&rows->walk, contact, parts);

    for (size_t i = 0; i < part_count; i++) {
        add_part(rows, &parts[i], contact_verdicts_of(&rows->walk, &parts[i], NULL), NULL);
        for (size_t k = 0; k < breach_count; k++)
            add_part(rows, &parts[i], contact_verdicts_of(&rows->walk, &parts[i], found[k]), found[k]);
    }
}

/* ---- what its rows share ----------------------------------------------------------------------------- */

/* Days with refusals, as text; false: no memory. */
static bool add_refusals(struct verdict_rows *rows, enum offer_kind offer, size_t *text_at)
{
    const struct teller *teller = &rows->walk.teller;
    const size_t before = rows->text_len;

    for (size_t i = 0; i < teller->day_count; i++) {
        const struct day_sum *sum = &teller->days[i];
        char day[UTC_DAY_BYTES], *texts;

        if (sum->refused[offer] == 0 || !teller_is_recent(teller, sum->day))
            continue;
        texts = growing_reserve(rows->texts, rows->text_len, REFUSALS_BYTES, &rows->text_room, 1);
        if (texts == NULL)
            return false;
        rows->texts = texts;
        utc_day_text(sum->day, day);
        rows->text_len += (size_t)snprintf(texts + rows->text_len, REFUSALS_BYTES - 1,
            "%s%s %" PRId64 "/%" PRId64, *text_at == 0 ? "" : ",", day, sum->refused[offer],
            sum->attempts[offer]);
        *text_at = before + 1;
    }
    rows->text_len += *text_at > 0; /* its end */
    return true;
}

static bool is_refused(const struct target_told *told)
{
    return told->refusals[OFFER_OLD].refused > 0 || told->refusals[OFFER_NEWER].refused > 0;
}

/* The number of what became of the client; 0: nothing did; SIZE_MAX: no memory. */
static size_t keep_told(
    struct verdict_rows *rows, const struct contact *contacts, size_t count, struct error *error)
{
    struct told_row told = {.told = *contacts[0].told}, *grown;

    if (told.told.old_last == NO_DAY && told.told.refusals[OFFER_NEWER].last == NO_DAY)
        return 0;
    grown = growing_reserve(rows->tolds, rows->told_count, 1, &rows->told_room, sizeof(*grown));
    if (grown == NULL)
        return SIZE_MAX;
    rows->tolds = grown;
    if (is_refused(&told.told) && !teller_tell(&rows->walk.teller, contacts, count, &told.told, error))
        return SIZE_MAX;
    for (enum offer_kind offer = 0; offer < OFFER_COUNT && is_refused(&told.told); offer++)
        if (!add_refusals(rows, offer, &told.refusals[offer]))
            return SIZE_MAX;
    grown[rows->told_count] = told;
    return ++rows->told_count;
}

static int64_t count_addresses(const struct contact *contacts, size_t count)
{
    int64_t addresses = 0;

    for (size_t i = 0; i < count; i++) /* they are sorted by client */
        addresses += i == 0 || contacts[i].client != contacts[i - 1].client;
    return addresses;
}

static int64_t find_middlebox(const struct contact_walk *walk, const struct contact *contacts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (contacts[i].is_inspected && contact_verdicts_shows_middlebox(walk, &contacts[i]))
            return contacts[i].certificate;
    return 0;
}

/* ---- all rows ---------------------------------------------------------------------------------------- */

/* The last day of what its policy ends; of a name that ends none is known. */
static int64_t until_of(const struct verdict_rows *rows, const struct verdict_row *row)
{
    const struct policy *policy = row->policy < 0 ? NULL : rows->walk.policies->rows[row->policy];

    if (policy == NULL || row->breach.kind == BREACH_NAME_ENDS)
        return INT64_MAX;
    return policy->has_until ? policy->until : INT64_MAX;
}

/* What was seen alone is told where it is worse than what any policy says. */
static bool is_told(const struct verdict_rows *rows, const struct verdict_row *row)
{
    if (row->policy >= 0)
        return true;
    for (size_t i = 0; i < rows->found_count; i++)
        if (rows->found_policies[i] >= 0 &&
            rows->found[rows->found_policies[i] + 1].worst.verdict >= row->worst.verdict)
            return false;
    return true;
}

static bool keep_row(struct verdict_rows *rows, const struct verdict_row *row)
{
    struct verdict_row *grown = growing_reserve(rows->rows, rows->count, 1, &rows->room, sizeof(*grown));

    if (grown == NULL)
        return false;
    rows->rows = grown;
    grown[rows->count] = *row;
    grown[rows->count].until_day = until_of(rows, row);
    grown[rows->count++].worst.told = NULL; /* lives no longer than the client */
    return true;
}

static bool keep_rows(struct verdict_rows *rows, const struct checked_filters *checked,
    const struct verdict_row *shared, struct error *error)
{
    for (size_t i = 0; i < rows->found_count; i++) {
        struct verdict_row *row = &rows->found[rows->found_policies[i] + 1];

        row->told = shared->told;
        row->better = shared->better;
        row->addresses = shared->addresses;
        row->middlebox = row->worst.is_inspected ? shared->middlebox : 0;
        if (is_told(rows, row) && filters_want_verdict(checked, row->worst.verdict) && !keep_row(rows, row))
            return inventory_no_memory(error);
    }
    return true;
}

/* The contacts with one target. */
static bool add_target(struct verdict_rows *rows, const struct checked_filters *checked,
    const struct contact *contacts, size_t count, struct error *error)
{
    struct verdict_row shared = {.better = contacts[0].told->better};

    for (size_t i = 0; i < rows->found_count; i++)
        rows->found[rows->found_policies[i] + 1] = (struct verdict_row){0};
    rows->found_count = 0;
    for (size_t i = 0; i < count; i++)
        if (contacts[i].is_asked && contacts[i].profile->is_counted && !contacts[i].is_past)
            add_contact(rows, &contacts[i]);
    if (rows->found_count == 0)
        return true;
    shared.told = keep_told(rows, contacts, count, error);
    if (shared.told == SIZE_MAX)
        return inventory_no_memory(error);
    shared.addresses = count_addresses(contacts, count);
    shared.middlebox = find_middlebox(&rows->walk, contacts, count);
    return keep_rows(rows, checked, &shared, error);
}

static bool add_client(
    struct verdict_rows *rows, const struct checked_filters *checked, struct error *error)
{
    const struct contact *contacts = rows->walk.contacts;

    for (size_t i = 0, next; i < rows->walk.count; i = next) {
        for (next = i + 1; next < rows->walk.count && contacts[next].told == contacts[i].told;)
            next++;
        if (!add_target(rows, checked, &contacts[i], next - i, error))
            return false;
    }
    return true;
}

bool verdict_rows_begin(struct verdict_rows *rows, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error)
{
    *rows = (struct verdict_rows){0};
    rows->found = calloc(POLICIES_MAX + 1, sizeof(*rows->found));
    rows->found_policies = calloc(POLICIES_MAX + 1, sizeof(*rows->found_policies));
    if (rows->found == NULL || rows->found_policies == NULL)
        return inventory_no_memory(error);
    return contact_walk_open(&rows->walk, inventory, checked, WALK_BY_MACHINE, error);
}

/* The rows of the next client, behind those that there are. */
static enum row add_next(
    struct verdict_rows *rows, const struct checked_filters *checked, struct error *error)
{
    const enum row row = contact_walk_client(&rows->walk, error);

    if (row != ROW_ONE)
        return row;
    return add_client(rows, checked, error) ? ROW_ONE : ROW_FAILED;
}

enum row verdict_rows_client(
    struct verdict_rows *rows, const struct checked_filters *checked, struct error *error)
{
    rows->count = rows->told_count = rows->text_len = 0;
    return add_next(rows, checked, error);
}

bool verdict_rows_open(struct verdict_rows *rows, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error)
{
    enum row row = ROW_FAILED;

    if (verdict_rows_begin(rows, inventory, checked, error))
        do
            row = add_next(rows, checked, error);
        while (row == ROW_ONE);
    row_heap_make(rows->rows, rows->count, sizeof(rows->rows[0]), compare_rows);
    return row == ROW_END;
}

void verdict_rows_close(struct verdict_rows *rows)
{
    contact_walk_close(&rows->walk);
    free(rows->rows);
    free(rows->tolds);
    free(rows->texts);
    free(rows->found);
    free(rows->found_policies);
    *rows = (struct verdict_rows){0};
}

bool verdict_rows_take(struct verdict_rows *rows, struct verdict_row *row)
{
    if (rows->count == 0)
        return false;
    row_heap_take(rows->rows, rows->count--, sizeof(*row), compare_rows, row);
    return true;
}

struct target_told verdict_rows_told(const struct verdict_rows *rows, const struct verdict_row *row)
{
    struct target_told told = row->told == 0 ? target_told_none : rows->tolds[row->told - 1].told;

    told.better = row->better;
    return told;
}

const char *verdict_rows_refusals(const struct verdict_rows *rows, const struct verdict_row *row)
{
    const size_t at = row->told == 0 ? 0 : rows->tolds[row->told - 1].refusals[offer_of(row->worst.profile)];

    return at == 0 ? NULL : rows->texts + at - 1;
}

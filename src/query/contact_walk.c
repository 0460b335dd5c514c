/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_walk.c: contacts by client, cut to the days that are asked for. */
#include "contact_walk.h"

#include "contact_verdicts.h"

#include <stdlib.h>

extern const char sql_contacts[], sql_contacts_gathered[], sql_contacts_host[];

static const char sql_is_gathered[] =
    "SELECT EXISTS (SELECT 1 FROM contact) AND NOT EXISTS "
    "(SELECT 1 FROM reading WHERE gathered = 0 AND state = 'counts')";

enum contact_column { /* of sql/contacts.sql */
    CONTACT_CLIENT,
    CONTACT_SERVER,
    CONTACT_PROFILE,
    CONTACT_CERTIFICATE,
    CONTACT_PATH,
    CONTACT_FIRST_SEEN,
    CONTACT_LAST_SEEN,
    CONTACT_SESSIONS,
    CONTACT_SHORT_LIVED,
    CONTACT_DAYS,
    CONTACT_LAST_OBSERVATION,
    CONTACT_IS_ASKED,
};

static bool load_middleboxes(struct contact_walk *walk, struct inventory *inventory, struct error *error)
{
    struct query query;
    enum row row = ROW_FAILED;
    bool has_memory = true;

    if (query_open(&query, &inventory->db, "SELECT id FROM certificate WHERE chain = 'no public CA'", error))
        while (has_memory && (row = query_row(&query, error)) == ROW_ONE)
            has_memory = id_map_put(&walk->middleboxes, query_number(&query, 0)) != NULL;
    query_close(&query);
    if (!has_memory)
        return inventory_no_memory(error);
    return row == ROW_END;
}

/* NULL: it could not be asked. */
static const char *choose(
    struct inventory *inventory, const struct checked_filters *checked, struct error *error)
{
    int64_t is_gathered = 0;

    if (checked->host != NULL)
        return sql_contacts_host;
    if (!db_number(&inventory->db, sql_is_gathered, &is_gathered, error))
        return NULL;
    return is_gathered != 0 ? sql_contacts_gathered : sql_contacts;
}

bool contact_walk_open(struct contact_walk *walk, struct inventory *inventory,
    const struct checked_filters *checked, enum walk_by by, struct error *error)
{
    const char *sql = choose(inventory, checked, error);

    *walk = (struct contact_walk){.policies = inventory->policies,
        .has_since = checked->has_since,
        .since_day = checked->since_day,
        .until_day = checked->until_day};
    if (sql == NULL || (by == WALK_BY_MACHINE && !machines_load(&walk->machines, inventory, checked, error)))
        return false;
    if (!teller_open(&walk->teller, inventory, checked, error) ||
        !judged_profiles_load(&walk->profiles, inventory, error) ||
        !query_open(&walk->query, &inventory->db, sql, error))
        return false;
    filters_put(&walk->query, checked);
    return load_middleboxes(walk, inventory, error);
}

void contact_walk_close(struct contact_walk *walk)
{
    query_close(&walk->query);
    judged_profiles_close(&walk->profiles);
    id_map_close(&walk->middleboxes);
    teller_close(&walk->teller);
    free(walk->tolds);
    machines_close(&walk->machines);
    contact_list_close(&walk->list);
    contact_list_close(&walk->aside);
    *walk = (struct contact_walk){0};
}

static struct contact read_contact(const struct contact_walk *walk)
{
    const struct query *query = &walk->query;
    const char *days = query_text(query, CONTACT_DAYS);

    return (struct contact){
        .client = query_number(query, CONTACT_CLIENT),
        .server = query_number(query, CONTACT_SERVER),
        .certificate = query_number(query, CONTACT_CERTIFICATE),
        .path = query_number(query, CONTACT_PATH),
        .first_seen = query_number(query, CONTACT_FIRST_SEEN),
        .last_seen = query_number(query, CONTACT_LAST_SEEN),
        .sessions = query_number(query, CONTACT_SESSIONS),
        .short_lived = query_number(query, CONTACT_SHORT_LIVED),
        .last_observation = query_number(query, CONTACT_LAST_OBSERVATION),
        .days = days == NULL ? "" : days,
        .from = INT64_MIN,
        .until = INT64_MAX,
        .until_day = INT64_MAX,
        .policy = -1,
        .profile = judged_profiles_find(&walk->profiles, query_number(query, CONTACT_PROFILE)),
    };
}

/* Of its client: what is asked for, or whether it does better. */
static bool says_something(const struct contact *contact)
{
    const struct judged_profile *profile = contact->profile;

    return contact->is_asked || profile->is_better || profile->cause == CAUSE_CLIENT;
}

/* What of the row is asked for, and what was before that. */
static bool add_row(struct contact_walk *walk)
{
    const struct contact whole = read_contact(walk);
    struct contact part;

    if (whole.profile == NULL)
        return true;
    if (walk->has_since && contact_part(&whole, INT64_MIN, walk->since_day, &part) && says_something(&part) &&
        !contact_list_add(&walk->list, &part))
        return false;
    if (!contact_part(&whole, walk->since_day, walk->until_day, &part))
        return true;
    part.is_asked = whole.profile->is_asked && query_number(&walk->query, CONTACT_IS_ASKED) != 0;
    return !says_something(&part) || contact_list_add(&walk->list, &part);
}

/* The rows of one client. */
static enum row read_client(struct contact_walk *walk, struct error *error)
{
    int64_t client = 0;
    enum row row = ROW_ONE;

    contact_list_clear(&walk->list);
    if (walk->is_over)
        return ROW_END;
    for (bool is_first = true; walk->has_row || (row = query_row(&walk->query, error)) == ROW_ONE;
         is_first = false) {
        walk->has_row = !is_first && query_number(&walk->query, CONTACT_CLIENT) != client;
        if (walk->has_row)
            return ROW_ONE;
        client = query_number(&walk->query, CONTACT_CLIENT);
        if (!add_row(walk)) {
            inventory_no_memory(error);
            return ROW_FAILED;
        }
    }
    walk->is_over = true;
    return row;
}

/* ---- several addresses of one client ----------------------------------------------------------------- */

static bool set_aside(struct contact_walk *walk, const struct machine *machine)
{
    for (size_t i = 0; i < walk->list.count; i++) {
        walk->list.rows[i].machine = machine;
        if (!contact_list_add(&walk->aside, &walk->list.rows[i]))
            return false;
    }
    return true;
}

static int compare_machines(const void *one_of, const void *other_of)
{
    const struct contact *one = one_of, *other = other_of;
    const int64_t ids[] = {one->machine->id, other->machine->id};

    return (ids[0] > ids[1]) - (ids[0] < ids[1]);
}

static enum row next_aside(struct contact_walk *walk)
{
    struct contact_list *aside = &walk->aside;
    const size_t first = walk->aside_next;
    size_t next = first;

    if (first == 0 && aside->count > 0) {
        contact_list_point(aside);
        qsort(aside->rows, aside->count, sizeof(aside->rows[0]), compare_machines);
    }
    if (first == aside->count)
        return ROW_END;
    while (next < aside->count && compare_machines(&aside->rows[first], &aside->rows[next]) == 0)
        next++;
    walk->contacts = &aside->rows[first];
    walk->count = next - first;
    walk->aside_next = next;
    return ROW_ONE;
}

/* The next client with one address, and then those with several. */
static enum row next_client(struct contact_walk *walk, struct error *error)
{
    for (;;) {
        const enum row row = read_client(walk, error);
        const struct machine *machine;

        if (row == ROW_FAILED || (row == ROW_END && walk->list.count == 0))
            return row == ROW_FAILED ? ROW_FAILED : next_aside(walk);
        if (walk->list.count == 0)
            continue;
        contact_list_point(&walk->list);
        walk->contacts = walk->list.rows;
        walk->count = walk->list.count;
        machine = machines_find(&walk->machines, walk->contacts[0].client);
        if (machine == NULL)
            return ROW_ONE;
        if (!set_aside(walk, machine)) {
            inventory_no_memory(error);
            return ROW_FAILED;
        }
    }
}

enum row contact_walk_client(struct contact_walk *walk, struct error *error)
{
    const enum row row = next_client(walk, error);

    if (row != ROW_ONE)
        return row;
    return contact_verdicts_put(walk, error) ? ROW_ONE : ROW_FAILED;
}

bool contact_walk_all(struct contact_walk *walk, bool (*add)(void *context, struct error *error),
    void *context, struct error *error)
{
    enum row row;

    while ((row = contact_walk_client(walk, error)) == ROW_ONE)
        if (!add(context, error))
            return false;
    return row == ROW_END;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_walk.c: contacts, or the observations of some days, by client. */
#include "contact_walk.h"

#include "contact_verdicts.h"

#include <lasthello/clock.h>

#include <stdlib.h>

extern const char sql_contacts_whole[], sql_contacts_recent[], sql_contacts_past[], sql_contacts_host[];

enum contact_column { /* of sql/contacts_*.sql */
    CONTACT_CLIENT,
    CONTACT_SERVER,
    CONTACT_PROFILE,
    CONTACT_CERTIFICATE,
    CONTACT_PATH,
    CONTACT_FIRST_SEEN,
    CONTACT_LAST_SEEN,
    CONTACT_SESSIONS,
    CONTACT_SHORT_LIVED,
    CONTACT_LAST_OBSERVATION,
    CONTACT_IS_ASKED,
};

/* Is there such a contact? */
static bool has_contact(struct inventory *inventory, const char *sql, const struct checked_filters *checked,
    bool *found, struct error *error)
{
    struct query query;
    enum row row = ROW_FAILED;

    if (query_open(&query, &inventory->db, sql, error)) {
        filters_put(&query, checked);
        row = query_row(&query, error);
        *found = row == ROW_ONE;
    }
    query_close(&query);
    return row != ROW_FAILED;
}

/* Contacts as they stand, where there are some, and none of them is later than what is asked for. */
static const char *choose(
    struct inventory *inventory, const struct checked_filters *checked, struct error *error)
{
    static const char sql_any[] = "SELECT 1 FROM contact LIMIT 1",
                      sql_later[] = "SELECT 1 FROM contact WHERE last_seen >= :until LIMIT 1",
                      sql_earlier[] = "SELECT 1 FROM contact WHERE first_seen < :since LIMIT 1";
    bool any = false, later = false, earlier = false;

    if (checked->host != NULL)
        return sql_contacts_host;
    if (!has_contact(inventory, sql_any, checked, &any, error) ||
        (checked->has_end && !has_contact(inventory, sql_later, checked, &later, error)) ||
        (checked->has_since && !has_contact(inventory, sql_earlier, checked, &earlier, error)))
        return NULL;
    if (!any || later)
        return sql_contacts_past;
    return earlier ? sql_contacts_recent : sql_contacts_whole;
}

static bool put_together(struct contact_walk *walk, struct error *error);

static bool no_memory(struct error *error)
{
    return error_set(error, "not enough memory for the report; ask for less with --since or --network");
}

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
        return no_memory(error);
    return row == ROW_END;
}

bool contact_walk_open(struct contact_walk *walk, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error)
{
    const char *sql;

    *walk = (struct contact_walk){.days.short_sessions = checked->limits.short_sessions};
    walk->days.recent_from =
        (checked->today - checked->limits.failing_days + 1) * SECONDS_A_DAY * 1000000;
    sql = choose(inventory, checked, error);
    if (sql == NULL || !judged_profiles_load(&walk->profiles, inventory, error) ||
        !query_open(&walk->query, &inventory->db, sql, error))
        return false;
    filters_put(&walk->query, checked);
    return load_middleboxes(walk, inventory, error) &&
        (sql == sql_contacts_whole || put_together(walk, error));
}

void contact_walk_close(struct contact_walk *walk)
{
    query_close(&walk->query);
    judged_profiles_close(&walk->profiles);
    id_map_close(&walk->middleboxes);
    free(walk->contacts);
    free(walk->all);
    *walk = (struct contact_walk){0};
}

static struct contact read_contact(const struct contact_walk *walk)
{
    const struct query *query = &walk->query;
    const struct judged_profile *profile =
        judged_profiles_find(&walk->profiles, query_number(query, CONTACT_PROFILE));

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
        .profile = profile,
        .is_asked = profile != NULL && profile->is_asked && query_number(query, CONTACT_IS_ASKED) != 0,
    };
}

/* Of its client: what is asked for, or whether it does better. */
static bool says_something(const struct contact *contact)
{
    const struct judged_profile *profile = contact->profile;

    return profile != NULL && (contact->is_asked || profile->is_better || profile->cause == CAUSE_CLIENT);
}

/* ---- contacts of some days ---------------------------------------------------------------------- */

static int64_t key_of(const struct hash_key *key, const struct contact *contact)
{
    const int64_t ids[] = {contact->client, contact->server, contact->profile->id, contact->certificate,
        contact->path, contact->is_asked};

    return (int64_t)hash_bytes(key, ids, sizeof(ids));
}

static void merge(struct contact *sum, const struct contact *more)
{
    if (more->last_seen > sum->last_seen ||
        (more->last_seen == sum->last_seen && more->last_observation > sum->last_observation))
        sum->last_observation = more->last_observation;
    sum->last_seen = more->last_seen > sum->last_seen ? more->last_seen : sum->last_seen;
    sum->first_seen = more->first_seen < sum->first_seen ? more->first_seen : sum->first_seen;
    sum->sessions += more->sessions;
    sum->short_lived += more->short_lived;
}

/* Adds it to the contact that is equal in all else. */
static bool add_to_all(
    struct contact_walk *walk, struct id_map *index, const struct contact *contact, int64_t key)
{
    uint32_t *number;

    if (walk->all_count == walk->all_room) {
        const size_t room = 2 * walk->all_room + 1024;
        struct contact *grown = reallocarray(walk->all, room, sizeof(*grown));

        if (grown == NULL)
            return false;
        walk->all = grown;
        walk->all_room = room;
    }
    number = id_map_put(index, key);
    if (number == NULL)
        return false;
    if (index->count == walk->all_count) { /* it stood there before */
        merge(&walk->all[*number], contact);
        return true;
    }
    *number = (uint32_t)walk->all_count;
    walk->all[walk->all_count++] = *contact;
    return true;
}

static int compare_clients(const void *one_of, const void *other_of)
{
    const struct contact *one = one_of, *other = other_of;

    return (one->client > other->client) - (one->client < other->client);
}

static bool put_together(struct contact_walk *walk, struct error *error)
{
    struct id_map index = {0};
    struct hash_key key;
    bool has_memory = true;
    enum row row = ROW_END;

    hash_key_random(&key);
    while (has_memory && (row = query_row(&walk->query, error)) == ROW_ONE) {
        const struct contact contact = read_contact(walk);

        has_memory = !says_something(&contact) || add_to_all(walk, &index, &contact, key_of(&key, &contact));
    }
    id_map_close(&index);
    if (!has_memory)
        return no_memory(error);
    if (walk->all_count > 0)
        qsort(walk->all, walk->all_count, sizeof(walk->all[0]), compare_clients);
    walk->is_put_together = true;
    return row == ROW_END;
}

/* ---- a client at a time ------------------------------------------------------------------------- */

static enum row next_of_all(struct contact_walk *walk)
{
    walk->has_next = walk->all_next < walk->all_count;
    walk->is_over = !walk->has_next;
    if (walk->has_next)
        walk->next = walk->all[walk->all_next++];
    return walk->has_next ? ROW_ONE : ROW_END;
}

/* The next contact that says something. */
static enum row read_next(struct contact_walk *walk, struct error *error)
{
    enum row row;

    if (walk->is_put_together)
        return next_of_all(walk);
    do {
        row = query_row(&walk->query, error);
        walk->has_next = row == ROW_ONE;
        walk->is_over = row == ROW_END;
        if (walk->has_next)
            walk->next = read_contact(walk);
    } while (walk->has_next && !says_something(&walk->next));
    return row;
}

static bool keep_next(struct contact_walk *walk)
{
    if (walk->count == walk->room) {
        const size_t room = 2 * walk->room + 16;
        struct contact *grown = reallocarray(walk->contacts, room, sizeof(*grown));

        if (grown == NULL)
            return false;
        walk->contacts = grown;
        walk->room = room;
    }
    walk->contacts[walk->count++] = walk->next;
    return true;
}

enum row contact_walk_client(struct contact_walk *walk, struct error *error)
{
    enum row row = walk->is_over && !walk->has_next ? ROW_END : ROW_ONE;

    walk->count = 0;
    if (row == ROW_ONE && !walk->has_next)
        row = read_next(walk, error);
    if (row != ROW_ONE)
        return row;
    do {
        if (!keep_next(walk)) {
            no_memory(error);
            return ROW_FAILED;
        }
        row = read_next(walk, error);
    } while (row == ROW_ONE && walk->next.client == walk->contacts[0].client);
    if (row == ROW_FAILED)
        return ROW_FAILED;
    contact_verdicts_put(walk);
    return ROW_ONE;
}

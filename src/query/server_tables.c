/* SPDX-License-Identifier: BSD-2-Clause */
/* server_tables.c: sums by server, kind and certificate; each client once a part of a server. */
#include "server_tables.h"

#include "contact_walk.h"
#include "day_times.h"
#include "growing.h"

#include <stdlib.h>

extern const char sql_server_seen[];

static const char sql_put_seen[] =
    "INSERT INTO server_seen (server, profile, certificate, sessions, first_seen, last_seen) "
    "VALUES (:server, :profile, :certificate, :sessions, :first_seen, :last_seen)";
static const char sql_put_visitor[] =
    "INSERT INTO server_visitor (server, profile, clients, legacy_clients) "
    "VALUES (:server, :profile, :clients, :legacy_clients)";

struct seen {
    int64_t server, profile, certificate, sessions;
    struct first_contact first;
    struct contact last;
};

/* Who came to a part of a server; `profile` is one of those that it is about. */
struct visitors {
    int64_t server, profile, clients, legacy_clients;
    int64_t last; /* the client that was counted last: the walk comes to each once */
    bool last_is_legacy;
};

struct server_tables {
    struct contact_walk walk;
    enum server_part part;
    struct hash_key key;
    struct id_map seen_index, visitors_index;
    struct seen *seen;
    size_t seen_count, seen_room;
    struct visitors *visitors;
    size_t visitors_count, visitors_room;
};

/* The number of the row with these ids, which is the next one where they are new; NULL: no memory. */
static const uint32_t *number_of(struct server_tables *tables, struct id_map *index, const int64_t ids[3])
{
    const size_t before = index->count;
    uint32_t *number = id_map_put(index, (int64_t)hash_bytes(&tables->key, ids, 3 * sizeof(ids[0])));

    if (number != NULL && index->count > before)
        *number = (uint32_t)before;
    return number;
}

static bool add_seen(struct server_tables *tables, const struct contact *contact)
{
    const int64_t ids[3] = {contact->server, contact->profile->id, contact->certificate};
    const uint32_t *number = number_of(tables, &tables->seen_index, ids);
    struct seen *seen =
        growing_reserve(tables->seen, tables->seen_count, 1, &tables->seen_room, sizeof(*seen));

    tables->seen = seen == NULL ? tables->seen : seen;
    if (number == NULL || seen == NULL)
        return false;
    seen = &tables->seen[*number];
    if (*number == tables->seen_count) {
        *seen = (struct seen){ids[0], ids[1], ids[2], 0, first_contact_of(contact), *contact};
        tables->seen_count++;
    }
    seen->sessions += contact->sessions;
    if (contact->first_seen < seen->first.seen)
        seen->first = first_contact_of(contact);
    if (contact->last_seen > seen->last.last_seen)
        seen->last = *contact;
    return true;
}

static bool add_visitor(struct server_tables *tables, const struct contact *contact)
{
    const struct judged_profile *profile = contact->profile;
    const int64_t ids[3] = {
        contact->server, tables->part == SERVER_PORTS ? profile->place : profile->suite, 0};
    const uint32_t *number = number_of(tables, &tables->visitors_index, ids);
    struct visitors *visitors =
        growing_reserve(tables->visitors, tables->visitors_count, 1, &tables->visitors_room,
            sizeof(*visitors));
    bool is_new;

    tables->visitors = visitors == NULL ? tables->visitors : visitors;
    if (number == NULL || visitors == NULL)
        return false;
    visitors = &tables->visitors[*number];
    is_new = *number == tables->visitors_count;
    if (is_new) {
        *visitors = (struct visitors){.server = contact->server, .profile = profile->id};
        tables->visitors_count++;
    }
    if (is_new || visitors->last != contact->client) {
        visitors->last = contact->client;
        visitors->last_is_legacy = false;
        visitors->clients++;
    }
    visitors->legacy_clients += profile->is_legacy && !visitors->last_is_legacy;
    visitors->last_is_legacy |= profile->is_legacy;
    return true;
}

static bool add_client(struct server_tables *tables)
{
    for (size_t i = 0; i < tables->walk.count; i++) {
        const struct contact *contact = &tables->walk.contacts[i];

        if (contact->is_asked && contact->profile->is_counted &&
            !(add_seen(tables, contact) && add_visitor(tables, contact)))
            return false;
    }
    return true;
}

static bool put_seen(struct server_tables *tables, struct inventory *inventory, struct error *error)
{
    struct query put = {0}, day_times = {0};
    bool done = query_open(&put, &inventory->db, sql_put_seen, error) &&
        day_times_open(&day_times, inventory, error);

    for (size_t i = 0; done && i < tables->seen_count; i++) {
        struct seen *seen = &tables->seen[i];

        done = day_times_first(&day_times, &seen->first, error) &&
            day_times_last(&day_times, &seen->last, error);
        query_name_number(&put, ":server", seen->server);
        query_name_number(&put, ":profile", seen->profile);
        query_name_number(&put, ":certificate", seen->certificate);
        query_name_number(&put, ":sessions", seen->sessions);
        query_name_number(&put, ":first_seen", seen->first.seen);
        query_name_number(&put, ":last_seen", seen->last.last_seen);
        done = done && query_run(&put, error);
    }
    query_close(&put);
    query_close(&day_times);
    return done;
}

static bool put_visitors(struct server_tables *tables, struct db *db, struct error *error)
{
    struct query put;
    bool done = query_open(&put, db, sql_put_visitor, error);

    for (size_t i = 0; done && i < tables->visitors_count; i++) {
        const struct visitors *visitors = &tables->visitors[i];

        query_name_number(&put, ":server", visitors->server);
        query_name_number(&put, ":profile", visitors->profile);
        query_name_number(&put, ":clients", visitors->clients);
        query_name_number(&put, ":legacy_clients", visitors->legacy_clients);
        done = query_run(&put, error);
    }
    query_close(&put);
    return done;
}

static bool walk(struct server_tables *tables, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error)
{
    enum row row = ROW_FAILED;

    hash_key_random(&tables->key);
    if (contact_walk_open(&tables->walk, inventory, checked, WALK_BY_ADDRESS, error))
        while ((row = contact_walk_client(&tables->walk, error)) == ROW_ONE)
            if (!add_client(tables))
                return error_set(error, "not enough memory for the report");
    return row == ROW_END;
}

bool server_tables_fill(struct inventory *inventory, const struct checked_filters *checked,
    enum server_part part, struct error *error)
{
    struct server_tables tables = {.part = part};
    struct db *db = &inventory->db;
    const bool filled = db_run(db, sql_server_seen, error) && walk(&tables, inventory, checked, error) &&
        put_seen(&tables, inventory, error) && put_visitors(&tables, db, error);

    contact_walk_close(&tables.walk);
    id_map_close(&tables.seen_index);
    id_map_close(&tables.visitors_index);
    free(tables.seen);
    free(tables.visitors);
    return filled;
}

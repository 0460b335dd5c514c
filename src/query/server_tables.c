/* SPDX-License-Identifier: BSD-2-Clause */
/* server_tables.c: sums by server, kind and certificate; each client once a part of a server. */
#include "server_tables.h"

#include "contact_walk.h"
#include "day_times.h"
#include "id_rows.h"

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
    struct id_rows seen;     /* of struct seen */
    struct id_rows visitors; /* of struct visitors */
};

static int64_t id_of(const struct server_tables *tables, const int64_t ids[3])
{
    return (int64_t)hash_bytes(&tables->key, ids, 3 * sizeof(ids[0]));
}

static bool add_seen(struct server_tables *tables, const struct contact *contact)
{
    const int64_t ids[3] = {contact->server, contact->profile->id, contact->certificate};
    bool is_new;
    struct seen *seen = id_rows_put(&tables->seen, id_of(tables, ids), &is_new);

    if (seen == NULL)
        return false;
    if (is_new)
        *seen = (struct seen){ids[0], ids[1], ids[2], 0, first_contact_of(contact), *contact};
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
    const int64_t part = tables->part == SERVER_PORTS ? profile->place : profile->suite;
    bool is_new;
    struct visitors *visitors =
        id_rows_put(&tables->visitors, id_of(tables, (int64_t[3]){contact->server, part}), &is_new);

    if (visitors == NULL)
        return false;
    if (is_new)
        *visitors = (struct visitors){.server = contact->server, .profile = profile->id};
    if (is_new || visitors->last != contact->client) {
        visitors->last = contact->client;
        visitors->last_is_legacy = false;
        visitors->clients++;
    }
    visitors->legacy_clients += profile->is_legacy && !visitors->last_is_legacy;
    visitors->last_is_legacy |= profile->is_legacy;
    return true;
}

static bool add_client(void *context, struct error *error)
{
    struct server_tables *tables = context;

    for (size_t i = 0; i < tables->walk.count; i++) {
        const struct contact *contact = &tables->walk.contacts[i];

        if (contact->is_asked && contact->profile->is_counted &&
            !(add_seen(tables, contact) && add_visitor(tables, contact)))
            return inventory_no_memory(error);
    }
    return true;
}

static bool put_seen(const struct server_tables *tables, struct inventory *inventory, struct error *error)
{
    struct query put = {0}, day_times = {0};
    struct seen *seen = tables->seen.rows, *const end = seen + tables->seen.count;
    bool done = query_open(&put, &inventory->db, sql_put_seen, error) &&
        day_times_open(&day_times, inventory, error);

    for (; done && seen < end; seen++) {
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

static bool put_visitors(const struct server_tables *tables, struct db *db, struct error *error)
{
    struct query put;
    const struct visitors *visitors = tables->visitors.rows, *const end = visitors + tables->visitors.count;
    bool done = query_open(&put, db, sql_put_visitor, error);

    for (; done && visitors < end; visitors++) {
        query_name_number(&put, ":server", visitors->server);
        query_name_number(&put, ":profile", visitors->profile);
        query_name_number(&put, ":clients", visitors->clients);
        query_name_number(&put, ":legacy_clients", visitors->legacy_clients);
        done = query_run(&put, error);
    }
    query_close(&put);
    return done;
}

bool server_tables_fill(struct inventory *inventory, const struct checked_filters *checked,
    enum server_part part, struct error *error)
{
    struct server_tables tables = {.part = part,
        .seen = {.row_bytes = sizeof(struct seen)},
        .visitors = {.row_bytes = sizeof(struct visitors)}};
    struct db *db = &inventory->db;
    bool filled;

    hash_key_random(&tables.key);
    filled = db_run(db, sql_server_seen, error) &&
        contact_walk_open(&tables.walk, inventory, checked, WALK_BY_ADDRESS, error) &&
        contact_walk_all(&tables.walk, add_client, &tables, error) && put_seen(&tables, inventory, error) &&
        put_visitors(&tables, db, error);

    contact_walk_close(&tables.walk);
    id_rows_close(&tables.seen);
    id_rows_close(&tables.visitors);
    return filled;
}

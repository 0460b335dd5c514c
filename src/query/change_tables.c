/* SPDX-License-Identifier: BSD-2-Clause */
/* change_tables.c: changes of clients by target; days of servers by kind of session. */
#include "change_tables.h"

#include "contact_walk.h"
#include "id_rows.h"

#include <lasthello/day_counts.h>

extern const char sql_change_seen[];

static const char sql_put_change[] =
    "INSERT INTO client_change (day, change, client, server, profile) VALUES (?, ?, ?, ?, ?)";
static const char sql_put_day[] = "INSERT INTO server_day (server, profile, first, last, since) "
                                  "VALUES (:server, :profile, :first, :last, :since)";

static const char sql_begun[] = "SELECT coalesce(min(started), 9223372036854775807) FROM source";

/* When a server was seen in a kind of session: days, or NO_DAY. */
struct server_day {
    int64_t server, profile, first, last, since;
};

struct change_tables {
    struct contact_walk walk;
    int64_t changed_since;
    bool has_before; /* a source began before that: what was not seen then is new */
    struct query put_change;
    struct hash_key key;
    struct id_rows servers; /* of struct server_day */
};

/* ---- servers ----------------------------------------------------------------------------------------- */

/* NULL: no memory. */
static struct server_day *server_of(struct change_tables *tables, const struct contact *contact)
{
    const int64_t ids[] = {contact->server, contact->profile->id};
    bool is_new;
    struct server_day *server =
        id_rows_put(&tables->servers, (int64_t)hash_bytes(&tables->key, ids, sizeof(ids)), &is_new);

    if (server != NULL && is_new)
        *server = (struct server_day){ids[0], ids[1], INT64_MAX, INT64_MIN, NO_DAY};
    return server;
}

static bool add_days(struct change_tables *tables, const struct contact *contact)
{
    struct server_day *server = server_of(tables, contact);
    struct day_counts counts = {.rest = contact->days};
    struct day_count count;

    if (server == NULL)
        return false;
    while (contact_days_next(contact, &counts, &count)) {
        server->first = count.day < server->first ? count.day : server->first;
        server->last = count.day > server->last ? count.day : server->last;
        if (count.day >= tables->changed_since && (server->since == NO_DAY || count.day < server->since))
            server->since = count.day;
    }
    return true;
}

static bool put_server_days(const struct change_tables *tables, struct db *db, struct error *error)
{
    struct query put;
    const struct server_day *server = tables->servers.rows, *const end = server + tables->servers.count;
    bool done = query_open(&put, db, sql_put_day, error);

    for (; done && server < end; server++) {
        query_name_number(&put, ":server", server->server);
        query_name_number(&put, ":profile", server->profile);
        query_name_number(&put, ":first", server->first);
        query_name_number(&put, ":last", server->last);
        query_name_day(&put, ":since", server->since);
        done = query_run(&put, error);
    }
    query_close(&put);
    return done;
}

/* ---- clients ----------------------------------------------------------------------------------------- */

static bool put_change(struct change_tables *tables, const char *change, int64_t day,
    const struct contact *latest, struct error *error)
{
    struct query *put = &tables->put_change;

    if (day == NO_DAY || day < tables->changed_since)
        return true;
    query_put_number(put, 0, day);
    query_put_text(put, 1, change);
    query_put_number(put, 2, latest->client);
    query_put_number(put, 3, latest->server);
    query_put_number(put, 4, latest->profile->id);
    return query_run(put, error);
}

static bool is_shown(const struct contact *contact)
{
    return contact->is_asked && contact->profile->is_counted;
}

/* Since when it is refused these days, because of what it offers. */
static int64_t refused_since(const struct target_told *told)
{
    for (enum offer_kind offer = 0; offer < OFFER_COUNT; offer++)
        if (told->refusals[offer].refused > 0)
            return told->refusals[offer].since;
    return NO_DAY;
}

/* The contacts with one target. */
static bool add_target(
    struct change_tables *tables, const struct contact *contacts, size_t count, struct error *error)
{
    const struct target_told *told = contacts[0].told;
    const struct contact *latest = NULL;
    const int64_t fixed_on = told->old_last + (int64_t)tables->walk.teller.limits.fixed_days;

    for (size_t i = 0; i < count; i++)
        if (is_shown(&contacts[i]) && (latest == NULL || contacts[i].last_seen > latest->last_seen))
            latest = &contacts[i];
    if (latest == NULL)
        return true;
    return put_change(tables, "newly old", tables->has_before ? told->old_first : NO_DAY, latest, error) &&
        put_change(tables, "newly refused", refused_since(told), latest, error) &&
        put_change(tables, "fixed", told->became == BECAME_FIXED ? fixed_on : NO_DAY, latest, error) &&
        put_change(
            tables, "back again", told->became == BECAME_OLD_AGAIN ? told->again : NO_DAY, latest, error);
}

static bool add_client(void *context, struct error *error)
{
    struct change_tables *tables = context;
    const struct contact *contacts = tables->walk.contacts;
    const size_t count = tables->walk.count;

    for (size_t i = 0; i < count; i++)
        if (is_shown(&contacts[i]) && !add_days(tables, &contacts[i]))
            return inventory_no_memory(error);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && contacts[next].told == contacts[i].told;)
            next++;
        if (!add_target(tables, &contacts[i], next - i, error))
            return false;
    }
    return true;
}

bool change_tables_fill(
    struct inventory *inventory, const struct checked_filters *checked, struct error *error)
{
    struct change_tables tables = {.changed_since = checked->changed_since,
        .servers = {.row_bytes = sizeof(struct server_day)}};
    struct db *db = &inventory->db;
    int64_t begun = 0;
    bool filled;

    hash_key_random(&tables.key);
    filled = db_number(db, sql_begun, &begun, error) && db_run(db, sql_change_seen, error);
    tables.has_before = begun < tables.changed_since * DAY_US;
    filled = filled &&
        query_open(&tables.put_change, db, sql_put_change, error) &&
        contact_walk_open(&tables.walk, inventory, checked, WALK_BY_MACHINE, error) &&
        contact_walk_all(&tables.walk, add_client, &tables, error) && put_server_days(&tables, db, error);
    query_close(&tables.put_change);
    contact_walk_close(&tables.walk);
    id_rows_close(&tables.servers);
    return filled;
}

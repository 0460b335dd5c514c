/* SPDX-License-Identifier: BSD-2-Clause */
/* day_tables.c: sums by day, each client once a day and kind, and by the worst verdict of its sessions on the
 * day, as of that day. */
#include "day_tables.h"

#include "contact_verdicts.h"
#include "growing.h"
#include "id_rows.h"

#include <lasthello/day_counts.h>

extern const char sql_day_seen[];

static const char sql_put_seen[] =
    "INSERT INTO day_seen (day, profile, sessions, clients) VALUES (:day, :profile, :sessions, :clients)";
static const char sql_put_verdict[] =
    "INSERT INTO day_verdict (day, verdict, clients) VALUES (:day, :verdict, :clients)";

/* What sessions of a day became. */
struct kind {
    int64_t became, profile, sessions, clients;
    size_t last; /* number of the client that was counted last */
};

struct day {
    int64_t day;
    struct kind *kinds; /* few: of each version one */
    size_t kind_count, kind_room;
    size_t last; /* number of the client that was here last, and the worst of its verdicts */
    enum verdict worst;
    int64_t clients[VERDICT_COUNT];
};

struct day_tables {
    struct contact_walk walk;
    struct id_rows days; /* of struct day */
    size_t client;       /* number of the one that the walk has come to, from 1 on */
};

/* NULL: no memory. */
static struct day *day_of(struct day_tables *tables, int64_t number)
{
    bool is_new;
    struct day *day = id_rows_put(&tables->days, number, &is_new);

    if (day != NULL)
        day->day = number;
    return day;
}

/* NULL: no memory. */
static struct kind *kind_of(struct day *day, const struct judged_profile *profile)
{
    struct kind *grown;

    for (size_t i = 0; i < day->kind_count; i++)
        if (day->kinds[i].became == profile->became)
            return &day->kinds[i];
    grown = growing_reserve(day->kinds, day->kind_count, 1, &day->kind_room, sizeof(*grown));
    if (grown == NULL)
        return NULL;
    day->kinds = grown;
    grown[day->kind_count] = (struct kind){.became = profile->became, .profile = profile->id};
    return &grown[day->kind_count++];
}

static bool add_count(struct day_tables *tables, const struct judged_profile *profile, enum verdict verdict,
    const struct day_count *count)
{
    struct day *day = day_of(tables, count->day);
    struct kind *kind = day == NULL ? NULL : kind_of(day, profile);

    if (kind == NULL)
        return false;
    kind->sessions += count->sessions;
    kind->clients += kind->last != tables->client;
    kind->last = tables->client;
    if (day->last == tables->client && day->worst >= verdict)
        return true;
    if (day->last == tables->client)
        day->clients[day->worst]--;
    day->clients[verdict]++;
    day->worst = verdict;
    day->last = tables->client;
    return true;
}

static bool add_contact(struct day_tables *tables, const struct contact *contact)
{
    const struct contact_walk *walk = &tables->walk;
    const enum verdict before = contact_verdicts_then(walk, contact, false);
    const enum verdict of_last_days = contact_verdicts_then(walk, contact, true);
    struct day_counts counts = {.rest = contact->days};
    struct day_count count;

    while (contact_days_next(contact, &counts, &count))
        if (!add_count(tables, contact->profile,
                teller_is_recent(&walk->teller, count.day) ? of_last_days : before, &count))
            return false;
    return true;
}

static bool add_client(void *context, struct error *error)
{
    struct day_tables *tables = context;

    tables->client++;
    for (size_t i = 0; i < tables->walk.count; i++) {
        const struct contact *contact = &tables->walk.contacts[i];

        if (contact->is_asked && contact->profile->is_counted && !add_contact(tables, contact))
            return inventory_no_memory(error);
    }
    return true;
}

static bool put_day(
    const struct day *day, struct query *put_seen, struct query *put_verdict, struct error *error)
{
    bool done = true;

    for (size_t i = 0; done && i < day->kind_count; i++) {
        query_name_number(put_seen, ":day", day->day);
        query_name_number(put_seen, ":profile", day->kinds[i].profile);
        query_name_number(put_seen, ":sessions", day->kinds[i].sessions);
        query_name_number(put_seen, ":clients", day->kinds[i].clients);
        done = query_run(put_seen, error);
    }
    for (size_t i = 0; done && i < VERDICT_COUNT; i++) {
        if (day->clients[i] == 0)
            continue;
        query_name_number(put_verdict, ":day", day->day);
        query_name_number(put_verdict, ":verdict", (int64_t)i);
        query_name_number(put_verdict, ":clients", day->clients[i]);
        done = query_run(put_verdict, error);
    }
    return done;
}

static bool put_days(const struct day_tables *tables, struct db *db, struct error *error)
{
    struct query put_seen = {0}, put_verdict = {0};
    const struct day *day = tables->days.rows, *const end = day + tables->days.count;
    bool done = query_open(&put_seen, db, sql_put_seen, error) &&
        query_open(&put_verdict, db, sql_put_verdict, error);

    for (; done && day < end; day++)
        done = put_day(day, &put_seen, &put_verdict, error);
    query_close(&put_seen);
    query_close(&put_verdict);
    return done;
}

static void close_days(struct id_rows *days)
{
    struct day *day = days->rows, *const end = day + days->count;

    for (; day < end; day++)
        free(day->kinds);
    id_rows_close(days);
}

bool day_tables_fill(struct inventory *inventory, const struct checked_filters *checked, struct error *error)
{
    struct day_tables tables = {.days = {.row_bytes = sizeof(struct day)}};
    struct db *db = &inventory->db;
    const bool filled = db_run(db, sql_day_seen, error) &&
        contact_walk_open(&tables.walk, inventory, checked, WALK_BY_ADDRESS, error) &&
        contact_walk_all(&tables.walk, add_client, &tables, error) && put_days(&tables, db, error);

    contact_walk_close(&tables.walk);
    close_days(&tables.days);
    return filled;
}

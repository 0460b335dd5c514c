/* SPDX-License-Identifier: BSD-2-Clause */
/* contacts.c: observations are gathered into contacts, and taken out of them. */
#include "contacts.h"

#include "row_id.h"

#include <lasthello/utc.h>

enum statement {
    AMEND,
    IS_GATHERED,
    TOUCH,
    UNLIST,
    TOUCHED_DELETE,
    TOUCHED_MAKE,
    TOUCHED_CLEAR,
    UNFOLLOW,
    STATEMENT_COUNT,
};
_Static_assert(STATEMENT_COUNT <= CONTACTS_STATEMENTS_MAX, "each has its place");

#define OF_READING "id BETWEEN :first AND :last AND source = :id"

const char contacts_touched_delete[] =
    "DELETE FROM contact WHERE client IN (SELECT client FROM temp.touched)";
const char contacts_touched_make[] = CONTACT_INSERT
    "SELECT o.client, o.server, o.profile, coalesce(o.certificate, 0), coalesce(o.path, 0), "
    "o.first_seen, o.last_seen, o.sessions, o.short_lived, o.day || ':' || o.sessions || "
    "CASE WHEN o.short_lived > 0 THEN '/' || o.short_lived ELSE '' END, o.id, :revision "
    "FROM temp.touched t CROSS JOIN client_observation c ON c.client = t.client "
    "CROSS JOIN observation o ON o.id = c.observation WHERE true " CONTACT_MERGE;
const char contacts_touched_clear[] = "DELETE FROM temp.touched";

static const char *const statements[STATEMENT_COUNT] = {
    [AMEND] =
        "UPDATE contact SET short_lived = contact.short_lived + :short_lived, revision = :revision, "
        "days = merge_days(contact.days, o.day || ':0/' || :short_lived), "
        "last_observation = iif((:last_seen, o.id) > (contact.last_seen, contact.last_observation), o.id, "
        "contact.last_observation), last_seen = max(contact.last_seen, :last_seen) "
        "FROM observation o JOIN reading r ON r.id = o.source AND r.gathered = 1 WHERE o.id = :id "
        "AND contact.client = o.client AND contact.server = o.server AND contact.profile = o.profile "
        "AND contact.certificate = coalesce(o.certificate, 0) AND contact.path = coalesce(o.path, 0)",
    [IS_GATHERED] = "SELECT 1 FROM reading WHERE id = :id AND gathered = 1",
    [TOUCH] = "INSERT OR IGNORE INTO temp.touched (client) SELECT client FROM observation WHERE " OF_READING,
    [UNLIST] = "DELETE FROM client_observation WHERE (client, observation) IN "
               "(SELECT client, id FROM observation WHERE " OF_READING ")",
    [TOUCHED_DELETE] = contacts_touched_delete,
    [TOUCHED_MAKE] = contacts_touched_make,
    [TOUCHED_CLEAR] = contacts_touched_clear,
    [UNFOLLOW] = "UPDATE reading SET gathered = 0 WHERE id = :id",
};

bool contacts_open(struct contacts *contacts, struct upserts *upserts, struct error *error)
{
    *contacts = (struct contacts){.upserts = upserts};
    return contact_rows_open(&contacts->rows, upserts, error) &&
        db_run(&upserts->db, "CREATE TEMPORARY TABLE touched (client INTEGER PRIMARY KEY)", error) &&
        db_number(&upserts->db, "SELECT gather_from FROM inventory", &contacts->gather_from, error);
}

void contacts_close(struct contacts *contacts)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        query_close(&contacts->queries[i]);
    contact_rows_close(&contacts->rows);
}

/* Prepared when it is first needed; NULL: it cannot be. */
static struct query *prepare(struct contacts *contacts, enum statement which, struct error *error)
{
    struct query *query = &contacts->queries[which];

    if (query->statement == NULL && !query_open(query, &contacts->upserts->db, statements[which], error))
        return NULL;
    query_offer_number(query, ":revision", contacts->upserts->revision);
    return query;
}

/* ---- one reading -------------------------------------------------------------------------------- */

static struct query *about(struct contacts *contacts, enum statement which, uint64_t id, struct error *error)
{
    struct query *query = prepare(contacts, which, error);

    if (query == NULL)
        return NULL;
    query_offer_number(query, ":id", (int64_t)id);
    query_offer_number(query, ":first", (int64_t)row_id_first_in(id));
    query_offer_number(query, ":last", (int64_t)row_id_last_in(id));
    return query;
}

static bool run(struct contacts *contacts, enum statement which, uint64_t id, struct error *error)
{
    struct query *query = about(contacts, which, id, error);

    return query != NULL && query_run(query, error);
}

bool contacts_add(struct contacts *contacts, const struct observation_row *row, struct error *error)
{
    const struct contact_row added = {
        .client = (int64_t)row->client,
        .server = (int64_t)row->server,
        .profile = (int64_t)row->profile,
        .certificate = (int64_t)row->certificate,
        .path = (int64_t)row->path,
        .first_seen = utc_microseconds(row->first.time_ns),
        .last_seen = utc_microseconds(row->last.time_ns),
        .day = utc_day(row->first.time_ns),
        .sessions = (int64_t)row->sessions,
        .short_lived = (int64_t)row->short_lived,
        .observation = (int64_t)row->id,
    };

    return contact_rows_put(&contacts->rows, &(struct sorted){row->client, &added}, 1, error);
}

bool contacts_amend(struct contacts *contacts, const struct amendment_row *row, struct error *error)
{
    struct query *query = prepare(contacts, AMEND, error);

    if (query == NULL)
        return false;
    query_name_number(query, ":last_seen", utc_microseconds(row->last.time_ns));
    query_name_number(query, ":short_lived", (int64_t)row->short_lived);
    query_name_number(query, ":id", (int64_t)row->id);
    return query_run(query, error);
}

static enum row is_gathered(struct contacts *contacts, uint64_t reading, struct error *error)
{
    struct query *query = about(contacts, IS_GATHERED, reading, error);
    enum row row;

    if (query == NULL)
        return ROW_FAILED;
    row = query_row(query, error);
    query_reset(query);
    return row;
}

bool contacts_withdraw(struct contacts *contacts, uint64_t reading, struct error *error)
{
    static const enum statement steps[] = {
        TOUCH, UNLIST, TOUCHED_DELETE, TOUCHED_MAKE, TOUCHED_CLEAR, UNFOLLOW};
    const enum row row = is_gathered(contacts, reading, error);
    bool done = row != ROW_FAILED;

    for (size_t i = 0; done && row == ROW_ONE && i < sizeof(steps) / sizeof(steps[0]); i++)
        done = run(contacts, steps[i], reading, error);
    if (row == ROW_ONE)
        contacts->loose = (uint64_t)contacts->gather_from; /* what stays of it is gathered again, soon */
    return done;
}

/* ---- of another inventory ----------------------------------------------------------------------- */

bool contacts_take(struct contacts *contacts, struct error *error)
{
    static const char add[] =
        CONTACT_INSERT "SELECT client, server, profile, certificate, path, first_seen, last_seen, sessions, "
                       "short_lived, days, last_observation, :revision FROM other.contact "
                       "WHERE true " CONTACT_MERGE;
    static const char *const steps[] = {
        add,
        "INSERT OR IGNORE INTO client_observation (client, observation) "
        "SELECT client, observation FROM other.client_observation",
        "UPDATE main.reading SET gathered = 1 WHERE id IN (SELECT id FROM other.reading WHERE gathered = 1)",
    };
    bool done = true;

    for (size_t i = 0; done && i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct query query;

        done = query_open(&query, &contacts->upserts->db, steps[i], error);
        query_offer_number(&query, ":revision", contacts->upserts->revision);
        done = done && query_run(&query, error);
        query_close(&query);
    }
    return done;
}

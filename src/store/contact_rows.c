/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_rows.c: the statements, and how they are filled in. */
#include "contact_rows.h"

#include "upsert_sql.h"

#include <lasthello/day_counts.h>

#define COUNT_OF(rows) (sizeof(rows) / sizeof((rows)[0]))

enum contact_column {
    CLIENT,
    SERVER,
    PROFILE,
    CERTIFICATE,
    PATH,
    FIRST_SEEN,
    LAST_SEEN,
    SESSIONS,
    SHORT_LIVED,
    DAYS,
    LAST_OBSERVATION,
    REVISION,
    COLUMN_COUNT,
};

static const char *const columns[COLUMN_COUNT] = {
    [CLIENT] = "client",
    [SERVER] = "server",
    [PROFILE] = "profile",
    [CERTIFICATE] = "certificate",
    [PATH] = "path",
    [FIRST_SEEN] = "first_seen",
    [LAST_SEEN] = "last_seen",
    [SESSIONS] = "sessions",
    [SHORT_LIVED] = "short_lived",
    [DAYS] = "days",
    [LAST_OBSERVATION] = "last_observation",
    [REVISION] = "revision",
};
static const char *const list_columns[] = {"client", "observation"};

bool contact_rows_open(struct contact_rows *rows, struct upserts *upserts, struct error *error)
{
    static const struct db_function merge_days = {"merge_days", day_counts_room, day_counts_merge};

    *rows = (struct contact_rows){.upserts = upserts};
    return db_define(&upserts->db, &merge_days, error);
}

void contact_rows_close(struct contact_rows *rows)
{
    query_close(&rows->contact);
    query_close(&rows->contacts);
    query_close(&rows->listed);
    query_close(&rows->many_listed);
}

/* Prepared when it is first needed; NULL: it cannot be. */
static struct query *prepare_contacts(struct contact_rows *rows, size_t count, struct error *error)
{
    struct query *query = count == 1 ? &rows->contact : &rows->contacts;
    struct upsert_sql sql;

    if (query->statement != NULL)
        return query;
    upsert_sql_rows(&sql, "INSERT OR FAIL INTO contact", columns, COLUMN_COUNT, count, " " CONTACT_MERGE);
    return query_open(query, &rows->upserts->db, sql.text, error) ? query : NULL;
}

static struct query *prepare_list(struct contact_rows *rows, size_t count, struct error *error)
{
    struct query *query = count == 1 ? &rows->listed : &rows->many_listed;
    struct upsert_sql sql;

    if (query->statement != NULL)
        return query;
    upsert_sql_rows(&sql, "INSERT OR IGNORE INTO client_observation", list_columns, COUNT_OF(list_columns),
        count, "");
    return query_open(query, &rows->upserts->db, sql.text, error) ? query : NULL;
}

/* Of the parameters of a statement, from `at` on; `days` is written, and must live until it is run. */
static void fill_contact(
    struct query *query, size_t at, const struct contact_row *row, char *days, int64_t revision)
{
    const struct day_count count = {row->day, row->sessions, row->short_lived};

    days[0] = '\0';
    day_counts_add(days, &count);
    query_put_number(query, at + CLIENT, row->client);
    query_put_number(query, at + SERVER, row->server);
    query_put_number(query, at + PROFILE, row->profile);
    query_put_number(query, at + CERTIFICATE, row->certificate);
    query_put_number(query, at + PATH, row->path);
    query_put_number(query, at + FIRST_SEEN, row->first_seen);
    query_put_number(query, at + LAST_SEEN, row->last_seen);
    query_put_number(query, at + SESSIONS, row->sessions);
    query_put_number(query, at + SHORT_LIVED, row->short_lived);
    query_put_text(query, at + DAYS, days);
    query_put_number(query, at + LAST_OBSERVATION, row->observation);
    query_put_number(query, at + REVISION, revision);
}

/* One row, or MANY. */
static bool put_rows(
    struct contact_rows *rows, const struct sorted *sorted, size_t count, struct error *error)
{
    struct query *contacts = prepare_contacts(rows, count, error);
    struct query *list = contacts == NULL ? NULL : prepare_list(rows, count, error);
    char days[MANY][DAY_COUNT_BYTES + 1];

    if (list == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct contact_row *row = sorted[i].row;

        fill_contact(contacts, i * COLUMN_COUNT, row, days[i], rows->upserts->revision);
        query_put_number(list, i * COUNT_OF(list_columns), row->client);
        query_put_number(list, i * COUNT_OF(list_columns) + 1, row->observation);
    }
    return query_run(contacts, error) && query_run(list, error);
}

bool contact_rows_put(
    struct contact_rows *rows, const struct sorted *sorted, size_t count, struct error *error)
{
    for (size_t step; count > 0; sorted += step, count -= step) {
        step = count < MANY ? 1 : MANY;
        for (size_t i = 0; i < step; i++)
            sorted_expect(sorted, i, count);
        if (!put_rows(rows, sorted, step, error))
            return false;
    }
    return true;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* retention.c: old observations are forgotten a few at a time, so that what is being learnt never
 * waits long; and then what nothing refers to any more. */
#include "retention.h"

#include "readings.h"

#define STEP_ROWS 16384 /* looked at in one transaction */

/* The observations of one step. */
struct span {
    int64_t after, upto; /* ids: beyond the one, up to the other */
    int64_t day;         /* those before it are forgotten */
};

static bool run_over(struct upserts *upserts, const char *sql, const struct span *span, struct error *error)
{
    struct query query;
    bool done = query_open(&query, &upserts->db, sql, error);

    if (done) {
        query_offer_number(&query, ":after", span->after);
        query_offer_number(&query, ":upto", span->upto);
        query_offer_number(&query, ":day", span->day);
        query_offer_number(&query, ":revision", upserts->revision);
        done = query_run(&query, error);
    }
    query_close(&query);
    return done;
}

static bool run_all(
    struct upserts *upserts, const char *const *steps, const struct span *span, struct error *error)
{
    bool done = true;

    for (; done && *steps != NULL; steps++)
        done = run_over(upserts, *steps, span, error);
    return done;
}

/* Where the step ends; `upto` is 0 when there is no row left. */
static bool find_end(struct upserts *upserts, struct span *span, struct error *error)
{
    struct query query;
    bool found = query_open(&query, &upserts->db,
        "SELECT max(id) FROM (SELECT id FROM observation WHERE id > :after ORDER BY id LIMIT :rows)", error);

    if (found) {
        query_name_number(&query, ":after", span->after);
        query_name_number(&query, ":rows", STEP_ROWS);
        found = query_row(&query, error) == ROW_ONE;
        span->upto = found ? query_number(&query, 0) : 0;
    }
    query_close(&query);
    return found;
}

#define SPAN "id > :after AND id <= :upto AND day < :day"

/* When their hosts were first and last seen is kept. */
static bool forget_span(struct upserts *upserts, const struct span *span, struct error *error)
{
    static const char *const steps[] = {
        "UPDATE host SET first_seen = min(coalesce(host.first_seen, t.first), t.first), "
        "last_seen = max(coalesce(host.last_seen, t.last), t.last), revision = :revision "
        "FROM (SELECT host, min(first_seen) AS first, max(last_seen) AS last FROM "
        "(SELECT client AS host, first_seen, last_seen FROM observation "
        "WHERE " SPAN " "
        "UNION ALL SELECT server, first_seen, last_seen FROM observation "
        "WHERE " SPAN ") GROUP BY host) t "
        "WHERE host.id = t.host",
        "INSERT OR IGNORE INTO temp.touched (client) SELECT client FROM observation WHERE " SPAN,
        "DELETE FROM client_observation WHERE (client, observation) IN "
        "(SELECT client, id FROM observation WHERE " SPAN ")",
        "DELETE FROM observation WHERE " SPAN,
        contacts_touched_delete,
        contacts_touched_make,
        contacts_touched_clear,
        NULL,
    };

    return run_all(upserts, steps, span, error);
}

bool retention_clear(struct upserts *upserts, struct error *error)
{
    static const char *const steps[] = {
        "DELETE FROM profile WHERE id NOT IN (SELECT profile FROM observation UNION SELECT profile FROM "
        "pending)",
        "DELETE FROM certificate WHERE id NOT IN (SELECT certificate FROM observation WHERE certificate "
        "IS NOT NULL UNION SELECT certificate FROM pending WHERE certificate IS NOT NULL)",
        "DELETE FROM path WHERE id NOT IN (SELECT path FROM observation WHERE path IS NOT NULL "
        "UNION SELECT path FROM pending WHERE path IS NOT NULL)",
        "DELETE FROM hello WHERE id NOT IN (SELECT hello FROM profile WHERE hello IS NOT NULL)",
        "DELETE FROM answer WHERE id NOT IN (SELECT answer FROM profile WHERE answer IS NOT NULL)",
        NULL,
    };

    upserts_forget_known(upserts); /* they may come again */
    return run_all(upserts, steps, &(struct span){0}, error);
}

#define MICROSECONDS_A_DAY "86400000000"
#define OVER               "SELECT id FROM reading WHERE owner IS NULL AND ended < :day * " MICROSECONDS_A_DAY
#define OF_OVER            "last_source IS NULL AND source IN (" OVER ")"

/* Whole readings of those days, and whatever only they had. What a reading that goes on had of them is told
 * to be gone. */
static bool forget_rest(struct upserts *upserts, const struct span *span, struct error *error)
{
    static const char *const steps[] = {
        "DELETE FROM blind WHERE minute < :day * 1440 OR source IN (" OVER ")",
        "DELETE FROM fate WHERE source IN (" OVER ")",
        "DELETE FROM unknown WHERE source IN (" OVER ")",
        "DELETE FROM pending WHERE day < :day OR source IN (" OVER ")",
        "INSERT OR IGNORE INTO temp.touched (client) SELECT client FROM observation WHERE " OF_OVER,
        "DELETE FROM client_observation WHERE (client, observation) IN "
        "(SELECT client, id FROM observation WHERE " OF_OVER ")",
        "DELETE FROM observation WHERE " OF_OVER,
        contacts_touched_delete,
        contacts_touched_make,
        contacts_touched_clear,
        "DELETE FROM reading_mark WHERE reading IN (" OVER ")",
        "DELETE FROM reading_anchor WHERE reading IN (" OVER ")",
        "INSERT OR REPLACE INTO tombstone (reading, replaced_by, revision) SELECT id, 0, :revision FROM "
        "(" OVER ")",
        "DELETE FROM reading WHERE id IN (" OVER ")",
        "UPDATE reading SET kept_from = :day, revision = :revision "
        "WHERE started < :day * " MICROSECONDS_A_DAY " AND coalesce(kept_from, :day - 1) < :day",
        "DELETE FROM host_name WHERE last_seen < :day * " MICROSECONDS_A_DAY,
        NULL,
    };

    return run_all(upserts, steps, span, error) && retention_clear(upserts, error);
}

bool readings_newest_day(struct readings *readings, int64_t *day, struct error *error)
{
    return db_number(&readings->upserts.db,
        "SELECT max(coalesce((SELECT max(day) FROM observation), -9000000), "
        "coalesce((SELECT max(ended) / " MICROSECONDS_A_DAY
        " FROM reading WHERE kind = 'interface' OR length > 0), "
        "-9000000))",
        day, error);
}

bool readings_forget(struct readings *readings, int64_t before_day, int64_t *place, struct error *error)
{
    struct upserts *upserts = &readings->upserts;
    struct span span = {.after = *place, .day = before_day};
    bool done = upserts_begin(upserts, error) && find_end(upserts, &span, error) &&
        (span.upto == 0 ? forget_rest(upserts, &span, error) : forget_span(upserts, &span, error)) &&
        upserts_commit(upserts, error);

    if (!done)
        upserts_give_up(upserts);
    *place = done ? span.upto : 0;
    return done;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* retention.c: old observations are forgotten a few at a time, so that what is being learnt never waits long. */
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
        query_name_number(&query, ":after", span->after);
        query_name_number(&query, ":upto", span->upto);
        query_name_number(&query, ":day", span->day);
        done = query_run(&query, error);
    }
    query_close(&query);
    return done;
}

/* Where the step ends; `upto` is 0 when there is no row left. */
static bool find_end(struct upserts *upserts, struct span *span, struct error *error)
{
    struct query query;
    bool found = query_open(&query, &upserts->db,
        "SELECT max(id) FROM (SELECT id FROM observation WHERE id > ?1 ORDER BY id LIMIT ?2)", error);

    if (found) {
        query_put_number(&query, span->after);
        query_put_number(&query, STEP_ROWS);
        found = query_row(&query, error) == ROW_ONE;
        span->upto = found ? query_number(&query, 0) : 0;
    }
    query_close(&query);
    return found;
}

static bool forget_span(struct upserts *upserts, const struct span *span, struct error *error)
{
    static const char *const steps[] = {
        "UPDATE host SET first_seen = min(coalesce(host.first_seen, t.first), t.first), "
        "last_seen = max(coalesce(host.last_seen, t.last), t.last), revision = (SELECT revision FROM inventory) "
        "FROM (SELECT host, min(first_seen) AS first, max(last_seen) AS last FROM "
        "(SELECT client AS host, first_seen, last_seen FROM observation "
        "WHERE id > :after AND id <= :upto AND day < :day "
        "UNION ALL SELECT server, first_seen, last_seen FROM observation "
        "WHERE id > :after AND id <= :upto AND day < :day) GROUP BY host) t "
        "WHERE host.id = t.host",
        "DELETE FROM observation WHERE id > :after AND id <= :upto AND day < :day",
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (!run_over(upserts, steps[i], span, error))
            return false;
    return true;
}

bool readings_forget(
    struct readings *readings, int64_t today, unsigned days, int64_t *place, struct error *error)
{
    struct upserts *upserts = &readings->upserts;
    struct span span = {.after = *place, .day = today - days};
    bool done = upserts_begin(upserts, error) && find_end(upserts, &span, error) &&
        (span.upto == 0 ? run_over(upserts, "DELETE FROM blind WHERE minute < :day * 1440", &span, error)
                        : forget_span(upserts, &span, error)) &&
        upserts_commit(upserts, error);

    if (!done)
        upserts_give_up(upserts);
    *place = done ? span.upto : 0;
    return done;
}

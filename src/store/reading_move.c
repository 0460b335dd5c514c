/* SPDX-License-Identifier: BSD-2-Clause */
/* reading_move.c: all times of a reading, after the clock that they were told by was set. */
#include "reading_rows.h"
#include "row_id.h"

#include <lasthello/utc.h>

#define OF_READING         "id BETWEEN :first AND :last AND source = :id"
#define MICROSECONDS_A_DAY "86400000000"
#define MINUTES            "(:by / 60000000)"
#define BEYOND             "1000000000000" /* minutes; where no row stands */
/* What hosts said of themselves belongs to no reading: of the time of this one, before it is moved. */
#define OF_THEN "(SELECT started FROM reading WHERE id = :id) AND (SELECT ended FROM reading WHERE id = :id)"

/* Days are counted as utc_day does, downwards before 1970, too. */
static const char *const steps[] = {
    "UPDATE observation SET first_seen = first_seen + :by, last_seen = last_seen + :by, "
    "day = (first_seen + :by - ((first_seen + :by) % " MICROSECONDS_A_DAY " + " MICROSECONDS_A_DAY
    ") % " MICROSECONDS_A_DAY ") / " MICROSECONDS_A_DAY ", revision = :revision WHERE " OF_READING,
    /* by way of numbers that no row has: each step must leave a key to one row */
    "UPDATE blind SET minute = -(minute + " MINUTES ") - " BEYOND " WHERE source = :id",
    "UPDATE blind SET minute = -minute - " BEYOND " WHERE source = :id",
    "UPDATE host_name SET first_seen = first_seen + :by, revision = :revision "
    "WHERE first_seen BETWEEN " OF_THEN,
    "UPDATE host_name SET last_seen = last_seen + :by, revision = :revision "
    "WHERE last_seen BETWEEN " OF_THEN,
    "UPDATE reading SET started = started + :by, ended = ended + :by, moved = moved + :by WHERE id = :id",
    NULL,
};

static bool run(struct reading_rows *rows, const char *sql, uint64_t id, int64_t by, struct error *error)
{
    struct query query;
    bool done = query_open(&query, &rows->upserts->db, sql, error);

    if (done) {
        query_offer_number(&query, ":id", (int64_t)id);
        query_offer_number(&query, ":first", (int64_t)row_id_first_in(id));
        query_offer_number(&query, ":last", (int64_t)row_id_last_in(id));
        query_offer_number(&query, ":by", by);
        query_offer_number(&query, ":revision", rows->upserts->revision);
        done = query_run(&query, error);
    }
    query_close(&query);
    return done;
}

/* By how much its rows are behind, in microseconds. */
static bool find_difference(
    struct reading_rows *rows, const struct source_record *record, int64_t *by, struct error *error)
{
    struct query query;
    enum row row = ROW_FAILED;

    *by = 0;
    if (query_open(&query, &rows->upserts->db, "SELECT moved FROM reading WHERE id = :id", error)) {
        query_name_number(&query, ":id", (int64_t)record->id);
        row = query_row(&query, error);
    }
    if (row == ROW_ONE)
        *by = utc_microseconds(record->moved_ns) - query_number(&query, 0);
    query_close(&query);
    return row != ROW_FAILED;
}

bool reading_move(struct reading_rows *rows, const struct source_record *record, struct error *error)
{
    int64_t by;

    if (!find_difference(rows, record, &by, error))
        return false;
    if (by == 0)
        return true;
    if (!contacts_withdraw(&rows->contacts, record->id, error))
        return false;
    for (const char *const *step = steps; *step != NULL; step++)
        if (!run(rows, *step, record->id, by, error))
            return false;
    return true;
}

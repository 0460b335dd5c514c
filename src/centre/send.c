/* SPDX-License-Identifier: BSD-2-Clause */
/* send.c: what has changed in an inventory, to the centre.
 *
 * The centre has a cursor for each inventory: up to which revision all of it has come. It moves in the
 * transaction that brings what is beyond it, and only where nobody else has moved it. Very much goes in
 * several transactions, the last of which moves it. An inventory that is older than what it had sent (a
 * backup was put back) begins a new epoch: all of it is sent once more, and what the lost file had told
 * stays. */
#include "sending.h"

#include <lasthello/clock.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW         "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
#define REPEATS_MAX 8
#define REPEAT_MS   50
#define MICROSECOND 1000

/* ---- the cursor ------------------------------------------------------------------------------------- */

static bool ask_cursor(struct sending *sending, bool *is_known, struct error *error)
{
    const char *values[] = {sending->uuid};
    PGresult *answer = centre_ask(sending->centre,
        "SELECT s.epoch, s.revision, c.kept_from FROM lasthello.centre c "
        "LEFT JOIN lasthello.sensor s ON s.uuid = $1",
        1, values, error);

    if (answer == NULL)
        return false;
    *is_known = PQntuples(answer) == 1 && !PQgetisnull(answer, 0, 0);
    sending->epoch = *is_known ? centre_number(answer, 0, 0) : 1;
    sending->cursor = *is_known ? centre_number(answer, 0, 1) : 0;
    sending->first_day = PQgetisnull(answer, 0, 2) ? INT64_MIN : centre_number(answer, 0, 2);
    PQclear(answer);
    return true;
}

static bool told_other(struct sending *sending, struct error *error)
{
    return error_set(error,
        "%s: somebody else sends the same inventory (%s) at the same time; let one sensor alone send it, and "
        "no copy",
        sending->centre->name, sending->db->path);
}

static bool introduce(struct sending *sending, struct error *error)
{
    const char *values[] = {sending->uuid};

    return centre_run(sending->centre,
        "INSERT INTO lasthello.sensor (uuid, role, epoch, revision, newest) "
        "VALUES ($1, current_user, 1, 0, 0)",
        1, values, NULL, error);
}

/* The reading that the centre has heard of last in this epoch: has the inventory it, and as far? */
static bool is_behind(struct sending *sending, bool *behind, struct error *error)
{
    static const char sql[] = "SELECT (SELECT revision FROM inventory) < :cursor OR (:id IS NOT NULL AND "
                              "coalesce((SELECT revision FROM reading WHERE id = :id), "
                              "(SELECT max(revision, :revision) FROM tombstone WHERE reading = :id), 0) < "
                              ":revision)";
    PGresult *answer = sending_ask(sending,
        "SELECT id, revision FROM lasthello.reading WHERE sensor = $1 AND epoch = $2 "
        "ORDER BY revision DESC LIMIT 1",
        0, NULL, error);
    struct query query;
    bool done;

    if (answer == NULL)
        return false;
    done = query_open(&query, sending->db, sql, error);
    if (done) {
        query_name_number(&query, ":cursor", sending->cursor);
        if (PQntuples(answer) == 1) {
            query_name_number(&query, ":id", centre_number(answer, 0, 0));
            query_name_number(&query, ":revision", centre_number(answer, 0, 1));
        }
        done = query_row(&query, error) == ROW_ONE;
        *behind = done && query_number(&query, 0) != 0;
        query_close(&query);
    }
    PQclear(answer);
    return done;
}

static bool begin_epoch(struct sending *sending, struct error *error)
{
    int64_t changed = 0;

    if (!sending_run(sending,
            "UPDATE lasthello.sensor SET epoch = epoch + 1, revision = 0, rolled_back_at = " NOW
            " WHERE uuid = $1 AND epoch = $2 AND revision = $3",
            1, &sending->cursor, &changed, error))
        return false;
    if (changed != 1)
        return told_other(sending, error);
    sending->epoch++;
    sending->cursor = 0;
    return true;
}

/* What this process knows of the centre, from the centre. */
static bool get_ready(struct sending *sending, struct centre_sent *sent, struct error *error)
{
    bool is_known = false, behind = false;

    if (!ask_cursor(sending, &is_known, error))
        return false;
    if (!is_known && !introduce(sending, error))
        return false;
    if (is_known && !is_behind(sending, &behind, error))
        return false;
    if (behind && !begin_epoch(sending, error))
        return false;
    sent->has_rolled_back = sent->has_rolled_back || behind;
    sending->small_from = sending->cursor;
    snprintf(sending->out.epoch, sizeof(sending->out.epoch), "%" PRId64, sending->epoch);
    return true;
}

/* ---- a transaction ------------------------------------------------------------------------------------ */

/* Takes the sensor's row, so that nobody else sends meanwhile, and says how this sensor is. */
static bool take_cursor(struct sending *sending, struct error *error)
{
    static const char sql[] =
        "UPDATE lasthello.sensor SET newest = $4, sent_at = $5, received_at = " NOW
        ", version = $6, observer = $7, site = $8 WHERE uuid = $1 AND epoch = $2 AND revision = $3";
    const int64_t numbers[] = {
        sending->cursor, sending->target, clock_ns(CLOCK_REALTIME) / MICROSECOND};
    const char *values[8] = {sending->uuid, sending->out.epoch};
    char texts[3][SENDING_NUMBER_BYTES];
    struct query query;
    int64_t changed = 0;
    bool done = query_open(&query, sending->db,
        "SELECT observer, site FROM reading ORDER BY ended DESC LIMIT 1", error);

    if (!done)
        return false;
    for (int i = 0; i < 3; i++) {
        snprintf(texts[i], SENDING_NUMBER_BYTES, "%" PRId64, numbers[i]);
        values[2 + i] = texts[i];
    }
    values[5] = sending->version;
    if (query_row(&query, error) == ROW_ONE) {
        values[6] = query_text(&query, 0);
        values[7] = query_text(&query, 1);
    }
    done = centre_run(sending->centre, sql, 8, values, &changed, error);
    query_close(&query);
    return done && (changed == 1 || told_other(sending, error));
}

static bool move_cursor(struct sending *sending, struct error *error)
{
    int64_t changed = 0;

    return sending_run(sending,
               "UPDATE lasthello.sensor SET revision = $4 "
               "WHERE uuid = $1 AND epoch = $2 AND revision = $3",
               2,
               (const int64_t[]){sending->cursor, sending->target}, &changed, error) &&
        (changed == 1 || told_other(sending, error));
}

static bool send_small(struct sending *sending, struct error *error)
{
    const struct span span = {.from = sending->small_from, .upto = sending->target};

    for (enum sent_table table = 0; table < SENT_BY_REVISION; table++)
        if (!rows_out_send(&sending->out, &sending->changes, table, &span, error))
            return false;
    return true;
}

static bool send_portion(struct sending *sending, bool *is_whole, struct error *error)
{
    return db_number(sending->db, "SELECT revision FROM inventory", &sending->target, error) &&
        centre_run(sending->centre, "BEGIN", 0, NULL, NULL, error) && take_cursor(sending, error) &&
        send_small(sending, error) && sending_readings(sending, is_whole, error) &&
        (!*is_whole || (sending_clear(sending, error) && move_cursor(sending, error))) &&
        centre_run(sending->centre, "COMMIT", 0, NULL, NULL, error);
}

/* One snapshot of the inventory, one transaction at the centre. */
static bool carry_portion(struct sending *sending, bool *is_whole, struct error *error)
{
    struct error ignored;
    bool done = db_run(sending->db, "BEGIN", error) && send_portion(sending, is_whole, error);

    db_roll_back(sending->db); /* it has read only */
    if (done) {
        sending->small_from = sending->target;
        sending->cursor = *is_whole ? sending->target : sending->cursor;
        return true;
    }
    if (sending->centre->may_repeat)
        centre_run(sending->centre, "ROLLBACK", 0, NULL, NULL, &ignored);
    return false;
}

/* ---- all ---------------------------------------------------------------------------------------------- */

static void pause_ms(int most_ms)
{
    const struct timespec pause = {.tv_nsec = (1 + random() % most_ms) * 1000000L};

    clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

/* A transaction that another one was in the way of is tried again, after a moment that differs. */
static bool carry_all(struct sending *sending, struct centre_sent *sent, struct error *error)
{
    bool is_whole = false;
    int repeats = 0;

    while (!is_whole) {
        if (carry_portion(sending, &is_whole, error)) {
            repeats = 0;
            continue;
        }
        if (!sending->centre->may_repeat || repeats == REPEATS_MAX)
            return false;
        pause_ms(REPEAT_MS << repeats++);
        is_whole = false;
        if (!get_ready(sending, sent, error))
            return false;
    }
    return true;
}

static bool find_uuid(struct sending *sending, struct error *error)
{
    struct query query;
    bool done = query_open(&query, sending->db, "SELECT uuid FROM inventory", error);

    if (!done)
        return false;
    done = query_row(&query, error) == ROW_ONE;
    if (done)
        snprintf(sending->uuid, sizeof(sending->uuid), "%s", query_text(&query, 0));
    query_close(&query);
    return done || error_set(error, "%s: has no uuid of its own; it is damaged", sending->db->path);
}

bool centre_send(struct centre *centre, struct db *inventory, const char *version, struct centre_sent *sent,
    struct error *error)
{
    struct sending sending = {.centre = centre, .db = inventory, .version = version};
    bool done;

    *sent = (struct centre_sent){0};
    srandom((unsigned)clock_ns(CLOCK_MONOTONIC));
    done = find_uuid(&sending, error) && changes_open(&sending.changes, inventory, error) &&
        rows_out_open(&sending.out, centre, sending.uuid, error) && get_ready(&sending, sent, error) &&
        carry_all(&sending, sent, error);
    sent->rows = sending.out.sent;
    sent->epoch = sending.epoch;
    sent->revision = sending.cursor;
    rows_out_close(&sending.out);
    changes_close(&sending.changes);
    return done;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* pull.c: what has changed at the centre since it was merged last, as an inventory for each sensor: the rows
 * that changed, and those that they refer to. All of them are of one moment.
 *
 * The inventory that they are to be merged into says how far each sensor was merged before. A reading that it
 * does not have is fetched whole: it may have been pending, with rows that are older. */
#include "pull.h"

#include <lasthello/schema.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW          "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
#define NUMBER_BYTES 24

struct pulling {
    struct centre *centre;
    struct db output; /* that they are to be merged into */
    bool has_output;
    struct centre_pulled *pulled;
    int64_t kept_from; /* day: the centre has forgotten earlier ones; INT64_MIN: none */
};

/* In the order of the columns of the table `sensor`, but for how far it was merged. */
static const char sensors_sql[] =
    "SELECT uuid, " NOW ", epoch, revision, newest, sent_at, received_at, rolled_back_at, version, observer, "
    "site FROM lasthello.sensor ORDER BY uuid";
enum { SENSOR_UUID,
    SENSOR_ASKED,
    SENSOR_EPOCH,
    SENSOR_REVISION,
    SENSOR_NEWEST,
    SENSOR_COLUMNS = 11 };
static const char sensor_sql[] = "INSERT INTO sensor VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/* Times are only made for where they are used: on a disk that is gone after a crash nobody needs the file. */
static const char settings[] =
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY";

/* When hosts were seen in what the centre has forgotten: as a host's own times in an inventory. */
static const char forgotten_table[] =
    "CREATE TEMPORARY TABLE forgotten_host (host INTEGER PRIMARY KEY, first_seen INTEGER, last_seen INTEGER)";
static const char forgotten_hosts[] =
    "UPDATE host SET first_seen = min(coalesce(host.first_seen, f.first_seen), f.first_seen), "
    "last_seen = max(coalesce(host.last_seen, f.last_seen), f.last_seen) "
    "FROM temp.forgotten_host f WHERE f.host = host.id";

/* ---- an inventory of changes ------------------------------------------------------------------------- */

static char *new_path(struct centre_pulled *pulled)
{
    char **grown = reallocarray(pulled->paths, pulled->count + 1, sizeof(*grown));
    char *path = NULL;

    if (grown == NULL)
        return NULL;
    pulled->paths = grown;
    if (asprintf(&path, "%s/%zu.db", pulled->folder, pulled->count) < 0)
        return NULL;
    return pulled->paths[pulled->count++] = path;
}

static bool begin_inventory(struct pulling *pulling, struct db *db, struct error *error)
{
    const char *path = new_path(pulling->pulled);

    *db = (struct db){0};
    if (path == NULL)
        return error_set(error, "not enough memory to list what the centre has");
    return db_open(db, path, DB_WRITE, error) && db_run(db, settings, error) &&
        schema_bring_up(db, &schema_migrations, error) && db_run(db, forgotten_table, error) &&
        db_run(db, "BEGIN", error);
}

/* It has no contacts; and what the centre has forgotten is not there, but for when hosts were seen. */
static bool finish_inventory(struct pulling *pulling, struct db *db, struct error *error)
{
    static const char forgotten[] =
        "UPDATE reading SET kept_from = :day WHERE coalesce(kept_from, :day - 1) < :day AND "
        "started < :day * 86400000000";
    struct query query;
    bool done = db_run(db, "UPDATE reading SET gathered = 0", error) && db_run(db, forgotten_hosts, error);

    if (done && pulling->kept_from != INT64_MIN) {
        done = query_open(&query, db, forgotten, error);
        if (done) {
            query_name_number(&query, ":day", pulling->kept_from);
            done = query_run(&query, error);
        }
        query_close(&query);
    }
    return done && db_run(db, "COMMIT", error);
}

/* ---- readings that were not there --------------------------------------------------------------------- */

static bool is_new(struct pulling *pulling, int64_t reading, bool *is, struct error *error)
{
    struct query query;

    *is = true;
    if (!query_open(&query, &pulling->output, "SELECT count(*) FROM reading WHERE id = :id", error))
        return false;
    query_name_number(&query, ":id", reading);
    if (query_row(&query, error) == ROW_ONE)
        *is = query_number(&query, 0) == 0;
    query_close(&query);
    return true;
}

/* Readings that changed, and have rows that did not. */
#define OF_IT "o.sensor = $1 AND o.id " SQL_IDS_OF("r.id") " AND o.source = r.id"
static const char partly_sql[] =
    "SELECT r.id FROM lasthello.reading r WHERE r.sensor = $1 AND "
    "(r.epoch, r.revision) > ($2::bigint, $3::bigint) AND EXISTS (SELECT 1 FROM lasthello.observation o "
    "WHERE " OF_IT " AND NOT ((o.epoch, o.revision) > ($2::bigint, $3::bigint)))";

static bool pull_new_readings(
    struct pulling *pulling, const struct pull_scope *changed, struct db *db, struct error *error)
{
    struct pull_scope scope = {.sensor = changed->sensor, .is_reading = true};
    char numbers[2][NUMBER_BYTES];
    const char *const values[] = {changed->sensor, numbers[0], numbers[1]};
    PGresult *readings;
    bool is = false, done;

    snprintf(numbers[0], NUMBER_BYTES, "%" PRId64, changed->epoch);
    snprintf(numbers[1], NUMBER_BYTES, "%" PRId64, changed->revision);
    readings = centre_ask(pulling->centre, partly_sql, 3, values, error);
    done = readings != NULL;
    for (int row = 0; done && row < PQntuples(readings); row++) {
        scope.reading = centre_number(readings, row, 0);
        done = is_new(pulling, scope.reading, &is, error) &&
            (!is || pull_rows(pulling->centre, &scope, db, error));
    }
    PQclear(readings);
    return done;
}

/* ---- a sensor ------------------------------------------------------------------------------------------ */

/* How far was it merged? */
static bool ask_cursor(struct pulling *pulling, struct pull_scope *scope, struct error *error)
{
    struct query query;

    scope->epoch = scope->revision = 0;
    if (!pulling->has_output)
        return true;
    if (!query_open(&query, &pulling->output,
            "SELECT merged_epoch, merged_revision FROM sensor WHERE uuid = :uuid", error))
        return false;
    query_name_text(&query, ":uuid", scope->sensor);
    if (query_row(&query, error) == ROW_ONE) {
        scope->epoch = query_number(&query, 0);
        scope->revision = query_number(&query, 1);
    }
    query_close(&query);
    return true;
}

/* Notes how it is, and how far it is merged now: all that came to the centre with its cursor. */
static bool put_sensor(struct db *db, const PGresult *sensors, int row, struct error *error)
{
    struct query query;
    bool done = query_open(&query, db, sensor_sql, error);

    if (!done)
        return false;
    query_put_text(&query, 0, PQgetvalue(sensors, row, SENSOR_UUID));
    query_put_number(&query, 1, centre_number(sensors, row, SENSOR_EPOCH));
    query_put_number(&query, 2, centre_number(sensors, row, SENSOR_REVISION));
    for (int i = SENSOR_ASKED; i < SENSOR_COLUMNS; i++)
        query_put_text(
            &query, (size_t)i + 2, PQgetisnull(sensors, row, i) ? NULL : PQgetvalue(sensors, row, i));
    done = query_run(&query, error);
    query_close(&query);
    return done;
}

static bool has_news(const struct pull_scope *scope, const PGresult *sensors, int row)
{
    return scope->epoch != centre_number(sensors, row, SENSOR_EPOCH) ||
        scope->revision != centre_number(sensors, row, SENSOR_REVISION) ||
        scope->revision != centre_number(sensors, row, SENSOR_NEWEST);
}

/* `quiet` has the sensors of which nothing is new but when they were heard. */
static bool pull_sensor(
    struct pulling *pulling, const PGresult *sensors, int row, struct db *quiet, struct error *error)
{
    struct pull_scope scope = {.sensor = PQgetvalue(sensors, row, SENSOR_UUID)};
    struct db db = {0};
    bool done;

    if (!ask_cursor(pulling, &scope, error))
        return false;
    if (!has_news(&scope, sensors, row))
        return put_sensor(quiet, sensors, row, error);
    done = begin_inventory(pulling, &db, error) && put_sensor(&db, sensors, row, error) &&
        pull_rows(pulling->centre, &scope, &db, error) &&
        (scope.epoch == 0 || pull_new_readings(pulling, &scope, &db, error)) &&
        finish_inventory(pulling, &db, error);
    db_close(&db);
    return done;
}

static bool ask_kept_from(struct pulling *pulling, struct error *error)
{
    PGresult *answer =
        centre_ask(pulling->centre, "SELECT kept_from FROM lasthello.centre", 0, NULL, error);

    if (answer == NULL)
        return false;
    pulling->kept_from = PQntuples(answer) == 1 && !PQgetisnull(answer, 0, 0) ? centre_number(answer, 0, 0)
                                                                              : INT64_MIN;
    PQclear(answer);
    return true;
}

static bool pull_sensors(struct pulling *pulling, struct error *error)
{
    PGresult *sensors = centre_ask(pulling->centre, sensors_sql, 0, NULL, error);
    struct db quiet = {0};
    bool done = sensors != NULL && begin_inventory(pulling, &quiet, error);

    for (int row = 0; done && row < PQntuples(sensors); row++)
        done = pull_sensor(pulling, sensors, row, &quiet, error);
    done = done && db_run(&quiet, "COMMIT", error);
    db_close(&quiet);
    PQclear(sensors);
    return done;
}

/* ---- all ------------------------------------------------------------------------------------------- */

/* What is no inventory, whoever merges into it says so. */
static void open_output(struct pulling *pulling, const char *output)
{
    struct error ignored;

    pulling->has_output = output != NULL && access(output, F_OK) == 0 &&
        db_open(&pulling->output, output, DB_READ, &ignored) &&
        schema_check(&pulling->output, &schema_migrations, &ignored);
}

bool centre_pull(struct centre *centre, const char *output, struct centre_pulled *pulled, struct error *error)
{
    struct pulling pulling = {.centre = centre, .pulled = pulled};
    bool done;

    *pulled = (struct centre_pulled){0};
    open_output(&pulling, output);
    done = scratch_folder_make(pulled->folder, "what the centre has", error) &&
        centre_run(
            centre, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", 0, NULL, NULL, error) &&
        ask_kept_from(&pulling, error) && pull_sensors(&pulling, error) &&
        centre_run(centre, "COMMIT", 0, NULL, NULL, error);
    db_close(&pulling.output);
    if (!done)
        centre_pulled_remove(pulled);
    return done;
}

void centre_pulled_remove(struct centre_pulled *pulled)
{
    for (size_t i = 0; i < pulled->count; i++) {
        unlink(pulled->paths[i]);
        free(pulled->paths[i]);
    }
    free(pulled->paths);
    if (pulled->folder[0] != '\0')
        rmdir(pulled->folder);
    *pulled = (struct centre_pulled){0};
}

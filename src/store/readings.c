/* SPDX-License-Identifier: BSD-2-Clause */
/* readings.c: which reading of a source counts. */
#include "readings.h"

#include <stdlib.h>
#include <string.h>

bool readings_open(struct readings *readings, const char *path, struct error *error)
{
    *readings = (struct readings){0};
    return upserts_open(&readings->upserts, path, error);
}

void readings_close(struct readings *readings)
{
    for (size_t i = 0; i < readings->count; i++)
        free(readings->rows[i].record);
    free(readings->rows);
    upserts_close(&readings->upserts);
    *readings = (struct readings){0};
}

static bool no_memory(struct readings *readings, struct error *error)
{
    return error_set(error, "%s: not enough memory to store what was learnt", readings->upserts.db.path);
}

/* The newest is asked for most. */
static struct reading *find(const struct readings *readings, unsigned worker, uint64_t source)
{
    for (size_t i = readings->count; i > 0; i--) {
        struct reading *reading = &readings->rows[i - 1];

        if (reading->source == source && reading->worker == worker && !reading->over)
            return reading;
    }
    return NULL;
}

static struct reading *find_or_add(struct readings *readings, unsigned worker, uint64_t source)
{
    struct reading *reading = find(readings, worker, source);

    if (reading != NULL)
        return reading;
    if (readings->count == readings->size) {
        size_t size = 2 * readings->size + 16;
        struct reading *grown = reallocarray(readings->rows, size, sizeof(*grown));

        if (grown == NULL)
            return NULL;
        readings->rows = grown;
        readings->size = size;
    }
    reading = &readings->rows[readings->count++];
    *reading = (struct reading){.source = source, .worker = worker};
    return reading;
}

static bool is_read(const struct readings *readings, uint64_t source)
{
    for (size_t i = 0; i < readings->count; i++)
        if (readings->rows[i].source == source)
            return true;
    return false;
}

static void forget(struct readings *readings, size_t row)
{
    const struct reading gone = readings->rows[row];

    free(gone.record);
    readings->count--;
    memmove(&readings->rows[row], &readings->rows[row + 1], (readings->count - row) * sizeof(gone));
    if (!is_read(readings, gone.source) && gone.state != READING_ELSEWHERE)
        claims_give(&readings->upserts.claims, gone.source);
}

/* Forgets those that are over. */
static void sweep(struct readings *readings)
{
    for (size_t i = readings->count; i > 0; i--)
        if (readings->rows[i - 1].over)
            forget(readings, i - 1);
}

static bool run_for(struct readings *readings, const struct reading *reading, const char *sql, struct error *error)
{
    struct query query;
    bool done = query_open(&query, &readings->upserts.db, sql, error);

    if (done) {
        query_name_number(&query, ":worker", reading->worker);
        query_name_number(&query, ":source", (int64_t)reading->source);
        query_name_number(&query, ":first", (int64_t)row_id_first_in(reading->source));
        query_name_number(&query, ":last", (int64_t)row_id_last_in(reading->source));
        done = query_run(&query, error);
    }
    query_close(&query);
    return done;
}

static bool clear_stage(struct readings *readings, const struct reading *reading, struct error *error)
{
    return run_for(readings, reading,
        "DELETE FROM staged WHERE worker = :worker AND id BETWEEN :first AND :last AND source = :source", error);
}

/* What is stored of the reading's source; its packets are -1 if there is none. */
struct standing {
    int64_t packets, continues, complete;
};

static bool read_standing(struct readings *readings, uint64_t source, struct standing *standing, struct error *error)
{
    struct query query;
    bool read = query_open(
        &query, &readings->upserts.db, "SELECT packets, continues, complete FROM source WHERE id = ?1", error);
    enum row row;

    *standing = (struct standing){.packets = -1};
    if (read) {
        query_put_reference(&query, source);
        row = query_row(&query, error);
        read = row != ROW_FAILED;
        if (row == ROW_ONE)
            *standing = (struct standing){query_number(&query, 0), query_number(&query, 1), query_number(&query, 2)};
    }
    query_close(&query);
    return read;
}

static bool decide(struct readings *readings, struct reading *reading, struct error *error)
{
    struct standing standing;

    if (reading->state != READING_UNDECIDED)
        return true;
    if (!claims_take(&readings->upserts.claims, reading->source)) {
        reading->state = READING_ELSEWHERE;
        readings->refused = true;
        return true;
    }
    if (!read_standing(readings, reading->source, &standing, error))
        return false;
    reading->state = standing.packets < 0 ? READING_DIRECT : READING_STAGED;
    return reading->state == READING_DIRECT || clear_stage(readings, reading, error);
}

/* Is the staged reading worth more than what stands? An equal one is newer, and perhaps knows more ports. One of which
 * something was lost leaves alone what is whole. */
static bool is_better(const struct reading *reading, const struct standing *standing)
{
    const struct source_record *record = reading->record;
    bool complete = record != NULL && record->complete && reading->lost == 0;

    if (reading->lost > 0 && standing->complete)
        return false;
    if (record == NULL || (int64_t)record->packets != standing->packets)
        return record != NULL && (int64_t)record->packets > standing->packets;
    if (record->continues != standing->continues)
        return record->continues;
    return complete >= standing->complete;
}

static bool replace(struct readings *readings, struct reading *reading, struct error *error)
{
    static const char *const steps[] = {
        "DELETE FROM observation WHERE id BETWEEN :first AND :last AND source = :source",
        "INSERT INTO observation (" OBSERVATION_COLUMNS ") SELECT " OBSERVATION_COLUMNS " FROM staged "
        "WHERE worker = :worker AND id BETWEEN :first AND :last AND source = :source ORDER BY id",
        "DELETE FROM fate WHERE source = :source",
        "DELETE FROM unknown WHERE source = :source",
        "DELETE FROM blind WHERE source = :source",
        "DELETE FROM source WHERE id = :source",
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (!run_for(readings, reading, steps[i], error))
            return false;
    for (size_t i = 0; i < readings->count; i++)
        if (readings->rows[i].source == reading->source && readings->rows[i].state == READING_DIRECT)
            readings->rows[i].state = READING_REPLACED;
    return upsert_source(&readings->upserts, reading->record, reading->lost, error);
}

static bool keep_record(struct reading *reading, const struct source_record *record)
{
    if (reading->record == NULL && (reading->record = malloc(sizeof(*record))) == NULL)
        return false;
    if (reading->record != record)
        *reading->record = *record;
    return true;
}

static bool note_record(struct readings *readings, struct reading *reading, const struct source_record *record,
    struct error *error)
{
    reading->packets = record->packets;
    reading->owed = false;
    if (reading->state == READING_DIRECT)
        return upsert_source(&readings->upserts, record, reading->lost, error);
    return keep_record(reading, record) || no_memory(readings, error);
}

/* A reading ends: a direct one stands already, but for what is owed; a staged one replaces what stands, or is
 * dropped. */
static bool finish(struct readings *readings, struct reading *reading, struct error *error)
{
    struct standing standing;

    if (reading->owed && !(decide(readings, reading, error) && note_record(readings, reading, reading->record, error)))
        return false;
    reading->over = true;
    if (reading->state != READING_STAGED)
        return true;
    readings->known += reading->packets > 0;
    if (!read_standing(readings, reading->source, &standing, error))
        return false;
    if (is_better(reading, &standing) && !replace(readings, reading, error))
        return false;
    return clear_stage(readings, reading, error);
}

/* Has it told all that there is to tell, but could not be stored then? */
static bool is_owed(const struct reading *reading)
{
    return reading->owed && reading->record->complete;
}

static bool announce(struct readings *readings, unsigned worker, const struct source_row *row, struct error *error)
{
    struct reading *reading = find(readings, worker, row->id);

    /* another reading has begun */
    if (reading != NULL && (is_owed(reading) || (row->has_record && row->record.packets < reading->packets)) &&
        !finish(readings, reading, error))
        return false;
    reading = find_or_add(readings, worker, row->id);
    if (reading == NULL)
        return no_memory(readings, error);
    return decide(readings, reading, error) &&
        (!row->has_record || note_record(readings, reading, &row->record, error));
}

static bool announce_all(struct readings *readings, unsigned worker, const struct ledger *ledger, struct error *error)
{
    for (uint32_t i = 0; i < ledger->sources.count; i++)
        if (!announce(readings, worker, id_table_row(&ledger->sources, i), error))
            return false;
    return true;
}

static bool store_observation(struct readings *readings, const struct reading *reading,
    const struct observation_row *row, struct error *error)
{
    if (reading->state == READING_DIRECT)
        return upsert_observation(&readings->upserts, row, error);
    return reading->state != READING_STAGED ||
        upsert_stage_observation(&readings->upserts, reading->worker, row, error);
}

static bool store_observations(
    struct readings *readings, unsigned worker, const struct ledger *ledger, struct error *error)
{
    const struct reading *reading = NULL;
    size_t count;
    const struct sorted *rows = upserts_sort(&readings->upserts, &ledger->observations, 0, false, &count);

    if (rows == NULL)
        return no_memory(readings, error);
    for (size_t i = 0; i < count; i++) {
        const struct observation_row *row = rows[i].row;

        sorted_expect(rows, i, count);
        if (reading == NULL || reading->source != row->source)
            reading = find(readings, worker, row->source);
        if (reading != NULL && !store_observation(readings, reading, row, error))
            return false;
    }
    return upserts_flush(&readings->upserts, error);
}

static bool has_staged(const struct readings *readings, unsigned worker)
{
    for (size_t i = 0; i < readings->count; i++)
        if (readings->rows[i].worker == worker && readings->rows[i].state == READING_STAGED)
            return true;
    return false;
}

static bool is_idle(const struct reading *reading)
{
    return reading->state == READING_ELSEWHERE || reading->state == READING_REPLACED;
}

/* Does the observation belong to a reading that does not count, as far as its id tells? */
static bool is_left_out(const struct readings *readings, unsigned worker, uint64_t observation)
{
    for (size_t i = 0; i < readings->count; i++) {
        const struct reading *reading = &readings->rows[i];

        if (reading->worker == worker && is_idle(reading) &&
            row_id_first_in(reading->source) == row_id_first_in(observation))
            return true;
    }
    return false;
}

static bool store_amendments(
    struct readings *readings, unsigned worker, const struct ledger *ledger, struct error *error)
{
    bool staged = has_staged(readings, worker);
    size_t count;
    const struct sorted *rows = upserts_sort(&readings->upserts, &ledger->amendments, 0, false, &count);

    if (rows == NULL)
        return no_memory(readings, error);
    for (size_t i = 0; i < count; i++)
        if (!is_left_out(readings, worker, rows[i].id) &&
            !upsert_amendment(&readings->upserts, worker, staged, rows[i].row, error))
            return false;
    return true;
}

static bool finish_complete(
    struct readings *readings, unsigned worker, const struct ledger *ledger, struct error *error)
{
    for (uint32_t i = 0; i < ledger->sources.count; i++) {
        const struct source_row *row = id_table_row(&ledger->sources, i);
        struct reading *reading = row->has_record && row->record.complete ? find(readings, worker, row->id) : NULL;

        if (reading != NULL && !finish(readings, reading, error))
            return false;
    }
    return true;
}

static bool owes(const struct readings *readings)
{
    for (size_t i = 0; i < readings->count; i++)
        if (is_owed(&readings->rows[i]))
            return true;
    return false;
}

static bool finish_owed(struct readings *readings, struct error *error)
{
    for (size_t i = 0; i < readings->count; i++)
        if (is_owed(&readings->rows[i]) && !finish(readings, &readings->rows[i], error))
            return false;
    return true;
}

static void note_lost(struct readings *readings, unsigned worker, const struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->observations.count; i++) {
        const struct observation_row *row = id_table_row(&ledger->observations, i);
        struct reading *reading = find_or_add(readings, worker, row->source);

        if (reading != NULL)
            reading->lost += row->sessions;
    }
    for (uint32_t i = 0; i < ledger->sources.count; i++) {
        const struct source_row *row = id_table_row(&ledger->sources, i);
        struct reading *reading = row->has_record ? find_or_add(readings, worker, row->id) : NULL;

        if (reading == NULL || !keep_record(reading, &row->record))
            continue;
        reading->packets = row->record.packets;
        reading->owed = true;
    }
}

static bool store_ledger(struct readings *readings, unsigned worker, const struct ledger *ledger, struct error *error)
{
    return announce_all(readings, worker, ledger, error) && upsert_hosts(&readings->upserts, ledger, error) &&
        upsert_repeated(&readings->upserts, ledger, error) &&
        store_observations(readings, worker, ledger, error) &&
        store_amendments(readings, worker, ledger, error) && finish_complete(readings, worker, ledger, error);
}

/* One transaction: a ledger, or, where that is NULL, what is owed. */
static bool store(struct readings *readings, unsigned worker, const struct ledger *ledger, struct error *error)
{
    return upserts_begin(&readings->upserts, error) &&
        (ledger == NULL ? finish_owed(readings, error) : store_ledger(readings, worker, ledger, error)) &&
        upserts_commit(&readings->upserts, error);
}

/* The readings as they were before a transaction that failed. */
static void restore(struct readings *readings, const struct reading *before, size_t count, uint64_t known)
{
    readings->known = known;
    while (readings->count > count)
        forget(readings, readings->count - 1);
    for (size_t i = 0; i < count; i++) {
        struct source_record *record = readings->rows[i].record;

        readings->rows[i] = before[i];
        readings->rows[i].record = record;
    }
}

static bool store_or_restore(
    struct readings *readings, unsigned worker, const struct ledger *ledger, struct error *error)
{
    const size_t count = readings->count;
    const uint64_t known = readings->known;
    struct reading *before = malloc((count + 1) * sizeof(*before));
    bool stored;

    if (before == NULL)
        return no_memory(readings, error);
    if (count > 0)
        memcpy(before, readings->rows, count * sizeof(*before));
    stored = store(readings, worker, ledger, error);
    if (!stored) {
        upserts_give_up(&readings->upserts);
        restore(readings, before, count, known);
    }
    free(before);
    return stored;
}

/* A ledger's sources take little room beside its sessions; where there is none even for them, they are tried again
 * with the next ledger. */
static void pay(struct readings *readings)
{
    struct error ignored;

    if (owes(readings) && store_or_restore(readings, 0, NULL, &ignored))
        sweep(readings);
}

bool readings_store(struct readings *readings, unsigned worker, const struct ledger *ledger, struct error *error)
{
    bool stored = store_or_restore(readings, worker, ledger, error) ||
        (upserts_make_room(&readings->upserts) && store_or_restore(readings, worker, ledger, error));

    sweep(readings);
    if (!stored)
        note_lost(readings, worker, ledger);
    pay(readings);
    return stored;
}

bool readings_refused(struct readings *readings, struct error *error)
{
    bool refused = readings->refused;

    readings->refused = false;
    if (refused)
        error_set(error,
            "%s: another lasthello is reading the same capture into it; what this one learnt of that capture is left "
            "out",
            readings->upserts.db.path);
    return refused;
}

bool readings_finish(struct readings *readings, struct error *error)
{
    bool finished;

    pay(readings);
    finished = readings->count == 0 || upserts_begin(&readings->upserts, error);
    for (size_t i = 0; finished && i < readings->count; i++)
        finished = finish(readings, &readings->rows[i], error);
    finished = finished && (readings->count == 0 || upserts_commit(&readings->upserts, error));
    if (!finished)
        upserts_give_up(&readings->upserts);
    sweep(readings);
    return finished;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* readings.c: a ledger into the inventory. */
#include "readings.h"

#include "reading_choice.h"

#include <stdlib.h>

#define RECORDS_MAX 4096 /* that are kept while they cannot be stored */

bool readings_open(struct readings *readings, const char *path, struct error *error)
{
    *readings = (struct readings){0};
    if (!id_table_open(&readings->losses, sizeof(struct loss), ID_TABLE_ROWS_MAX))
        return error_set(error, "%s: not enough memory to write it", path);
    if (!upserts_open(&readings->upserts, path, error))
        return false;
    return reading_rows_open(&readings->rows, &readings->upserts, error);
}

void readings_close(struct readings *readings)
{
    for (uint32_t i = 0; i < readings->losses.count; i++)
        free(((struct loss *)id_table_row(&readings->losses, i))->record);
    id_table_close(&readings->losses);
    reading_rows_close(&readings->rows);
    upserts_close(&readings->upserts);
    *readings = (struct readings){0};
}

void readings_asked(struct readings *readings, const struct reading_asked *asked)
{
    readings->upserts.asked = *asked;
}

static bool no_memory(const struct readings *readings, struct error *error)
{
    return error_set(error, "%s: not enough memory to store what was learnt", readings->upserts.db.path);
}

/* ---- one reading -------------------------------------------------------------------------------- */

static uint64_t lost_of(const struct readings *readings, uint64_t id)
{
    const struct loss *loss = id_table_find(&readings->losses, id);

    return loss == NULL ? 0 : loss->sessions;
}

/* A new reading is pending where it may be a copy. */
static bool first_state(struct readings *readings, const struct source_record *record,
    enum reading_state *state, struct error *error)
{
    /* one that is over is judged by all that it has, now */
    const struct capture_anchors *anchors = record->complete ? NULL : &record->anchors;
    bool may_be_copy = false;

    if (!reading_may_be_copy(&readings->rows, record->id, &record->marks, anchors, &may_be_copy, error))
        return false;
    *state = may_be_copy ? READING_PENDING : READING_COUNTS;
    return true;
}

static bool store_record(struct readings *readings, const struct source_record *record,
    enum reading_state *state, struct error *error)
{
    const bool is_first = *state == READING_NONE, is_file = !source_is_interface(record);

    if (is_first && is_file && !first_state(readings, record, state, error))
        return false;
    if (is_first && !is_file)
        *state = READING_COUNTS;
    if (!is_first && !is_file && !reading_move(&readings->rows, record, error))
        return false;
    return upsert_source(&readings->upserts, record, *state == READING_PENDING ? "pending" : "counts",
               lost_of(readings, record->id), error) &&
        (!is_first || !is_file ||
            reading_put_marks(&readings->rows, record->id, &record->marks, true, error));
}

/* Of a reading that stays: most copies go as soon as they are over. */
static bool put_anchors(struct readings *readings, const struct reading_facts *facts, struct error *error)
{
    enum reading_state state;

    return reading_state(&readings->rows, facts->id, &state, error) &&
        (state == READING_NONE || reading_put_anchors(&readings->rows, facts->id, &facts->anchors, error));
}

/* The reading is over: which one counts? A file without packets is known by where it lies. */
static bool conclude(struct readings *readings, const struct conclusion *conclusion, struct error *error)
{
    static struct reading_facts facts; /* the writer is one thread, and this is large */
    bool is_known = false;
    enum row row;

    if (!reading_conclude(&readings->rows, conclusion, 0, error) ||
        !reading_delete_unread(&readings->rows, conclusion->source, error))
        return false;
    row = reading_find(&readings->rows, conclusion->source, &facts, error);
    if (row != ROW_ONE)
        return row == ROW_END;
    if (facts.marks.packets == 0)
        return true;
    if (!reading_put_marks(&readings->rows, conclusion->source, &facts.marks, false, error) ||
        !reading_choose(&readings->rows, conclusion->source, &is_known, error))
        return false;
    readings->known += is_known && !conclusion->broken_off;
    return put_anchors(readings, &facts, error);
}

/* ---- a ledger ----------------------------------------------------------------------------------- */

/* Where the rows of each of the ledger's readings go. */
struct states {
    const struct ledger *ledger;
    enum reading_state rows[LEDGER_SOURCES_MAX];
};

static bool store_records(struct readings *readings, struct states *states, struct error *error)
{
    const struct id_table *sources = &states->ledger->sources;

    for (uint32_t i = 0; i < sources->count; i++) {
        const struct source_row *row = id_table_row(sources, i);

        if (!reading_state(&readings->rows, row->id, &states->rows[i], error) ||
            !(row->has_record ? store_record(readings, &row->record, &states->rows[i], error)
                              : reading_touch(&readings->rows, row->id, error)))
            return false;
    }
    return true;
}

static enum reading_state state_of(const struct states *states, uint64_t source)
{
    const struct id_table *sources = &states->ledger->sources;
    const struct source_row *row = id_table_find(sources, source);

    return row == NULL ? READING_NONE
                       : states->rows[row - (const struct source_row *)(const void *)sources->rows];
}

static bool store_observations(struct readings *readings, const struct states *states, struct error *error)
{
    struct upserts *upserts = &readings->upserts;
    struct contacts *contacts = &readings->rows.contacts;
    size_t count;
    const struct sorted *rows = upserts_sort(upserts, &states->ledger->observations, 0, false, &count);

    if (rows == NULL)
        return no_memory(readings, error);
    for (size_t i = 0; i < count; i++) {
        const struct observation_row *row = rows[i].row;
        const enum reading_state state = state_of(states, row->source);

        sorted_expect(rows, i, count);
        if (!(state == READING_PENDING ? upsert_pending(upserts, row, error)
                                       : upsert_observation(upserts, row, error)) ||
            (state == READING_GATHERED && !contacts_add(contacts, row, error)))
            return false;
    }
    contacts->loose += count;
    return upserts_flush(upserts, error);
}

/* The row of a reading in this ledger has changed already. */
static bool touch(
    struct readings *readings, const struct ledger *ledger, uint64_t source, struct error *error)
{
    return source == 0 || id_table_find(&ledger->sources, source) != NULL ||
        reading_touch(&readings->rows, source, error);
}

/* Of which reading an observation is, and what becomes of its contacts. */
struct amended {
    uint64_t source; /* 0: there is no such observation */
    enum reading_state state;
};

/* Amendments come by id: those of a reading lie together. */
static bool amend(struct readings *readings, const struct ledger *ledger, const struct amendment_row *row,
    struct amended *amended, struct error *error)
{
    uint64_t source;

    if (!upsert_amendment(&readings->upserts, row, &source, error))
        return false;
    if (source != amended->source) {
        *amended = (struct amended){source, READING_NONE};
        if (!touch(readings, ledger, source, error) ||
            (source != 0 && !reading_state(&readings->rows, source, &amended->state, error)))
            return false;
    }
    return amended->state != READING_GATHERED || contacts_amend(&readings->rows.contacts, row, error);
}

static bool store_amendments(struct readings *readings, const struct ledger *ledger, struct error *error)
{
    struct amended amended = {0};
    size_t count;
    const struct sorted *rows = upserts_sort(&readings->upserts, &ledger->amendments, 0, false, &count);

    if (rows == NULL)
        return no_memory(readings, error);
    for (size_t i = 0; i < count; i++)
        if (!amend(readings, ledger, rows[i].row, &amended, error))
            return false;
    return true;
}

static bool store_conclusions(struct readings *readings, const struct ledger *ledger, struct error *error)
{
    for (uint32_t i = 0; i < ledger->conclusions.count; i++)
        if (!conclude(readings, id_table_row(&ledger->conclusions, i), error))
            return false;
    return true;
}

static bool store_ledger(struct readings *readings, const struct ledger *ledger, struct error *error)
{
    struct states states = {.ledger = ledger};

    return store_records(readings, &states, error) && upsert_hosts(&readings->upserts, ledger, error) &&
        upsert_names(&readings->upserts, ledger, error) &&
        upsert_repeated(&readings->upserts, ledger, error) && store_observations(readings, &states, error) &&
        store_amendments(readings, ledger, error) && store_conclusions(readings, ledger, error);
}

/* ---- what could not be stored ------------------------------------------------------------------- */

static struct loss *loss_of(struct readings *readings, uint64_t id)
{
    bool is_new;
    struct loss *loss = id_table_put(&readings->losses, id, &is_new);

    if (loss != NULL && is_new)
        *loss = (struct loss){.id = id};
    return loss;
}

static void keep_record(struct readings *readings, const struct source_record *record)
{
    struct loss *loss = loss_of(readings, record->id);

    if (loss == NULL || (loss->record == NULL && readings->losses.count > RECORDS_MAX))
        return;
    if (loss->record == NULL)
        loss->record = malloc(sizeof(*loss->record));
    if (loss->record != NULL)
        *loss->record = *record;
}

static void note_lost(struct readings *readings, const struct ledger *ledger)
{
    struct loss *loss;

    for (uint32_t i = 0; i < ledger->observations.count; i++) {
        const struct observation_row *row = id_table_row(&ledger->observations, i);

        if ((loss = loss_of(readings, row->source)) != NULL)
            loss->sessions += row->sessions;
    }
    for (uint32_t i = 0; i < ledger->sources.count; i++) {
        const struct source_row *row = id_table_row(&ledger->sources, i);

        if (row->has_record)
            keep_record(readings, &row->record);
    }
    for (uint32_t i = 0; i < ledger->conclusions.count; i++) {
        const struct conclusion *row = id_table_row(&ledger->conclusions, i);

        if ((loss = loss_of(readings, row->source)) != NULL)
            loss->conclusion = *row;
    }
}

static bool is_unstored(const struct loss *loss)
{
    return loss->record != NULL || loss->conclusion.source != 0;
}

static bool has_unstored_losses(const struct readings *readings)
{
    for (uint32_t i = 0; i < readings->losses.count; i++)
        if (is_unstored(id_table_row(&readings->losses, i)))
            return true;
    return false;
}

static bool store_loss(struct readings *readings, const struct loss *loss, struct error *error)
{
    enum reading_state state;

    if (!reading_state(&readings->rows, loss->id, &state, error))
        return false;
    if (loss->record != NULL && !store_record(readings, loss->record, &state, error))
        return false;
    return loss->conclusion.source == 0 || conclude(readings, &loss->conclusion, error);
}

static bool store_losses(struct readings *readings, struct error *error)
{
    for (uint32_t i = 0; i < readings->losses.count; i++) {
        const struct loss *loss = id_table_row(&readings->losses, i);

        if (is_unstored(loss) && !store_loss(readings, loss, error))
            return false;
    }
    return true;
}

/* What was lost of a reading that goes on must be remembered until its end. */
static void settle_losses(struct readings *readings)
{
    for (uint32_t i = 0; i < readings->losses.count; i++) {
        struct loss *loss = id_table_row(&readings->losses, i);

        free(loss->record);
        loss->record = NULL;
        loss->conclusion.source = 0;
    }
}

/* ---- transactions ------------------------------------------------------------------------------- */

/* One transaction: a ledger, or, where that is NULL, the losses that are not stored yet. */
static bool store(struct readings *readings, const struct ledger *ledger, struct error *error)
{
    const uint64_t known = readings->known;

    if (upserts_begin(&readings->upserts, error) &&
        (ledger == NULL ? store_losses(readings, error) : store_ledger(readings, ledger, error)) &&
        upserts_commit(&readings->upserts, error))
        return true;
    upserts_give_up(&readings->upserts);
    readings->known = known;
    return false;
}

/* A ledger's readings take little room beside its sessions; where there is none even for them, they
 * are tried again with the next ledger. */
static bool apply_losses(struct readings *readings, struct error *error)
{
    if (!has_unstored_losses(readings))
        return true;
    if (!store(readings, NULL, error))
        return false;
    settle_losses(readings);
    return true;
}

/* Losses that are not stored yet come first: a reading's record before its later one. */
static bool store_all(struct readings *readings, const struct ledger *ledger, struct error *error)
{
    return apply_losses(readings, error) && store(readings, ledger, error);
}

bool readings_store(struct readings *readings, const struct ledger *ledger, struct error *error)
{
    struct error ignored; /* what cannot be gathered now is stored all the same */
    bool stored = store_all(readings, ledger, error) ||
        (upserts_make_room(&readings->upserts) && store_all(readings, ledger, error));

    if (stored) {
        contacts_gather(&readings->rows.contacts, false, &ignored);
        return true;
    }
    note_lost(readings, ledger);
    apply_losses(readings, &ignored);
    return false;
}

bool readings_finish(struct readings *readings, struct error *error)
{
    struct error ignored;
    const bool done = apply_losses(readings, error);

    contacts_gather(&readings->rows.contacts, true, &ignored);
    return done;
}

/* ---- after a crash ------------------------------------------------------------------------------ */

/* What it had told by its last ledger stays: as a capture that was cut there, of which sessions may
 * be missing. */
static bool end_broken_off(struct readings *readings, const struct id_list *over, struct error *error)
{
    bool done = over->count == 0 || upserts_begin(&readings->upserts, error);

    for (size_t i = 0; done && i < over->count; i++)
        done = conclude(readings, &(struct conclusion){.source = over->ids[i], .broken_off = true}, error);
    done = done && (over->count == 0 || upserts_commit(&readings->upserts, error));
    if (!done)
        upserts_give_up(&readings->upserts);
    readings->known = 0;
    return done;
}

bool readings_recover(struct readings *readings, struct error *error)
{
    struct id_list over = {0};
    bool done = reading_broken_off(&readings->rows, &over, error) &&
        end_broken_off(readings, &over, error);

    id_list_free(&over);
    return done;
}

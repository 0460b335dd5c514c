/* SPDX-License-Identifier: BSD-2-Clause */
/* merge.c: inventories are added to a draft one by one, and the draft, which is one, to what stands where it
 * is to stand: so that is changed in a single transaction, however many there are. */
#include "apart.h"
#include "draft.h"
#include "older.h"
#include "union.h"

#include <lasthello/merge.h>
#include <lasthello/schema.h>

#include <unistd.h>

/* Can it be read at all? */
static bool look_at(const char *path, struct error *error)
{
    struct db db;
    bool readable = db_open(&db, path, DB_READ, error) && schema_check(&db, &schema_migrations, error);

    db_close(&db);
    return readable;
}

/* What is to be done, and where. */
struct merging {
    const char *output; /* as the user gave it */
    const struct draft *draft;
    const char *copy; /* where one of an older schema is brought up to date */
    const struct merge_inputs *inputs;
};

static bool add(
    struct merged *merged, const char *path, const char *copy, bool *is_input_bad, struct error *error)
{
    const bool is_older = older_find(path, &schema_migrations);

    *is_input_bad = true;
    return (!is_older || older_copy(copy, path, &schema_migrations, error)) &&
        look_at(is_older ? copy : path, error) &&
        union_add(merged, is_older ? copy : path, UNION_STRANGE, is_input_bad, error);
}

/* Adds what can be read. False: the draft cannot be written, or none can be read. */
static bool add_all(
    struct merged *merged, struct apart *apart, const struct merging *merging, struct apart_told *told)
{
    bool is_input_bad = true;

    for (size_t i = 0; i < merging->inputs->count; i++) {
        apart_turn_to(apart, i);
        if (add(merged, merging->inputs->paths[i], merging->copy, &is_input_bad, &told->error))
            continue;
        if (!is_input_bad)
            return false;
        told->left_out++;
        if (told->left_out < merging->inputs->count)
            complain("%s; the others are merged without it", told->error.text);
    }
    return told->left_out < merging->inputs->count; /* else the last one's sentence is the error */
}

/* Warns of sensors without a site: private addresses of one site count as those of one network. */
static bool say_sites(struct merged *merged, struct error *error)
{
    int64_t sensors = 0;

    if (!db_number(merged_db(merged),
            "SELECT count(DISTINCT observer) FROM main.reading WHERE site = 'default'", &sensors, error))
        return false;
    if (sensors > 1)
        complain("%d sensors are of no site of their own (read and watch: --site NAME): a private address "
                 "that several of them saw counts as one host",
            (int)sensors);
    return true;
}

static bool fill(
    struct merged *merged, struct apart *apart, const struct merging *merging, struct apart_told *told)
{
    return union_prepare(merged, &told->error) && add_all(merged, apart, merging, told) &&
        union_finish(merged, &told->error) && say_sites(merged, &told->error);
}

/* A draft that is merged into an inventory that is there is gathered in that one, not here. */
static bool make_draft(struct apart *apart, const struct merging *merging, struct apart_told *told)
{
    struct merged *merged = merged_open(merging->draft->path, merging->output, true, &told->error);
    bool made = merged != NULL && fill(merged, apart, merging, told) &&
        (merging->draft->is_there || merged_gather(merged, &told->error));

    merged_close(merged);
    return made;
}

/* What stands there gets what the draft has. */
static bool absorb(const struct draft *draft, const char *output, struct error *error)
{
    struct merged *merged = merged_open(draft->target, output, false, error);
    bool ignored;
    bool done = merged != NULL && union_prepare(merged, error) &&
        union_add(merged, draft->path, UNION_OURS, &ignored, error) && merged_gather(merged, error);

    merged_close(merged);
    return done;
}

/* ---- in the sandboxed process --------------------------------------------------------------------- */

static bool work(struct apart *apart, void *argument, struct apart_told *told)
{
    const struct merging *merging = argument;

    return make_draft(apart, merging, told) &&
        (!merging->draft->is_there || absorb(merging->draft, merging->output, &told->error));
}

/* ---- in the process that keeps its rights: makes files, puts them in their place, and reads none ---- */

static bool run(struct merging *merging, size_t *left_out, struct error *error)
{
    struct draft copy;
    struct apart_told told;
    const bool has_copy = draft_aside(&copy, error);
    const struct apart_plan plan = {
        .written =
            {
                [APART_DRAFT] = merging->draft->path,
                [APART_COPY] = has_copy ? copy.path : NULL,
                [APART_TARGET] = merging->draft->is_there ? merging->draft->target : NULL,
            },
        .inputs = merging->inputs->paths,
        .input_count = merging->inputs->count,
        .keeps_rights = merging->inputs->keeps_rights,
    };
    bool done;

    merging->copy = has_copy ? copy.path : "";
    done = apart_run(&plan, work, merging, &told);
    draft_aside_end(&copy);
    *left_out = told.left_out;
    if (!done)
        *error = told.error;
    return done;
}

bool merge_into(const char *output, const struct merge_inputs *inputs, size_t *left_out, struct error *error)
{
    struct draft draft;
    struct merging merging = {.output = output, .draft = &draft, .inputs = inputs};
    bool done;

    if (!draft_begin(&draft, output, error))
        return false;
    done = run(&merging, left_out, error) && (draft.is_there || draft_place(&draft, output, error));
    draft_end(&draft);
    return done;
}

int merge_aside(const struct merge_inputs *inputs, size_t *left_out, struct error *error)
{
    struct draft draft;
    struct merging merging = {.output = draft.target, .draft = &draft, .inputs = inputs};
    int file = -1;

    if (draft_aside(&draft, error) && run(&merging, left_out, error))
        file = dup(draft.file);
    draft_aside_end(&draft);
    return file;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* merge.c: inventories are added to a draft one by one, and the draft, which is one, to what stands where it
 * is to stand: so that is changed in a single transaction, however many there are. */
#include "older.h"
#include "union.h"

#include <lasthello/merge.h>
#include <lasthello/schema.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Can it be read at all? */
static bool look_at(const char *path, struct error *error)
{
    struct db db;
    bool readable = db_open(&db, path, DB_READ, error) && schema_check(&db, &schema_migrations, error);

    db_close(&db);
    return readable;
}

static bool add(struct merged *merged, const char *path, bool *is_input_bad, struct error *error)
{
    struct draft copy = {.file = -1};
    const bool is_older = older_find(path, &schema_migrations);
    const char *readable = is_older ? copy.path : path;
    bool added;

    *is_input_bad = true;
    added = (!is_older || older_copy(&copy, path, &schema_migrations, error)) && look_at(readable, error) &&
        union_add(merged, readable, UNION_STRANGE, is_input_bad, error);
    older_end(&copy);
    return added;
}

/* Adds what can be read. False: the draft cannot be written, or none can be read. */
static bool add_all(struct merged *merged, const char *const *paths, size_t count, size_t *left_out,
    struct error *error)
{
    bool is_input_bad = true;

    *left_out = 0;
    for (size_t i = 0; i < count; i++) {
        if (add(merged, paths[i], &is_input_bad, error))
            continue;
        if (!is_input_bad)
            return false;
        (*left_out)++;
        if (*left_out < count)
            complain("%s; the others are merged without it", error->text);
    }
    return *left_out < count; /* else the last one's sentence is the error */
}

/* Private addresses of one site are those of one network. */
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

static bool fill(struct merged *merged, const char *const *paths, size_t count, size_t *left_out,
    struct error *error)
{
    return union_prepare(merged, error) && add_all(merged, paths, count, left_out, error) &&
        union_finish(merged, error) && say_sites(merged, error);
}

/* What goes on to another inventory is gathered there. */
static bool make_draft(const struct draft *draft, const char *output, const char *const *paths, size_t count,
    size_t *left_out, struct error *error)
{
    struct merged *merged = merged_open(draft->path, output, true, error);
    bool made = merged != NULL && fill(merged, paths, count, left_out, error) &&
        (draft->is_there || merged_gather(merged, error));

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

bool merge_into(const char *output, const char *const *paths, size_t count, size_t *left_out,
    struct error *error)
{
    struct draft draft;
    bool done;

    if (!draft_begin(&draft, output, error))
        return false;
    done = make_draft(&draft, output, paths, count, left_out, error) &&
        (draft.is_there ? absorb(&draft, output, error) : draft_place(&draft, output, error));
    draft_end(&draft);
    return done;
}

int merge_aside(const char *const *paths, size_t count, size_t *left_out, struct error *error)
{
    struct draft draft;
    int file = -1;

    if (draft_aside(&draft, error) && make_draft(&draft, draft.target, paths, count, left_out, error))
        file = dup(draft.file);
    draft_end(&draft);
    rmdir(draft.target);
    return file;
}

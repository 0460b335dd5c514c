/* SPDX-License-Identifier: BSD-2-Clause */
/* merged.c: the store's part in a merge. */
#include "covers.h"
#include "db_attach.h"
#include "retention.h"

#include <lasthello/merged.h>

#include <stdlib.h>
#include <string.h>

struct merged {
    struct upserts upserts;
    struct reading_rows rows;
};

/* Pages are written in the order of ids, which are hashes: what does not fit in here goes to the disk and
 * comes back. */
#define CACHE "PRAGMA cache_size = -131072"

/* A draft that was broken off is made anew; what SQLite keeps to roll back is for broken inputs alone. */
static const char draft_settings[] = "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF";

static bool rename_db(struct db *db, const char *name, struct error *error)
{
    char *copy = strdup(name);

    if (copy == NULL)
        return error_set(error, "%s: not enough memory to open it", name);
    free(db->path);
    db->path = copy;
    return true;
}

/* A sentence that begins with the path. */
static void tell_by_name(const char *path, const char *name, struct error *error)
{
    const struct error told = *error;
    const size_t len = strlen(path);

    if (strncmp(told.text, path, len) == 0)
        error_set(error, "%s%s", name, told.text + len);
}

struct merged *merged_open(const char *path, const char *name, bool is_draft, struct error *error)
{
    struct merged *merged = calloc(1, sizeof(*merged));

    if (merged == NULL) {
        error_set(error, "%s: not enough memory to open it", name);
        return NULL;
    }
    if (upserts_open(&merged->upserts, path, error) && rename_db(&merged->upserts.db, name, error) &&
        reading_rows_open(&merged->rows, &merged->upserts, error) &&
        db_run(&merged->upserts.db, CACHE, error) &&
        (!is_draft || db_run(&merged->upserts.db, draft_settings, error)))
        return merged;
    merged_close(merged);
    tell_by_name(path, name, error);
    return NULL;
}

void merged_close(struct merged *merged)
{
    if (merged == NULL)
        return;
    reading_rows_close(&merged->rows);
    upserts_close(&merged->upserts);
    free(merged);
}

struct db *merged_db(struct merged *merged)
{
    return &merged->upserts.db;
}

bool merged_begin(struct merged *merged, int64_t *revision, struct error *error)
{
    if (!upserts_begin(&merged->upserts, error))
        return false;
    *revision = merged->upserts.revision;
    return true;
}

bool merged_commit(struct merged *merged, struct error *error)
{
    return upserts_commit(&merged->upserts, error);
}

void merged_give_up(struct merged *merged)
{
    upserts_give_up(&merged->upserts);
}

bool merged_withdraw(struct merged *merged, int64_t reading, struct error *error)
{
    return contacts_withdraw(&merged->rows.contacts, (uint64_t)reading, error);
}

bool merged_drop(struct merged *merged, int64_t reading, struct error *error)
{
    static struct reading_facts facts; /* one thread merges, and this is large */
    const enum row row = reading_find(&merged->rows, (uint64_t)reading, &facts, error);

    return row == ROW_ONE ? reading_drop(&merged->rows, &facts, error) : row == ROW_END;
}

bool merged_mark(struct merged *merged, int64_t reading, struct error *error)
{
    static struct reading_facts facts;
    const enum row row = reading_find(&merged->rows, (uint64_t)reading, &facts, error);

    if (row != ROW_ONE || facts.marks.packets == 0)
        return row != ROW_FAILED;
    return reading_put_marks(&merged->rows, facts.id, &facts.marks, false, error) &&
        (!facts.settled || reading_put_anchors(&merged->rows, facts.id, &facts.anchors, error));
}

/* Each of those that begin alike is compared with the others: many of them are no captures. */
bool merged_cover(struct merged *merged, struct error *error)
{
    struct db *db = &merged->upserts.db;
    bool done = db_limit_pages(db, "main", error) && covers_find(&merged->rows, error);

    db_limit_no_work(db);
    return done;
}

bool merged_uncover(struct merged *merged, struct error *error)
{
    return covers_lift(&merged->rows, error);
}

bool merged_take_contacts(struct merged *merged, struct error *error)
{
    return contacts_take(&merged->rows.contacts, error);
}

bool merged_clear(struct merged *merged, struct error *error)
{
    return retention_clear(&merged->upserts, error);
}

bool merged_gather(struct merged *merged, struct error *error)
{
    return contacts_gather(&merged->rows.contacts, true, error);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* inventory.c: opened for reading, and the moment that an answer is of. */
#include "inventory_open.h"

#include <lasthello/schema.h>

#include <stdlib.h>
#include <time.h>

/* A report reads every page, and sorts in memory. */
static const char settings[] = "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY";

extern const char sql_source[];

static struct inventory *open_as(const char *path, enum db_mode mode, struct error *error)
{
    struct inventory *inventory = calloc(1, sizeof(*inventory));

    if (inventory == NULL) {
        error_set(error, "%s: not enough memory to open it", path);
        return NULL;
    }
    if (db_open(&inventory->db, path, mode, error) &&
        schema_check(&inventory->db, &schema_migrations, error) && db_run(&inventory->db, settings, error) &&
        db_run(&inventory->db, sql_source, error)) {
        db_refuse_views(&inventory->db);
        db_limit_work(&inventory->db);
        return inventory;
    }
    inventory_close(inventory);
    return NULL;
}

struct inventory *inventory_open(const char *path, struct error *error)
{
    return open_as(path, DB_READ, error);
}

struct inventory *inventory_open_beside(const char *path, struct error *error)
{
    return open_as(path, DB_READ_BESIDE, error);
}

void inventory_interrupt(struct inventory *inventory)
{
    db_interrupt(&inventory->db);
}

void inventory_close(struct inventory *inventory)
{
    if (inventory == NULL)
        return;
    db_close(&inventory->db);
    free(inventory);
}

bool inventory_no_memory(struct error *error)
{
    return error_set(error, "not enough memory for the report; ask for less with --since or --network");
}

void inventory_judge_by(struct inventory *inventory, const struct policies *policies)
{
    inventory->policies = policies;
}

void inventory_name_by(struct inventory *inventory, const struct assets *assets)
{
    inventory->assets = assets;
}

void inventory_hide_by(struct inventory *inventory, const struct hash_key *key)
{
    inventory->hide_by = key;
}

void inventory_help_by(struct inventory *inventory, const struct remedies *remedies)
{
    inventory->remedies = remedies;
}

bool inventory_revision(struct inventory *inventory, int64_t *revision, struct error *error)
{
    db_limit_work(&inventory->db);
    return db_number(&inventory->db, "SELECT revision FROM inventory", revision, error);
}

bool inventory_filters_check(const struct filters *filters, struct filter_days *days, struct error *error)
{
    struct checked_filters checked;

    if (!filters_check(filters, time(NULL), &checked, error))
        return false;
    filters_days(&checked, days);
    return true;
}

bool moment_begin(struct inventory *inventory, const struct checked_filters *checked, struct error *error)
{
    return db_run(&inventory->db, "BEGIN", error) && asked_hosts_fill(inventory, checked, error) &&
        judged_fill(inventory, checked, error);
}

/* The table of judgements goes with the transaction. */
void moment_end(struct inventory *inventory)
{
    db_roll_back(&inventory->db);
}
